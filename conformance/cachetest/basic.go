package cachetest

func basicRows() []row {
	return []row{
		{ID: "CACHE-BAS-001", Says: "A get after a set MUST return the value that was set.",
			Why: "T/test_simple", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.get("a").is("v")
			})},
		{ID: "CACHE-BAS-002", Says: "A get of an absent key MUST find nothing, without an error.",
			Why: "T/test_non_existent", Check: check(func(k *kit) {
				k.get("a").none()
			})},
		{ID: "CACHE-BAS-003", Says: "A stored nil MUST be found: it is a hit, not a miss.",
			Why: "T/test_default_used_when_none_is_set", Check: check(func(k *kit) {
				k.set("a", nil, Default())
				k.get("a").is(nil)
			})},
		{ID: "CACHE-BAS-004", Says: "A set MUST replace the earlier value, whatever its type.",
			Why: "R J L agree", Check: check(func(k *kit) {
				for _, v := range []any{"v", 7, nil, []any{"x"}, "w"} {
					k.set("a", v, Default())
					k.get("a").is(v)
				}
			})},
		{ID: "CACHE-BAS-005", Says: "A get MUST leave the entry as it is.",
			Why: "R J L agree", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.get("a").is("v")
				k.get("a").is("v")
			})},
		{ID: "CACHE-BAS-006", Says: "Entries under different keys MUST be independent of each other.",
			Why: "T/test_simple", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.set("b", "w", Default())
				k.get("a").is("v")
				k.get("b").is("w")
			})},
		{ID: "CACHE-BAS-007", Says: "A delete MUST remove the entry and report that it did.",
			Why: "T/test_delete", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.del("a").is(true)
				k.get("a").none()
			})},
		{ID: "CACHE-BAS-008", Says: "A delete of an absent key MUST report that there was nothing, without an error.",
			Why: "T/test_delete_nonexistent", Check: check(func(k *kit) {
				k.del("a").is(false)
				k.set("a", "v", Default())
				k.del("a").is(true)
				k.del("a").is(false)
			})},
		{ID: "CACHE-BAS-009", Says: "A delete MUST remove the entry of a stored nil and report that it did.",
			Why: "presence decides, not truth", Check: check(func(k *kit) {
				k.set("a", nil, Default())
				k.del("a").is(true)
				k.get("a").none()
			})},
		{ID: "CACHE-BAS-010", Says: "A delete MUST leave every other entry.",
			Why: "T/test_delete", Check: check(func(k *kit) {
				for _, key := range []string{"a", "aa", "b"} {
					k.set(key, key, Default())
				}
				k.del("a").is(true)
				k.get("aa").is("aa")
				k.get("b").is("b")
			})},
		{ID: "CACHE-BAS-011", Needs: needs{adding}, Says: "An add on an absent key MUST store the value and report that it did.",
			Why: "T/test_add", Check: check(func(k *kit) {
				k.add("a", "v", Default()).is(true)
				k.get("a").is("v")
			})},
		{ID: "CACHE-BAS-012", Needs: needs{adding}, Says: "An add on a present key MUST report false and leave the value.",
			Why: "T/test_add, B/test_set_add", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.add("a", "w", Default()).is(false)
				k.get("a").is("v")
			})},
		{ID: "CACHE-BAS-013", Needs: needs{adding}, Says: "An add on a stored nil MUST report false and leave the nil.",
			Why: "presence decides, not truth: R J L", Check: check(func(k *kit) {
				k.set("a", nil, Default())
				k.add("a", "w", Default()).is(false)
				k.get("a").is(nil)
			})},
		{ID: "CACHE-BAS-014", Needs: needs{adding}, Says: "An add after a delete MUST store the value.",
			Why: "R J L agree", Check: check(func(k *kit) {
				k.add("a", "v", Default()).is(true)
				k.del("a").is(true)
				k.add("a", "w", Default()).is(true)
				k.get("a").is("w")
			})},
		{ID: "CACHE-BAS-015", Needs: needs{looking}, Says: "A has MUST report whether there is an entry, even one that holds nil or an empty text.",
			Why: "T/test_has_key, test_in", Check: check(func(k *kit) {
				k.has("a").is(false)
				for _, v := range []any{"v", "", nil, 0, false} {
					k.set("a", v, Default())
					k.has("a").is(true)
				}
				k.del("a").is(true)
				k.has("a").is(false)
			})},
		{ID: "CACHE-BAS-016", Says: "A value that the caller changes after set MUST stay in the cache as it was set.",
			Why: "values are snapshots: LocMem pickles on write", Check: check(func(k *kit) {
				inner := []any{"x"}
				raw := []byte("raw")
				whole := map[string]any{"list": inner, "raw": raw}
				k.set("a", whole, Default())
				inner[0], raw[0], whole["more"] = "changed", 'X', true
				k.get("a").is(map[string]any{"list": []any{"x"}, "raw": []byte("raw")})
			})},
		{ID: "CACHE-BAS-017", Says: "A value that the caller changes after get MUST stay in the cache as it was set.",
			Why: "values are snapshots: R J L", Check: check(func(k *kit) {
				k.set("a", map[string]any{"list": []any{"x"}, "raw": []byte("raw")}, Default())
				if got, ok := k.get("a").ok().value.(map[string]any); ok {
					if inner, ok := got["list"].([]any); ok && len(inner) > 0 {
						inner[0] = "changed"
					}
					if raw, ok := got["raw"].([]byte); ok && len(raw) > 0 {
						raw[0] = 'X'
					}
					got["more"] = true
				}
				k.get("a").is(map[string]any{"list": []any{"x"}, "raw": []byte("raw")})
			})},
		{ID: "CACHE-BAS-018", Says: "A set of a value that cannot be serialized MUST fail and leave the earlier value.",
			Why: "T/test_set_fail_on_pickleerror", Check: check(func(k *kit) {
				k.try("none", make(chan int), Default()).fails(ErrSerialize)
				k.get("none").none()
				k.set("a", "v", Default())
				k.try("a", []any{make(chan int)}, Default()).fails(ErrSerialize)
				k.get("a").is("v")
			})},
		{ID: "CACHE-BAS-019", Needs: needs{adding}, Says: "An add of a value that cannot be serialized MUST fail and store nothing.",
			Why: "T/test_add_fail_on_pickleerror", Check: check(func(k *kit) {
				k.add("a", make(chan int), Default()).fails(ErrSerialize)
				k.get("a").none()
			})},
		{ID: "CACHE-BAS-020", Needs: needs{aliases}, Says: "Two caches of equal settings on one store MUST see each other's entries.",
			Why: "T/LocMemCacheTests.test_multiple_caches", Check: check(func(k *kit) {
				one, two := k.open("one", Alias{}), k.open("two", Alias{})
				one.set("a", "v", Default())
				two.get("a").is("v")
				two.del("a").is(true)
				one.get("a").none()
			})},
	}
}
