package tasktest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// A saboteur attacks the suite itself, not one rule of it.
type saboteur struct {
	tasktest.App
	outcome func(ctx context.Context, id string) (tasktest.Outcome, error)
}

func (s saboteur) Outcome(ctx context.Context, id string) (tasktest.Outcome, error) {
	return s.outcome(ctx, id)
}

// wrapped is a deferred app with something around it.
func wrapped(wrap func(a *subjects.Tasks) tasktest.App) tasktest.Subject {
	subject := subjects.TasksDeferred()
	build := subject.New
	subject.New = func(tb conformance.TB) tasktest.App { return wrap(build(tb).(*subjects.Tasks)) }
	return subject
}

func TestSaboteursAreNamedAndStopNothing(t *testing.T) {
	t.Parallel()
	type outcome = func(context.Context, string) (tasktest.Outcome, error)
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	tests := []struct {
		name    string
		outcome func(a tasktest.App) outcome
		status  conformance.Status
		says    string
	}{
		{"panics", func(tasktest.App) outcome {
			return func(context.Context, string) (tasktest.Outcome, error) { panic("index out of range") }
		}, conformance.Fail, "panic: index out of range"},
		{"hangs and ignores its context", func(tasktest.App) outcome {
			return func(context.Context, string) (tasktest.Outcome, error) { <-stop; return tasktest.Outcome{}, nil }
		}, conformance.Fail, "did not return within 500ms"},
		{"leaks a goroutine at each call", func(a tasktest.App) outcome {
			return func(ctx context.Context, id string) (tasktest.Outcome, error) {
				go func() { <-stop }() // ended by the test: the leak under test
				return a.Outcome(ctx, id)
			}
		}, conformance.Error, "goroutines outlive the instance"},
		{"returns nothing and nil", func(tasktest.App) outcome {
			return func(context.Context, string) (tasktest.Outcome, error) { return tasktest.Outcome{}, nil }
		}, conformance.Fail, "want SUCCESS with"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			subject := wrapped(func(a *subjects.Tasks) tasktest.App { return saboteur{a, tt.outcome(a)} })
			results := tasktest.Suite().Check(t.Context(), subject, conformance.Options{
				Only:     func(id conformance.ID) bool { return id == "TASK-ARG-001" || id == "TASK-ARG-003" },
				Watchdog: 500 * time.Millisecond, Patience: 50 * time.Millisecond,
			}).Results
			if len(results) != 2 || results[0].Status != tt.status || !strings.Contains(results[0].Message(), tt.says) {
				t.Fatalf("the first of %d results: %s:\n%s\nwant %s: %q", len(results), results[0].Status, results[0].Message(), tt.status, tt.says)
			}
			if results[1].Status != conformance.Pass { // it asks for no outcome
				t.Errorf("the result after the blow: %s:\n%s\nwant pass", results[1].Status, results[1].Message())
			}
		})
	}
}

// TestInnocentsPass shows that odd but legal apps fail nothing.
func TestInnocentsPass(t *testing.T) {
	t.Parallel()
	tests := map[string]tasktest.Subject{
		"an app of five methods":                 wrapped(func(a *subjects.Tasks) tasktest.App { return five{a} }),
		"an app that pads and works twice":       wrapped(func(a *subjects.Tasks) tasktest.App { return padded{a} }),
		"an app that claims less than it can do": {Name: "modest", New: subjects.TasksDeferred().New},
	}
	for name, subject := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := tasktest.Check(t.Context(), subject).Err(); err != nil {
				t.Errorf("Check(%s) = %v, want nil", name, err)
			}
		})
	}
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
