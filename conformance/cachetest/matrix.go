package cachetest

import "github.com/redkit-dev/redkit/conformance"

// A move is a call on an entry, and what it must do to its expiry.
type move struct {
	name string
	do   func(k *kit, key string)
}

func matrixRows() []row {
	keeping := func(needs needs, id, says, why string, moves ...move) row {
		return row{ID: conformance.ID(id), Needs: append(needs, expiring), Says: says, Why: why, Check: check(func(k *kit) { keeps(k, moves) })}
	}
	return []row{
		keeping(nil, "CACHE-MTX-001", "Reading an entry MUST leave its expiry, whether it has one or not.", "R J L agree",
			move{"get", func(k *kit, key string) { k.get(key).is(5) }},
			move{"ttl", func(k *kit, key string) { k.ttl(key).ok() }},
			move{"pttl", func(k *kit, key string) { k.pttl(key).ok() }}),
		keeping(needs{looking, many, scanning}, "CACHE-MTX-002", "Looking for entries MUST leave their expiry, whether they have one or not.", "R J L agree",
			move{"has", func(k *kit, key string) { k.has(key).is(true) }},
			move{"get_many", func(k *kit, key string) { k.getMany(key).ok() }},
			move{"keys", func(k *kit, key string) { k.keys("*").ok() }}),
		keeping(needs{counting}, "CACHE-MTX-003", "Counting MUST leave the expiry of an entry, whether it has one or not.", "R J L; BaseCache.incr resets it",
			move{"incr", func(k *kit, key string) { k.incr(key, 1).is(6) }},
			move{"decr", func(k *kit, key string) { k.decr(key, 1).is(4) }},
			move{"incr by 0", func(k *kit, key string) { k.incr(key, 0).is(5) }}),
		keeping(needs{adding, conditional, filling}, "CACHE-MTX-004", "A write that does not take place MUST leave the expiry of what is there.", "R J L agree",
			move{"add", func(k *kit, key string) { k.add(key, 9, For(k.Unit()/10)).is(false) }},
			move{"set if absent", func(k *kit, key string) { k.setIf(key, 9, For(k.Unit()/10), IfAbsent).is(false) }},
			move{"get_or_set", func(k *kit, key string) { k.fill(key, 9, For(k.Unit()/10)).is(5) }}),
		{ID: "CACHE-MTX-005", Needs: needs{expiring, touching, many, conditional}, Says: "A write without a timeout MUST give an entry the default of the alias, whatever expiry it had.",
			Why: "R J L agree", Check: check(func(k *kit) {
				for _, had := range []Timeout{Forever(), For(k.Unit() / 2)} {
					for _, m := range []move{
						{"set", func(k *kit, key string) { k.set(key, 6, Default()) }},
						{"set_many", func(k *kit, key string) { k.setMany(map[string]any{key: 6}, Default()).ok() }},
						{"set if present", func(k *kit, key string) { k.setIf(key, 6, Default(), IfPresent).is(true) }},
						{"touch", func(k *kit, key string) { k.touch(key, Default()).is(true) }},
					} {
						key := m.name + " " + had.String()
						k.set(key, 5, had)
						m.do(k, key)
						k.pttl(key).about(djangoDefault)
					}
				}
			})},
		{ID: "CACHE-MTX-006", Needs: needs{expiring, touching, many, conditional}, Says: "A write forever MUST take the expiry away, whatever it was.",
			Why: "R J L agree", Check: check(func(k *kit) {
				for _, m := range []move{
					{"set", func(k *kit, key string) { k.set(key, 6, Forever()) }},
					{"set_many", func(k *kit, key string) { k.setMany(map[string]any{key: 6}, Forever()).ok() }},
					{"set if present", func(k *kit, key string) { k.setIf(key, 6, Forever(), IfPresent).is(true) }},
					{"touch", func(k *kit, key string) { k.touch(key, Forever()).is(true) }},
				} {
					k.set(m.name, 5, For(k.Unit()))
					m.do(k, m.name)
					k.pttl(m.name).is(Forever())
				}
			})},
	}
}

// keeps checks that each move leaves the expiry of an entry without one and of
// one with a long one.
func keeps(k *kit, moves []move) {
	k.Helper()
	for _, m := range moves {
		forever, long := m.name+" forever", m.name+" long"
		k.set(forever, 5, Forever())
		k.set(long, 5, For(2*k.Unit()))
		m.do(k, forever)
		m.do(k, long)
		k.pttl(forever).is(Forever())
		k.pttl(long).about(2 * k.Unit())
	}
}
