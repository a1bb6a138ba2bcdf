package mutant

import (
	"errors"

	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// park breaks parking.
func park(f func(b Full, ctx ctx, d Delivery, after duration) error) Break { return is(bug{park: f}) }

func parking() []Mutant {
	return []Mutant{
		{Name: "a-parked-message-is-ready-at-once", Break: park(func(b Full, ctx ctx, d Delivery, _ duration) error { return b.Park(ctx, d, 0) })},
		{Name: "a-parked-message-is-ready-a-second-early", Break: park(func(b Full, ctx ctx, d Delivery, after duration) error {
			return b.Park(ctx, d, after-second)
		})},
		{Name: "a-parked-message-is-never-ready", Break: park(func(b Full, ctx ctx, d Delivery, after duration) error {
			return b.Park(ctx, d, after+1000*hour)
		})},
		{Name: "parked-messages-come-back-in-the-order-of-parking", Break: parksInOrder},
		{Name: "a-parked-message-runs-out-like-a-claim", Break: parkRunsOut},
		{Name: "a-parked-message-is-flagged-as-redelivered", Break: parkFlags(func(d *Delivery) { d.Redelivered = true })},
		{Name: "a-parked-message-counts-as-delivered", Break: parkFlags(func(d *Delivery) { d.Count++ })},
		{Name: "parked-messages-end-with-their-consumer", Break: parkEnds},
		{Name: "a-time-in-the-past-is-refused", Break: park(func(b Full, ctx ctx, d Delivery, after duration) error {
			if after < 0 {
				return errors.New("the time has passed")
			}
			return b.Park(ctx, d, after)
		})},
		{Name: "a-stale-park-succeeds", Break: park(func(b Full, ctx ctx, d Delivery, after duration) error {
			err := b.Park(ctx, d, after)
			if errors.Is(err, brokertest.ErrStale) {
				return nil
			}
			return err
		})},
		{Name: "a-parked-message-can-be-acknowledged", Break: parkAcks},
		{Name: "a-parked-message-becomes-urgent", Break: parkUrgent},
	}
}

// parksInOrder lets every parked message wait as long as the first of them.
func parksInOrder() bug {
	n := duration(0)
	return bug{park: func(b Full, ctx ctx, d Delivery, after duration) error {
		if after > 0 {
			n++
			after = min(after, n*second)
		}
		return b.Park(ctx, d, after)
	}}
}

// parkRunsOut restores parked messages, too.
func parkRunsOut() bug {
	var parked []Delivery
	return bug{
		park: func(b Full, ctx ctx, d Delivery, after duration) error {
			parked = append(parked, d)
			return b.Park(ctx, d, after)
		},
		restore: func(b Full, ctx ctx) error {
			if len(parked) > 0 {
				if err := b.Publish(ctx, again(parked[0])); err != nil {
					return err
				}
			}
			return b.Restore(ctx)
		},
	}
}

func parkFlags(change func(*Delivery)) Break {
	return func() bug {
		parked := map[string]bool{}
		return bug{
			park: func(b Full, ctx ctx, d Delivery, after duration) error {
				parked[d.Tag] = true
				return b.Park(ctx, d, after)
			},
			delivery: func(d *Delivery) {
				if parked[d.Tag] {
					change(d)
				}
			},
		}
	}
}

// parkEnds keeps parked messages in the memory of their consumer.
func parkEnds() bug {
	closed := false
	return bug{
		close: func(t taken, ctx ctx) error { closed = true; return t.Close(ctx) },
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			if closed {
				return nil, nil
			}
			return t.Claim(ctx, max)
		},
	}
}

// parkAcks takes an ack for a parked message.
func parkAcks() bug {
	parked := map[string]bool{}
	return bug{
		park: func(b Full, ctx ctx, d Delivery, after duration) error {
			parked[d.Tag] = true
			return b.Park(ctx, d, after)
		},
		ack: func(t taken, ctx ctx, ds []Delivery) error {
			for _, d := range ds {
				delete(parked, d.Tag)
			}
			return t.Ack(ctx, ds...)
		},
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			var left []Delivery
			for _, d := range ds {
				if _, known := parked[d.Tag]; known || len(parked) == 0 {
					left = append(left, d)
				} else if err := t.Ack(ctx, d); err != nil {
					return nil, err
				}
			}
			return left, err
		},
	}
}

// parkUrgent publishes anew what was parked.
func parkUrgent() bug {
	parked := map[string]bool{}
	b := priority(func(p any) any { return p })()
	b.park = func(b Full, ctx ctx, d Delivery, after duration) error {
		parked[d.Tag] = true
		return b.Park(ctx, d, after)
	}
	b.claim = func(t taken, ctx ctx, max int) ([]Delivery, error) {
		all, err := t.Claim(ctx, max+10)
		for i, d := range all {
			if parked[d.Tag] {
				all[0], all[i] = all[i], all[0]
			}
		}
		if len(all) > max {
			return all[:max], errors.Join(err, giveBack(t, ctx, all[max:]))
		}
		return all, err
	}
	return b
}
