// Package sabotage proves that no implementation, however bad, stops a suite
// or is taken for a good one, and that odd but legal ones are not taken for bad.
package sabotage

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// A Call is a call of a port that asks for something by its name.
type Call[R any] func(ctx context.Context, name string) (R, error)

// A Proof shows that saboteurs of one call are named, and stop nothing.
type Proof[P, R any] struct {
	Suite conformance.Suite[P]
	// Subject returns a subject with that call replaced.
	Subject func(replace func(sound Call[R]) Call[R]) conformance.Subject[P]
	// MustFail is a requirement that makes the call, MustPass a later one that
	// does not.
	MustFail, MustPass conformance.ID
	// Zero is what the failure says of a call that returns the zero value.
	Zero string
	More []Saboteur[R] // beside those that suit every call
}

// A Saboteur replaces a call, and says what must be reported of that.
type Saboteur[R any] struct {
	Name    string
	Replace func(sound Call[R]) Call[R]
	Status  conformance.Status
	Says    string
	// Hangs and Leaks say that it is noticed by waiting for it in vain.
	Hangs, Leaks bool
}

// options wait long for what a busy machine delays, and no longer than needed
// for what never comes.
func (s Saboteur[R]) options(only func(conformance.ID) bool) conformance.Options {
	o := conformance.Options{Only: only, Watchdog: 30 * time.Second, Patience: 10 * time.Second}
	if s.Hangs {
		o.Watchdog = hanging
	}
	if s.Leaks {
		o.Patience = time.Second
	}
	return o
}

const hanging = 2 * time.Second

// Wrapped is a subject whose instances, which are of type S, have something
// around them.
func Wrapped[P, S any](subject conformance.Subject[P], wrap func(S) P) conformance.Subject[P] {
	build := subject.New
	subject.New = func(tb conformance.TB) P { return wrap(any(build(tb)).(S)) }
	return subject
}

// Test judges each saboteur in a subtest.
func (p Proof[P, R]) Test(t *testing.T) {
	t.Helper()
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	for _, s := range append(p.saboteurs(stop), p.More...) {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			both := func(id conformance.ID) bool { return id == p.MustFail || id == p.MustPass }
			results := p.Suite.Check(t.Context(), p.Subject(s.Replace), s.options(both)).Results
			if len(results) != 2 || results[0].ID != p.MustFail {
				t.Fatalf("%d results, want those of %s and %s", len(results), p.MustFail, p.MustPass)
			}
			if got := results[0]; got.Status != s.Status || !strings.Contains(got.Message(), s.Says) {
				t.Errorf("%s: %s:\n%s\nwant %s: %q", got.ID, got.Status, got.Message(), s.Status, s.Says)
			}
			if after := results[1]; after.Status != conformance.Pass {
				t.Errorf("%s, after it: %s:\n%s\nwant pass", after.ID, after.Status, after.Message())
			}
		})
	}
}

// saboteurs suit every call. What they leave behind ends with stop.
func (p Proof[P, R]) saboteurs(stop <-chan struct{}) []Saboteur[R] {
	var zero R
	hangs := "did not return within " + hanging.String()
	return []Saboteur[R]{
		{Name: "panics", Status: conformance.Fail, Says: "panic: index out of range", Replace: func(Call[R]) Call[R] {
			return func(context.Context, string) (R, error) { panic("index out of range") }
		}},
		{Name: "hangs until its context ends", Hangs: true, Status: conformance.Fail, Says: hangs, Replace: func(Call[R]) Call[R] {
			return func(ctx context.Context, _ string) (R, error) { <-ctx.Done(); return zero, ctx.Err() }
		}},
		{Name: "hangs and ignores its context", Hangs: true, Status: conformance.Fail, Says: hangs, Replace: func(Call[R]) Call[R] {
			return func(context.Context, string) (R, error) { <-stop; return zero, nil }
		}},
		{Name: "leaks a goroutine at each call", Leaks: true, Status: conformance.Error, Says: "goroutines outlive the instance", Replace: func(sound Call[R]) Call[R] {
			return func(ctx context.Context, name string) (R, error) {
				go func() { <-stop }() // the leak under test
				return sound(ctx, name)
			}
		}},
		{Name: "returns nothing and nil", Status: conformance.Fail, Says: p.Zero, Replace: func(Call[R]) Call[R] {
			return func(context.Context, string) (R, error) { return zero, nil }
		}},
	}
}

// Innocents judges odd but legal subjects, each in a subtest: none may fail
// anything.
func Innocents[P any](t *testing.T, suite conformance.Suite[P], subjects map[string]conformance.Subject[P]) {
	t.Helper()
	for name, subject := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := suite.Check(t.Context(), subject, conformance.Options{}).Err(); err != nil {
				t.Errorf("Check(%s) = %v, want nil", name, err)
			}
		})
	}
}
