package cachetest

import (
	"fmt"
	"time"
)

// batch is how many entries a large call holds: beyond any reply, buffer or
// script argument limit worth having, and still quick.
const batch = 2500

func manyRows() []row {
	return []row{
		{ID: "CACHE-MNY-001", Needs: needs{many}, Says: "A get_many MUST return the live entries under the keys the caller gave.",
			Why: "T/test_get_many", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.set("b", 2, Default())
				k.set("c", "x", Default())
				k.getMany("a", "b").is(map[string]any{"a": "v", "b": 2})
			})},
		{ID: "CACHE-MNY-002", Needs: needs{many}, Says: "A get_many MUST leave out absent and expired keys.",
			Why: "T/test_get_many", Check: check(func(k *kit) {
				k.set("b", "v", Forever())
				expired(k, "a")
				k.getMany("a", "b", "c").is(map[string]any{"b": "v"})
				k.getMany("a", "c").is(map[string]any{})
			})},
		{ID: "CACHE-MNY-003", Needs: needs{many}, Says: "A get_many MUST include a stored nil.",
			Why: "T/test_get_many; ShardClient drops it", Check: check(func(k *kit) {
				k.set("a", nil, Default())
				k.getMany("a", "b").is(map[string]any{"a": nil})
			})},
		{ID: "CACHE-MNY-004", Needs: needs{many}, Says: "A get_many of no keys MUST return an empty map without an error.",
			Why: "R J L; a bare MGET is an error of the server", Check: check(func(k *kit) {
				k.getMany().is(map[string]any{})
			})},
		{ID: "CACHE-MNY-005", Needs: needs{many}, Says: "A get_many of a key named twice MUST return it once.",
			Why: "R J L agree", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.getMany("a", "a", "b", "b").is(map[string]any{"a": "v"})
			})},
		{ID: "CACHE-MNY-006", Needs: needs{many}, Says: "A set_many MUST store every value, of whatever type, over what is there.",
			Why: "T/test_set_many", Check: check(func(k *kit) {
				k.set("a", "old", Default())
				values := map[string]any{"a": "v", "b": 2, "c": nil, "d": []any{true}}
				k.setMany(values, Default()).ok()
				for _, key := range []string{"a", "b", "c", "d"} {
					k.get(key).is(values[key])
				}
			})},
		{ID: "CACHE-MNY-007", Needs: needs{many}, Says: "A set_many MUST apply its timeout to every entry.",
			Why: "T/test_set_many_expiration", Check: check(func(k *kit) {
				k.set("b", "old", Forever())
				d := k.Deadline(k.Unit())
				k.setMany(map[string]any{"a": "v", "b": "w"}, For(k.Unit())).ok()
				d.Before()
				k.get("a").until(d, "v")
				k.get("b").until(d, "w")
				d.After()
				k.get("a").none()
				k.get("b").none()
			})},
		{ID: "CACHE-MNY-008", Needs: needs{many}, Says: "A set_many forever MUST clear earlier timeouts.",
			Why: "T/test_forever_timeout", Check: check(func(k *kit) {
				k.set("a", "old", For(k.Unit()))
				k.setMany(map[string]any{"a": "v", "b": "w"}, Forever()).ok()
				k.stays(2*djangoDefault, "a", "v")
				k.get("b").is("w")
			})},
		{ID: "CACHE-MNY-009", Needs: needs{many}, Says: "A set_many without a timeout MUST apply the default of the alias.",
			Why: "T/test_set_many", Check: check(func(k *kit) {
				d := k.Deadline(djangoDefault)
				k.setMany(map[string]any{"a": "v"}, Default()).ok()
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-MNY-010", Needs: needs{many}, Says: "A set_many with timeout zero or less MUST remove the named entries and no other.",
			Why: "T/test_zero_timeout", Check: check(func(k *kit) {
				for _, d := range []time.Duration{0, -time.Second} {
					k.set("a", "old", Default())
					k.set("c", "x", Default())
					k.setMany(map[string]any{"a": "v", "b": "w"}, For(d)).ok()
					k.getMany("a", "b", "c").is(map[string]any{"c": "x"})
				}
			})},
		{ID: "CACHE-MNY-011", Needs: needs{many}, Says: "A set_many of nothing MUST do nothing, without an error.",
			Why: "T/test_set_many_empty_data", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.setMany(map[string]any{}, Default()).ok()
				k.get("a").is("v")
			})},
		{ID: "CACHE-MNY-012", Needs: needs{many}, Says: "A set_many with a value that cannot be serialized MUST fail and store none of the values.",
			Why: "R and J build the batch first", Check: check(func(k *kit) {
				k.set("a", "old", Default())
				k.setMany(map[string]any{"a": "v", "b": "w", "c": make(chan int), "d": "x"}, Default()).fails(ErrSerialize)
				k.getMany("a", "b", "c", "d").is(map[string]any{"a": "old"})
			})},
		{ID: "CACHE-MNY-013", Needs: needs{many}, Says: "A delete_many MUST remove exactly the named entries and pass over absent ones.",
			Why: "T/test_delete_many", Check: check(func(k *kit) {
				k.setMany(map[string]any{"a": 1, "b": 2, "c": 3}, Default()).ok()
				k.delMany("a", "x", "b").ok()
				k.getMany("a", "b", "c").is(map[string]any{"c": 3})
			})},
		{ID: "CACHE-MNY-014", Needs: needs{many}, Says: "A delete_many of no keys MUST do nothing, without an error.",
			Why: "T/test_delete_many_no_keys; R sends a DEL without arguments", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.delMany().ok()
				k.get("a").is("v")
			})},
		{ID: "CACHE-MNY-015", Needs: needs{many, CountsDeletes}, Says: "A delete_many MUST return how many live entries it removed, each once.",
			Why: "B/test_delete_many", Check: check(func(k *kit) {
				k.set("c", nil, Forever())
				expired(k, "a")
				k.set("b", "v", Default())
				k.delMany("a", "b", "b", "c", "x").is(2)
				k.delMany("a", "b").is(0)
				k.delMany().is(0)
			})},
		{ID: "CACHE-MNY-016", Needs: needs{many}, Denies: CountsDeletes, Says: "A delete_many of a cache that does not claim to count MUST return 0.",
			Why: "D returns nothing; a claim too few hides CACHE-MNY-015", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.delMany("a").is(0)
			})},
		{ID: "CACHE-MNY-017", Needs: needs{many}, Says: "The values of set_many and get_many MUST be snapshots.",
			Why: "R J L agree", Check: check(func(k *kit) {
				inner := []any{"x"}
				k.setMany(map[string]any{"a": inner}, Default()).ok()
				inner[0] = "changed"
				k.get("a").is([]any{"x"})
				if got, ok := k.getMany("a").ok().value.(map[string]any); ok {
					if list, ok := got["a"].([]any); ok && len(list) > 0 {
						list[0] = "changed"
					}
				}
				k.get("a").is([]any{"x"})
			})},
		{ID: "CACHE-MNY-018", Needs: needs{many}, Says: "Batches of thousands of entries MUST be written, read and removed whole.",
			Why: "20,000 keys: J", Check: check(func(k *kit) {
				values, keys := map[string]any{}, make([]string, batch)
				for i := range keys {
					keys[i] = fmt.Sprintf("key-%05d", i)
					values[keys[i]] = i
				}
				k.setMany(values, Default()).ok()
				k.getMany(keys...).is(values)
				k.delMany(keys...).ok()
				k.getMany(keys...).is(map[string]any{})
			})},
	}
}
