package conformance_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// The toy family judges a box that keeps one text for a while.

type box interface {
	Put(ctx context.Context, text string, lifetime time.Duration) error
	Take(ctx context.Context) (string, error)
}

// A shaker is a method-shaped capability of a box.
type shaker interface{ Shake() bool }

const (
	shakes = conformance.Capability("toy.shakes")
	loud   = conformance.Capability("toy.loud")
)

type toyRow = conformance.Requirement[box]

func toySuite() conformance.Suite[box] {
	return conformance.Suite[box]{
		Family: "TOY",
		Title:  "The box",
		Areas:  []conformance.Area{{Code: "BAS", Title: "basics"}, {Code: "OPT", Title: "options"}},
		Features: []conformance.Feature[box]{
			{Name: shakes, Says: "can be shaken", Has: conformance.Implements[shaker, box]},
			{Name: loud, Says: "shouts"},
		},
		Requirements: []toyRow{
			{ID: "TOY-BAS-001", Says: "Take MUST return what Put stored.", Why: "the point of a box", Check: keeps},
			{ID: "TOY-BAS-002", Says: "A text MUST be gone after its lifetime.", Why: "the other point", Check: forgets},
			{ID: "TOY-OPT-001", Level: conformance.Should, Needs: []conformance.Capability{shakes},
				Says: "Shake SHOULD report true.", Why: "politeness", Check: func(p *conformance.Probe, b box) {
					if !b.(shaker).Shake() {
						p.Errorf("Shake() = false, want true")
					}
				}},
			{ID: "TOY-OPT-002", Denies: loud, Says: "A box that does not claim to be loud MUST NOT shout.", Why: "under-claims", Check: quiet},
			{ID: "TOY-OPT-003", Profile: conformance.Strict, Says: "A box MUST be watertight.", Why: "rain",
				Check: func(p *conformance.Probe, b box) { p.Faults() }},
		},
	}
}

func keeps(p *conformance.Probe, b box) {
	p.Call("Put(%q, 1h)", "x")
	if err := b.Put(p.Context(), "x", time.Hour); err != nil {
		p.Fatalf("Put(%q) = %v, want nil", "x", err)
	}
	p.Call("Take()")
	if got, err := b.Take(p.Context()); got != "x" || err != nil {
		p.Errorf("Take() = %q, %v, want %q, nil", got, err, "x")
	}
}

func forgets(p *conformance.Probe, b box) {
	d := p.Deadline(p.Unit())
	if err := b.Put(p.Context(), "x", p.Unit()); err != nil {
		p.Fatalf("Put = %v, want nil", err)
	}
	d.Before()
	if got, err := b.Take(p.Context()); (got != "x" || err != nil) && d.Early() {
		p.Errorf("Take() before the deadline = %q, %v, want x", got, err)
	}
	d.After()
	if got, err := b.Take(p.Context()); !errors.Is(err, errEmpty) {
		p.Errorf("Take() after the deadline = %q, %v, want errEmpty", got, err)
	}
}

func quiet(p *conformance.Probe, b box) {
	if err := b.Put(p.Context(), "SHOUT", 0); err == nil {
		p.Errorf("Put(SHOUT) = nil, want errors.ErrUnsupported: claim %s", loud)
	}
}

var errEmpty = errors.New("box is empty")

// paper is a good box.
type paper struct {
	now func() time.Time

	mu   sync.Mutex
	text string
	dies time.Time
}

func (b *paper) Put(_ context.Context, text string, lifetime time.Duration) error {
	if text == "SHOUT" {
		return errors.ErrUnsupported
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text, b.dies = text, b.now().Add(lifetime)
	return nil
}

func (b *paper) Take(context.Context) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.text == "" || !b.now().Before(b.dies) {
		return "", errEmpty
	}
	return b.text, nil
}

// onPaper is a subject whose instances are what change makes of a good box.
func onPaper(change func(tb conformance.TB, b *paper) box) conformance.Subject[box] {
	clock := &conformance.Manual{}
	return conformance.Subject[box]{
		Name: "paper",
		New: func(tb conformance.TB) box {
			b := &paper{now: clock.Now}
			if change == nil {
				return b
			}
			return change(tb, b)
		},
		Equipment: conformance.Equipment{Clock: clock},
	}
}

// broken is a box whose Take is replaced.
type broken struct {
	*paper
	take func(ctx context.Context) (string, error)
}

func (b broken) Take(ctx context.Context) (string, error) { return b.take(ctx) }

// rattle is a box that can be shaken.
type rattle struct {
	*paper
	works bool
}

func (r rattle) Shake() bool { return r.works }

// mute has Shake only because its type has it.
type mute struct{ rattle }

func (mute) Lacks() []conformance.Capability { return []conformance.Capability{shakes} }
