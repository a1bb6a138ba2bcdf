package mutant

import (
	"errors"
	"sync/atomic"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
)

func acking() []Mutant {
	return []Mutant{
		{Name: "an-ack-does-nothing", Break: is(bug{ack: func(taken, ctx, []Delivery) error { return nil }})},
		{Name: "an-ack-settles-the-oldest-delivery", Break: ackOldest},
		{Name: "an-ack-settles-all-earlier-ones", Break: ackEarlier},
		{Name: "an-ack-of-several-settles-the-first", Break: is(bug{ack: func(t taken, ctx ctx, ds []Delivery) error {
			return t.Ack(ctx, ds[:min(1, len(ds))]...)
		}})},
		{Name: "an-ack-of-nothing-fails", Break: is(bug{ack: func(t taken, ctx ctx, ds []Delivery) error {
			if len(ds) == 0 {
				return errors.New("nothing to acknowledge")
			}
			return t.Ack(ctx, ds...)
		}})},
		{Name: "a-second-ack-takes-the-next-message", Break: is(bug{ack: func(t taken, ctx ctx, ds []Delivery) error {
			err := t.Ack(ctx, ds...)
			if errors.Is(err, brokertest.ErrStale) {
				more, _ := t.Claim(ctx, 1)
				return t.Ack(ctx, more...)
			}
			return err
		}})},
		{Name: "a-stale-ack-succeeds", Break: is(bug{ack: func(t taken, ctx ctx, ds []Delivery) error {
			err := t.Ack(ctx, ds...)
			if errors.Is(err, brokertest.ErrStale) {
				return nil
			}
			return err
		}})},
		{Name: "acks-go-by-the-delivery-tag", Break: ackByTag},
		{Name: "a-stale-ack-removes-the-ready-message", Break: is(bug{ack: func(t taken, ctx ctx, ds []Delivery) error {
			err := t.Ack(ctx, ds...)
			if errors.Is(err, brokertest.ErrStale) {
				c, _ := t.b.Consume(ctx, "ghost", t.queues...)
				if again, _ := c.Claim(ctx, 1); len(again) > 0 && len(ds) > 0 && again[0].Tag == ds[0].Tag {
					return errors.Join(err, c.Ack(ctx, again...))
				} else if len(again) > 0 {
					return errors.Join(err, c.Reject(ctx, true, again...))
				}
			}
			return err
		}})},
		{Name: "one-stale-ack-spoils-the-batch", Break: is(bug{ack: func(t taken, ctx ctx, ds []Delivery) error {
			for _, d := range ds {
				if err := t.Ack(ctx, d); err != nil {
					return err
				}
			}
			return nil
		}})},
		{Name: "acks-beyond-a-buffer-are-lost", Break: ackBusy, Must: []conformance.ID{"BROKER-ACK-012"}},
	}
}

// ackOldest takes an ack for that of the oldest delivery.
func ackOldest() bug {
	var held []Delivery
	return bug{
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			held = append(held, ds...)
			return ds, err
		},
		ack: func(t taken, ctx ctx, ds []Delivery) error {
			n := min(len(ds), len(held))
			ds, held = held[:n], held[n:]
			return t.Ack(ctx, ds...)
		},
	}
}

// ackEarlier is AMQP's flag multiple, set always.
func ackEarlier() bug {
	var held []Delivery
	return bug{
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			held = append(held, ds...)
			return ds, err
		},
		ack: func(t taken, ctx ctx, ds []Delivery) error {
			for len(ds) > 0 && len(held) > 0 {
				d := held[0]
				held = held[1:]
				if d.Claim == ds[len(ds)-1].Claim {
					break
				}
				_ = t.Ack(ctx, d)
			}
			return t.Ack(ctx, ds...)
		},
	}
}

// ackByTag settles the last claim with the tag, as kombu does.
func ackByTag() bug {
	type claim struct {
		t taken
		d Delivery
	}
	last := map[string]claim{}
	return bug{
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			for _, d := range ds {
				last[d.Tag] = claim{t, d}
			}
			return ds, err
		},
		ack: func(t taken, ctx ctx, ds []Delivery) error {
			var errs []error
			for _, d := range ds {
				c := last[d.Tag]
				errs = append(errs, c.t.Ack(ctx, c.d))
			}
			return errors.Join(errs...)
		},
	}
}

// ackBusy has room for twenty acks that other goroutines bring.
func ackBusy() bug {
	var n atomic.Int64
	return bug{ack: func(t taken, ctx ctx, ds []Delivery) error {
		if n.Add(1) > 20 {
			return nil
		}
		return t.Ack(ctx, ds...)
	}}
}
