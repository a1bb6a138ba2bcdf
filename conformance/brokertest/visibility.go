package brokertest

func visibilityRows() []row {
	return []row{
		{ID: "BROKER-VIS-001", Needs: needs{sweeping}, Says: "A message whose claim is older than the visibility timeout MUST be available again, flagged as redelivered.",
			Why: "K: restore_visible", Check: check(func(k *kit) {
				k.send("q", "a")
				k.consumer("w", "q").gets("a")
				k.Advance(visibility + k.Margin())
				k.restore().ok()
				k.depth("q").is(1)
				k.consumer("x", "q").gets("a!")
			})},
		{ID: "BROKER-VIS-002", Needs: needs{sweeping}, Says: "A message whose claim is younger than the visibility timeout MUST stay claimed.",
			Why: "kombu issue 1098: a sweep restored everything", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				k.Advance(2 * visibility)
				ds := c.gets("a")
				k.restore().ok()
				k.Advance(visibility - k.Margin())
				k.restore().ok()
				k.depth("q").is(0)
				c.ack(ds...).ok()
			})},
		{ID: "BROKER-VIS-003", Needs: needs{sweeping}, Says: "A restore MUST take the claims that ran out and leave the others.",
			Why: "K: ZREVRANGEBYSCORE", Check: check(func(k *kit) {
				k.send("q", "old", "new")
				c := k.consumer("w", "q")
				c.gets("old")
				k.Advance(visibility / 2)
				ds := c.gets("new")
				k.Advance(visibility/2 + k.Margin())
				k.restore().ok()
				k.depth("q").is(1)
				k.consumer("x", "q").gets("old!")
				c.ack(ds...).ok()
			})},
		{ID: "BROKER-VIS-004", Needs: needs{sweeping}, Says: "What is restored MUST keep its order and come before what was never handed out.",
			Why: "K: RPUSH, the newest first", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c", "d")
				c := k.consumer("w", "q")
				for _, want := range []string{"a", "b", "c"} {
					c.gets(want)
					k.Advance(k.Margin())
				}
				k.expire()
				c.gets("a!", "b!", "c!", "d")
			})},
		{ID: "BROKER-VIS-005", Profile: "strict", Needs: needs{sweeping}, Says: "What was claimed in one call MUST keep its order when it is restored.",
			Why: "claims of one time differ by nothing but their random tags", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c", "d", "e", "f", "g", "h")
				k.consumer("w", "q").gets("a", "b", "c", "d", "e", "f", "g", "h")
				k.expire()
				k.consumer("x", "q").gets("a!", "b!", "c!", "d!", "e!", "f!", "g!", "h!")
			})},
		{ID: "BROKER-VIS-006", Needs: needs{sweeping}, Says: "A second restore MUST NOT make a second copy.",
			Why: "every worker sweeps", Check: check(func(k *kit) {
				k.send("q", "a")
				k.consumer("w", "q").gets("a")
				k.expire()
				k.restore().ok()
				k.depth("q").is(1)
				c := k.consumer("x", "q")
				ds := c.gets("a!")
				k.restore().ok()
				k.depth("q").is(0)
				c.ack(ds...).ok()
				k.expire()
				k.depth("q").is(0)
			})},
		{ID: "BROKER-VIS-007", Needs: needs{sweeping, opening}, Says: "A restore MUST find the claims of every process.",
			Why: "the one that claimed may be dead", Check: check(func(k *kit) {
				k.send("q", "a")
				other := k.open("other", Settings{})
				c := other.consumer("w", "q")
				c.gets("a")
				c.kill()
				k.expire()
				k.consumer("x", "q").gets("a!")
			})},
		{ID: "BROKER-VIS-008", Needs: needs{sweeping}, Says: "A restore MUST find the claims of every queue, and bring each message to its own.",
			Why: "K: one hash for all queues", Check: check(func(k *kit) {
				k.send("q", "a")
				k.send("r", "b")
				k.send("s", "c")
				k.consumer("w", "q", "r", "s").finds("a", "b", "c")
				k.expire()
				k.consumer("x", "q").gets("a!")
				k.consumer("y", "r").gets("b!")
				k.consumer("z", "s").gets("c!")
			})},
		{ID: "BROKER-VIS-009", Needs: needs{sweeping}, Says: "A message that came back MUST get the whole visibility timeout again.",
			Why: "K: a claim writes a new score", Check: check(func(k *kit) {
				k.send("q", "a")
				k.consumer("w", "q").gets("a")
				k.expire()
				c := k.consumer("x", "q")
				ds := c.gets("a!")
				k.Advance(visibility - k.Margin())
				k.restore().ok()
				k.depth("q").is(0)
				c.ack(ds...).ok()
			})},
		{ID: "BROKER-VIS-010", Needs: needs{sweeping, extending}, Says: "A claim that was extended MUST last for the visibility timeout from then.",
			Why: "celery issue 2481: long tasks run twice; K cannot", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				ds := c.gets("a")
				for range 4 {
					k.Advance(visibility / 2)
					k.extend("w", ds...).ok()
					k.restore().ok()
				}
				k.depth("q").is(0)
				c.ack(ds...).ok()
			})},
		{ID: "BROKER-VIS-011", Needs: needs{sweeping, extending}, Says: "A claim that was extended and then left alone MUST run out.",
			Why: "the worker may die later", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				k.extend("w", c.gets("a")...).ok()
				c.kill()
				k.expire()
				k.consumer("x", "q").gets("a!")
			})},
		{ID: "BROKER-VIS-012", Needs: needs{sweeping, extending}, Says: "An extend MUST NOT prolong other claims of the same owner.",
			Why: "it names what is worked on", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b")
				k.Advance(visibility / 2)
				k.extend("w", ds[1]).ok()
				k.Advance(visibility/2 + k.Margin())
				k.extend("w").ok()
				k.restore().ok()
				k.depth("q").is(1)
				k.consumer("x", "q").gets("a!")
			})},
		{ID: "BROKER-VIS-013", Profile: "strict", Needs: needs{sweeping, extending}, Says: "An extend of a claim that ran out MUST say so, and leave the claim of another.",
			Why: "the worker should stop", Check: check(func(k *kit) {
				k.send("q", "a")
				slow, next := k.consumer("slow", "q"), k.consumer("next", "q")
				late := slow.gets("a")
				k.expire()
				k.extend("slow", late...).fails(ErrStale)
				k.depth("q").is(1)
				held := next.gets("a!")
				k.extend("slow", late...).fails(ErrStale)
				next.ack(held...).ok()
			})},
		{ID: "BROKER-VIS-014", Profile: "strict", Needs: needs{sweeping, extending}, Says: "The claims of an owner that was heard of and fell silent for a minute MUST be restored.",
			Why: "an hour is long to wait for a worker that is dead", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c, other := k.consumer("dead", "q"), k.consumer("w", "q")
				k.extend("dead", c.gets("a")...).ok()
				ds := other.gets("b")
				c.kill()
				k.Advance(lease / 2)
				k.extend("w", ds...).ok()
				k.restore().ok()
				k.depth("q").is(0)
				k.Advance(lease/2 + k.Margin())
				k.restore().ok()
				k.depth("q").is(1)
				k.consumer("x", "q").gets("a!")
				other.ack(ds...).ok()
			})},
		{ID: "BROKER-VIS-015", Needs: needs{sweeping, extending}, Says: "The claims of an owner that was never heard of MUST hold for the whole visibility timeout.",
			Why: "kombu's workers never tell that they live", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("quiet", "q")
				ds := c.gets("a")
				k.extend("other").ok()
				k.Advance(2 * lease)
				k.restore().ok()
				k.depth("q").is(0)
				c.ack(ds...).ok()
			})},
		{ID: "BROKER-VIS-016", Says: "A consumer that is closed MUST give back at once what it has not settled, flagged as redelivered.",
			Why: "K: restore_unacked_once; a deploy must not cost an hour", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b")
				c.ack(ds[0]).ok()
				c.close().ok()
				k.depth("q").is(1)
				k.consumer("x", "q").gets("b!")
			})},
		{ID: "BROKER-VIS-017", Profile: "strict", Says: "What a closed consumer gives back MUST keep its order and come first.",
			Why: "K brings five messages back as 5 4 3 2 1, seen live", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c", "d", "e", "f")
				c := k.consumer("w", "q")
				c.gets("a", "b", "c", "d", "e")
				c.close().ok()
				k.consumer("x", "q").gets("a!", "b!", "c!", "d!", "e!", "f")
			})},
		{ID: "BROKER-VIS-018", Needs: needs{sweeping}, Says: "What a consumer held that was killed MUST come back after the visibility timeout, and not before.",
			Why: "kill -9 must lose nothing: K", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				c.gets("a", "b")
				c.kill()
				k.restore().ok()
				k.depth("q").is(0)
				k.expire()
				k.consumer("x", "q").finds("a!", "b!")
			})},
		{ID: "BROKER-VIS-019", Needs: needs{sweeping, opening, Configurable}, Says: "The visibility timeout of the settings MUST be the one that holds.",
			Why: "K: visibility_timeout", Check: check(func(k *kit) {
				brief := k.open("brief", Settings{Visibility: visibility / 10})
				brief.send("q", "a")
				brief.consumer("w", "q").gets("a")
				k.Advance(visibility/10 - k.Margin())
				brief.restore().ok()
				brief.depth("q").is(0)
				k.Advance(2 * k.Margin())
				brief.restore().ok()
				brief.depth("q").is(1)
			})},
		{ID: "BROKER-VIS-020", Needs: needs{sweeping}, Says: "A restore MUST bring back every claim that ran out, however many.",
			Why: "celery issue 9339: a limit left them for hours", Check: check(func(k *kit) {
				const n = 520
				k.publish(many("q", n)...)
				k.consumer("w", "q").take(n)
				k.expire()
				k.depth("q").is(n)
			})},
	}
}

func (k *kit) extend(owner string, ds ...Delivery) outcome {
	return k.did("Extend "+owner, list(ds)...).got(nil, k.b.(Extender).Extend(k.ctx, owner, ds...))
}

// many are n equal messages.
func many(queue string, n int) []Message {
	all := make([]Message, n)
	for i := range all {
		all[i] = text(queue, "m")
	}
	return all
}
