package brokertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/redkit-dev/redkit/conformance/internal/linear"
)

func linearRows() []row {
	return []row{
		{ID: "BROKER-LIN-001", Says: "Concurrent publications and claims of one queue MUST be linearizable: it is first in, first out at every moment.",
			Why: "LPUSH and RPOP are one step each", Check: check(func(k *kit) {
				takers := k.crowd("q")
				linear.Check(k.Probe, queueModel(), func(i, n int) (any, func() any) {
					if (i+n)%2 == 0 {
						return k.publishing("q", fmt.Sprintf("%d:%d", i, n))
					}
					return takers[i].claiming(i)
				})
			})},
		{ID: "BROKER-LIN-002", Profile: "strict", Says: "Concurrent claims, acks and requeues MUST be linearizable: each delivery is settled once, by the first to settle it.",
			Why: "K: WATCH and EXEC for the requeue, and acks by tags that outlive their claims", Check: check(func(k *kit) {
				if k.Has(QuirkRequeueLast) {
					k.Unproven("the model puts first what is requeued")
				}
				k.send("q", "a", "b", "c")
				takers := k.crowd("q")
				var table deliveries
				linear.Check(k.Probe, claimsModel("a", "b", "c"), func(i, n int) (any, func() any) {
					at, d, there := table.pick(i * n)
					switch {
					case n%2 == 0 || !there:
						return use{op: "claim"}, func() any { return table.note(takers[i].c.Claim(k.ctx, 1)) }
					case (i+n)%4 < 2:
						return use{op: "ack", at: at}, func() any { return settled(takers[i].c.Ack(k.ctx, d)) }
					}
					return use{op: "requeue", at: at}, func() any { return settled(takers[i].c.Reject(k.ctx, true, d)) }
				})
			})},
		{ID: "BROKER-LIN-003", Profile: "strict", Needs: needs{sweeping}, Says: "Publications and claims under lost replies MUST be linearizable: an unknown one took effect once or never, and nothing is lost.",
			Why: "a push that is repeated is there twice; a pop whose reply was lost is gone", Check: check(func(k *kit) {
				faults := k.Faults()
				k.send("q", "first")
				takers := k.crowd("q")
				var sent accepted
				takers[0].ack(takers[0].gets("first")...).ok() // scripts and connections are there
				linear.Check(k.Probe, lossyModel(), func(i, n int) (any, func() any) {
					if i == 0 && n%3 == 1 { // few enough for all that may have happened to be tried
						faults.DropReply()
					}
					if (i+n/2)%2 == 0 {
						in, run := k.publishing("q", fmt.Sprintf("%d:%d", i, n))
						return in, func() any { return sent.note(in, run()) }
					}
					return takers[i].claiming(i)
				})
				faults.Heal()
				k.whole(sent.bodies)
			})},
		{ID: "BROKER-LIN-004", Needs: needs{sweeping}, Says: "Concurrent restores, acks and claims MUST be linearizable for each message: a claim that ran out is acknowledged or restored, not both.",
			Why: "a sweep meets the worker that is late by a second", Check: check(func(k *kit) {
				for i := range linear.Calls {
					k.send("q", fmt.Sprint(i))
				}
				late := k.consumer("late", "q")
				held := late.take(linear.Calls)
				k.Advance(visibility + k.Margin())
				takers := k.crowd("q")
				linear.Check(k.Probe, sweepModel(), func(i, n int) (any, func() any) {
					switch d := held[n]; {
					case i == 0:
						return use{op: "ack", body: string(d.Body)}, func() any { return settled(late.c.Ack(k.ctx, d)) }
					case i == 1 || n%3 == 0:
						return use{op: "restore"}, func() any { return k.b.(Sweeper).Restore(k.ctx) }
					}
					return takers[i].claiming(i)
				})
			})},
	}
}

// crowd opens a consumer for each client.
func (k *kit) crowd(queue string) (all []*taker) {
	k.Helper()
	for i := range linear.Clients {
		all = append(all, k.consumer(fmt.Sprint("w", i), queue))
	}
	return all
}

// A use is a call on a queue: the input of a model.
type use struct {
	op     string
	client int
	body   string // of the message published or acknowledged
	at     int    // number of the delivery settled
}

func (k *kit) publishing(queue, body string) (any, func() any) {
	return use{op: "publish", body: body}, func() any { return k.b.Publish(k.ctx, text(queue, body)) }
}

// claiming claims one message; the output is its body, or "" for none.
func (t *taker) claiming(client int) (any, func() any) {
	return use{op: "claim", client: client}, func() any {
		ds, err := t.c.Claim(t.k.ctx, 1)
		return linear.Outcome(strings.Join(bodies(ds), "+"), err)
	}
}

func bodies(ds []Delivery) []string {
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = string(d.Body)
	}
	return out
}

// settled is whether a settlement found the claim held.
func settled(err error) any {
	if errors.Is(err, ErrStale) {
		return false
	}
	return linear.Outcome(true, err)
}

// deliveries are numbered as they come.
type deliveries struct {
	mu  sync.Mutex
	all []Delivery
}

// note returns the number and the body of a delivery.
func (t *deliveries) note(ds []Delivery, err error) any {
	if err != nil || len(ds) == 0 {
		return linear.Outcome("", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, ds...)
	return fmt.Sprintf("%d:%s", len(t.all)-1, strings.Join(bodies(ds), "+"))
}

// pick is one of the last deliveries, whoever has it.
func (t *deliveries) pick(nth int) (int, Delivery, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) == 0 {
		return 0, Delivery{}, false
	}
	at := max(0, len(t.all)-1-nth%3)
	return at, t.all[at], true
}

// accepted are the messages whose publication succeeded.
type accepted struct {
	mu     sync.Mutex
	bodies []string
}

func (a *accepted) note(in, out any) any {
	if out == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.bodies = append(a.bodies, in.(use).body)
	}
	return out
}

// whole wants all these messages to be in the queue, or to come back to it,
// and no message to be there twice.
func (k *kit) whole(sent []string) {
	k.Helper()
	k.expire()
	c := k.consumer("last", "q")
	var left []string
	for {
		ds, _ := c.claim(20).ok().value.([]Delivery)
		if len(ds) == 0 {
			break
		}
		left = append(left, bodies(ds)...)
	}
	slices.Sort(left)
	if once := slices.Compact(slices.Clone(left)); len(once) < len(left) {
		k.Errorf("at the end %d messages are there as %d copies: %s", len(once), len(left), show(left))
	}
	for _, body := range sent {
		if !slices.Contains(left, body) {
			k.Errorf("%s was published and is gone; left are %s", body, show(left))
		}
	}
}
