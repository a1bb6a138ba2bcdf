package mutant

import (
	"errors"
	"slices"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// requeue breaks the requeueing of deliveries.
func requeue(f func(t taken, ctx ctx, ds []Delivery) error) Break {
	return is(bug{reject: func(t taken, ctx ctx, back bool, ds []Delivery) error {
		if !back {
			return t.Reject(ctx, false, ds...)
		}
		return f(t, ctx, ds)
	}})
}

func requeueing() []Mutant {
	return []Mutant{
		{Name: "a-reject-requeues", Break: is(bug{reject: func(t taken, ctx ctx, _ bool, ds []Delivery) error { return t.Reject(ctx, true, ds...) }})},
		{Name: "a-reject-leaves-the-claim", Break: is(bug{reject: func(t taken, ctx ctx, back bool, ds []Delivery) error {
			if !back {
				return nil
			}
			return t.Reject(ctx, true, ds...)
		}})},
		{Name: "a-requeue-waits-for-the-visibility-timeout", Break: requeue(func(taken, ctx, []Delivery) error { return nil })},
		{Name: "a-requeue-is-not-flagged", Break: unflagged},
		{Name: "a-requeue-goes-to-the-end", Break: requeue(func(t taken, ctx ctx, ds []Delivery) error {
			if err := t.Ack(ctx, ds...); err != nil {
				return err
			}
			for _, d := range ds {
				m := again(d)
				m.Priority = d.Priority
				if err := t.b.Publish(ctx, m); err != nil {
					return err
				}
			}
			return nil
		})},
		{Name: "the-quirk-of-requeueing-last-is-claimed", Claims: []conformance.Capability{brokertest.QuirkRequeueLast}},
		{Name: "requeued-messages-come-back-reversed", Break: requeue(func(t taken, ctx ctx, ds []Delivery) error {
			for _, d := range ds {
				if err := t.Reject(ctx, true, d); err != nil {
					return err
				}
			}
			return nil
		})},
		{Name: "redeliveries-get-a-new-delivery-tag", Break: is(bug{delivery: func(d *Delivery) {
			if d.Redelivered {
				d.Tag += "'"
			}
		}})},
		{Name: "redeliveries-lose-their-headers", Break: is(bug{delivery: func(d *Delivery) {
			if d.Redelivered {
				d.Headers = map[string]any{"redelivered": true}
			}
		}})},
		{Name: "redeliveries-lose-their-properties", Break: is(bug{delivery: func(d *Delivery) {
			if d.Redelivered {
				d.Properties = nil
			}
		}})},
		{Name: "redeliveries-are-labelled-JSON", Break: is(bug{delivery: func(d *Delivery) {
			if d.Redelivered {
				d.ContentType = "application/json"
			}
		}})},
		{Name: "a-requeue-is-routed-anew", Break: requeue(func(t taken, ctx ctx, ds []Delivery) error {
			if len(ds) == 1 && ds[0].Exchange != "" {
				m := again(ds[0])
				m.Exchange, m.RoutingKey = ds[0].Exchange, ds[0].RoutingKey
				return errors.Join(t.Ack(ctx, ds...), t.b.Publish(ctx, m))
			}
			return t.Reject(ctx, true, ds...)
		})},
		{Name: "a-second-requeue-makes-a-copy", Break: requeue(func(t taken, ctx ctx, ds []Delivery) error {
			err := t.Reject(ctx, true, ds...)
			if errors.Is(err, brokertest.ErrStale) {
				return t.b.Publish(ctx, again(ds[0]))
			}
			return err
		})},
		{Name: "a-stale-requeue-succeeds", Must: []conformance.ID{"BROKER-CON-004"}, Break: requeue(func(t taken, ctx ctx, ds []Delivery) error {
			err := t.Reject(ctx, true, ds...)
			if errors.Is(err, brokertest.ErrStale) {
				return nil
			}
			return err
		})},
		{Name: "a-requeue-brings-back-what-was-acknowledged", Break: brings},
		{Name: "deliveries-are-not-counted", Break: is(bug{delivery: func(d *Delivery) { d.Count = 1 }})},
		{Name: "counts-grow-for-ever", Break: func() bug {
			n := 0
			return bug{delivery: func(d *Delivery) { n++; d.Count = n }}
		}},
		{Name: "a-requeue-of-nothing-fails", Break: requeue(func(t taken, ctx ctx, ds []Delivery) error {
			if len(ds) == 0 {
				return errors.New("nothing to requeue")
			}
			return t.Reject(ctx, true, ds...)
		})},
	}
}

// unflagged hides the flag of what was requeued, not of what ran out.
func unflagged() bug {
	requeued := map[string]bool{}
	return bug{
		reject: func(t taken, ctx ctx, back bool, ds []Delivery) error {
			for _, d := range ds {
				requeued[d.Tag] = back
			}
			return t.Reject(ctx, back, ds...)
		},
		delivery: func(d *Delivery) {
			if requeued[d.Tag] {
				d.Redelivered = false
			}
		},
	}
}

// brings keeps what was acknowledged, and gives it back on request.
func brings() bug {
	var acked []string
	return bug{
		ack: func(t taken, ctx ctx, ds []Delivery) error {
			for _, d := range ds {
				acked = append(acked, d.Tag)
			}
			return t.Ack(ctx, ds...)
		},
		reject: func(t taken, ctx ctx, back bool, ds []Delivery) error {
			if back && len(ds) == 1 && slices.Contains(acked, ds[0].Tag) {
				return t.b.Publish(ctx, again(ds[0]))
			}
			return t.Reject(ctx, back, ds...)
		},
	}
}
