package layertest

func flushRows() []row {
	flush := func(k *kit) {
		k.Helper()
		k.did(k.l.Flush(k.Context()), "Flush()").ok()
	}
	return []row{
		{ID: "LAYER-FLU-001", Needs: needs{Queues}, Says: "Flush MUST forget all messages.", Why: "S: the flush extension", Check: check(func(k *kit) {
			k.send("a", msg(1))
			k.send("b", msg(2))
			flush(k)
			k.holds("a")
			k.holds("b")
		})},
		{ID: "LAYER-FLU-002", Needs: needs{Queues, AnyMember}, Says: "Flush MUST forget all memberships.", Why: "S", Check: check(func(k *kit) {
			k.add("g", "jobs")
			flush(k)
			k.groupSend("g", msg(1))
			k.holds("jobs")
		})},
		{ID: "LAYER-FLU-003", Says: "A layer MUST go on working after Flush.", Why: "L", Check: check(func(k *kit) {
			flush(k)
			for _, c := range k.channels() {
				k.send(c, msg(1))
				k.holds(c, msg(1))
			}
			own := k.newChannel()
			k.add("g", own)
			k.groupSend("g", msg(2))
			k.holds(own, msg(2))
		})},
		{ID: "LAYER-FLU-004", Needs: needs{Queues, AnyMember, serving}, Denies: QuirkFlush, Says: "A flush MUST NOT remove what is no queue and no group, though its key begins with the prefix.", Why: "L: DEL of KEYS prefix*", Check: check(func(k *kit) {
			k.do("SET", "asgilomar", "another program's")
			k.do("ZADD", "asgi lomar", "1", "another program's")
			k.send("jobs", msg(1))
			k.add("g", "jobs")
			flush(k)
			if left := k.texts("KEYS", "*"); len(left) != 2 {
				k.Errorf("the keys %q are left after a flush, want asgilomar and asgi lomar", left)
			}
		})},
	}
}
