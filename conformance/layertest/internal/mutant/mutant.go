// Package mutant holds broken channel layers: each is a reference with one
// named bug, as somebody might write it. The suite must catch every one of
// them, and every requirement must catch at least one.
package mutant

import (
	"context"
	"slices"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/twist"
	"github.com/redkit-dev/redkit/conformance/layertest"
)

type (
	message  = layertest.Message
	limits   = layertest.Limits
	settings = layertest.Settings
)

// A Full layer has every method of the port, and can be made anew with other
// limits than it says it has.
type Full interface {
	layertest.Layer
	layertest.Opener
	layertest.Server
	layertest.ChannelCloser
	conformance.Lacking
	With(limits) layertest.Layer
}

// A Mutant is a layer with one bug.
type Mutant struct {
	Name string // what the bug does, in words joined by hyphens
	// Break replaces methods of l. Layers that a layer opens have its bug.
	Break func(l Full, h *bug)
	// Must lists requirements that depend on timing and have to catch the bug.
	Must []conformance.ID
	// Twist breaks a layer on a server from below.
	Twist twist.Twist
	// On is the reference that has the bug: in memory if it is empty.
	On Kind
	// By says which requirements are to judge it: beginnings of their IDs
	// without the family, such as "WIR". None means all.
	By []string
	// Claims are what the subject says of itself beyond the truth.
	Claims []conformance.Capability
}

// A Kind is one of our layers.
type Kind string

// The kinds that need a server; Alone needs a real one of its own.
const (
	Redis   Kind = "redis"
	PubSub  Kind = "pubsub"
	Polling Kind = "polling"
	Alone   Kind = "alone"
)

// All returns every mutant.
func All() []Mutant {
	return slices.Concat(
		sending(), naming(), local(), grouping(), limited(), cancelling(), flushing(),
		by(Redis, []string{"PRC"}, processes()), by(PubSub, []string{"PUB", "GRP-011"}, publishing()),
		by(Redis, nil, protecting()), by(Redis, nil, costing()),
		by(Redis, []string{"WIR"}, wire()), by(PubSub, []string{"WIR"}, wirePublished()), by(PubSub, nil, protectingPublished()),
		by(Redis, nil, spread()), by(PubSub, nil, spreadPublished()), by(Redis, nil, failing()), by(PubSub, nil, failingPublished()),
		crowding(), by(PubSub, nil, crowdingPublished()),
		claiming(), by(Polling, nil, losing()), by(Alone, nil, restarting()),
	)
}

// by marks mutants that a kind of layer has, and what judges those that do not
// say so themselves.
func by(on Kind, beginnings []string, all []Mutant) []Mutant {
	for i := range all {
		if all[i].On = on; all[i].By == nil {
			all[i].By = beginnings
		}
	}
	return all
}

// Into returns subject with the bug in it.
func (m Mutant) Into(subject layertest.Subject) layertest.Subject {
	subject.Name += " with " + m.Name
	subject.Claims = slices.Concat(subject.Claims, m.Claims)
	if m.Break == nil {
		return subject
	}
	build := subject.New
	subject.New = func(tb conformance.TB) layertest.Layer {
		l, ok := build(tb).(Full)
		if !ok {
			tb.Fatalf("a mutant needs a layer with every method of the port")
		}
		return broken(l, m.Break)
	}
	return subject
}

// A bug is a layer some of whose methods are replaced.
type bug struct {
	Full
	send       func(context.Context, string, message) error
	receive    func(context.Context, string) (message, error)
	newChannel func(context.Context) (string, error)
	add        func(context.Context, string, string) error
	discard    func(context.Context, string, string) error
	groupSend  func(context.Context, string, message) error
	flush      func(context.Context) error
	release    func(context.Context, string) error
	open       func(context.Context, settings) (layertest.Layer, error)
}

// broken is l with a bug, and so are the layers that it opens.
func broken(l Full, breaks func(Full, *bug)) *bug {
	h := &bug{Full: l}
	h.use(l)
	h.open = func(ctx context.Context, s settings) (layertest.Layer, error) {
		other, err := l.Open(ctx, s)
		if err != nil {
			return nil, err
		}
		return broken(other.(Full), breaks), nil
	}
	breaks(l, h)
	return h
}

// second puts a bug into the layers that a layer opens, and spares it itself.
func second(breaks func(first, l Full, h *bug)) func(Full, *bug) {
	return func(first Full, h *bug) {
		h.open = func(ctx context.Context, s settings) (layertest.Layer, error) {
			other, err := first.Open(ctx, s)
			if err != nil {
				return nil, err
			}
			return broken(other.(Full), func(l Full, h *bug) { breaks(first, l, h) }), nil
		}
	}
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

// CloseChannel implements layertest.ChannelCloser.
func (b *bug) CloseChannel(ctx context.Context, channel string) error { return b.release(ctx, channel) }

// Open implements layertest.Opener.
func (b *bug) Open(ctx context.Context, s settings) (layertest.Layer, error) { return b.open(ctx, s) }

// use replaces everything by another layer.
func (b *bug) use(l layertest.Layer) {
	if c, ok := l.(layertest.ChannelCloser); ok {
		b.release = c.CloseChannel
	}
	b.send, b.receive, b.newChannel, b.add, b.discard, b.groupSend, b.flush = l.Send, l.Receive, l.NewChannel, l.GroupAdd, l.GroupDiscard, l.GroupSend, l.Flush
}
