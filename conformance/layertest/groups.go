package layertest

func groupRows() []row {
	return []row{
		{ID: "LAYER-GRP-001", Says: "A group message MUST reach every member.", Why: "S", Check: check(func(k *kit) {
			a, b, c := k.newChannel(), k.newChannel(), k.newChannel()
			k.add("g", a, b, c)
			k.groupSend("g", msg(1))
			for _, c := range []string{b, a, c} {
				k.holds(c, msg(1))
			}
		})},
		{ID: "LAYER-GRP-002", Says: "A group message MUST NOT reach who is no member.", Why: "S", Check: check(func(k *kit) {
			a, b := k.newChannel(), k.newChannel()
			k.add("g", a)
			k.add("other", b)
			k.groupSend("g", msg(1))
			k.holds(b)
			k.holds(a, msg(1))
		})},
		{ID: "LAYER-GRP-003", Says: "A discarded member MUST NOT be sent to any more, and others go on.", Why: "S", Check: check(func(k *kit) {
			a, b := k.newChannel(), k.newChannel()
			k.add("g", a, b)
			k.discard("g", a)
			k.groupSend("g", msg(1))
			k.holds(a)
			k.holds(b, msg(1))
		})},
		{ID: "LAYER-GRP-004", Says: "A member that was added twice MUST be sent one message.", Why: "L: a set", Check: check(func(k *kit) {
			own := k.newChannel()
			k.add("g", own, own)
			k.groupSend("g", msg(1))
			k.holds(own, msg(1))
			k.discard("g", own)
			k.groupSend("g", msg(2))
			k.holds(own)
		})},
		{ID: "LAYER-GRP-005", Says: "Sending to a group without members MUST succeed.", Why: "L", Check: check(func(k *kit) {
			own := k.newChannel()
			k.groupSend("none", msg(1))
			k.add("g", own)
			k.discard("g", own)
			k.groupSend("g", msg(1))
		})},
		{ID: "LAYER-GRP-006", Says: "Discarding who is no member MUST succeed.", Why: "L; S", Check: check(func(k *kit) {
			own := k.newChannel()
			k.discard("none", own)
			k.add("g", own)
			k.discard("g", "other")
			k.groupSend("g", msg(1))
			k.holds(own, msg(1))
		})},
		{ID: "LAYER-GRP-007", Says: "Members MUST NOT share a message.", Why: "L gives two local channels the same object", Check: check(func(k *kit) {
			a, b := k.newChannel(), k.newChannel()
			k.add("g", a, b)
			k.groupSend("g", Message{"type": "t", "list": []any{"x"}})
			if list, ok := k.receive(a)["list"].([]any); ok && len(list) == 1 {
				list[0] = "changed"
			}
			k.holds(b, Message{"type": "t", "list": []any{"x"}})
		})},
		{ID: "LAYER-GRP-008", Says: "A channel MUST be sent the messages of all its groups.", Why: "S", Check: check(func(k *kit) {
			own := k.newChannel()
			k.add("g", own)
			k.add("h", own)
			k.groupSend("g", msg(1))
			k.groupSend("h", msg(2))
			k.holds(own, msg(1), msg(2))
		})},
		{ID: "LAYER-GRP-009", Says: "A group message that Send would refuse MUST be refused, and reach nobody.", Why: "L: an encoding error", Check: check(func(k *kit) {
			own := k.newChannel()
			k.add("g", own)
			k.tryGroup("g", Message{"type": "t", "x": make(chan int)}).fails(ErrInvalid)
			k.holds(own)
		})},
		{ID: "LAYER-GRP-010", Needs: needs{Queues, AnyMember}, Says: "A general channel MUST be able to be a member, beside others and in several groups.", Why: "S", Check: check(func(k *kit) {
			own := k.newChannel()
			k.add("g", "jobs", own)
			k.add("h", "jobs")
			k.groupSend("g", msg(1))
			k.groupSend("h", msg(2))
			k.holds("jobs", msg(1), msg(2))
			k.holds(own, msg(1))
			k.discard("g", "jobs")
			k.groupSend("g", msg(3))
			k.holds("jobs")
		})},
		{ID: "LAYER-GRP-011", Denies: AnyMember, Says: "A channel that the layer does not listen to MUST be refused as a member.", Why: "L pubsub: memberships live in the process that has the channel", Check: check(func(k *kit) {
			k.tryAdd("g", "jobs").fails(ErrInvalid)
			k.groupSend("g", msg(1))
		})},
		{ID: "LAYER-GRP-012", Denies: QuirkReserved, Says: "A group message with the reserved key MUST be refused, and reach nobody.", Why: "as LAYER-SND-008; L overwrites it", Check: check(func(k *kit) {
			own := k.newChannel()
			k.add("g", own)
			k.tryGroup("g", Message{"type": "t", "__asgi_channel__": "x"}).fails(ErrInvalid)
			k.holds(own)
		})},
	}
}
