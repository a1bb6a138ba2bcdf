package mutant

import (
	"errors"
	"slices"

	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// claimed changes what a claim gives.
func claimed(change func([]Delivery) []Delivery) Break {
	return is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
		ds, err := t.Claim(ctx, max)
		return change(ds), err
	}})
}

func consuming() []Mutant {
	return []Mutant{
		{Name: "the-newest-message-comes-first", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			all, err := t.Claim(ctx, 100)
			slices.Reverse(all)
			kept := all[:min(max, len(all))]
			back := slices.Clone(all[len(kept):])
			slices.Reverse(back)
			return kept, errors.Join(err, giveBack(t, ctx, back))
		}})},
		{Name: "a-claim-on-empty-queues-fails", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			if err == nil && len(ds) == 0 {
				err = errors.New("empty")
			}
			return ds, err
		}})},
		{Name: "a-claim-takes-one-more", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) { return t.Claim(ctx, max+1) }})},
		{Name: "a-claim-for-none-takes-one", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			if max == 0 {
				max = 1
			}
			return t.Claim(ctx, max)
		}})},
		{Name: "a-consumer-hoards-one-message", Break: hoards},
		{Name: "a-claim-leaves-the-message-ready", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			if err == nil {
				var again []Message
				for _, d := range ds {
					m := d.Message
					m.Exchange, m.RoutingKey = "", d.Queue
					again = append(again, m)
				}
				err = t.b.Publish(ctx, again...)
			}
			return ds, err
		}})},
		{Name: "depth-counts-what-is-claimed", Break: countsClaimed},
		{Name: "the-first-queue-is-emptied-first", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			for _, q := range t.queues {
				c, err := t.b.Consume(ctx, t.owner, q)
				if err != nil {
					return nil, err
				}
				if ds, err := c.Claim(ctx, max); err != nil || len(ds) > 0 {
					return ds, err
				}
			}
			return nil, nil
		}})},
		{Name: "the-turn-ends-with-each-claim", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			c, err := t.b.Consume(ctx, t.owner, t.queues...)
			if err != nil {
				return nil, err
			}
			return c.Claim(ctx, max)
		}})},
		{Name: "the-turn-goes-on-though-a-queue-is-empty", Break: turnsAlways},
		{Name: "a-batch-takes-one-queue-after-the-other", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			if max > 2 {
				slices.SortStableFunc(ds, func(a, b Delivery) int { return slices.Index(t.queues, a.Queue) - slices.Index(t.queues, b.Queue) })
			}
			return ds, err
		}})},
		{Name: "the-turn-begins-in-alphabetical-order", Break: is(bug{consume: func(b Full, ctx ctx, owner string, qs []string) (Consumer, error) {
			return b.Consume(ctx, owner, slices.Sorted(slices.Values(qs))...)
		}})},
		{Name: "consumers-take-from-a-queue-they-were-not-given", Break: is(bug{consume: func(b Full, ctx ctx, owner string, qs []string) (Consumer, error) {
			return b.Consume(ctx, owner, append(slices.Clone(qs), "theirs", "q")...)
		}})},
		{Name: "deliveries-name-the-first-queue", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			for i := range ds {
				ds[i].Queue = t.queues[0]
			}
			return ds, err
		}})},
		{Name: "deliveries-lose-the-routing-key", Break: is(bug{delivery: func(d *Delivery) { d.RoutingKey = "" }})},
		{Name: "every-delivery-is-flagged-as-redelivered", Break: is(bug{delivery: func(d *Delivery) { d.Redelivered = true }})},
		{Name: "the-end-of-a-consumer-empties-its-queues", Break: is(bug{
			close: func(t taken, ctx ctx) error {
				_, err := t.b.Purge(ctx, t.queues[0])
				return errors.Join(err, t.Close(ctx))
			}})},
		{Name: "a-consumer-of-no-queues-takes-the-default-one", Break: is(bug{consume: func(b Full, ctx ctx, owner string, qs []string) (Consumer, error) {
			if len(qs) == 0 {
				qs = []string{"q"}
			}
			return b.Consume(ctx, owner, qs...)
		}})},
		{Name: "processes-do-not-share-a-store", Break: is(bug{open: ownStore})},
		{Name: "claims-lose-a-message-of-each-batch", Break: claimed(func(ds []Delivery) []Delivery { return ds[:len(ds)-len(ds)/2] })},
	}
}

// giveBack requeues one by one, the first ending up in front.
func giveBack(t taken, ctx ctx, ds []Delivery) error {
	if len(ds) == 0 {
		return nil
	}
	return t.Reject(ctx, true, ds...)
}

// hoards claims one message more than it was asked for and hands it out at
// the next claim.
func hoards() bug {
	kept := map[Consumer][]Delivery{}
	return bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
		ds, err := t.Claim(ctx, max+1-len(kept[t.Consumer]))
		ds = append(kept[t.Consumer], ds...)
		n := min(max, len(ds))
		kept[t.Consumer] = ds[n:]
		return ds[:n:n], err
	}}
}

// countsClaimed adds what was claimed and not settled to every depth.
func countsClaimed() bug {
	n := 0
	return bug{
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			n += len(ds)
			return ds, err
		},
		ack: func(t taken, ctx ctx, ds []Delivery) error { n -= len(ds); return t.Ack(ctx, ds...) },
		depth: func(b Full, ctx ctx, q string) (int, error) {
			ready, err := b.Depth(ctx, q)
			return ready + max(n, 0), err
		},
	}
}

// turnsAlways moves on by one queue with each claim, served or not.
func turnsAlways() bug {
	turn := map[Consumer]int{}
	return bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
		for n := 0; max > 0 && n < len(t.queues); n++ {
			at := turn[t.Consumer] % len(t.queues)
			turn[t.Consumer]++
			c, err := t.b.Consume(ctx, t.owner, t.queues[at])
			if err != nil {
				return nil, err
			}
			if ds, err := c.Claim(ctx, 1); err != nil || len(ds) > 0 {
				return ds, err
			}
		}
		return nil, nil
	}}
}

// ownStore opens a broker that shares nothing: what it publishes and consumes
// goes by other names.
func ownStore(b Full, ctx ctx, s Settings) (brokertest.Broker, error) {
	other, err := b.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	return broken{other.(Full), bug{
		message: func(m *Message) { m.RoutingKey = "own:" + m.RoutingKey },
		consume: consumeOwn,
	}}, nil
}

func consumeOwn(b Full, ctx ctx, owner string, qs []string) (Consumer, error) {
	own := make([]string, len(qs))
	for i, q := range qs {
		own[i] = "own:" + q
	}
	return b.Consume(ctx, owner, own...)
}
