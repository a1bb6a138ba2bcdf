package brokertest

import "time"

func parkRows() []row {
	return []row{
		{ID: "BROKER-PRK-001", Needs: needs{parking}, Says: "A message that was parked MUST NOT be handed out before its time.",
			Why: "countdown and eta; K's workers keep such messages in memory", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				k.park(c.gets("a")[0], 10*lease).ok()
				c.nothing()
				k.Advance(10*lease - k.Margin())
				c.nothing()
				k.depth("q").is(0)
			})},
		{ID: "BROKER-PRK-002", Needs: needs{parking}, Says: "A message that was parked MUST be handed out once its time has come.",
			Why: "as above", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				k.park(c.gets("a")[0], 10*lease).ok()
				k.Advance(10*lease + k.Margin())
				c.gets("a")
				c.nothing()
			})},
		{ID: "BROKER-PRK-003", Needs: needs{parking}, Says: "Parked messages MUST be handed out in the order of their times, before what was published later.",
			Why: "eta order", Check: check(func(k *kit) {
				k.send("q", "late", "early", "mid")
				c := k.consumer("w", "q")
				ds := c.gets("late", "early", "mid")
				k.park(ds[0], 3*lease).ok()
				k.park(ds[1], 1*lease).ok()
				k.park(ds[2], 2*lease).ok()
				k.send("q", "new")
				k.Advance(4 * lease)
				c.gets("early", "mid", "late", "new")
			})},
		{ID: "BROKER-PRK-004", Needs: needs{parking, sweeping}, Says: "A message that is parked for longer than the visibility timeout MUST be handed out once, at its time.",
			Why: "celery issue 2481, kombu issue 337: a countdown of 10 s under a timeout of 3 s ran four times", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				k.park(c.gets("a")[0], 5*visibility).ok()
				for range 4 {
					k.expire()
					c.nothing()
				}
				k.Advance(visibility)
				c.ack(c.gets("a")...).ok()
				k.expire()
				c.nothing()
			})},
		{ID: "BROKER-PRK-005", Needs: needs{parking}, Says: "A message that was parked MUST NOT be flagged as redelivered, nor counted twice.",
			Why: "waiting is no failure", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				d := c.gets("a")[0]
				k.park(d, lease).ok()
				k.Advance(2 * lease)
				if again := c.gets("a")[0]; again.Count != d.Count {
					k.Errorf("the delivery after parking has the count %d, want %d", again.Count, d.Count)
				}
			})},
		{ID: "BROKER-PRK-006", Needs: needs{parking, sweeping}, Says: "A parked message MUST outlive its consumer, and go to any that asks at its time.",
			Why: "an eta must survive kill -9", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				k.park(c.gets("a")[0], 2*lease).ok()
				c.close().ok()
				k.restore().ok()
				k.depth("q").is(0)
				k.Advance(2*lease + k.Margin())
				k.consumer("x", "q").gets("a")
			})},
		{ID: "BROKER-PRK-007", Needs: needs{parking}, Says: "A message that is parked until now or before MUST be available at once.",
			Why: "an eta in the past", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b")
				k.park(ds[0], -lease).ok()
				k.park(ds[1], 0).ok()
				c.gets("a", "b")
			})},
		{ID: "BROKER-PRK-008", Profile: "strict", Needs: needs{parking, sweeping}, Says: "A park of a claim that ran out MUST say so and change nothing.",
			Why: "another consumer has it", Check: check(func(k *kit) {
				k.send("q", "a")
				slow, next := k.consumer("slow", "q"), k.consumer("next", "q")
				late := slow.gets("a")[0]
				k.expire()
				held := next.gets("a!")
				k.park(late, lease).fails(ErrStale)
				k.Advance(2 * lease)
				slow.nothing()
				next.ack(held...).ok()
			})},
		{ID: "BROKER-PRK-009", Profile: "strict", Needs: needs{parking}, Says: "A parked message MUST NOT be acknowledged or requeued by the claim it was parked with.",
			Why: "the claim has ended", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b")
				k.park(ds[0], lease).ok()
				k.park(ds[1], lease).ok()
				_ = c.ack(ds[0])
				_ = c.requeue(ds[1])
				k.depth("q").is(0)
				k.Advance(2 * lease)
				c.finds("a", "b")
			})},
		{ID: "BROKER-PRK-010", Needs: needs{parking}, Says: "A parked message MUST keep its priority.", Why: "the list it was taken from", Check: check(func(k *kit) {
			k.publish(ranked("q", 9, "low"))
			c := k.consumer("w", "q")
			k.park(c.gets("low")[0], lease).ok()
			k.publish(ranked("q", 3, "mid"))
			k.Advance(2 * lease)
			c.gets("mid", "low")
		})},
		{ID: "BROKER-PRK-011", Needs: needs{parking, sweeping}, Says: "A parked message that nobody claims for longer than the visibility timeout after its time MUST NOT be taken for one that failed.",
			Why: "a night without workers", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				d := c.gets("a")[0]
				k.park(d, lease).ok()
				k.Advance(lease)
				k.expire()
				if again := c.gets("a")[0]; again.Count != d.Count {
					k.Errorf("the delivery after parking has the count %d, want %d", again.Count, d.Count)
				}
			})},
	}
}

func (k *kit) park(d Delivery, after time.Duration) outcome {
	return k.did("Park", d, after).got(nil, k.b.(Parker).Park(k.ctx, d, after))
}
