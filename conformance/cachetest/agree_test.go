package cachetest_test

import (
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// disagreements are where a fake and a real server may give other verdicts,
// and why.
var disagreements = map[conformance.ID]string{
	"CACHE-TMO-023": "a real server's time runs: a deadline cannot be looked at from a millisecond away",
	"CACHE-TTL-005": "as CACHE-TMO-023",
	"CACHE-TTL-012": "as CACHE-TMO-023",
	"CACHE-VER-018": "as CACHE-TMO-023",
	"CACHE-MDL-001": "as CACHE-TMO-023",
}

func TestFakeAgreesWithReal(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native())                    // skips where there is no server
	patient := conformance.Options{Watchdog: 2 * time.Minute} // mutants are judged beside this
	real := cachetest.Suite().Check(t.Context(), subjects.Redis("native", redistest.Native()), patient)
	verdicts := map[conformance.ID]conformance.Status{}
	for _, res := range real.Results {
		verdicts[res.ID] = res.Status
	}
	fake := cachetest.Suite().Check(t.Context(), subjects.Redis("fake", redistest.Fake()), patient)
	for _, res := range fake.Results {
		differ := verdicts[res.ID] != res.Status
		if reason, known := disagreements[res.ID]; known != differ {
			t.Errorf("%s: fake %s, real %s, listed %q: want equal verdicts, or a listed reason\non the fake: %s", res.ID, res.Status, verdicts[res.ID], reason, res.Message())
		}
	}
	if len(fake.Results) != len(real.Results) || len(fake.Results) == 0 {
		t.Errorf("fake judged %d requirements, real %d, want as many", len(fake.Results), len(real.Results))
	}
}
