package brokertest

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance/internal/steps"
)

// readOnly is what Redis 7 answers.
const readOnly = "READONLY You can't write against a read only replica."

// settled wants a depth within a few calls after a fault was healed: a client
// may back off before it dials again.
func (k *kit) settled(queue string, want int) {
	k.Helper()
	for range 100 {
		if n, err := k.b.Depth(k.ctx, queue); err == nil {
			k.did("Depth", queue).got(n, nil).is(want)
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-k.ctx.Done():
			return
		}
	}
	k.Errorf("Depth(%q) still fails two seconds after the server can be reached again", queue)
}

// recovers wants a message within a few claims: the first ones may meet
// connections that broke.
func (t *taker) recovers(want string) {
	t.k.Helper()
	for range 5 {
		if ds, err := t.c.Claim(t.k.ctx, 1); err == nil && len(ds) == 1 {
			t.did("Claim", 1).got(name(ds[0]), nil).is(want)
			return
		}
	}
	t.gets(want)
}

func faultRows() []row {
	return []row{
		{ID: "BROKER-FLT-001", Says: "While the server cannot be reached every call MUST fail: none reports success or an empty queue.",
			Why: "an outage is no quiet day", Check: check(func(k *kit) {
				faults := k.Faults()
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a")
				faults.Refuse()
				defer faults.Heal()
				k.try(text("q", "c")).fails()
				c.claim(1).fails()
				c.ack(ds...).fails()
				c.requeue(ds...).fails()
				k.depth("q").fails()
			})},
		{ID: "BROKER-FLT-002", Says: "Once the server can be reached again calls MUST succeed, and find everything as it was.",
			Why: "celery issue 8030: a worker that lives and consumes nothing", Check: check(func(k *kit) {
				faults := k.Faults()
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a")
				faults.Cut()
				_, _ = k.b.Depth(k.ctx, "q") // may meet a connection that broke
				k.depth("q").is(1)
				faults.Refuse()
				k.try(text("q", "c")).fails()
				faults.Heal()
				k.settled("q", 1)
				c.ack(ds...).ok()
				c.recovers("b")
			})},
		{ID: "BROKER-FLT-003", Needs: needs{sweeping}, Says: "A publish spoiled at any step MUST have published the message once if it succeeds, and not more than once if it fails.",
			Why: "connection lost after the push: K publishes twice", Check: check(func(k *kit) {
				steps.Each(k.Probe, func(string) {}, func(q string) error { return k.b.Publish(k.ctx, text(q, "m")) }, func(t steps.Trial) {
					if n := k.count(t.Name); n > 1 || n == 0 && t.Err == nil {
						k.Errorf("%v, and the message is there %d times", t, n)
					}
				})
			})},
		{ID: "BROKER-FLT-004", Profile: "strict", Needs: needs{sweeping, opening, Configurable}, Says: "A publish that the client repeats because a reply was lost MUST succeed, and publish once.",
			Why: "K: two copies with one task id; seen live", Check: check(func(k *kit) {
				stubborn := k.open("stubborn", Settings{Retries: 5})
				steps.Each(k.Probe, func(string) {}, func(q string) error { return stubborn.b.Publish(k.ctx, text(q, "m")) }, func(t steps.Trial) {
					if n := k.count(t.Name); n != 1 && t.Err == nil || n > 1 {
						k.Errorf("%v, and the message is there %d times, want once", t, n)
					}
				})
			})},
		{ID: "BROKER-FLT-005", Profile: "strict", Needs: needs{sweeping}, Says: "A claim spoiled at any step, and its consumer killed, MUST lose nothing: the message is there once.",
			Why: "K pops, and notes the claim one round trip later; SIGKILL between the two loses the message, seen live", Check: check(func(k *kit) {
				k.stillborn(func(q string) *taker {
					k.send(q, "m")
					return k.consumer("victim", q)
				}, k.once)
			})},
		{ID: "BROKER-FLT-006", Profile: "strict", Needs: needs{sweeping}, Says: "A claim that failed at any step MUST give the consumer its message at the next claim, not an hour later.",
			Why: "the connection broke, the worker lives", Check: check(func(k *kit) {
				var c *taker
				var o outcome
				steps.Each(k.Probe, func(q string) {
					k.send(q, "m")
					c = k.consumer("w", q)
				}, func(string) error {
					o = c.claim(1)
					return o.err
				}, func(t steps.Trial) {
					if o.err != nil {
						o = c.claim(1)
					}
					if ds, _ := o.value.([]Delivery); len(ds) != 1 {
						k.Errorf("%v, and the next claim = %s, want the message", t, show(ds))
					} else {
						c.ack(ds...).ok()
					}
					c.kill()
				})
			})},
		{ID: "BROKER-FLT-007", Needs: needs{sweeping}, Says: "An ack spoiled at any step MUST have removed the message if it succeeds, and left it at most once if it fails.",
			Why: "nothing is half done", Check: check(func(k *kit) {
				var c *taker
				var ds []Delivery
				steps.Each(k.Probe, func(q string) {
					k.send(q, "m")
					c = k.consumer("w", q)
					ds = c.take(1)
				}, func(string) error { return c.c.Ack(k.ctx, ds...) }, func(t steps.Trial) {
					c.kill()
					k.expire()
					if n := k.count(t.Name); n > 1 || n == 1 && t.Err == nil {
						k.Errorf("%v, and the message is there %d times", t, n)
					}
				})
			})},
		{ID: "BROKER-FLT-008", Profile: "strict", Needs: needs{sweeping}, Says: "A requeue spoiled at any step MUST leave the message once: ready, or claimed until it runs out.",
			Why: "K56 does it in one transaction, K52 in two steps", Check: check(func(k *kit) {
				var c *taker
				var ds []Delivery
				steps.Each(k.Probe, func(q string) {
					k.send(q, "m")
					c = k.consumer("w", q)
					ds = c.take(1)
				}, func(string) error { return c.c.Reject(k.ctx, true, ds...) }, func(t steps.Trial) {
					c.kill()
					k.expire()
					k.once(t)
				})
			})},
		{ID: "BROKER-FLT-009", Profile: "strict", Needs: needs{sweeping}, Says: "A restore spoiled at any step MUST lose and double nothing, and the next one completes it.",
			Why: "a sweeper may die as well", Check: check(func(k *kit) {
				steps.Each(k.Probe, func(q string) {
					k.send(q, "a", "b", "c")
					c := k.consumer("w", q)
					c.take(3)
					c.kill()
					k.Advance(visibility + k.Margin())
				}, func(string) error { return k.b.(Sweeper).Restore(k.ctx) }, func(t steps.Trial) {
					k.restore().ok()
					if n := k.count(t.Name); n != 3 {
						k.Errorf("%v, and of three messages %d are there", t, n)
					}
				})
			})},
		{ID: "BROKER-FLT-010", Profile: "strict", Needs: needs{sweeping, burying}, Says: "A burial spoiled at any step MUST leave the message once: dead, or claimed until it runs out.",
			Why: "the last copy of it", Check: check(func(k *kit) {
				var c *taker
				var ds []Delivery
				dead := 0
				steps.Each(k.Probe, func(q string) {
					k.send(q, "m")
					c = k.consumer("w", q)
					ds = c.take(1)
				}, func(string) error { return k.b.(Undertaker).Bury(k.ctx, ds[0], "reason") }, func(t steps.Trial) {
					c.kill()
					k.expire()
					all, _ := k.dead(0).ok().value.([]Dead)
					if n := k.count(t.Name) + len(all) - dead; n != 1 {
						k.Errorf("%v, and the message is there %d times, want once", t, n)
					}
					dead = len(all)
				})
			})},
		{ID: "BROKER-FLT-011", Profile: "strict", Needs: needs{sweeping, parking}, Says: "A park spoiled at any step MUST leave the message once: parked, or claimed until it runs out.",
			Why: "an eta is no excuse", Check: check(func(k *kit) {
				var c *taker
				var ds []Delivery
				steps.Each(k.Probe, func(q string) {
					k.send(q, "m")
					c = k.consumer("w", q)
					ds = c.take(1)
				}, func(string) error { return k.b.(Parker).Park(k.ctx, ds[0], lease) }, func(t steps.Trial) {
					c.kill()
					k.expire()
					k.once(t)
				})
			})},
		{ID: "BROKER-FLT-012", Needs: needs{sweeping}, Says: "Calls that a replica refuses MUST fail and change nothing, and succeed once it is a master again.",
			Why: "failover; celery issue 7946: the worker ends", Check: check(func(k *kit) {
				faults := k.Faults()
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a")
				faults.Reply(readOnly)
				k.try(text("q", "c")).fails()
				c.ack(ds...).fails()
				c.requeue(ds...).fails()
				faults.Heal()
				k.depth("q").is(1)
				c.ack(ds...).ok()
				k.expire()
				c.gets("b")
				k.depth("q").is(0)
			})},
		{ID: "BROKER-FLT-013", Says: "A call to a server that does not answer MUST end at its deadline.",
			Why: "redis-py without a socket timeout waits for ever", Check: check(func(k *kit) {
				faults := k.Faults()
				k.send("q", "a")
				c := k.consumer("w", "q")
				faults.Stall()
				defer faults.Heal()
				short, cancel := context.WithTimeout(k.ctx, 50*time.Millisecond)
				defer cancel()
				c.within(k.within(short)).claim(1).fails()
			})},
	}
}
