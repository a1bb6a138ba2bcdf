package mutant

import (
	"errors"
	"slices"
)

// restores is a bug that sees what is claimed when it restores.
func restores(f func(h *held, b Full, ctx ctx) error) Break {
	return func() bug {
		h := &held{}
		b := h.account()
		b.restore = func(b Full, ctx ctx) error { return f(h, b, ctx) }
		return b
	}
}

func restoring() []Mutant {
	always := func(holding) bool { return true }
	return []Mutant{
		{Name: "nothing-is-ever-restored", Break: is(bug{restore: func(Full, ctx) error { return nil }})},
		{Name: "a-sweep-restores-everything", Break: restores(func(h *held, _ Full, ctx ctx) error { return h.giveBackAll(ctx, always) })},
		{Name: "restored-messages-are-not-flagged", Break: is(bug{delivery: func(d *Delivery) { d.Redelivered = false }})},
		{Name: "restored-messages-are-reversed", Break: reversesRestored},
		{Name: "restored-messages-of-one-time-are-shuffled", Break: shufflesRestored},
		{Name: "restored-messages-go-to-the-end", Break: restoredLast},
		{Name: "a-restored-message-stays-in-unacked", Break: restoredTwice},
		{Name: "a-sweep-knows-the-claims-of-its-own-process", Break: ownClaims},
		{Name: "a-sweep-knows-one-queue", Break: restores(func(h *held, b Full, ctx ctx) error {
			for _, x := range h.all {
				if x.d.Queue != "q" {
					_ = b.Extend(ctx, "ghost", x.d)
				}
			}
			return b.Restore(ctx)
		})},
		{Name: "restored-messages-go-to-one-queue", Break: func() bug {
			return bug{delivery: func(d *Delivery) {}, restore: func(b Full, ctx ctx) error {
				if err := b.Restore(ctx); err != nil {
					return err
				}
				return moveAll(b, ctx, "s", "q")
			}}
		}},
		{Name: "a-redelivery-keeps-the-old-time", Break: keepsTime},
		{Name: "a-sweep-stops-after-five-hundred", Break: restoresSome},
	}
}

// reversesRestored brings the newest back first.
func reversesRestored() bug {
	h := &held{}
	b := h.account()
	b.restore = func(b Full, ctx ctx) error {
		before := len(h.all)
		if err := b.Restore(ctx); err != nil || before < 2 {
			return err
		}
		for _, q := range []string{"q"} {
			if err := rearrange(b, ctx, q, func(ds []Delivery) { slices.Reverse(ds) }); err != nil {
				return err
			}
		}
		return nil
	}
	return b
}

func shufflesRestored() bug {
	h := &held{}
	b := h.account()
	b.restore = func(b Full, ctx ctx) error {
		if err := b.Restore(ctx); err != nil {
			return err
		}
		return rearrange(b, ctx, "q", func(ds []Delivery) {
			for i := 0; i+7 < len(ds); i += 8 {
				ds[i], ds[i+7] = ds[i+7], ds[i]
			}
		})
	}
	return b
}

func restoredLast() bug {
	return bug{restore: func(b Full, ctx ctx) error {
		if err := b.Restore(ctx); err != nil {
			return err
		}
		c, err := b.Consume(ctx, "ghost", "q")
		if err != nil {
			return err
		}
		all, err := c.Claim(ctx, 2000)
		var old, fresh []Delivery
		for _, d := range all {
			if d.Redelivered {
				old = append(old, d)
			} else {
				fresh = append(fresh, d)
			}
		}
		for _, d := range fresh {
			err = errors.Join(err, c.Ack(ctx, d), b.Publish(ctx, plainly(d)))
		}
		for _, d := range old {
			m := again(d)
			m.Priority = d.Priority
			err = errors.Join(err, c.Ack(ctx, d), b.Publish(ctx, m))
		}
		return err
	}}
}

// restoredTwice forgets to remove what it restored.
func restoredTwice() bug {
	var first []Delivery
	return bug{
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			if len(first) == 0 && len(ds) == 1 {
				first = ds
			}
			return ds, err
		},
		ack: func(t taken, ctx ctx, ds []Delivery) error { first = nil; return t.Ack(ctx, ds...) },
		restore: func(b Full, ctx ctx) error {
			before, _ := b.Depth(ctx, "q")
			if err := b.Restore(ctx); err != nil {
				return err
			}
			if after, _ := b.Depth(ctx, "q"); after == before && before == 1 && len(first) == 1 {
				return b.Publish(ctx, again(first[0]))
			}
			return nil
		},
	}
}

// ownClaims restores what was claimed through the same broker.
func ownClaims() bug {
	consumers := map[Full]int{}
	return bug{
		consume: func(b Full, ctx ctx, owner string, qs []string) (Consumer, error) {
			consumers[b]++
			return b.Consume(ctx, owner, qs...)
		},
		restore: func(b Full, ctx ctx) error {
			if consumers[b] == 0 {
				return nil
			}
			return b.Restore(ctx)
		},
	}
}

// keepsTime takes a redelivery for run out at once.
func keepsTime() bug {
	h := &held{}
	b := h.account()
	b.restore = func(b Full, ctx ctx) error {
		return errors.Join(h.giveBackAll(ctx, func(x holding) bool { return x.d.Redelivered }), b.Restore(ctx))
	}
	return b
}

// restoresSome stops a sweep early.
func restoresSome() bug {
	h := &held{}
	b := h.account()
	b.restore = func(b Full, ctx ctx) error {
		for i, x := range h.all {
			if i >= 500 {
				_ = b.Extend(ctx, "ghost", x.d)
			}
		}
		return b.Restore(ctx)
	}
	return b
}
