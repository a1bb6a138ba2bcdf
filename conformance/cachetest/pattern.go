package cachetest

import (
	"fmt"
	"slices"
)

func patternRows() []row {
	return []row{
		{ID: "CACHE-PAT-001", Needs: needs{scanning}, Says: "Keys MUST return each matching key once, as the caller wrote it.",
			Why: "B/test_keys", Check: check(func(k *kit) {
				for _, key := range []string{"foo1", "foo2", "bar1"} {
					k.set(key, "v", Default())
				}
				k.keys("foo*").set("foo1", "foo2")
				k.keys("*").set("foo1", "foo2", "bar1")
				k.keys("bar1").set("bar1")
			})},
		{ID: "CACHE-PAT-002", Needs: needs{scanning}, Says: "Keys MUST return nothing if nothing matches.",
			Why: "B/test_keys", Check: check(func(k *kit) {
				k.keys("*").set()
				k.set("a", "v", Default())
				k.keys("b*").set()
				k.keys("").set()
			})},
		{ID: "CACHE-PAT-003", Needs: needs{scanning}, Says: "A pattern MUST be a Redis glob: *, ?, [abc], [^a], [a-c] and backslash.",
			Why: "Redis: KEYS", Check: check(func(k *kit) {
				for _, key := range []string{"ha", "hb", "hc", "hd", "haa", "h", "h*", "h?", "dir/file"} {
					k.set(key, "v", Default())
				}
				k.keys("d*e").set("dir/file")
				k.keys("h?").set("ha", "hb", "hc", "hd", "h*", "h?")
				k.keys("h[ab]").set("ha", "hb")
				k.keys("h[^ab]").set("hc", "hd", "h*", "h?")
				k.keys("h[a-c]").set("ha", "hb", "hc")
				k.keys(`h\*`).set("h*")
				k.keys(`h\?`).set("h?")
				k.keys("*a*").set("ha", "haa")
				k.keys("h**").set("ha", "hb", "hc", "hd", "haa", "h", "h*", "h?")
			})},
		{ID: "CACHE-PAT-004", Needs: needs{scanning, versions}, Says: "Patterns MUST look at their version only.",
			Why: "B/test_delete_pattern_with_version", Check: check(func(k *kit) {
				k.set("a1", "v", Default())
				k.at("2").set("a2", "v", Default())
				k.at("12").set("a3", "v", Default())
				k.keys("*").set("a1")
				k.at("2").keys("*").set("a2")
				k.at("2").deletePattern("a*").is(1)
				k.get("a1").is("v")
				k.at("12").get("a3").is("v")
			})},
		{ID: "CACHE-PAT-005", Needs: needs{scanning, aliases}, Says: "Patterns MUST look at the prefix of their alias only.",
			Why: "O/TestDjangoRedisCacheEscapePrefix", Check: check(func(k *kit) {
				one, two := k.open("one", Alias{Prefix: "one"}), k.open("two", Alias{Prefix: "two"})
				one.set("a", 1, Default())
				two.set("b", 2, Default())
				k.set("c", 3, Default())
				one.keys("*").set("a")
				two.keys("*").set("b")
				one.deletePattern("*").is(1)
				two.get("b").is(2)
				k.get("c").is(3)
			})},
		{ID: "CACHE-PAT-006", Needs: needs{scanning, aliases}, Says: "A prefix of glob characters MUST match only itself.",
			Why: "O/TestDjangoRedisCacheEscapePrefix; J does not escape a backslash", Check: check(func(k *kit) {
				k.open("plain", Alias{Prefix: "abc"}).set("plain", "v", Default())
				for _, prefix := range []string{"*", "a?c", "[a]bc", `a\bc`, "a[b-d]c", "^", "a-c"} {
					hostile := k.open("hostile", Alias{Prefix: prefix})
					hostile.set("own", "v", Default())
					hostile.keys("*").set("own")
					hostile.deletePattern("*").is(1)
					hostile.get("own").none()
				}
			})},
		{ID: "CACHE-PAT-007", Needs: needs{scanning, aliases}, Says: "A prefix or a key with colons MUST come back as the caller wrote it.",
			Why: "J splits at the second colon: django-redis issues 79, 337, 382", Check: check(func(k *kit) {
				app := k.open("app", Alias{Prefix: "app:prod"})
				app.set("user:1:name", "v", Default())
				app.keys("*").set("user:1:name")
				app.keys("user:*").set("user:1:name")
				k.set("x:y:z", "v", Default())
				k.keys("x:*").set("x:y:z")
			})},
		{ID: "CACHE-PAT-008", Needs: needs{scanning}, Says: "Keys and iter_keys MUST leave out expired entries.",
			Why: "T/test_expiration", Check: check(func(k *kit) {
				k.set("b", "v", Forever())
				expired(k, "a")
				k.keys("*").set("b")
				k.iterKeys("*", 0).set("b")
			})},
		{ID: "CACHE-PAT-009", Needs: needs{scanning}, Says: "Iter_keys MUST yield every matching key, whatever the step.",
			Why: "B/test_iter_keys", Check: check(func(k *kit) {
				for i := range 50 {
					k.set(fmt.Sprintf("foo%d", i), i, Default())
				}
				k.set("bar", "v", Default())
				want := k.keys("foo*").ok().value
				for _, step := range []int{0, 1, 7, 1000} {
					o := k.iterKeys("foo*", step)
					if got, _ := o.value.([]string); len(got) != 50 || o.err != nil {
						o.want("the 50 keys %s", show(want))
					}
				}
			})},
		{ID: "CACHE-PAT-010", Needs: needs{scanning}, Says: "A walk that the caller ends early MUST end, and leave the cache usable.",
			Why: "B/test_iter_keys_batches", Check: check(func(k *kit) {
				for i := range 30 {
					k.set(fmt.Sprint(i), i, Default())
				}
				for range 30 { // more walks than any pool has connections
					n := 0
					for range k.c.(Scanner).IterKeys(k.ctx, "*", 2) {
						if n++; n == 3 {
							break
						}
					}
					if n != 3 {
						k.Fatalf("IterKeys(%q, 2) yielded %d keys before the caller stopped at 3", "*", n)
					}
				}
				k.get("7").is(7)
			})},
		{ID: "CACHE-PAT-011", Needs: needs{scanning}, Says: "A key that is there during a whole walk MUST be yielded, whatever else comes and goes.",
			Why: "Redis: SCAN guarantees", Check: check(func(k *kit) {
				const steady = 100
				for i := range steady {
					k.set(fmt.Sprintf("steady%d", i), i, Default())
				}
				seen := map[string]bool{}
				n := 0
				for key, err := range k.c.(Scanner).IterKeys(k.ctx, "*", 5) {
					if err != nil {
						k.Fatalf("IterKeys failed: %v, want no error", err)
					}
					seen[key] = true
					if n++; n%10 == 0 && n < 200 {
						k.set(fmt.Sprintf("new%d", n), n, Default())
						k.del(fmt.Sprintf("new%d", n-10)).ok()
					}
				}
				for i := range steady {
					if key := fmt.Sprintf("steady%d", i); !seen[key] {
						k.Fatalf("IterKeys(%q) did not yield %q, which was there all the time", "*", key)
					}
				}
			})},
		{ID: "CACHE-PAT-012", Needs: needs{scanning}, Says: "A delete_pattern MUST remove the matching entries, no other, and return how many.",
			Why: "B/test_delete_pattern", Check: check(func(k *kit) {
				for _, key := range []string{"foo-aa", "foo-ab", "foo-bb", "foo-bc"} {
					k.set(key, "v", Default())
				}
				k.deletePattern("*foo-a*").is(2)
				k.keys("*").set("foo-bb", "foo-bc")
				k.deletePattern("nothing*").is(0)
				k.keys("*").set("foo-bb", "foo-bc")
			})},
		{ID: "CACHE-PAT-013", Needs: needs{scanning}, Says: "A delete_pattern and keys MUST find thousands of entries.",
			Why: "django-redis issues 225, 609: a page of SCAN is not all", Check: check(func(k *kit) {
				for i := range 1500 {
					k.set(fmt.Sprintf("k%d", i), i, Default())
				}
				if got, _ := k.keys("k*").ok().value.([]string); len(got) != 1500 {
					k.Errorf("Keys(k*) found %d keys, want 1500", len(got))
				}
				k.deletePattern("k*").is(1500)
				k.keys("*").set()
			})},
		{ID: "CACHE-PAT-014", Needs: needs{scanning, quoting}, Says: "A quoted text MUST match only itself as a pattern.",
			Why: "J does not escape user text: keys(\"foo[1]\") misses foo[1]", Check: check(func(k *kit) {
				hostile := []string{"a*b", "a?b", "[ab]", "a[1]", `a\b`, "^a", "a-c", "]", "[", `\`, `\*`, "*", "plain"}
				for _, key := range append(slices.Clone(hostile), "axb", "ab", "a1", "abc", "a") {
					k.set(key, "v", Default())
				}
				for _, key := range hostile {
					k.keys(k.c.(Quoter).QuotePattern(key)).set(key)
				}
			})},
		{ID: "CACHE-PAT-015", Needs: needs{scanning, sets, hashes}, Says: "Patterns MUST be blind to the type of entries.",
			Why: "J", Check: check(func(k *kit) {
				k.set("v", "v", Default())
				k.sadd("s", "m").is(1)
				k.hset("h", map[string]any{"f": 1}).is(1)
				k.keys("*").set("v", "s", "h")
				k.deletePattern("?").is(3)
				k.scard("s").is(0)
				k.hlen("h").is(0)
			})},
	}
}

func (k *kit) keys(pattern string) outcome {
	return k.did("Keys", pattern).got(k.c.(Scanner).Keys(k.ctx, pattern))
}

// iterKeys walks to the end and drops keys that came twice, as they may.
func (k *kit) iterKeys(pattern string, step int) outcome {
	o := k.did("IterKeys", pattern, step)
	var all []string
	for key, err := range k.c.(Scanner).IterKeys(k.ctx, pattern, step) {
		if err != nil {
			return o.got(all, err)
		}
		all = append(all, key)
	}
	slices.Sort(all)
	return o.got(slices.Compact(all), nil)
}

func (k *kit) deletePattern(pattern string) outcome {
	return k.did("DeletePattern", pattern).got(k.c.(Scanner).DeletePattern(k.ctx, pattern))
}
