package brokertest

import "context"

// ended is the kit with a context that has ended.
func (k *kit) ended() *kit {
	ctx, cancel := context.WithCancel(k.ctx)
	cancel()
	return k.within(ctx)
}

func (t *taker) within(k *kit) *taker {
	other := *t
	other.k = k
	return &other
}

func cancelRows() []row {
	return []row{
		{ID: "BROKER-CTX-001", Says: "A publish whose context has ended MUST fail with the context's error and publish nothing.",
			Why: "a Go call honours its context", Check: check(func(k *kit) {
				k.ended().try(text("q", "a")).fails(context.Canceled)
				k.depth("q").is(0)
				k.send("q", "b")
				k.depth("q").is(1)
			})},
		{ID: "BROKER-CTX-002", Says: "A claim whose context has ended MUST fail with the context's error and claim nothing.",
			Why: "nobody would settle it", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				c.within(k.ended()).claim(1).fails(context.Canceled)
				k.depth("q").is(1)
				c.gets("a")
			})},
		{ID: "BROKER-CTX-003", Needs: needs{sweeping}, Says: "An ack or requeue whose context has ended MUST fail with the context's error and leave the claim.",
			Why: "the message comes back rather than being lost", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b")
				late := c.within(k.ended())
				late.ack(ds[0]).fails(context.Canceled)
				late.requeue(ds[1]).fails(context.Canceled)
				k.depth("q").is(0)
				c.ack(ds[1]).ok()
				k.expire()
				c.gets("a!")
				k.depth("q").is(0)
			})},
		{ID: "BROKER-CTX-004", Needs: needs{sweeping, purging}, Says: "A depth, purge or restore whose context has ended MUST fail with the context's error and change nothing.",
			Why: "a Go call honours its context", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				k.consumer("w", "q").gets("a")
				k.Advance(2 * visibility)
				late := k.ended()
				late.depth("q").fails(context.Canceled)
				late.purge("q").fails(context.Canceled)
				late.restore().fails(context.Canceled)
				k.depth("q").is(1)
			})},
	}
}
