package resulttest_test

import (
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// disagreements are where a fake and a real server may give other verdicts,
// and why.
var disagreements = map[conformance.ID]string{
	"RESULT-MDL-001": "a real server's time runs: a walk cannot look at an exact moment",
}

func TestFakeAgreesWithReal(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native())                    // skips where there is no server
	patient := conformance.Options{Watchdog: 2 * time.Minute} // mutants are judged beside this
	real := resulttest.Suite().Check(t.Context(), subjects.ResultsOnRedis("native", redistest.Native(), redistest.Exclusive()), patient)
	verdicts := map[conformance.ID]conformance.Status{}
	for _, res := range real.Results {
		verdicts[res.ID] = res.Status
	}
	fake := resulttest.Suite().Check(t.Context(), subjects.ResultsOnRedis("fake", redistest.Fake()), patient)
	for _, res := range fake.Results {
		differ := verdicts[res.ID] != res.Status
		if reason, known := disagreements[res.ID]; known != differ {
			t.Errorf("%s: fake %s, real %s, listed %q: want equal verdicts, or a listed reason", res.ID, res.Status, verdicts[res.ID], reason)
		}
	}
	if len(fake.Results) != len(real.Results) || len(fake.Results) == 0 {
		t.Errorf("fake judged %d requirements, real %d, want as many", len(fake.Results), len(real.Results))
	}
}
