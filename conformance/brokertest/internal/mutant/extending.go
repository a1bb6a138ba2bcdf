package mutant

import (
	"errors"

	"github.com/redkit-dev/redkit/conformance/brokertest"
)

func extending() []Mutant {
	return []Mutant{
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
	}
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
