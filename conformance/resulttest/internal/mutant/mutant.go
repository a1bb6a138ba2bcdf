// Package mutant holds broken result backends: each is the real reference with
// one named bug, as somebody might write it. The suite must catch every one of
// them, and every requirement must catch at least one.
package mutant

import (
	"context"
	"slices"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// Names that mutants would otherwise repeat at length.
type (
	Document = resulttest.Document
	Child    = resulttest.Child
	Part     = resulttest.Part
	Entry    = resulttest.Entry
	Settings = resulttest.Settings
)

// A Full backend has every method of the port.
type Full interface {
	resulttest.Backend
	resulttest.Waiter
	resulttest.Forgetter
	resulttest.Chords
	resulttest.Groups
	resulttest.Opener
	resulttest.Inspector
	conformance.Lacking
}

// A Mutant is a backend with one bug.
type Mutant struct {
	Name  string                 // what the bug does, in words joined by hyphens
	Break func(b Full, h *Hooks) // replaces methods of b
	// Claims change what the subject says of itself.
	Claims []conformance.Capability
	// Must lists requirements that depend on timing and have to catch the bug.
	Must []conformance.ID
	// Bubble says that only a clock which moves waiting calls shows the bug.
	Bubble bool
	// Server says that the bug shows on a server only: on the store below the
	// backend, on the way to it, or in its failures.
	Server bool
}

// All lists every mutant.
func All() []Mutant {
	return slices.Concat(storing(), states(), failures(), waiting(), losing(), grouping(), chords(), expiring(), wire(), chatty(),
		ended(), frail(), stepping(), racing(), quirks())
}

// Into returns subject with the bug in it.
func (m Mutant) Into(subject resulttest.Subject) resulttest.Subject {
	subject.Name += " with " + m.Name
	subject.Claims = slices.Concat(m.Claims, subject.Claims)
	if m.Break == nil {
		return subject
	}
	build := subject.New
	subject.New = func(tb conformance.TB) resulttest.Backend {
		b, ok := build(tb).(Full)
		if !ok {
			tb.Fatalf("a mutant needs a backend with every method of the port")
		}
		return m.spread(tb.Context(), b)
	}
	return subject
}

// spread puts the bug into b and into every backend that b opens.
func (m Mutant) spread(life context.Context, b Full) Full {
	h := &Hooks{Full: b, life: life}
	m.Break(b, h)
	if h.open == nil {
		h.open = func(ctx context.Context, set Settings) (resulttest.Backend, error) {
			other, err := b.Open(ctx, set)
			if err != nil {
				return nil, err
			}
			return m.spread(life, other.(Full)), nil
		}
	}
	return h
}
