package cachetest

func clearRows() []row {
	return []row{
		{ID: "CACHE-CLR-001", Needs: needs{clearing}, Says: "After a clear no entry MUST be readable.",
			Why: "T/test_clear", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				k.set("b", nil, Default())
				k.clear()
				k.get("a").none()
				k.get("b").none()
			})},
		{ID: "CACHE-CLR-002", Needs: needs{clearing}, Says: "A cache that was cleared MUST take new entries, and clearing an empty one is no error.",
			Why: "T/test_clear", Check: check(func(k *kit) {
				k.clear()
				k.set("a", "v", Default())
				k.clear()
				k.clear()
				k.set("a", "w", Default())
				k.get("a").is("w")
			})},
		{ID: "CACHE-CLR-003", Needs: needs{clearing, versions}, Says: "A clear MUST remove the entries of every version.",
			Why: "django-redis issue 223", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.at("2").set("a", "v", Default())
				k.at("2").clear()
				k.get("a").none()
				k.at("2").get("a").none()
			})},
		{ID: "CACHE-CLR-004", Needs: needs{clearing, aliases}, Says: "A clear MUST remove everything in the store, entries of other prefixes too.",
			Why: "Django, topics/cache: clear() removes everything; R J send FLUSHDB", Check: check(func(k *kit) {
				other := k.open("other", Alias{Prefix: "other"})
				other.set("a", "v", Default())
				k.clear()
				other.get("a").none()
			})},
		{ID: "CACHE-CLR-005", Needs: needs{clearingPrefix, versions, aliases}, Says: "A clear of the prefix MUST remove its entries in every version and return how many.",
			Why: "the clear that users ask for: django-redis issues 168, 245, 813", Check: check(func(k *kit) {
				app := k.open("app", Alias{Prefix: "app"})
				app.set("a", "v", Forever())
				app.set("b:c", "v", Default())
				app.at("2").set("a", "v", Default())
				app.at("beta").set("a", "v", Default())
				app.clearPrefix().is(4)
				app.get("a").none()
				app.get("b:c").none()
				app.at("2").get("a").none()
				app.at("beta").get("a").none()
				app.clearPrefix().is(0)
			})},
		{ID: "CACHE-CLR-006", Needs: needs{clearingPrefix, aliases}, Says: "A clear of the prefix MUST leave every other prefix, even one that begins alike or goes on after a colon.",
			Why: "django-redis issue 168; prefixes with colons: issues 79, 337, 382", Check: check(func(k *kit) {
				app := k.open("app", Alias{Prefix: "app"})
				app.set("a", "v", Default())
				others := []*kit{k, k.open("apple", Alias{Prefix: "apple"}), k.open("ap", Alias{Prefix: "ap"}), k.open("xapp", Alias{Prefix: "x:app"}), k.open("prod", Alias{Prefix: "app:prod"})}
				for _, other := range others {
					other.set("a", "w", Default())
				}
				app.clearPrefix().is(1)
				for _, other := range others {
					other.get("a").is("w")
				}
			})},
		{ID: "CACHE-CLR-007", Needs: needs{clearingPrefix, aliases}, Says: "A prefix of glob characters MUST clear only itself.",
			Why: "O/TestDjangoRedisCacheEscapePrefix", Check: check(func(k *kit) {
				k.open("plain", Alias{Prefix: "abc"}).set("a", "v", Default())
				for _, prefix := range []string{"*", "a?c", "[a]bc", `a\bc`} {
					hostile := k.open("hostile", Alias{Prefix: prefix})
					hostile.set("a", "w", Default())
					hostile.clearPrefix().is(1)
					hostile.get("a").none()
				}
				k.open("plain", Alias{Prefix: "abc"}).get("a").is("v")
			})},
		{ID: "CACHE-CLR-008", Needs: needs{clearingPrefix, locking}, Says: "A clear of the prefix MUST leave locks that are held.",
			Why: "open-forms 3905: another worker's clear freed the locks", Check: check(func(k *kit) {
				l := k.lock("l", LockOptions{Timeout: k.Unit(), Wait: -1})
				l.acquire().is(true)
				k.set("a", "v", Default())
				k.clearPrefix().ok()
				k.get("a").none()
				l.owned().is(true)
				l.release().ok()
			})},
		{ID: "CACHE-CLR-009", Needs: needs{clearingPrefix, sets, hashes}, Says: "A clear of the prefix MUST remove sets and hashes like other entries.",
			Why: "J's delete_pattern is blind to types", Check: check(func(k *kit) {
				k.sadd("s", "m").is(1)
				k.hset("h", map[string]any{"f": 1}).is(1)
				k.clearPrefix().is(2)
				k.scard("s").is(0)
				k.hlen("h").is(0)
			})},
	}
}

func (k *kit) clear() {
	k.Helper()
	k.did("Clear").got(nil, k.c.(Clearer).Clear(k.ctx)).ok()
}

func (k *kit) clearPrefix() outcome {
	return k.did("ClearPrefix").got(k.c.(PrefixClearer).ClearPrefix(k.ctx))
}
