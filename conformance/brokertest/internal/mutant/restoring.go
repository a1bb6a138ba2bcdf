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

// restores is a bug that sees what is claimed when it restores.
func restores(f func(h *held, b Full, ctx ctx) error) Break {
	return func() bug {
		h := &held{}
		b := h.account()
		b.restore = func(b Full, ctx ctx) error { return f(h, b, ctx) }
		return b
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
		{Name: "extend-does-nothing", Break: is(bug{extend: func(Full, ctx, string, []Delivery) error { return nil }})},
		{Name: "an-extended-claim-lasts-for-ever", Break: extendsForEver},
		{Name: "an-extend-prolongs-all-claims", Break: extendsAll},
		{Name: "a-stale-extend-succeeds", Break: is(bug{extend: func(b Full, ctx ctx, owner string, ds []Delivery) error {
			err := b.Extend(ctx, owner, ds...)
			if errors.Is(err, brokertest.ErrStale) {
				return nil
			}
			return err
		}})},
		{Name: "silent-owners-keep-their-claims", Break: is(bug{extend: func(b Full, ctx ctx, owner string, ds []Delivery) error {
			for _, d := range ds {
				if err := b.Extend(ctx, "nobody", d); err != nil {
					return err
				}
			}
			return nil
		}})},
		{Name: "owners-never-heard-of-are-dead", Break: neverHeard},
		{Name: "close-leaves-claims-as-they-are", Break: is(bug{close: func(t taken, _ ctx) error { t.Kill(); return nil }})},
		{Name: "close-acknowledges-what-is-left", Break: closes(func(t taken, ctx ctx, ds []Delivery) error {
			for _, d := range ds {
				_ = t.Ack(ctx, d)
			}
			return nil
		})},
		{Name: "close-gives-back-reversed", Break: closes(func(t taken, ctx ctx, ds []Delivery) error {
			for _, d := range ds {
				_ = t.Reject(ctx, true, d)
			}
			return nil
		})},
		{Name: "a-kill-settles-what-is-left", Break: killSettles},
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

// keepsTime takes a redelivery for run out at once.
func keepsTime() bug {
	h := &held{}
	b := h.account()
	b.restore = func(b Full, ctx ctx) error {
		return errors.Join(h.giveBackAll(ctx, func(x holding) bool { return x.d.Redelivered }), b.Restore(ctx))
	}
	return b
}

func extendsForEver() bug {
	extended := map[string][]Delivery{}
	return bug{
		extend: func(b Full, ctx ctx, owner string, ds []Delivery) error {
			extended[owner] = append(extended[owner], ds...)
			return b.Extend(ctx, owner, ds...)
		},
		restore: func(b Full, ctx ctx) error {
			for owner, ds := range extended {
				_ = b.Extend(ctx, owner, ds...)
			}
			return b.Restore(ctx)
		},
	}
}

func extendsAll() bug {
	h := &held{}
	b := h.account()
	b.extend = func(b Full, ctx ctx, owner string, ds []Delivery) error {
		for _, x := range h.all {
			_ = b.Extend(ctx, owner, x.d)
		}
		return b.Extend(ctx, owner, ds...)
	}
	return b
}

// neverHeard gives back what an owner claimed who was not heard of.
func neverHeard() bug {
	h := &held{}
	b := h.account()
	heard := map[string]bool{}
	b.extend = func(b Full, ctx ctx, owner string, ds []Delivery) error {
		heard[owner] = true
		return b.Extend(ctx, owner, ds...)
	}
	b.restore = func(b Full, ctx ctx) error {
		if len(heard) == 0 {
			return b.Restore(ctx)
		}
		return errors.Join(h.giveBackAll(ctx, func(x holding) bool { return !heard[x.t.owner] }), b.Restore(ctx))
	}
	return b
}

// closes does something else with what a closed consumer holds.
func closes(f func(t taken, ctx ctx, ds []Delivery) error) Break {
	return func() bug {
		h := &held{}
		b := h.account()
		b.close = func(t taken, ctx ctx) error {
			var ds []Delivery
			for _, x := range h.all {
				if x.t.Consumer == t.Consumer {
					ds = append(ds, x.d)
				}
			}
			return errors.Join(f(t, ctx, ds), t.Close(ctx))
		}
		return b
	}
}

func killSettles() bug {
	h := &held{}
	b := h.account()
	b.kill = func(t taken) {
		for _, x := range h.all {
			if x.t.Consumer == t.Consumer {
				_ = t.Ack(background, x.d)
			}
		}
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
