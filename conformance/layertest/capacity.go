package layertest

func capacityRows() []row {
	return []row{
		{ID: "LAYER-CAP-001", Needs: needs{Queues, Bounded}, Says: "A channel MUST take as many messages as its capacity.", Why: "S", Check: check(func(k *kit) {
			n := k.l.Limits().Capacity
			k.send("jobs", msgs(n)...)
			k.holds("jobs", msgs(n)...)
		})},
		{ID: "LAYER-CAP-002", Needs: needs{Queues, Bounded}, Says: "Sending to a channel at its capacity MUST fail, and add nothing.", Why: "S: ChannelFull", Check: check(func(k *kit) {
			n := k.l.Limits().Capacity
			k.send("jobs", msgs(n)...)
			k.try("jobs", msg(n)).fails(ErrFull)
			k.holds("jobs", msgs(n)...)
		})},
		{ID: "LAYER-CAP-003", Needs: needs{Queues, Bounded}, Says: "Receiving MUST make room.", Why: "S", Check: check(func(k *kit) {
			n := k.l.Limits().Capacity
			k.send("jobs", msgs(n)...)
			k.receive("jobs")
			k.send("jobs", msg(n))
		})},
		{ID: "LAYER-CAP-004", Needs: needs{Queues, Bounded}, Says: "A full channel MUST NOT keep others from taking messages.", Why: "S", Check: check(func(k *kit) {
			k.send("jobs", msgs(k.l.Limits().Capacity)...)
			k.send("other", msg(1))
			k.holds("other", msg(1))
		})},
		{ID: "LAYER-CAP-005", Needs: needs{Queues, Bounded, AnyMember}, Says: "A group message MUST pass over members that are full without an error, and reach the others.", Why: "S; L#96", Check: check(func(k *kit) {
			n := k.l.Limits().Capacity
			k.send("jobs", msgs(n)...)
			k.add("g", "jobs", "free")
			k.groupSend("g", msg(n))
			k.holds("free", msg(n))
			k.holds("jobs", msgs(n)...)
		})},
		{ID: "LAYER-CAP-006", Needs: needs{Queues, Bounded, Expires}, Says: "Messages that have expired MUST NOT count.", Why: "L trims before it counts", Check: check(func(k *kit) {
			limits := k.l.Limits()
			k.send("jobs", msgs(limits.Capacity)...)
			k.Advance(limits.Expiry + tick)
			k.send("jobs", msg(9))
			k.holds("jobs", msg(9))
		})},
	}
}
