package layertest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

// trips checks that run costs at most n round trips.
func (k *kit) trips(n int, what string, run func()) {
	k.Helper()
	if got := k.Trace(run); len(got) > n {
		k.Errorf("%s took %d round trips, want at most %d:%s", what, len(got), n, shownTrips(got))
	}
}

func shownTrips(all []conformance.Exchange) string {
	var b strings.Builder
	for _, e := range all {
		b.WriteString("\n\t")
		for i, c := range e.Commands {
			if i > 0 {
				b.WriteString("; ")
			}
			fmt.Fprintf(&b, "%.60q", strings.Join(c, " "))
		}
	}
	return b.String()
}

// warm makes a layer open its connections and load its scripts: what that
// costs is not judged. Nothing is received, as what settles a message may come
// later than the message.
func (k *kit) warm(own string) {
	k.Helper()
	k.Trace(func() {})
	k.send(own, msg(0))
	k.add("warm", own)
	k.discard("warm", own)
	k.groupSend("warm", msg(0))
}

func tripRows() []row {
	return []row{
		{ID: "LAYER-RTT-001", Profile: "strict", Says: "A send MUST take one round trip, whatever the channel.", Why: "L core takes four: trim, count, add, expire", Check: check(func(k *kit) {
			for _, c := range k.channels() {
				k.warm(c)
				k.trips(1, "Send", func() { k.send(c, msg(1)) })
			}
		})},
		{ID: "LAYER-RTT-002", Profile: "strict", Says: "A GroupAdd and a GroupDiscard MUST take one round trip each.", Why: "L core adds with two", Check: check(func(k *kit) {
			own := k.newChannel()
			k.warm(own)
			k.trips(1, "GroupAdd", func() { k.add("g", own) })
			k.trips(1, "GroupAdd again", func() { k.add("g", own) })
			k.trips(1, "GroupDiscard", func() { k.discard("g", own) })
		})},
		{ID: "LAYER-RTT-003", Profile: "strict", Says: "A GroupSend MUST take two round trips at most, however many members there are.", Why: "L core: two for the members, two for each shard", Check: check(func(k *kit) {
			n := k.l.Limits().Capacity
			own := k.newChannel()
			k.warm(own)
			for i := range 3 * n {
				own := k.newChannel()
				if k.Has(Queues) && k.Has(AnyMember) && i > n {
					own = fmt.Sprint("jobs", i)
				}
				k.add("g", own)
			}
			k.trips(2, "GroupSend", func() { k.groupSend("g", msg(1)) })
			k.trips(1, "GroupSend to nobody", func() { k.groupSend("none", msg(1)) })
		})},
		{ID: "LAYER-RTT-004", Says: "A NewChannel MUST take one round trip at most.", Why: "L core asks nothing; L pubsub subscribes", Check: check(func(k *kit) {
			k.warm(k.newChannel())
			k.trips(1, "NewChannel", func() { k.newChannel() })
		})},
		{ID: "LAYER-RTT-005", Profile: "strict", Needs: needs{Queues, serving}, Says: "A Receive of a message that waits MUST take two round trips at most.", Why: "L core: three, or four", Check: check(func(k *kit) {
			k.send("jobs", msg(0))
			k.receive("jobs")
			settled := func() { k.soon("0", "EXISTS", "asgijobs", "asgijobs$inflight") }
			settled()
			k.send("jobs", msg(1))
			all := k.Trace(func() {
				k.receive("jobs")
				settled()
			})
			all = slices.DeleteFunc(all, func(e conformance.Exchange) bool { return e.Commands[0][0] == "EXISTS" }) // of settled
			if len(all) > 2 {
				k.Errorf("Receive took %d round trips, want at most 2:%s", len(all), shownTrips(all))
			}
		})},
		{ID: "LAYER-RTT-006", Needs: needs{Locals, AnyMember, serving}, Says: "A GroupSend to many channels of one layer MUST write one message.", Why: "L core.group_send", Check: check(func(k *kit) {
			own := k.newChannel()
			k.add("g", own)
			for range 20 {
				k.add("g", k.newChannel())
			}
			k.groupSend("g", msg(1))
			if n := k.do("ZCARD", queueOf(own)); n != int64(1) {
				k.Errorf("ZCARD %s = %v after a group message to 21 channels of it, want 1", queueOf(own), n)
			}
		})},
	}
}
