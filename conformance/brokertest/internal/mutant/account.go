package mutant

import (
	"errors"
	"slices"

	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// held keeps account of what is claimed, for bugs that restore in ways of
// their own.
type held struct {
	all []holding
}

type holding struct {
	t taken
	d Delivery
}

// account is a bug that only keeps account.
func (h *held) account() bug {
	forget := func(ds []Delivery) {
		h.all = slices.DeleteFunc(h.all, func(x holding) bool {
			return slices.ContainsFunc(ds, func(d Delivery) bool { return d.Claim == x.d.Claim })
		})
	}
	return bug{
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			for _, d := range ds {
				h.all = append(h.all, holding{t, d})
			}
			return ds, err
		},
		ack:    func(t taken, ctx ctx, ds []Delivery) error { forget(ds); return t.Ack(ctx, ds...) },
		reject: func(t taken, ctx ctx, back bool, ds []Delivery) error { forget(ds); return t.Reject(ctx, back, ds...) },
		park: func(b Full, ctx ctx, d Delivery, after duration) error {
			forget([]Delivery{d})
			return b.Park(ctx, d, after)
		},
	}
}

// giveBackAll requeues all that match, in the order of their claims reversed
// if asked for.
func (h *held) giveBackAll(ctx ctx, match func(holding) bool) error {
	var errs []error
	for _, x := range slices.Backward(slices.Clone(h.all)) {
		if match(x) {
			errs = append(errs, x.t.Reject(ctx, true, x.d))
			h.all = slices.DeleteFunc(h.all, func(y holding) bool { return y.d.Claim == x.d.Claim })
		}
	}
	if err := errors.Join(errs...); !errors.Is(err, brokertest.ErrStale) {
		return err
	}
	return nil
}

// rearrange takes the redelivered messages of a queue and gives them back in
// another order.
func rearrange(b Full, ctx ctx, queue string, change func([]Delivery)) error {
	c, err := b.Consume(ctx, "ghost", queue)
	if err != nil {
		return err
	}
	all, err := c.Claim(ctx, 2000)
	if err != nil {
		return err
	}
	n := 0
	for n < len(all) && all[n].Redelivered {
		n++
	}
	change(all[:n])
	// What was never handed out keeps its place behind, unflagged.
	if err := c.Reject(ctx, true, all[:n]...); err != nil {
		return err
	}
	for _, d := range all[n:] {
		if err := errors.Join(c.Ack(ctx, d), b.Publish(ctx, plainly(d))); err != nil {
			return err
		}
	}
	return nil
}

// plainly is d published anew to its queue, as if for the first time.
func plainly(d Delivery) Message {
	m := d.Message
	m.Exchange, m.RoutingKey = "", d.Queue
	return m
}

// moveAll brings the messages of one queue to another.
func moveAll(b Full, ctx ctx, from, to string) error {
	c, err := b.Consume(ctx, "ghost", from)
	if err != nil {
		return err
	}
	ds, err := c.Claim(ctx, 100)
	for _, d := range ds {
		m := again(d)
		m.RoutingKey = to
		err = errors.Join(err, c.Ack(ctx, d), b.Publish(ctx, m))
	}
	return err
}
