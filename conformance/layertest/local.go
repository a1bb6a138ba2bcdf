package layertest

import (
	"context"

	"github.com/redkit-dev/redkit/conformance/internal/value"
)

// A received is what a receiver got.
type received struct {
	msg Message
	err error
}

// receiving starts a receiver, which ends with the check at the latest.
func (k *kit) receiving(ctx context.Context, channel string) <-chan received {
	k.Call("Receive(%q) begins", channel)
	got := make(chan received, 1)
	go func() { // ends with ctx, which ends with the check
		msg, err := k.l.Receive(ctx, channel)
		got <- received{msg, err}
	}()
	return got
}

// arrives wants a receiver to get a message that was sent. If that is lost it
// gets a marker.
func (k *kit) arrives(got <-chan received, channel string, want Message) {
	k.Helper()
	k.send(channel, marker())
	r := <-got
	k.did(r.err, "Receive(%q) = %s", channel, value.Show(r.msg)).ok()
	if !same(r.msg, want) {
		k.Errorf("a receiver of %s got %s, want %s", channel, value.Show(r.msg), value.Show(want))
	}
}

func localRows() []row {
	return []row{
		{ID: "LAYER-LOC-001", Says: "Receiving from one of a layer's channels MUST NOT lose messages of another, in whatever order they come.",
			Why: "L: one queue holds those of all channels of a process", Check: check(func(k *kit) {
				a, b, c := k.newChannel(), k.newChannel(), k.newChannel()
				k.send(a, msg(1))
				k.send(b, msg(2))
				k.send(c, msg(3))
				k.send(a, msg(4))
				k.holds(c, msg(3))
				k.holds(a, msg(1), msg(4))
				k.holds(b, msg(2))
			})},
		{ID: "LAYER-LOC-002", Says: "Receivers that wait on several of a layer's channels MUST each get the messages of theirs.",
			Why: "L: one of them reads for all", Check: check(func(k *kit) {
				a, b := k.newChannel(), k.newChannel()
				first, second := k.receiving(k.Context(), a), k.receiving(k.Context(), b)
				k.send(b, msg(2))
				k.arrives(second, b, msg(2))
				k.send(a, msg(1))
				k.arrives(first, a, msg(1))
			})},
		{ID: "LAYER-LOC-003", Profile: "strict", Says: "A message without keys MUST reach a receiver that waits for it.",
			Why: "L takes it for no message, and loses it", Check: check(func(k *kit) {
				a := k.newChannel()
				got := k.receiving(k.Context(), a)
				k.send(a, Message{})
				k.send(a, msg(1)) // so that no check waits for what is lost
				k.arrives(got, a, Message{})
				k.holds(a, msg(1))
			})},
		{ID: "LAYER-LOC-004", Needs: needs{Locals}, Says: "What waits for a channel of the layer that nobody reads MUST NOT exceed its capacity: the oldest messages go.",
			Why: "L#212: buffers grew without limit", Check: check(func(k *kit) {
				n := k.l.Limits().Capacity
				dead, live := k.newChannel(), k.newChannel()
				for i := range n + 2 {
					_ = k.try(dead, msg(i)) // it may be refused, too
					k.send(live, msg(i))
					k.holds(live, msg(i))
				}
				if got := k.drain(dead); len(got) > n {
					k.Errorf("%s holds %d messages, want no more than %d", dead, len(got), n)
				}
			})},
	}
}
