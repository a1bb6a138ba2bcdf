// Package mutant holds broken apps: each is the real reference with one named
// bug, as somebody might write it. The suite must catch every one of them, and
// every requirement must catch at least one.
package mutant

import (
	"context"
	"slices"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// Names that mutants would otherwise repeat at length.
type (
	Act      = tasktest.Act
	Call     = tasktest.Call
	Sent     = tasktest.Sent
	Run      = tasktest.Run
	Outcome  = tasktest.Outcome
	Settings = tasktest.Settings
)

// A Full app has every method of the port.
type Full interface {
	tasktest.App
	tasktest.Revoker
	tasktest.Queues
	tasktest.Disturber
	tasktest.Opener
	conformance.Lacking
}

// A Mutant is an app with one bug.
type Mutant struct {
	Name  string                 // what the bug does, in words joined by hyphens
	Break func(a Full, h *Hooks) // replaces methods of a
	// Claims change what the subject says of itself.
	Claims []conformance.Capability
	// Inline says that the bug shows where Send runs tasks.
	Inline bool
	// Faulty says that the bug shows where the server can be broken off.
	Faulty bool
}

// All lists every mutant.
func All() []Mutant {
	return slices.Concat(sending(), ending(), retrying(), timing(), delivering(), canvas(), nested(), routing(), enveloped(), broken(), quirks())
}

// Into returns subject with the bug in it.
func (m Mutant) Into(subject tasktest.Subject) tasktest.Subject {
	subject.Name += " with " + m.Name
	subject.Claims = slices.Concat(m.Claims, subject.Claims)
	if m.Break == nil {
		return subject
	}
	build := subject.New
	subject.New = func(tb conformance.TB) tasktest.App {
		a, ok := build(tb).(Full)
		if !ok {
			tb.Fatalf("a mutant needs an app with every method of the port")
		}
		return m.spread(a)
	}
	return subject
}

// spread puts the bug into a and into every app that a opens.
func (m Mutant) spread(a Full) Full {
	h := &Hooks{Full: a}
	m.Break(a, h)
	open := or(h.open, a.Open)
	h.open = func(ctx context.Context, set Settings) (tasktest.App, error) {
		other, err := open(ctx, set)
		if err != nil {
			return nil, err
		}
		return m.spread(other.(Full)), nil
	}
	return h
}
