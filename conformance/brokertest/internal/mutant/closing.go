package mutant

import (
	"errors"
)

func closing() []Mutant {
	return []Mutant{
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
	}
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
