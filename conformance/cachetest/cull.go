package cachetest

import "fmt"

func cullRows() []row {
	return []row{
		{ID: "CACHE-CUL-001", Needs: needs{aliases, Culls}, Says: "A full cache MUST drop one entry in CullFrequency before it takes a new one.",
			Why: "T/test_cull: with 30 and 3, 49 writes leave 29", Check: check(func(k *kit) {
				small := k.open("small", Alias{MaxEntries: 30, CullFrequency: 3})
				numbered(small, 1, 49)
				left(small, 49, 29)
			})},
		{ID: "CACHE-CUL-002", Needs: needs{aliases, Culls}, Says: "A full cache whose CullFrequency empties it MUST drop everything.",
			Why: "T/test_zero_cull: with 30 and 0, 49 writes leave 19", Check: check(func(k *kit) {
				small := k.open("small", Alias{MaxEntries: 30, CullFrequency: CullAll})
				numbered(small, 1, 49)
				left(small, 49, 19)
			})},
		{ID: "CACHE-CUL-003", Needs: needs{aliases, Culls}, Says: "An alias that names neither MUST hold 300 entries and drop one in 3.",
			Why: "Django, topics/cache: MAX_ENTRIES, CULL_FREQUENCY", Check: check(func(k *kit) {
				plain := k.open("plain", Alias{})
				numbered(plain, 1, 300)
				left(plain, 300, 300)
				numbered(plain, 301, 301)
				left(plain, 301, 201)
			})},
		{ID: "CACHE-CUL-004", Needs: needs{aliases, Culls, clearing}, Says: "A full cache MUST drop the entries that were used least recently, and a get is a use.",
			Why: "T/test_lru_get", Check: check(func(k *kit) {
				used(k, func(small *kit, key string) { small.get(key).ok() }, true)
			})},
		{ID: "CACHE-CUL-005", Needs: needs{aliases, Culls, clearing, counting}, Says: "A set, and an incr, MUST be a use.",
			Why: "T/test_lru_set, test_lru_incr", Check: check(func(k *kit) {
				used(k, func(small *kit, key string) { small.set(key, 0, Default()) }, true)
				used(k, func(small *kit, key string) { small.incr(key, 1).ok() }, true)
			})},
		{ID: "CACHE-CUL-006", Level: "SHOULD", Needs: needs{aliases, Culls, clearing, touching, looking}, Says: "A touch, and a has, SHOULD be no use.",
			Why: "L", Check: check(func(k *kit) {
				used(k, func(small *kit, key string) { small.touch(key, Default()).ok() }, false)
				used(k, func(small *kit, key string) { small.has(key).ok() }, false)
			})},
		{ID: "CACHE-CUL-007", Needs: needs{aliases, Culls}, Says: "An entry just written MUST be readable, however small the cache is.",
			Why: "T/test_cull_delete_when_store_empty", Check: check(func(k *kit) {
				for _, max := range []int{1, -1} {
					tiny := k.open("tiny", Alias{MaxEntries: max})
					for i := range 4 {
						tiny.set(fmt.Sprint(i), i, Default())
						tiny.get(fmt.Sprint(i)).is(i)
					}
				}
			})},
		{ID: "CACHE-CUL-008", Needs: needs{aliases}, Denies: Culls, Says: "A cache that does not claim to cull MUST keep every entry, whatever MaxEntries says.",
			Why: "Redis backends leave it to the server: R J", Check: check(func(k *kit) {
				small := k.open("small", Alias{MaxEntries: 3, CullFrequency: 1})
				numbered(small, 1, 30)
				left(small, 30, 30)
			})},
	}
}

// numbered sets the keys from first to last.
func numbered(k *kit, first, last int) {
	k.Helper()
	for i := first; i <= last; i++ {
		k.set(fmt.Sprint(i), i, Default())
	}
}

// left checks how many of the keys up to last are there.
func left(k *kit, last, want int) {
	k.Helper()
	n := 0
	for i := 1; i <= last; i++ {
		if !k.get(fmt.Sprint(i)).ok().missing {
			n++
		}
	}
	if n != want {
		k.Errorf("%d of %d entries are left, want %d", n, last, want)
	}
}

// used fills a cache of nine, uses the oldest three and writes one more: the
// three are there exactly if that was a use.
func used(k *kit, use func(small *kit, key string), counts bool) {
	k.Helper()
	small := k.open("small", Alias{MaxEntries: 9, CullFrequency: 3})
	small.clear()
	numbered(small, 1, 9)
	for _, key := range []string{"1", "2", "3"} {
		use(small, key)
	}
	numbered(small, 10, 10)
	for _, key := range []string{"1", "2", "3"} {
		if there := !small.get(key).ok().missing; there != counts {
			k.Errorf("entry %s is there: %t, want %t", key, there, counts)
		}
	}
	small.get("10").is(10)
}
