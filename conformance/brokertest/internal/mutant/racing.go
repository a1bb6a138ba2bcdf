package mutant

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// pause leaves a gap in what should be one step, wide enough for others.
func pause(ctx ctx) {
	gap := time.NewTimer(3 * time.Millisecond)
	defer gap.Stop()
	select {
	case <-gap.C:
	case <-ctx.Done():
	}
}

// racing holds bugs of brokers whose callers are many: of some what they do
// does not depend on who comes first, the others take their time for it.
func racing() []Mutant {
	return []Mutant{
		{Name: "every-seventh-publication-is-lost", Must: []conformance.ID{"BROKER-CON-001"}, Break: func() bug {
			var n atomic.Int64
			return bug{publish: func(b Full, ctx ctx, ms []Message) error {
				if n.Add(1)%7 == 0 {
					return nil
				}
				return b.Publish(ctx, ms...)
			}}
		}},
		{Name: "every-seventh-claim-is-handed-out-twice", Must: []conformance.ID{"BROKER-CON-002"}, Break: func() bug {
			var n atomic.Int64
			return bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
				ds, err := t.Claim(ctx, max)
				if n.Add(1)%7 == 0 {
					ds = append(ds, ds...)
				}
				return ds, err
			}}
		}},
		{Name: "the-second-sweep-brings-a-copy", Must: []conformance.ID{"BROKER-CON-003"}, Break: func() bug {
			var n atomic.Int64
			return bug{restore: func(b Full, ctx ctx) error {
				if n.Add(1) == 2 {
					if err := b.Publish(ctx, Message{RoutingKey: "q", Body: []byte("copy")}); err != nil {
						return err
					}
				}
				return b.Restore(ctx)
			}}
		}},
		{Name: "a-claim-looks-then-takes", Must: []conformance.ID{"BROKER-LIN-001"}, Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			next, err := t.b.Peek(ctx, t.queues[0], 1)
			if err != nil || len(next) == 0 || max != 1 {
				return t.Claim(ctx, max)
			}
			pause(ctx)
			ds, err := t.Claim(ctx, 1)
			if len(ds) == 1 {
				ds[0].Message = next[0].Message
			}
			return ds, err
		}})},
		{Name: "a-settlement-looks-then-acts", Must: []conformance.ID{"BROKER-LIN-002"}, Break: looksThenSettles},
		{Name: "acks-during-a-sweep-are-believed", Must: []conformance.ID{"BROKER-LIN-004"}, Break: believesAcks},
	}
}

// looksThenSettles settles what was held a moment ago.
func looksThenSettles() bug {
	var mu sync.Mutex
	held := map[string]bool{}
	settle := func(t taken, ctx ctx, ds []Delivery, do func() error) error {
		if len(ds) != 1 {
			return do()
		}
		mu.Lock()
		was := held[ds[0].Claim]
		mu.Unlock()
		if !was {
			return do()
		}
		pause(ctx)
		mu.Lock()
		delete(held, ds[0].Claim)
		mu.Unlock()
		if err := do(); !errors.Is(err, brokertest.ErrStale) {
			return err
		}
		return nil
	}
	return bug{
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			mu.Lock()
			defer mu.Unlock()
			for _, d := range ds {
				held[d.Claim] = true
			}
			return ds, err
		},
		ack: func(t taken, ctx ctx, ds []Delivery) error {
			return settle(t, ctx, ds, func() error { return t.Ack(ctx, ds...) })
		},
		reject: func(t taken, ctx ctx, back bool, ds []Delivery) error {
			return settle(t, ctx, ds, func() error { return t.Reject(ctx, back, ds...) })
		},
		restore: func(b Full, ctx ctx) error {
			mu.Lock()
			clear(held)
			mu.Unlock()
			return b.Restore(ctx)
		},
	}
}

// believesAcks takes an ack for good while a sweep is under way.
func believesAcks() bug {
	var sweeping atomic.Bool
	return bug{
		ack: func(t taken, ctx ctx, ds []Delivery) error {
			pause(ctx)
			err := t.Ack(ctx, ds...)
			if sweeping.Load() && errors.Is(err, brokertest.ErrStale) {
				return nil
			}
			return err
		},
		restore: func(b Full, ctx ctx) error {
			sweeping.Store(true)
			defer sweeping.Store(false)
			err := b.Restore(ctx)
			pause(ctx)
			return err
		},
	}
}
