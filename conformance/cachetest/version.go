package cachetest

import "time"

func versionRows() []row {
	return []row{
		{ID: "CACHE-VER-001", Needs: needs{versions}, Says: "Entries of one key in different versions MUST be independent in get and set.",
			Why: "T/test_cache_versioning_get_set", Check: check(func(k *kit) {
				k.set("a", "one", Default())
				k.at("2").set("a", "two", Default())
				k.get("a").is("one")
				k.at("2").get("a").is("two")
				k.at("3").get("a").none()
			})},
		{ID: "CACHE-VER-002", Needs: needs{versions}, Says: "A delete MUST remove the entry of its version only.",
			Why: "T/test_cache_versioning_delete", Check: check(func(k *kit) {
				k.set("a", "one", Default())
				k.at("2").set("a", "two", Default())
				k.at("2").del("a").is(true)
				k.get("a").is("one")
				k.at("2").get("a").none()
				k.at("3").del("a").is(false)
			})},
		{ID: "CACHE-VER-003", Needs: needs{versions, adding, looking}, Says: "An add and a has MUST look at their version only.",
			Why: "T/test_cache_versioning_add, test_cache_versioning_has_key", Check: check(func(k *kit) {
				k.set("a", "one", Default())
				k.at("2").has("a").is(false)
				k.at("2").add("a", "two", Default()).is(true)
				k.at("2").has("a").is(true)
				k.add("a", "three", Default()).is(false)
				k.get("a").is("one")
			})},
		{ID: "CACHE-VER-004", Needs: needs{versions, counting}, Says: "An incr and a decr MUST change the entry of their version only.",
			Why: "T/test_cache_versioning_incr_decr", Check: check(func(k *kit) {
				k.set("n", 1, Default())
				k.at("2").set("n", 20, Default())
				k.at("2").incr("n", 1).is(21)
				k.at("2").decr("n", 2).is(19)
				k.get("n").is(1)
				k.at("3").incr("n", 1).fails(ErrNotFound)
			})},
		{ID: "CACHE-VER-005", Needs: needs{versions, touching}, Says: "A touch MUST move the expiry of its version only.",
			Why: "T/test_touch", Check: check(func(k *kit) {
				k.set("a", "one", For(k.Unit()))
				k.at("2").set("a", "two", For(k.Unit()))
				k.at("2").touch("a", Forever()).is(true)
				k.Advance(k.Unit() + k.Margin())
				k.get("a").none()
				k.at("2").get("a").is("two")
			})},
		{ID: "CACHE-VER-006", Needs: needs{versions, many}, Says: "The calls on many keys MUST stay within their version.",
			Why: "T/test_cache_versioning_get_set_many", Check: check(func(k *kit) {
				k.setMany(map[string]any{"a": 1, "b": 2}, Default()).ok()
				k.at("2").setMany(map[string]any{"a": 10}, Default()).ok()
				k.getMany("a", "b").is(map[string]any{"a": 1, "b": 2})
				k.at("2").getMany("a", "b").is(map[string]any{"a": 10})
				k.at("2").delMany("a", "b").ok()
				k.getMany("a", "b").is(map[string]any{"a": 1, "b": 2})
				k.at("2").getMany("a", "b").is(map[string]any{})
			})},
		{ID: "CACHE-VER-007", Needs: needs{versions}, Says: "The version of an alias that names none MUST be 1.",
			Why: "Django, topics/cache: VERSION", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.at("1").get("a").is("v")
			})},
		{ID: "CACHE-VER-008", Needs: needs{versions, aliases}, Says: "The version of an alias MUST be the default of its calls, and a call may name another.",
			Why: "T/test_cache_versioning_get_set", Check: check(func(k *kit) {
				other := k.open("other", Alias{Version: "2"})
				k.set("a", "one", Default())
				other.set("a", "two", Default())
				k.get("a").is("one")
				k.at("2").get("a").is("two")
				other.at("1").get("a").is("one")
			})},
		{ID: "CACHE-VER-009", Needs: needs{versions}, Says: "Zero, negative numbers and texts MUST be versions like others.",
			Why: "R J L agree", Check: check(func(k *kit) {
				all := []string{"0", "-1", "10", "beta"}
				for _, v := range all {
					k.at(v).set("a", v, Default())
				}
				for _, v := range all {
					k.at(v).get("a").is(v)
				}
				k.get("a").none()
			})},
		{ID: "CACHE-VER-010", Needs: needs{versions}, Says: "An incr_version MUST move the entry and return the new version; the old one misses.",
			Why: "T/test_incr_version", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.incrVersion("a", 1).is(2)
				k.get("a").none()
				k.at("2").get("a").is("v")
				k.at("2").incrVersion("a", 5).is(7)
				k.at("2").get("a").none()
				k.at("7").get("a").is("v")
			})},
		{ID: "CACHE-VER-011", Needs: needs{versions}, Says: "A decr_version MUST move the entry down, to 0 and below too.",
			Why: "T/test_decr_version", Check: check(func(k *kit) {
				k.at("2").set("a", "v", Default())
				k.at("2").decrVersion("a", 1).is(1)
				k.get("a").is("v")
				k.decrVersion("a", 2).is(-1)
				k.at("-1").get("a").is("v")
				k.get("a").none()
			})},
		{ID: "CACHE-VER-012", Needs: needs{versions}, Says: "An incr_version MUST replace what is at the new version.",
			Why: "R J L agree", Check: check(func(k *kit) {
				k.set("a", "one", Default())
				k.at("2").set("a", "two", Default())
				k.incrVersion("a", 1).is(2)
				k.at("2").get("a").is("one")
			})},
		{ID: "CACHE-VER-013", Needs: needs{versions}, Says: "An incr_version of an absent or expired entry MUST fail as not found and create nothing.",
			Why: "T/test_incr_version", Check: check(func(k *kit) {
				k.incrVersion("a", 1).fails(ErrNotFound)
				k.decrVersion("a", 1).fails(ErrNotFound)
				expired(k, "a")
				k.incrVersion("a", 1).fails(ErrNotFound)
				k.at("2").get("a").none()
				k.at("0").get("a").none()
			})},
		{ID: "CACHE-VER-014", Needs: needs{versions}, Denies: QuirkVersionNil, Says: "An incr_version MUST move a stored nil.",
			Why: "T/test_incr_version; J says it is not there", Check: check(func(k *kit) {
				k.set("a", nil, Default())
				k.incrVersion("a", 1).is(2)
				k.at("2").get("a").is(nil)
				k.get("a").none()
			})},
		{ID: "CACHE-VER-015", Profile: "quirk", Needs: needs{versions, QuirkVersionNil}, Says: "An incr_version of a stored nil MUST fail as not found, as J does, and leave it.",
			Why: "J takes nil for a miss", Check: check(func(k *kit) {
				k.set("a", nil, Default())
				k.incrVersion("a", 1).fails(ErrNotFound)
				k.get("a").is(nil)
			})},
		{ID: "CACHE-VER-016", Needs: needs{versions}, Denies: QuirkVersionExpiry, Says: "An incr_version MUST carry the expiry along.",
			Why: "B/test_ttl_incr_version_no_timeout; R and L reset it to the default", Check: check(func(k *kit) {
				k.set("f", "v", Forever())
				k.incrVersion("f", 1).is(2)
				d := k.Deadline(k.Unit())
				k.set("a", "v", For(k.Unit()))
				k.incrVersion("a", 1).is(2)
				k.at("2").lasts(d, "a", "v")
				k.at("2").stays(2*djangoDefault, "f", "v")
			})},
		{ID: "CACHE-VER-017", Profile: "quirk", Needs: needs{versions, QuirkVersionExpiry}, Says: "An incr_version MUST give the entry the default timeout, as R and L do.",
			Why: "BaseCache.incr_version is a get, a set and a delete", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				d := k.Deadline(djangoDefault)
				k.incrVersion("a", 1).is(2)
				k.at("2").lasts(d, "a", "v")
			})},
		{ID: "CACHE-VER-018", Needs: needs{versions, SubSecond}, Denies: QuirkVersionExpiry, Says: "An incr_version in the last half second of an entry MUST NOT lose it.",
			Why: "J reads a TTL of 0 seconds and sets with timeout 0", Check: check(func(k *kit) {
				if !k.Still() {
					k.Unproven("the clock runs by itself")
				}
				d := k.Deadline(400 * time.Millisecond)
				k.set("a", "v", For(400*time.Millisecond))
				k.incrVersion("a", 1).is(2)
				k.at("2").lasts(d, "a", "v")
			})},
		{ID: "CACHE-VER-019", Needs: needs{versions}, Says: "An incr_version by 0 MUST return the version and leave the entry.",
			Why: "a set followed by a delete of the same key loses it: R J", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.incrVersion("a", 0).is(1)
				k.get("a").is("v")
			})},
		{ID: "CACHE-VER-020", Needs: needs{versions}, Says: "An incr_version MUST leave every other key.",
			Why: "ShardClient moves keys with a colon under their last part", Check: check(func(k *kit) {
				k.set("a:b", "v", Default())
				k.set("b", "w", Default())
				k.incrVersion("a:b", 1).is(2)
				k.at("2").get("a:b").is("v")
				k.at("2").get("b").none()
				k.get("b").is("w")
			})},
	}
}

func (k *kit) incrVersion(key string, delta int64) outcome {
	return k.did("IncrVersion", key, delta).got(k.c.(Versioned).IncrVersion(k.ctx, key, delta))
}

func (k *kit) decrVersion(key string, delta int64) outcome {
	return k.did("DecrVersion", key, delta).got(k.c.(Versioned).DecrVersion(k.ctx, key, delta))
}
