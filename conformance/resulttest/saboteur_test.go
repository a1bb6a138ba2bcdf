package resulttest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance/internal/sabotage"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/subjects"
)

type call = sabotage.Call[resulttest.Document]

// A saboteur attacks the suite itself, not one rule of it.
type saboteur struct {
	resulttest.Backend
	get call
}

func (s saboteur) Get(ctx context.Context, id string) (resulttest.Document, error) {
	return s.get(ctx, id)
}

// wrapped is a backend in memory with something around it.
func wrapped(wrap func(b *subjects.Results) resulttest.Backend) resulttest.Subject {
	return sabotage.Wrapped(subjects.ResultsInMemory(), wrap)
}

func TestSaboteursAreNamedAndStopNothing(t *testing.T) {
	t.Parallel()
	sabotage.Proof[resulttest.Backend, resulttest.Document]{
		Suite: resulttest.Suite(), MustFail: "RESULT-STO-001", MustPass: "RESULT-STO-010", Zero: "want {a SUCCESS, 5}",
		Subject: func(replace func(call) call) resulttest.Subject {
			return wrapped(func(b *subjects.Results) resulttest.Backend { return saboteur{b, replace(b.Get)} })
		},
	}.Test(t)
}

// TestInnocentsPass shows that odd but legal backends fail nothing.
func TestInnocentsPass(t *testing.T) {
	t.Parallel()
	tests := map[string]resulttest.Subject{
		"a backend of two methods": wrapped(func(b *subjects.Results) resulttest.Backend { return two{b} }),
		"a slow backend":           wrapped(func(b *subjects.Results) resulttest.Backend { return slow{b} }),
		"a backend that pads its answers and waits by asking": wrapped(func(b *subjects.Results) resulttest.Backend { return padded{b} }),
	}
	sabotage.Innocents(t, resulttest.Suite(), tests)
}

// two hides all but the least of the port.
type two struct{ resulttest.Backend }

// slow takes its time.
type slow struct{ *subjects.Results }

func (s slow) Get(ctx context.Context, id string) (resulttest.Document, error) {
	moment()
	return s.Results.Get(ctx, id)
}

func moment() {
	timer := time.NewTimer(100 * time.Microsecond)
	defer timer.Stop()
	<-timer.C
}

// padded returns empty lists where others return nil, and waits by asking
// again and again, for the last task first.
type padded struct{ *subjects.Results }

func (p padded) Get(ctx context.Context, id string) (resulttest.Document, error) {
	d, err := p.Results.Get(ctx, id)
	if d.Children == nil {
		d.Children = []resulttest.Child{}
	}
	if d.Extended == nil {
		d.Extended = map[string]any{}
	}
	return d, err
}

func (p padded) Wait(ctx context.Context, ids []string, each func(resulttest.Document) bool) error {
	open := slices.Clone(ids)
	slices.Reverse(open)
	for len(open) > 0 {
		for _, id := range slices.Clone(open) {
			d, err := p.Results.Get(ctx, id)
			if err != nil {
				return err
			}
			if d.Status != "SUCCESS" && d.Status != "FAILURE" && d.Status != "REVOKED" {
				continue
			}
			open = slices.DeleteFunc(open, func(other string) bool { return other == id })
			if !each(d) {
				return nil
			}
		}
		moment()
	}
	return nil
}
