package tasktest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/redistest"
)

func TestFakeAgreesWithReal(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	real := tasktest.Check(t.Context(), subjects.TasksOnRedis("native", redistest.Native()))
	verdicts := map[conformance.ID]conformance.Status{}
	for _, res := range real.Results {
		verdicts[res.ID] = res.Status
	}
	fake := tasktest.Check(t.Context(), subjects.TasksOnRedis("fake", redistest.Fake()))
	for _, res := range fake.Results {
		if verdicts[res.ID] != res.Status {
			t.Errorf("%s: fake %s, real %s, want equal verdicts", res.ID, res.Status, verdicts[res.ID])
		}
	}
	if len(fake.Results) != len(real.Results) || len(fake.Results) == 0 {
		t.Errorf("fake judged %d requirements, real %d, want as many", len(fake.Results), len(real.Results))
	}
}
