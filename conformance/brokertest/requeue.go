package brokertest

func requeueRows() []row {
	return []row{
		{ID: "BROKER-REQ-001", Needs: needs{sweeping}, Says: "A message that was rejected for good MUST never come back.",
			Why: "K: reject without requeue is an ack; the transport has no exchange for dead letters", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b")
				c.drop(ds[0]).ok()
				k.depth("q").is(0)
				k.expire()
				k.consumer("x", "q").gets("b!")
				k.depth("q").is(0)
			})},
		{ID: "BROKER-REQ-002", Says: "A message that was requeued MUST be available again at once, to any consumer, flagged as redelivered.",
			Why: "K: reject(requeue=True)", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				c.requeue(c.gets("a")...).ok()
				k.depth("q").is(1)
				other := k.consumer("x", "q")
				other.requeue(other.gets("a!")...).ok()
				c.gets("a!")
				k.depth("q").is(0)
			})},
		{ID: "BROKER-REQ-003", Profile: "quirk", Denies: QuirkRequeueLast, Says: "A message that was requeued MUST be the next to be handed out.",
			Why: "AMQP: its original place if possible", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c")
				c := k.consumer("w", "q")
				c.requeue(c.gets("a")...).ok()
				c.gets("a!", "b", "c")
			})},
		{ID: "BROKER-REQ-004", Profile: "quirk", Needs: needs{QuirkRequeueLast}, Says: "A message that was requeued MUST be the last to be handed out.",
			Why: "K: LPUSH, though the call is named at beginning", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c")
				c := k.consumer("w", "q")
				c.requeue(c.gets("a")...).ok()
				c.gets("b", "c", "a!")
			})},
		{ID: "BROKER-REQ-005", Profile: "quirk", Denies: QuirkRequeueLast, Says: "Messages requeued in one call MUST come back in the order given.",
			Why: "a worker gives back what it has not begun", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c", "d")
				c := k.consumer("w", "q")
				c.requeue(c.gets("a", "b", "c")...).ok()
				c.gets("a!", "b!", "c!", "d")
			})},
		{ID: "BROKER-REQ-006", Says: "A message that comes back MUST have the body, headers, properties and delivery tag it had.",
			Why: "results and retries go by its id: K", Check: check(func(k *kit) {
				m := text("q", "a\x00")
				m.Headers = map[string]any{"id": "1", "n": int64(1<<53 + 1), "list": []any{1.0, nil}}
				m.Properties = map[string]any{"correlation_id": "c"}
				m.ContentType, m.ContentEncoding = "application/data", "binary"
				k.publish(m)
				c := k.consumer("w", "q")
				first := c.gets("a\x00")[0]
				c.requeue(first).ok()
				second := c.gets("a\x00!")[0]
				k.sameHeaders(second, m)
				if second.Tag != first.Tag || second.ContentType != m.ContentType || second.Properties["correlation_id"] != "c" {
					k.Errorf("it came back with tag %s, %s and properties %s; want tag %s, %s and correlation_id c",
						second.Tag, second.ContentType, show(second.Properties), first.Tag, m.ContentType)
				}
			})},
		{ID: "BROKER-REQ-007", Profile: "strict", Needs: needs{declaring}, Says: "A message MUST come back to the queue it was taken from, and to no other that is bound for its routing key.",
			Why: "K routes it anew: the other queues get a copy more, seen live", Check: check(func(k *kit) {
				k.declare("direct", Binding{"ex", "key", "one"}, Binding{"ex", "key", "two"})
				k.publish(Message{Exchange: "ex", RoutingKey: "key", Body: []byte("a")})
				one, two := k.consumer("w", "one"), k.consumer("x", "two")
				two.ack(two.gets("a")...).ok()
				one.requeue(one.gets("a")...).ok()
				k.depth("one").is(1)
				k.depth("two").is(0)
			})},
		{ID: "BROKER-REQ-008", Says: "A second requeue of a delivery MUST NOT make a second copy.",
			Why: "K: the tag is in unacked no more", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				ds := c.gets("a")
				c.requeue(ds...).ok()
				_ = c.requeue(ds...)
				k.depth("q").is(1)
			})},
		{ID: "BROKER-REQ-009", Profile: "strict", Needs: needs{sweeping}, Says: "A requeue of a claim that ran out MUST change nothing, and say so.",
			Why: "K: it takes the message from the consumer that has it now", Check: check(func(k *kit) {
				k.send("q", "a")
				slow, next := k.consumer("slow", "q"), k.consumer("next", "q")
				late := slow.gets("a")
				k.expire()
				held := next.gets("a!")
				slow.requeue(late...).fails(ErrStale)
				k.depth("q").is(0)
				next.ack(held...).ok()
			})},
		{ID: "BROKER-REQ-010", Says: "A delivery that was acknowledged MUST NOT come back by a requeue, nor one that was rejected.",
			Why: "the message is gone", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b")
				c.ack(ds[0]).ok()
				c.drop(ds[1]).ok()
				_ = c.requeue(ds[0])
				_ = c.requeue(ds[1])
				k.depth("q").is(0)
			})},
		{ID: "BROKER-REQ-011", Profile: "strict", Needs: needs{sweeping}, Says: "Every delivery MUST say the how manieth it is, whether requeued or run out.",
			Why: "poison must be told from bad luck; K does not count", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				for n := 1; n <= 5; n++ {
					d := c.take(1)[0]
					if d.Count != n {
						k.Errorf("delivery %d has the count %d", n, d.Count)
					}
					if n%2 == 0 {
						k.expire()
					} else {
						c.requeue(d).ok()
					}
				}
				c.ack(c.take(1)...).ok()
				k.send("q", "b")
				if d := c.take(1)[0]; d.Count != 1 {
					k.Errorf("the first delivery of another message has the count %d", d.Count)
				}
			})},
		{ID: "BROKER-REQ-012", Says: "A requeue of nothing MUST succeed.", Why: "a worker that stops with empty hands", Check: check(func(k *kit) {
			k.consumer("w", "q").requeue().ok()
			k.depth("q").is(0)
		})},
	}
}
