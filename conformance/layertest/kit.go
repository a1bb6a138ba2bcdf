package layertest

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/value"
)

// A kit is what a check works with: the probe, and a layer whose calls are
// recorded.
type kit struct {
	*conformance.Probe
	l Layer
}

// check adapts a check on a kit to the engine.
func check(f func(k *kit)) func(*conformance.Probe, Layer) {
	return func(p *conformance.Probe, l Layer) { f(&kit{p, l}) }
}

// A verdict is what a call came to.
type verdict struct {
	k    *kit
	call string
	err  error
}

func (k *kit) did(err error, format string, args ...any) verdict {
	call := fmt.Sprintf(format, args...)
	k.Call("%s", call)
	return verdict{k, call, err}
}

// ok wants no error, and ends the check without it.
func (v verdict) ok() {
	if v.err != nil {
		v.k.Helper()
		v.k.Fatalf("%s failed: %v, want no error", v.call, v.err)
	}
}

// fails wants an error of a kind; nil means any.
func (v verdict) fails(kind error) {
	if v.err == nil || kind != nil && !errors.Is(v.err, kind) {
		v.k.Helper()
		v.k.Errorf("%s = %v, want an error: %v", v.call, v.err, kind)
	}
}

func (k *kit) try(channel string, msg Message) verdict {
	return k.did(k.l.Send(k.Context(), channel, msg), "Send(%q, %s)", channel, value.Show(msg))
}

func (k *kit) send(channel string, msgs ...Message) {
	k.Helper()
	for _, m := range msgs {
		k.try(channel, m).ok()
	}
}

func (k *kit) tryGroup(group string, msg Message) verdict {
	return k.did(k.l.GroupSend(k.Context(), group, msg), "GroupSend(%q, %s)", group, value.Show(msg))
}

func (k *kit) groupSend(group string, msg Message) {
	k.Helper()
	k.tryGroup(group, msg).ok()
}

func (k *kit) tryAdd(group, channel string) verdict {
	return k.did(k.l.GroupAdd(k.Context(), group, channel), "GroupAdd(%q, %q)", group, channel)
}

func (k *kit) add(group string, channels ...string) {
	k.Helper()
	for _, c := range channels {
		k.tryAdd(group, c).ok()
	}
}

func (k *kit) discard(group, channel string) {
	k.Helper()
	k.did(k.l.GroupDiscard(k.Context(), group, channel), "GroupDiscard(%q, %q)", group, channel).ok()
}

func (k *kit) newChannel() string {
	k.Helper()
	name, err := k.l.NewChannel(k.Context())
	k.did(err, "NewChannel()").ok()
	return name
}

// channels are one of each kind whose messages wait: one of the layer's own,
// and a general one if that is a queue.
func (k *kit) channels() []string {
	k.Helper()
	all := []string{k.newChannel()}
	if k.Has(Queues) {
		all = append(all, "jobs")
	}
	return all
}

func (k *kit) receive(channel string) Message {
	k.Helper()
	msg, err := k.l.Receive(k.Context(), channel)
	k.did(err, "Receive(%q) = %s", channel, value.Show(msg)).ok()
	return msg
}

// A marker is sent behind what a check asks for, so that no check waits for a
// message that is lost. Each has a number of its own: others may lie around.
func marker() Message { return Message{"type": "marker", "n": markers.Add(1)} }

var markers atomic.Int64

// most bounds what a channel may hold at the end of a check.
const most = 200

// drain receives everything that a channel has.
func (k *kit) drain(channel string) []Message {
	k.Helper()
	last := marker()
	n := last["n"] // a bug may change the rest
	var all []Message
	next := func() Message { return k.receive(channel) }
	if v := k.try(channel, last); errors.Is(v.err, ErrFull) {
		next = k.pressed(channel, last)
	} else {
		v.ok()
	}
	for range most {
		m := next()
		next = func() Message { return k.receive(channel) }
		switch {
		case m["type"] == "marker" && m["n"] == n:
			return all
		case m["type"] != "marker":
			all = append(all, m)
		}
	}
	k.Fatalf("Receive(%q) never comes to the last message that was sent", channel)
	return nil
}

// holds wants exactly these messages, in this order.
func (k *kit) holds(channel string, want ...Message) {
	got := k.drain(channel)
	if !slices.EqualFunc(got, want, same) {
		k.Helper()
		k.Errorf("%s holds %s, want %s", channel, shown(got), shown(want))
	}
}

// moment lets others go on: whatever is waited for may take a while.
func (k *kit) moment() {
	select {
	case <-time.After(100 * time.Microsecond):
	case <-k.Context().Done():
	}
}

// pressed sends a message to a channel that is full, be it with messages of
// others: a receiver that waits makes room. It returns what that one got.
func (k *kit) pressed(channel string, m Message) func() Message {
	k.Helper()
	got := k.receiving(k.Context(), channel)
	for k.Context().Err() == nil {
		made := len(got) > 0 // room, for one at least
		switch err := k.l.Send(k.Context(), channel, m); {
		case err == nil:
			return func() Message {
				r := <-got
				k.did(r.err, "Receive(%q) = %s", channel, value.Show(r.msg)).ok()
				return r.msg
			}
		case made || !errors.Is(err, ErrFull):
			k.Fatalf("Send(%q) beside a receiver failed: %v, want no error", channel, err)
		}
		k.moment()
	}
	k.Fatalf("Receive(%q) makes no room", channel)
	return nil
}

func same(a, b Message) bool { return value.Same(a, b) }

func shown(all []Message) string {
	return "[" + value.List(all, func(m Message) string { return value.Show(m) }) + "]"
}

// msg is the n-th message of a check.
func msg(n int) Message { return Message{"type": "t", "n": int64(n)} }

func msgs(n int) []Message {
	var all []Message
	for i := range n {
		all = append(all, msg(i))
	}
	return all
}
