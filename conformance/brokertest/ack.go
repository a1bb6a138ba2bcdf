package brokertest

func ackRows() []row {
	return []row{
		{ID: "BROKER-ACK-001", Needs: needs{sweeping}, Says: "A message that was acknowledged MUST never come back.",
			Why: "K: ZREM and HDEL", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				c.ack(c.gets("a")...).ok()
				k.depth("q").is(0)
				k.expire()
				k.depth("q").is(0)
				c.close().ok()
				k.depth("q").is(0)
			})},
		{ID: "BROKER-ACK-002", Needs: needs{sweeping}, Says: "An ack MUST settle the delivery it names and no other, in any order.",
			Why: "tasks end in any order", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b", "c")
				c.ack(ds[1]).ok()
				k.expire()
				k.consumer("x", "q").finds("a!", "c!")
			})},
		{ID: "BROKER-ACK-003", Needs: needs{sweeping}, Says: "An ack of several deliveries MUST settle all of them.",
			Why: "batches save round trips", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c", "d")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b", "c", "d")
				c.ack(ds[:3]...).ok()
				k.expire()
				k.consumer("x", "q").gets("d!")
				k.depth("q").is(0)
			})},
		{ID: "BROKER-ACK-004", Says: "An ack of nothing MUST succeed.", Why: "an empty batch", Check: check(func(k *kit) {
			k.consumer("w", "q").ack().ok()
		})},
		{ID: "BROKER-ACK-005", Needs: needs{sweeping}, Says: "A second ack of a delivery MUST NOT touch any other message.",
			Why: "K: the second one is a no-op", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b")
				c.ack(ds[0]).ok()
				_ = c.ack(ds[0])
				k.depth("q").is(1)
				k.expire()
				k.consumer("x", "q").gets("b!", "c")
			})},
		{ID: "BROKER-ACK-006", Profile: "strict", Says: "A second ack of a delivery MUST say that the claim is no longer held.",
			Why: "a worker that acks twice has a mistake", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				ds := c.gets("a")
				c.ack(ds...).ok()
				c.ack(ds...).fails(ErrStale)
			})},
		{ID: "BROKER-ACK-007", Needs: needs{sweeping}, Says: "An ack of a claim that ran out MUST NOT remove the message, which is ready again.",
			Why: "K: the tag is in unacked no more", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				ds := c.gets("a")
				k.expire()
				_ = c.ack(ds...)
				k.depth("q").is(1)
				k.consumer("x", "q").gets("a!")
			})},
		{ID: "BROKER-ACK-008", Profile: "strict", Needs: needs{sweeping}, Says: "An ack of a claim that ran out MUST NOT end the claim of the consumer that has the message now.",
			Why: "K: a redelivery has the same tag, so a late ack drops its protection; seen live, the message was lost", Check: check(func(k *kit) {
				k.send("q", "a")
				slow, next := k.consumer("slow", "q"), k.consumer("next", "q")
				late := slow.gets("a")
				k.expire()
				next.gets("a!")
				_ = slow.ack(late...)
				next.kill()
				k.expire()
				k.consumer("x", "q").gets("a!")
			})},
		{ID: "BROKER-ACK-009", Profile: "strict", Needs: needs{sweeping}, Says: "An ack of a claim that ran out MUST say so.",
			Why: "the caller's work was done twice and it should know", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c, next := k.consumer("w", "q"), k.consumer("x", "q")
				ds := c.gets("a", "b")
				k.expire()
				c.ack(ds[0]).fails(ErrStale)
				next.gets("a!", "b!")
				c.ack(ds[1]).fails(ErrStale)
			})},
		{ID: "BROKER-ACK-010", Profile: "strict", Needs: needs{sweeping}, Says: "An ack of several deliveries of which some ran out MUST settle the others, and say that it did not settle all.",
			Why: "one late task in a batch", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				old := c.gets("a")
				k.expire()
				k.consumer("x", "q").gets("a!")
				fresh := c.gets("b")
				c.ack(old[0], fresh[0]).fails(ErrStale)
				k.expire()
				k.consumer("y", "q").gets("a!")
				k.depth("q").is(0)
			})},
		{ID: "BROKER-ACK-011", Profile: "strict", Needs: needs{declaring, sweeping}, Says: "Copies of one publication in two queues MUST be acknowledged apart.",
			Why: "K: both have one tag and one entry in unacked; acking one drops the other, seen live", Check: check(func(k *kit) {
				k.declare("direct", Binding{"ex", "key", "one"}, Binding{"ex", "key", "two"})
				k.publish(Message{Exchange: "ex", RoutingKey: "key", Body: []byte("a")})
				one, two := k.consumer("w", "one"), k.consumer("x", "two")
				first := one.gets("a")
				two.gets("a")
				one.ack(first...).ok()
				two.kill()
				k.expire()
				k.depth("one").is(0)
				k.consumer("y", "two").gets("a!")
			})},
		{ID: "BROKER-ACK-012", Needs: needs{sweeping}, Says: "Acks MUST be safe from any goroutine, while the consumer claims.",
			Why: "tasks end on threads of their own: K's dirty set", Check: check(func(k *kit) {
				const n = 40
				c := k.consumer("w", "q")
				acked := make(chan error, n)
				for range n {
					k.send("q", "a")
					ds := c.take(1)
					go func() { acked <- c.c.Ack(k.ctx, ds...) }() // waited for below
				}
				for range n {
					if err := <-acked; err != nil {
						k.Errorf("an ack from another goroutine failed: %v", err)
					}
				}
				k.expire()
				k.depth("q").is(0)
			})},
	}
}
