package servertest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/servertest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// disagreements are where the fake and a real server may give other verdicts,
// and why.
var disagreements = map[conformance.ID]string{
	"SERVER-CON-011": "the fake has the commands of Redis 8.0, and the server may be older",
	"SERVER-PER-001": "the fake keeps nothing on disk",
	"SERVER-PER-004": "as SERVER-PER-001",
}

func TestFakeAgreesWithReal(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	real := servertest.Check(t.Context(), subjects.Server("native", false, redistest.Native()))
	verdicts := map[conformance.ID]conformance.Status{}
	for _, res := range real.Results {
		verdicts[res.ID] = res.Status
	}
	fake := servertest.Check(t.Context(), subjects.Server("fake", false, redistest.Fake()))
	for _, res := range fake.Results {
		if reason := disagreements[res.ID]; verdicts[res.ID] != res.Status && reason == "" {
			t.Errorf("%s: fake %s, real %s: want equal verdicts, or a listed reason", res.ID, res.Status, verdicts[res.ID])
		}
	}
	if len(fake.Results) != len(real.Results) || len(fake.Results) == 0 {
		t.Errorf("fake judged %d requirements, real %d, want as many", len(fake.Results), len(real.Results))
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	redistest.Versions(t, func(t *testing.T, srv *redistest.Server) {
		server := subjects.Server(srv.Version(), false)
		server.New = func(tb conformance.TB) servertest.Server {
			s, err := servertest.Open(srv.URL())
			if err != nil {
				tb.Fatalf("%v", err)
			}
			tb.Cleanup(func() { srv.Client().FlushDB(t.Context()) })
			tb.Equip(conformance.Equipment{Clock: srv})
			return s
		}
		server.Claims = []conformance.Capability{servertest.Disposable, servertest.LimitsMemory}
		if err := servertest.Check(t.Context(), server).Err(); err != nil {
			t.Error(err)
		}
	}, redistest.Exclusive())
}
