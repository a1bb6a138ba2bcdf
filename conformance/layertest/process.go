package layertest

import "fmt"

// open is the kit of another process on the same servers.
func (k *kit) open(s Settings) *kit {
	k.Helper()
	k.Call("other = Open(%+v)", s)
	l, err := k.l.(Opener).Open(k.Context(), s)
	if err != nil {
		k.Fatalf("Open(%+v) failed: %v, want no error", s, err)
	}
	return &kit{k.Probe, l}
}

func processRows() []row {
	return []row{
		{ID: "LAYER-PRC-001", Needs: needs{opening}, Says: "What another process sends to a channel of the layer's own MUST reach it.", Why: "S", Check: check(func(k *kit) {
			other, own := k.open(Settings{}), k.newChannel()
			other.send(own, msg(1), msg(2))
			k.holds(own, msg(1), msg(2))
			got := k.receiving(k.Context(), own)
			other.send(own, msg(3))
			k.arrives(got, own, msg(3))
		})},
		{ID: "LAYER-PRC-002", Needs: needs{opening}, Says: "A group message MUST reach members in every process.", Why: "S", Check: check(func(k *kit) {
			other, own := k.open(Settings{}), k.newChannel()
			theirs := other.newChannel()
			k.add("g", own)
			other.add("g", theirs)
			k.groupSend("g", msg(1))
			k.holds(own, msg(1))
			other.holds(theirs, msg(1))
			other.groupSend("g", msg(2))
			k.holds(own, msg(2))
			other.holds(theirs, msg(2))
		})},
		{ID: "LAYER-PRC-003", Needs: needs{opening, Queues}, Says: "What one process sends to a general channel MUST reach another that waits for it, and one that comes later.", Why: "S", Check: check(func(k *kit) {
			other := k.open(Settings{})
			got := other.receiving(k.Context(), "jobs")
			k.send("jobs", msg(1))
			other.arrives(got, "jobs", msg(1))
			k.send("jobs", msg(2))
			other.holds("jobs", msg(2))
		})},
		{ID: "LAYER-PRC-004", Needs: needs{opening, Queues}, Says: "A message of a general channel MUST reach one process only.", Why: "S: at most once", Check: check(func(k *kit) {
			n := k.l.Limits().Capacity
			other := k.open(Settings{})
			k.send("jobs", msgs(n)...)
			seen := map[string]int{}
			for i := range n {
				at := k
				if i%2 == 0 {
					at = other
				}
				seen[fmt.Sprint(at.receive("jobs")["n"])]++
			}
			if len(seen) != n {
				k.Errorf("two processes received the messages %v, want each of %d once", seen, n)
			}
			k.holds("jobs")
		})},
		{ID: "LAYER-PRC-005", Needs: needs{opening, AnyMember}, Says: "Every process MUST be able to add and to discard any channel.", Why: "L: members are in the store", Check: check(func(k *kit) {
			other, own, second := k.open(Settings{}), k.newChannel(), k.newChannel()
			other.add("g", own)
			k.add("g", second)
			other.discard("g", second)
			k.groupSend("g", msg(1))
			k.holds(own, msg(1))
			k.holds(second)
		})},
		{ID: "LAYER-PRC-006", Needs: needs{opening, Locals}, Says: "The new channels of two layers MUST NOT be the same, and neither may receive the other's.", Why: "L: a client part for each layer; wrong client prefix", Check: check(func(k *kit) {
			other, own := k.open(Settings{}), k.newChannel()
			theirs := other.newChannel()
			if own == theirs {
				k.Errorf("two layers made the channel %s", own)
			}
			k.refusesReceiver(theirs)
		})},
		{ID: "LAYER-PRC-007", Needs: needs{opening, Queues, Bounded}, Says: "The capacity of a channel MUST be that of all processes together.", Why: "S", Check: check(func(k *kit) {
			n := k.l.Limits().Capacity
			other := k.open(Settings{})
			k.send("jobs", msgs(n-1)...)
			other.send("jobs", msg(n-1))
			k.try("jobs", msg(n)).fails(ErrFull)
			other.try("jobs", msg(n)).fails(ErrFull)
			other.holds("jobs", append(msgs(n-1), msg(n-1))...)
		})},
		{ID: "LAYER-PRC-008", Needs: needs{opening, Queues, AnyMember}, Says: "A flush MUST forget what all processes have sent and added.", Why: "L: the store is emptied", Check: check(func(k *kit) {
			other := k.open(Settings{})
			k.send("a", msg(1))
			k.add("g", "b")
			k.did(other.l.Flush(k.Context()), "other.Flush()").ok()
			k.groupSend("g", msg(2))
			k.holds("a")
			k.holds("b")
		})},
		{ID: "LAYER-PRC-009", Needs: needs{opening, Prefixes}, Says: "Layers with other prefixes MUST NOT share groups.", Why: "L: prefix", Check: check(func(k *kit) {
			other, own := k.open(Settings{Prefix: "other"}), k.newChannel()
			theirs := other.newChannel()
			k.add("g", own)
			other.add("g", theirs)
			k.groupSend("g", msg(1))
			other.groupSend("g", msg(2))
			k.holds(own, msg(1))
			other.holds(theirs, msg(2))
		})},
		{ID: "LAYER-PRC-010", Needs: needs{opening, Prefixes, Queues}, Says: "Layers with other prefixes MUST NOT share channels, nor flush each other's.", Why: "L: prefix", Check: check(func(k *kit) {
			other := k.open(Settings{Prefix: "other"})
			k.send("jobs", msg(1))
			other.send("jobs", msg(2))
			k.holds("jobs", msg(1))
			k.send("jobs", msg(3))
			k.did(other.l.Flush(k.Context()), "other.Flush()").ok()
			other.holds("jobs")
			k.holds("jobs", msg(3))
		})},
		{ID: "LAYER-PRC-011", Profile: "strict", Needs: needs{Queues, serving}, Denies: QuirkTakesOver, Says: "A message that a living process has in its hands MUST NOT be received by another.", Why: "L core: the next receive takes it over, and both have it", Check: check(func(k *kit) {
			k.inject("asgijobs$inflight", k.now(), "81"+typed)
			k.holds("jobs")
		})},
	}
}
