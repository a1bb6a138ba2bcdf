package brokertest

import (
	"context"
	"time"
)

// waiting starts a wait of c and returns its end. A wait that nothing ends
// does with the check, which may have found that it cannot decide.
func (t *taker) waiting(ctx context.Context, limit time.Duration) <-chan error {
	t.k.Call("%s waits", t.owner)
	ctx, cancel := context.WithCancel(ctx)
	t.k.Cleanup(cancel)
	ended := make(chan error, 1)
	go func() { ended <- t.k.b.(Waiter).Wait(ctx, t.c, limit) }()
	return ended
}

// woken wants a wait to end, since a message is ready; it ends the check if
// there is none, rather than wait for ever.
func (t *taker) woken(ended <-chan error, queue string) {
	t.k.Helper()
	if n, err := t.k.b.Depth(t.k.ctx, queue); n == 0 {
		t.k.Fatalf("Depth(%q) = 0, %v, so no wait can end", queue, err)
	}
	t.k.did("Wait").got(nil, <-ended).ok()
}

func waitRows() []row {
	return []row{
		{ID: "BROKER-BLK-001", Needs: needs{waiting}, Says: "A wait MUST return at once if a message is ready.", Why: "no wake-up comes for what is there", Check: check(func(k *kit) {
			k.publish(ranked("r", 9, "a"))
			c := k.consumer("w", "q", "r")
			defer c.kill()
			c.woken(c.waiting(k.ctx, 1000*time.Hour), "r")
			c.gets("a")
		})},
		{ID: "BROKER-BLK-002", Needs: needs{waiting}, Says: "A wait MUST end when a message is published to any of the queues, at any priority.",
			Why: "K: BRPOP wakes", Check: check(func(k *kit) {
				c := k.consumer("w", "q", "r")
				defer c.kill()
				for _, m := range []Message{text("q", "a"), ranked("r", 9, "b"), ranked("q", 6, "c")} {
					ended := c.waiting(k.ctx, 1000*time.Hour)
					k.publish(m)
					c.woken(ended, m.RoutingKey)
					c.gets(string(m.Body))
				}
			})},
		{ID: "BROKER-BLK-003", Needs: needs{waiting}, Says: "A wait MUST take nothing: whoever claims first has the message.",
			Why: "K pops while it waits, and loses what it popped when it is killed", Check: check(func(k *kit) {
				c := k.consumer("w", "q")
				ended := c.waiting(k.ctx, 1000*time.Hour)
				k.send("q", "a")
				c.woken(ended, "q")
				k.depth("q").is(1)
				c.kill()
				k.consumer("x", "q").gets("a")
			})},
		{ID: "BROKER-BLK-004", Needs: needs{waiting}, Says: "A wait MUST end with its context, and the consumer works on.", Why: "shutdown", Check: check(func(k *kit) {
			c := k.consumer("w", "q")
			defer c.kill()
			ctx, cancel := context.WithCancel(k.ctx)
			ended := c.waiting(ctx, 1000*time.Hour)
			cancel()
			k.did("Wait").got(nil, <-ended).fails(context.Canceled)
			k.send("q", "a")
			c.woken(c.waiting(k.ctx, 1000*time.Hour), "q")
			c.gets("a")
		})},
		{ID: "BROKER-BLK-005", Needs: needs{waiting}, Says: "A wait MUST end at its limit.", Why: "the caller has other things to look after", Check: check(func(k *kit) {
			k.NeedBlocking()
			c := k.consumer("w", "q")
			defer c.kill()
			ended := c.waiting(k.ctx, time.Hour)
			k.Advance(time.Hour - k.Margin())
			select {
			case err := <-ended:
				k.Fatalf("Wait(1h) ended before its limit: %v", err)
			default:
			}
			k.Advance(2 * k.Margin())
			k.did("Wait").got(nil, <-ended).ok()
		})},
		{ID: "BROKER-BLK-006", Needs: needs{waiting, parking}, Says: "A wait MUST end when something parked falls due.", Why: "an eta is no event of the server", Check: check(func(k *kit) {
			k.NeedBlocking()
			k.send("q", "a")
			c := k.consumer("w", "q")
			defer c.kill()
			k.park(c.gets("a")[0], time.Minute).ok()
			ended := c.waiting(k.ctx, time.Hour)
			k.Advance(time.Minute + k.Margin())
			select {
			case err := <-ended:
				k.did("Wait").got(nil, err).ok()
			default:
				k.Fatalf("Wait(1h) goes on though something parked is due")
			}
			c.gets("a")
		})},
		{ID: "BROKER-BLK-007", Needs: needs{waiting, sweeping}, Says: "A wait MUST end when a message comes back, requeued or restored.",
			Why: "it is ready", Check: check(func(k *kit) {
				c, other := k.consumer("w", "q"), k.consumer("x", "q")
				defer c.kill()
				k.send("q", "a")
				ds := other.gets("a")
				ended := c.waiting(k.ctx, 1000*time.Hour)
				other.requeue(ds...).ok()
				c.woken(ended, "q")
				other.gets("a!")
				ended = c.waiting(k.ctx, 1000*time.Hour)
				k.expire()
				c.woken(ended, "q")
				c.gets("a!")
			})},
	}
}
