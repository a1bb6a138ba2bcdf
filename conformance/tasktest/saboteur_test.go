package tasktest_test

import (
	"context"
	"slices"
	"testing"

	"github.com/redkit-dev/redkit/conformance/internal/sabotage"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

type call = sabotage.Call[tasktest.Outcome]

// A saboteur attacks the suite itself, not one rule of it.
type saboteur struct {
	tasktest.App
	outcome call
}

func (s saboteur) Outcome(ctx context.Context, id string) (tasktest.Outcome, error) {
	return s.outcome(ctx, id)
}

// wrapped is a deferred app with something around it.
func wrapped(wrap func(a *subjects.Tasks) tasktest.App) tasktest.Subject {
	return sabotage.Wrapped(subjects.TasksDeferred(), wrap)
}

func TestSaboteursAreNamedAndStopNothing(t *testing.T) {
	t.Parallel()
	sabotage.Proof[tasktest.App, tasktest.Outcome]{
		Suite: tasktest.Suite(), MustFail: "TASK-ARG-001", MustPass: "TASK-ARG-003", Zero: "want SUCCESS with",
		Subject: func(replace func(call) call) tasktest.Subject {
			return wrapped(func(a *subjects.Tasks) tasktest.App { return saboteur{a, replace(a.Outcome)} })
		},
	}.Test(t)
}

// TestInnocentsPass shows that odd but legal apps fail nothing.
func TestInnocentsPass(t *testing.T) {
	t.Parallel()
	tests := map[string]tasktest.Subject{
		"an app of five methods":                 wrapped(func(a *subjects.Tasks) tasktest.App { return five{a} }),
		"an app that pads and works twice":       wrapped(func(a *subjects.Tasks) tasktest.App { return padded{a} }),
		"an app that claims less than it can do": {Name: "modest", New: subjects.TasksDeferred().New},
	}
	sabotage.Innocents(t, tasktest.Suite(), tests)
}

// five hides all but the least of the port.
type five struct{ tasktest.App }

// padded has nothing to do a second time, and gives empty lists for nil.
type padded struct{ *subjects.Tasks }

func (p padded) Work(ctx context.Context) error {
	if err := p.Tasks.Work(ctx); err != nil {
		return err
	}
	return p.Tasks.Work(ctx)
}

func (p padded) Runs(ctx context.Context) ([]tasktest.Run, error) {
	runs, err := p.Tasks.Runs(ctx)
	for i, r := range runs {
		if r.Kwargs == nil {
			runs[i].Kwargs = map[string]any{}
		}
		runs[i].Args = append(slices.Clone(r.Args), []any{}...)
	}
	return runs, err
}
