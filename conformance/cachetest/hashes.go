package cachetest

func hashRows() []row {
	return []row{
		{ID: "CACHE-HSH-001", Needs: needs{hashes}, Says: "An hset MUST set the fields and return how many were new.",
			Why: "B/test_hset", Check: check(func(k *kit) {
				k.hset("h", map[string]any{"a": 1, "b": "x"}).is(2)
				k.hset("h", map[string]any{"b": "y", "c": nil}).is(1)
				k.hgetAll("h").is(map[string]any{"a": 1, "b": "y", "c": nil})
			})},
		{ID: "CACHE-HSH-002", Needs: needs{hashes}, Says: "An hget MUST return the field, a stored nil too, and nothing for an absent one.",
			Why: "values are encoded like others", Check: check(func(k *kit) {
				k.hget("h", "a").none()
				k.hset("h", map[string]any{"a": "x", "n": nil, "l": []any{1}}).is(3)
				k.hget("h", "a").is("x")
				k.hget("h", "n").is(nil)
				k.hget("h", "l").is([]any{1})
				k.hget("h", "z").none()
			})},
		{ID: "CACHE-HSH-003", Needs: needs{hashes}, Says: "An hdel MUST remove the fields and return how many there were; the last one ends the hash.",
			Why: "B/test_hdel", Check: check(func(k *kit) {
				c := k.c.(Hashes)
				k.hset("h", map[string]any{"a": 1, "b": 2, "c": 3}).is(3)
				k.did("HDel", "h", "a", "x").got(c.HDel(k.ctx, "h", "a", "x")).is(1)
				k.hgetAll("h").is(map[string]any{"b": 2, "c": 3})
				k.did("HDel", "h", "b", "c").got(c.HDel(k.ctx, "h", "b", "c")).is(2)
				k.del("h").is(false)
			})},
		{ID: "CACHE-HSH-004", Needs: needs{hashes}, Says: "Hlen, hkeys and hexists MUST agree with the fields.",
			Why: "B/test_hlen, test_hkeys, test_hexists", Check: check(func(k *kit) {
				c := k.c.(Hashes)
				k.hset("h", map[string]any{"a": 1, "b": nil}).is(2)
				k.hlen("h").is(2)
				k.did("HKeys", "h").got(c.HKeys(k.ctx, "h")).set("a", "b")
				k.did("HExists", "h", "b").got(c.HExists(k.ctx, "h", "b")).is(true)
				k.did("HExists", "h", "x").got(c.HExists(k.ctx, "h", "x")).is(false)
			})},
		{ID: "CACHE-HSH-005", Needs: needs{hashes}, Says: "A missing hash MUST be an empty one in every call.",
			Why: "Redis: HLEN", Check: check(func(k *kit) {
				c := k.c.(Hashes)
				k.hlen("h").is(0)
				k.hgetAll("h").is(map[string]any{})
				k.did("HKeys", "h").got(c.HKeys(k.ctx, "h")).set()
				k.did("HDel", "h", "a").got(c.HDel(k.ctx, "h", "a")).is(0)
				k.did("HExists", "h", "a").got(c.HExists(k.ctx, "h", "a")).is(false)
			})},
		{ID: "CACHE-HSH-006", Needs: needs{hashes, expiring}, Says: "Writing a field MUST leave the expiry of the hash, and a hash has none of its own.",
			Why: "Redis: HSET", Check: check(func(k *kit) {
				k.hset("h", map[string]any{"a": 1}).is(1)
				k.pttl("h").is(Forever())
				k.expire("h", k.Unit()).is(true)
				k.hset("h", map[string]any{"b": 2}).is(1)
				k.pttl("h").about(k.Unit())
				k.Advance(k.Unit() + k.Margin())
				k.hlen("h").is(0)
			})},
		{ID: "CACHE-HSH-007", Needs: needs{hashes}, Says: "A hash call on a plain value, and a get of a hash, MUST fail as the wrong type.",
			Why: "Redis: WRONGTYPE", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.hset("a", map[string]any{"f": 1}).fails(ErrWrongType)
				k.hlen("a").fails(ErrWrongType)
				k.get("a").is("v")
				k.hset("h", map[string]any{"f": 1}).is(1)
				k.get("h").fails(ErrWrongType)
			})},
		{ID: "CACHE-HSH-008", Needs: needs{hashes, versions}, Says: "The hash calls MUST stay within their version.",
			Why: "django-redis 6 forgot the version in hlen and hkeys", Check: check(func(k *kit) {
				k.hset("h", map[string]any{"a": 1}).is(1)
				k.at("2").hlen("h").is(0)
				k.at("2").hset("h", map[string]any{"a": 2, "b": 3}).is(2)
				k.hgetAll("h").is(map[string]any{"a": 1})
				k.at("2").hgetAll("h").is(map[string]any{"a": 2, "b": 3})
			})},
		{ID: "CACHE-HSH-009", Needs: needs{hashes}, Says: "An hset with a value that cannot be serialized MUST fail and set none of the fields.",
			Why: "nothing is half done", Check: check(func(k *kit) {
				k.hset("h", map[string]any{"a": 1, "b": make(chan int), "c": 2}).fails(ErrSerialize)
				k.hlen("h").is(0)
			})},
	}
}

func (k *kit) hset(key string, fields map[string]any) outcome {
	return k.did("HSet", key, fields).got(k.c.(Hashes).HSet(k.ctx, key, plainMap(fields)))
}

func (k *kit) hget(key, field string) outcome {
	return k.did("HGet", key, field).found(k.c.(Hashes).HGet(k.ctx, key, field))
}

func (k *kit) hgetAll(key string) outcome {
	return k.did("HGetAll", key).got(k.c.(Hashes).HGetAll(k.ctx, key))
}

func (k *kit) hlen(key string) outcome {
	return k.did("HLen", key).got(k.c.(Hashes).HLen(k.ctx, key))
}
