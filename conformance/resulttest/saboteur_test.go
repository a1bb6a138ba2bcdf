package resulttest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/subjects"
)

// A saboteur attacks the suite itself, not one rule of it.
type saboteur struct {
	resulttest.Backend
	get func(ctx context.Context, id string) (resulttest.Document, error)
}

func (s saboteur) Get(ctx context.Context, id string) (resulttest.Document, error) {
	return s.get(ctx, id)
}

// wrapped is a backend in memory with something around it.
func wrapped(wrap func(b *subjects.Results) resulttest.Backend) resulttest.Subject {
	subject := subjects.ResultsInMemory()
	build := subject.New
	subject.New = func(tb conformance.TB) resulttest.Backend { return wrap(build(tb).(*subjects.Results)) }
	return subject
}

func TestSaboteursAreNamedAndStopNothing(t *testing.T) {
	t.Parallel()
	type get = func(context.Context, string) (resulttest.Document, error)
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	tests := []struct {
		name   string
		get    func(b resulttest.Backend) get
		status conformance.Status
		says   string
	}{
		{"panics", func(resulttest.Backend) get {
			return func(context.Context, string) (resulttest.Document, error) { panic("index out of range") }
		}, conformance.Fail, "panic: index out of range"},
		{"hangs until its context ends", func(resulttest.Backend) get {
			return func(ctx context.Context, _ string) (resulttest.Document, error) {
				<-ctx.Done()
				return resulttest.Document{}, ctx.Err()
			}
		}, conformance.Fail, "did not return within 500ms"},
		{"hangs and ignores its context", func(resulttest.Backend) get {
			return func(context.Context, string) (resulttest.Document, error) {
				<-stop
				return resulttest.Document{}, nil
			}
		}, conformance.Fail, "did not return within 500ms"},
		{"leaks a goroutine at each call", func(b resulttest.Backend) get {
			return func(ctx context.Context, id string) (resulttest.Document, error) {
				go func() { <-stop }() // ended by the test: the leak under test
				return b.Get(ctx, id)
			}
		}, conformance.Error, "goroutines outlive the instance"},
		{"returns nothing and nil", func(resulttest.Backend) get {
			return func(context.Context, string) (resulttest.Document, error) { return resulttest.Document{}, nil }
		}, conformance.Fail, "want {a SUCCESS, 5}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			subject := wrapped(func(b *subjects.Results) resulttest.Backend { return saboteur{b, tt.get(b)} })
			results := resulttest.Suite().Check(t.Context(), subject, conformance.Options{
				Only:     func(id conformance.ID) bool { return id == "RESULT-STO-001" || id == "RESULT-STO-010" },
				Watchdog: 500 * time.Millisecond, Patience: 50 * time.Millisecond,
			}).Results
			if len(results) != 2 || results[0].Status != tt.status || !strings.Contains(results[0].Message(), tt.says) {
				t.Fatalf("the first of %d results: %s:\n%s\nwant %s: %q", len(results), results[0].Status, results[0].Message(), tt.status, tt.says)
			}
			if results[1].Status != conformance.Pass { // it calls no get
				t.Errorf("the result after the blow: %s:\n%s\nwant pass", results[1].Status, results[1].Message())
			}
		})
	}
}

// TestInnocentsPass shows that odd but legal backends fail nothing.
func TestInnocentsPass(t *testing.T) {
	t.Parallel()
	tests := map[string]resulttest.Subject{
		"a backend of two methods": wrapped(func(b *subjects.Results) resulttest.Backend { return two{b} }),
		"a slow backend":           wrapped(func(b *subjects.Results) resulttest.Backend { return slow{b} }),
		"a backend that pads its answers and waits by asking": wrapped(func(b *subjects.Results) resulttest.Backend { return padded{b} }),
	}
	for name, subject := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := resulttest.Check(t.Context(), subject).Err(); err != nil {
				t.Errorf("Check(%s) = %v, want nil", name, err)
			}
		})
	}
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
