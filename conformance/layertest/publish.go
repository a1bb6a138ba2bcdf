package layertest

import (
	"context"
	"fmt"

	"github.com/redkit-dev/redkit/conformance"
)

func publishRows() []row {
	return []row{
		{ID: "LAYER-PUB-001", Needs: needs{Broadcasts, opening}, Says: "A message to a general channel MUST reach every layer that listens to it.", Why: "L pubsub: seen live", Check: check(func(k *kit) {
			other := k.open(Settings{})
			k.listen("news")
			other.listen("news")
			k.send("news", msg(1))
			k.holds("news", msg(1))
			other.holds("news", msg(1))
		})},
		{ID: "LAYER-PUB-002", Needs: needs{Broadcasts}, Says: "Sending to a channel that nobody listens to MUST succeed.", Why: "L pubsub: PUBLISH", Check: check(func(k *kit) {
			k.send("news", msg(1))
			k.groupSend("g", msg(1))
		})},
		{ID: "LAYER-PUB-003", Needs: needs{Broadcasts}, Says: "What was sent before the first receiver came MUST NOT be received.", Why: "L pubsub: nothing is stored", Check: check(func(k *kit) {
			k.send("news", msg(1))
			k.listen("news")
			k.holds("news")
		})},
		{ID: "LAYER-PUB-004", Needs: needs{Broadcasts, opening}, Says: "A new channel MUST be listened to when its name is returned: nothing that is sent to it is lost.",
			Why: "L pubsub: SUBSCRIBE before it returns, though it does not wait for the answer", Check: check(func(k *kit) {
				other := k.open(Settings{})
				for i := range 20 {
					own := k.newChannel()
					other.send(own, msg(i))
					k.holds(own, msg(i))
				}
				k.refused("NewChannel()", func() (string, error) { return k.l.NewChannel(k.Context()) })
			})},
		{ID: "LAYER-PUB-005", Needs: needs{Broadcasts, opening}, Says: "A new member MUST get what is sent to the group once it was added.", Why: "as LAYER-PUB-004", Check: check(func(k *kit) {
			other := k.open(Settings{})
			for i := range 20 {
				own := k.newChannel()
				k.add("g", own)
				other.groupSend("g", msg(i))
				other.send(own, msg(100)) // on the same connection of the layer, so behind it
				k.holds(own, msg(i), msg(100))
				k.discard("g", own)
			}
			own := k.newChannel()
			k.refused("GroupAdd(h)", func() (string, error) {
				return "asgi__group__h", k.l.GroupAdd(k.Context(), "h", own)
			})
		})},
		{ID: "LAYER-PUB-006", Needs: needs{Broadcasts}, Denies: QuirkCancelEnds, Says: "A receiver that is cancelled MUST NOT end the channel, nor lose what it holds.",
			Why: "L pubsub ends the subscription: a receive with a short timeout destroys the channel", Check: check(func(k *kit) {
				own := k.newChannel()
				ctx, cancel := context.WithCancel(k.Context())
				got := k.receiving(ctx, own)
				cancel()
				if r := <-got; r.err == nil {
					k.Errorf("a receiver got %v, want it cancelled", r.msg)
				}
				k.send(own, msg(1))
				k.add("g", own)
				k.groupSend("g", msg(2))
				k.holds(own, msg(1), msg(2))
			})},
		{ID: "LAYER-PUB-007", Needs: needs{Broadcasts}, Says: "A sender MUST NOT be told of messages that nobody reads.", Why: "L pubsub: it has no capacity", Check: check(func(k *kit) {
			own := k.newChannel()
			k.send(own, msgs(3*k.l.Limits().Capacity)...)
		})},
		{ID: "LAYER-PUB-008", Profile: "strict", Needs: needs{Broadcasts}, Says: "What waits for a channel that nobody reads MUST NOT exceed its capacity: the oldest messages go.",
			Why: "L pubsub keeps any number", Check: check(func(k *kit) {
				n := k.l.Limits().Capacity
				own, behind := k.newChannel(), k.newChannel()
				k.send(own, msgs(3*n)...)
				k.send(behind, msg(1))
				k.holds(behind, msg(1)) // the others have come, too
				got := k.drain(own)
				if len(got) > n || len(got) == 0 || !same(got[len(got)-1], msg(3*n-1)) {
					k.Errorf("%s holds %s, want the last %d messages or a few less", own, shown(got), n)
				}
			})},
		{ID: "LAYER-PUB-009", Needs: needs{Broadcasts}, Says: "A membership MUST last until it is ended.", Why: "L pubsub: memberships do not expire", Check: check(func(k *kit) {
			own := k.newChannel()
			k.add("g", own)
			k.Advance(2 * k.l.Limits().GroupExpiry)
			k.groupSend("g", msg(1))
			k.holds(own, msg(1))
		})},
		{ID: "LAYER-PUB-010", Needs: needs{Broadcasts, opening}, Says: "A flush MUST end the channels and groups of its layer, and leave those of others alone.", Why: "L pubsub.flush", Check: check(func(k *kit) {
			other, own := k.open(Settings{}), k.newChannel()
			theirs := other.newChannel()
			k.add("g", own)
			other.add("g", theirs)
			k.did(k.l.Flush(k.Context()), "Flush()").ok()
			k.tryAdd("g", own).fails(ErrInvalid)
			k.groupSend("g", msg(1))
			other.holds(theirs, msg(1))
		})},
		{ID: "LAYER-PUB-011", Needs: needs{Broadcasts, releasing}, Says: "A channel that was closed MUST be forgotten: its messages, its memberships, and its receivers.", Why: "L pubsub leaves it in its groups", Check: check(func(k *kit) {
			own, second := k.newChannel(), k.newChannel()
			k.add("g", own)
			k.add("g", second)
			k.send(own, msg(1))
			k.did(k.l.(ChannelCloser).CloseChannel(k.Context(), own), "CloseChannel(%q)", own).ok()
			k.tryAdd("g", own).fails(ErrInvalid)
			k.groupSend("g", msg(2))
			k.holds(second, msg(2))
			k.listen(own)
			k.holds(own)
			waiting := k.newChannel()
			got := k.receiving(k.Context(), waiting)
			k.send(second, msg(3))
			k.holds(second, msg(3))
			for len(got) == 0 { // the receiver may not have begun
				k.did(k.l.(ChannelCloser).CloseChannel(k.Context(), waiting), "CloseChannel(%q)", waiting).ok()
				if k.Context().Err() != nil {
					k.Fatalf("a receiver waits for ever for a channel that was closed")
				}
			}
			if r := <-got; r.err == nil {
				k.Errorf("a receiver of a channel that was closed got %v, want an error", r.msg)
			}
		})},
	}
}

