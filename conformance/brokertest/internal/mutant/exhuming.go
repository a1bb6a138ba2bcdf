package mutant

import "slices"

// exhuming holds bugs in what is done with the dead.
func exhuming() []Mutant {
	// again puts messages back by hand, behind what waits.
	again := func(b Full, ctx ctx, dead []Dead) (int, error) {
		for _, d := range dead {
			if err := b.Inject(ctx, "q", d.Raw); err != nil {
				return 0, err
			}
		}
		return len(dead), nil
	}
	return append([]Mutant{
		{Name: "the-revived-stay-dead", Break: is(bug{revive: again})},
		{Name: "the-revived-lose-their-priority", Break: is(bug{revive: func(b Full, ctx ctx, dead []Dead) (int, error) {
			n, err := b.Drop(ctx, dead...)
			if err != nil || n < len(dead) {
				return n, err
			}
			return again(b, ctx, dead)
		}})},
		{Name: "the-revived-are-turned-round", Break: is(bug{revive: func(b Full, ctx ctx, dead []Dead) (int, error) {
			dead = slices.Clone(dead)
			slices.Reverse(dead)
			return b.Revive(ctx, dead...)
		}})},
		{Name: "all-the-dead-are-dropped", Break: is(bug{drop: func(b Full, ctx ctx, dead []Dead) (int, error) {
			all, err := b.Dead(ctx, 0)
			if err != nil || len(dead) == 0 {
				return 0, err
			}
			_, err = b.Drop(ctx, all...)
			return len(dead), err
		}})},
		{Name: "what-is-gone-counts-as-revived", Break: is(bug{revive: func(b Full, ctx ctx, dead []Dead) (int, error) {
			_, err := b.Revive(ctx, dead...)
			return len(dead), err
		}})},
		{Name: "deliveries-before-death-count", Break: func() bug {
			died := false
			return bug{
				revive: func(b Full, ctx ctx, dead []Dead) (int, error) { died = true; return b.Revive(ctx, dead...) },
				delivery: func(d *Delivery) {
					if died && d.Count > 0 {
						d.Count += 2
					}
				},
			}
		}},
	}, by([]string{"DEA-014", "DEA-015"},
		Mutant{Name: "another-number-of-the-dead-is-ignored", Break: opening(func(s *Settings) { s.MaxDead = 0 })},
		Mutant{Name: "a-revival-that-fails-drops-the-message", Break: is(bug{revive: func(b Full, ctx ctx, dead []Dead) (int, error) {
			n, err := b.Revive(ctx, dead...)
			if outage(err) {
				_, _ = b.Do(ctx, "DEL", "redkit.dead")
			}
			return n, err
		}})},
	)...)
}
