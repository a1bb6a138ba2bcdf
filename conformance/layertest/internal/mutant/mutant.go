// Package mutant holds broken channel layers: each is the reference with one
// named bug, as somebody might write it. The suite must catch every one of
// them, and every requirement must catch at least one.
package mutant

import (
	"context"
	"slices"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
)

type (
	message = layertest.Message
	limits  = layertest.Limits
)

// A Full layer can be made anew with other limits than it says it has.
type Full interface {
	layertest.Layer
	With(limits) layertest.Layer
}

// A Mutant is a layer with one bug.
type Mutant struct {
	Name  string               // what the bug does, in words joined by hyphens
	Break func(l Full, h *bug) // replaces methods of l
	// Must lists requirements that depend on timing and have to catch the bug.
	Must []conformance.ID
}

// All returns every mutant.
func All() []Mutant {
	return slices.Concat(sending(), naming(), grouping(), limited(), cancelling(), flushing())
}

// Into returns subject with the bug in it.
func (m Mutant) Into(subject layertest.Subject) layertest.Subject {
	subject.Name += " with " + m.Name
	build := subject.New
	subject.New = func(tb conformance.TB) layertest.Layer {
		l, ok := build(tb).(Full)
		if !ok {
			tb.Fatalf("a mutant needs a layer that can be made with other limits")
		}
		h := &bug{Layer: l, send: l.Send, receive: l.Receive, newChannel: l.NewChannel, add: l.GroupAdd, discard: l.GroupDiscard, groupSend: l.GroupSend, flush: l.Flush}
		m.Break(l, h)
		return h
	}
	return subject
}

// A bug is a layer some of whose methods are replaced.
type bug struct {
	layertest.Layer
	send       func(context.Context, string, message) error
	receive    func(context.Context, string) (message, error)
	newChannel func(context.Context) (string, error)
	add        func(context.Context, string, string) error
	discard    func(context.Context, string, string) error
	groupSend  func(context.Context, string, message) error
	flush      func(context.Context) error
}

// Send implements layertest.Layer.
func (b *bug) Send(ctx context.Context, channel string, m message) error {
	return b.send(ctx, channel, m)
}

// Receive implements layertest.Layer.
func (b *bug) Receive(ctx context.Context, channel string) (message, error) {
	return b.receive(ctx, channel)
}

// NewChannel implements layertest.Layer.
func (b *bug) NewChannel(ctx context.Context) (string, error) { return b.newChannel(ctx) }

// GroupAdd implements layertest.Layer.
func (b *bug) GroupAdd(ctx context.Context, group, channel string) error {
	return b.add(ctx, group, channel)
}

// GroupDiscard implements layertest.Layer.
func (b *bug) GroupDiscard(ctx context.Context, group, channel string) error {
	return b.discard(ctx, group, channel)
}

// GroupSend implements layertest.Layer.
func (b *bug) GroupSend(ctx context.Context, group string, m message) error {
	return b.groupSend(ctx, group, m)
}

// Flush implements layertest.Layer.
func (b *bug) Flush(ctx context.Context) error { return b.flush(ctx) }

// use replaces everything by another layer.
func (b *bug) use(l layertest.Layer) {
	b.send, b.receive, b.newChannel, b.add, b.discard, b.groupSend, b.flush = l.Send, l.Receive, l.NewChannel, l.GroupAdd, l.GroupDiscard, l.GroupSend, l.Flush
}
