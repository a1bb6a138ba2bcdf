package layertest_test

import (
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// TestFakeAgreesWithReal holds the verdicts on the fake to those on a real
// server, so that a mutant caught on one is caught on the other.
func TestFakeAgreesWithReal(t *testing.T) {
	t.Parallel()
	alone := redistest.Start(t, redistest.Native(), redistest.Exclusive()) // skips where there is no server
	for name, pair := range map[string][2]layertest.Subject{
		"channels": {subjects.LayerOnRedis("fake", redistest.Fake()), subjects.LayerOnRedis("native", redistest.Native())},
		"pub/sub":  {subjects.LayerOnPubSub("fake", redistest.Fake()), subjects.LayerOnPubSub("native", redistest.External(alone.URL()))},
	} {
		patient := conformance.Options{Watchdog: 2 * time.Minute} // mutants are judged beside this
		fake, real := layertest.Suite().Check(t.Context(), pair[0], patient), layertest.Suite().Check(t.Context(), pair[1], patient)
		verdicts := map[conformance.ID]conformance.Status{}
		for _, res := range real.Results {
			verdicts[res.ID] = res.Status
		}
		for _, res := range fake.Results {
			if verdicts[res.ID] != res.Status {
				t.Errorf("%s: %s: fake %s, real %s, want equal verdicts", name, res.ID, res.Status, verdicts[res.ID])
			}
		}
		if len(fake.Results) != len(real.Results) || len(fake.Results) == 0 {
			t.Errorf("%s: fake judged %d requirements, real %d, want as many", name, len(fake.Results), len(real.Results))
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	redistest.Versions(t, func(t *testing.T, srv *redistest.Server) {
		for _, subject := range []layertest.Subject{
			subjects.LayerOnRedis(srv.Version(), redistest.External(srv.URL())),
			subjects.LayerOnPubSub(srv.Version(), redistest.External(srv.URL())),
		} {
			report := layertest.Suite().Check(t.Context(), subject, conformance.Options{Only: onServers})
			if err := report.Err(); err != nil {
				t.Error(err)
			}
		}
	}, redistest.Exclusive())
}

// onServers are the requirements on which versions of a server could differ:
// not those on what goes wrong on the way to it, and on many callers.
func onServers(id conformance.ID) bool {
	return id.Area() != "FLT" && id.Area() != "CON" && id.Area() != "LIN" && id.Area() != "MDL"
}