// refused lets the server refuse the next subscription of a call. It must say
// so, or subscribe again: whoever does not wait for the answer goes on without.
func (k *kit) refused(call string, act func() (name string, err error)) {
	k.Helper()
	stepper, ok := k.Faults().(conformance.Stepper)
	if !ok {
		k.Unproven("the faults cannot strike at any step")
	}
	stepper.At(0, "NOPERM this user has no permissions to access one of the channels used as arguments")
	name, err := act()
	k.Faults().Heal()
	k.Call("%s = %v, its subscription being refused", call, err)
	if err != nil || !k.Has(serving) {
		return
	}
	if n := fmt.Sprint(k.do("PUBSUB", "NUMSUB", name)); n != "["+name+" 1]" {
		k.Errorf("%s = nil, and PUBSUB NUMSUB = %s, want an error or a subscription to %s", call, n, name)
	}
}

// listen makes the layer listen to a channel: it has received from it then.
func (k *kit) listen(channel string) {
	k.Helper()
	got := k.receiving(k.Context(), channel)
	for len(got) == 0 { // nobody tells when it listens
		k.send(channel, marker())
		k.moment()
		if k.Context().Err() != nil {
			k.Fatalf("Receive(%q) gets nothing that is sent now", channel)
		}
	}
	if r := <-got; r.err != nil {
		k.Fatalf("Receive(%q) = %v, want a message", channel, r.err)
	}
}
