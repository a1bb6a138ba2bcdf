package cachetest

func setRows() []row {
	return []row{
		{ID: "CACHE-SET-001", Needs: needs{sets}, Says: "An sadd MUST add the members and return how many were new.",
			Why: "B/test_sadd", Check: check(func(k *kit) {
				k.sadd("s", "a", "b").is(2)
				k.sadd("s", "b", "c", "c").is(1)
				k.smembers("s").set("a", "b", "c")
				k.scard("s").is(3)
			})},
		{ID: "CACHE-SET-002", Needs: needs{sets}, Says: "A missing set MUST be an empty one in every call.",
			Why: "B/test_scard, test_smembers", Check: check(func(k *kit) {
				c := k.c.(Sets)
				k.scard("s").is(0)
				k.smembers("s").set()
				k.did("SIsMember", "s", "a").got(c.SIsMember(k.ctx, "s", "a")).is(false)
				k.did("SRem", "s", "a").got(c.SRem(k.ctx, "s", "a")).is(0)
				k.did("SPop", "s", 2).got(c.SPop(k.ctx, "s", 2)).set()
				k.did("SRandMember", "s", 2).got(c.SRandMember(k.ctx, "s", 2)).set()
				k.did("SScan", "s", "").got(c.SScan(k.ctx, "s", "")).set()
				k.did("SUnion", "s").got(c.SUnion(k.ctx, "s")).set()
			})},
		{ID: "CACHE-SET-003", Needs: needs{sets}, Says: "An srem MUST remove the members and return how many there were; the last one ends the set.",
			Why: "B/test_srem", Check: check(func(k *kit) {
				c := k.c.(Sets)
				k.sadd("s", "a", "b", "c").is(3)
				k.did("SRem", "s", "a", "x").got(c.SRem(k.ctx, "s", "a", "x")).is(1)
				k.smembers("s").set("b", "c")
				k.did("SRem", "s", "b", "c").got(c.SRem(k.ctx, "s", "b", "c")).is(2)
				k.del("s").is(false)
			})},
		{ID: "CACHE-SET-004", Needs: needs{sets}, Says: "Sismember and smismember MUST report each member in the order asked.",
			Why: "B/test_sismember, test_smismember", Check: check(func(k *kit) {
				c := k.c.(Sets)
				k.sadd("s", "a", "b").is(2)
				k.did("SIsMember", "s", "a").got(c.SIsMember(k.ctx, "s", "a")).is(true)
				k.did("SIsMember", "s", "x").got(c.SIsMember(k.ctx, "s", "x")).is(false)
				k.did("SMIsMember", "s", "x", "b", "a").got(c.SMIsMember(k.ctx, "s", "x", "b", "a")).is([]bool{false, true, true})
			})},
		{ID: "CACHE-SET-005", Needs: needs{sets}, Says: "Members MUST keep their types: 1 and \"1\" are two members.",
			Why: "members are encoded like values: J", Check: check(func(k *kit) {
				k.sadd("s", 1, "1", "", true, 2.5).is(5)
				k.smembers("s").set(1, "1", "", true, 2.5)
				k.did("SIsMember", "s", 1).got(k.c.(Sets).SIsMember(k.ctx, "s", int64(1))).is(true)
				k.did("SRem", "s", "1").got(k.c.(Sets).SRem(k.ctx, "s", "1")).is(1)
				k.smembers("s").set(1, "", true, 2.5)
			})},
		{ID: "CACHE-SET-006", Needs: needs{sets}, Says: "An spop MUST return distinct members and remove them, at most as many as there are.",
			Why: "B/test_spop", Check: check(func(k *kit) {
				c := k.c.(Sets)
				k.sadd("s", "a", "b", "c").is(3)
				one := k.did("SPop", "s", 1).got(c.SPop(k.ctx, "s", 1)).ok()
				k.scard("s").is(2)
				rest := k.did("SPop", "s", 9).got(c.SPop(k.ctx, "s", 9)).ok()
				k.scard("s").is(0)
				a, _ := one.value.([]any)
				b, _ := rest.value.([]any)
				if all := append(a, b...); len(a) != 1 || !sameSet(all, []any{"a", "b", "c"}) {
					k.Errorf("%s and %s: want one member, then the two others", one.text(), rest.text())
				}
			})},
		{ID: "CACHE-SET-007", Needs: needs{sets}, Says: "An srandmember MUST return distinct members and leave them, or repeat them for a negative count.",
			Why: "B/test_srandmember", Check: check(func(k *kit) {
				c := k.c.(Sets)
				k.sadd("s", "a", "b", "c").is(3)
				k.did("SRandMember", "s", 9).got(c.SRandMember(k.ctx, "s", 9)).set("a", "b", "c")
				k.did("SRandMember", "s", 3).got(c.SRandMember(k.ctx, "s", 3)).set("a", "b", "c")
				o := k.did("SRandMember", "s", -9).got(c.SRandMember(k.ctx, "s", -9)).ok()
				if got, _ := o.value.([]any); len(got) != 9 {
					o.want("9 members with repetitions")
				}
				k.scard("s").is(3)
			})},
		{ID: "CACHE-SET-008", Needs: needs{sets}, Says: "An smove MUST move a member to another set and report whether it was there.",
			Why: "B/test_smove", Check: check(func(k *kit) {
				c := k.c.(Sets)
				k.sadd("s", "a", "b").is(2)
				k.sadd("t", "c").is(1)
				k.did("SMove", "s", "t", "a").got(c.SMove(k.ctx, "s", "t", "a")).is(true)
				k.did("SMove", "s", "t", "x").got(c.SMove(k.ctx, "s", "t", "x")).is(false)
				k.smembers("s").set("b")
				k.smembers("t").set("a", "c")
			})},
		{ID: "CACHE-SET-009", Needs: needs{sets, versions}, Says: "An smove MUST stay within its version at both ends.",
			Why: "J moves to the alias's version", Check: check(func(k *kit) {
				two := k.at("2")
				two.sadd("s", "a").is(1)
				two.did("SMove", "s", "t", "a").got(two.c.(Sets).SMove(k.ctx, "s", "t", "a")).is(true)
				two.smembers("t").set("a")
				k.smembers("t").set()
			})},
		{ID: "CACHE-SET-010", Needs: needs{sets}, Says: "Sdiff, sinter and sunion MUST compute over all sets named, missing ones as empty.",
			Why: "B/test_sdiff, test_sinter, test_sunion", Check: check(func(k *kit) {
				c := k.c.(Sets)
				abc(k)
				k.did("SDiff", "s", "t").got(c.SDiff(k.ctx, "s", "t")).set("a")
				k.did("SDiff", "s", "t", "u").got(c.SDiff(k.ctx, "s", "none", "t")).set("a")
				k.did("SInter", "s", "t").got(c.SInter(k.ctx, "s", "t")).set("b", "c")
				k.did("SInter", "s", "none").got(c.SInter(k.ctx, "s", "none")).set()
				k.did("SUnion", "s", "t", "none").got(c.SUnion(k.ctx, "s", "t", "none")).set("a", "b", "c", "d")
				k.smembers("s").set("a", "b", "c")
			})},
		{ID: "CACHE-SET-011", Needs: needs{sets}, Says: "The calls that store a result MUST replace the destination and return its size.",
			Why: "B/test_sdiffstore, test_sinterstore, test_sunionstore", Check: check(func(k *kit) {
				c := k.c.(Sets)
				abc(k)
				k.sadd("to", "old").is(1)
				k.did("SDiffStore", "to", "s", "t").got(c.SDiffStore(k.ctx, "to", "s", "t")).is(1)
				k.smembers("to").set("a")
				k.did("SInterStore", "to", "s", "t").got(c.SInterStore(k.ctx, "to", "s", "t")).is(2)
				k.smembers("to").set("b", "c")
				k.did("SUnionStore", "to", "s", "t").got(c.SUnionStore(k.ctx, "to", "s", "t")).is(4)
				k.smembers("to").set("a", "b", "c", "d")
				k.did("SInterStore", "to", "s", "none").got(c.SInterStore(k.ctx, "to", "s", "none")).is(0)
				k.smembers("to").set()
			})},
		{ID: "CACHE-SET-012", Needs: needs{sets}, Says: "An sscan without a pattern MUST return every member once, however many there are.",
			Why: "B/test_sscan; J returns one page", Check: check(func(k *kit) {
				members := make([]any, 300)
				for i := range members {
					members[i] = int64(i)
				}
				k.sadd("s", members...).is(300)
				o := k.did("SScan", "s", "").got(k.c.(Sets).SScan(k.ctx, "s", "")).ok()
				if got, _ := o.value.([]any); !sameSet(members, got) {
					o.want("all 300 members once")
				}
			})},
		{ID: "CACHE-SET-013", Needs: needs{sets}, Says: "A set MUST have no expiry of its own.",
			Why: "J: sadd sets none", Check: check(func(k *kit) {
				k.sadd("s", "a").is(1)
				k.Advance(2 * djangoDefault)
				k.smembers("s").set("a")
			})},
		{ID: "CACHE-SET-014", Needs: needs{sets, expiring}, Says: "Adding to a set MUST leave an expiry that it was given.",
			Why: "Redis: SADD", Check: check(func(k *kit) {
				k.sadd("s", "a").is(1)
				k.expire("s", k.Unit()).is(true)
				k.sadd("s", "b").is(1)
				k.pttl("s").about(k.Unit())
				k.Advance(k.Unit() + k.Margin())
				k.smembers("s").set()
			})},
		{ID: "CACHE-SET-015", Needs: needs{sets}, Says: "A set call on a plain value MUST fail as the wrong type and leave the value.",
			Why: "Redis: WRONGTYPE", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.sadd("a", "m").fails(ErrWrongType)
				k.smembers("a").fails(ErrWrongType)
				k.get("a").is("v")
			})},
		{ID: "CACHE-SET-016", Needs: needs{sets}, Says: "A get of a set MUST fail as the wrong type and leave the set.",
			Why: "Redis: WRONGTYPE", Check: check(func(k *kit) {
				k.sadd("s", "m").is(1)
				k.get("s").fails(ErrWrongType)
				k.smembers("s").set("m")
			})},
		{ID: "CACHE-SET-017", Needs: needs{sets, versions}, Says: "The set calls MUST stay within their version.",
			Why: "the set's key is a cache key", Check: check(func(k *kit) {
				k.sadd("s", "a").is(1)
				k.at("2").sadd("s", "b").is(1)
				k.smembers("s").set("a")
				k.at("2").smembers("s").set("b")
				k.at("2").del("s").is(true)
				k.scard("s").is(1)
			})},
		{ID: "CACHE-SET-018", Needs: needs{sets}, Says: "An sscan with a pattern MUST return the texts that match it and no others.",
			Why: "B/test_sscan_with_match; the glob is over members, not over their encoding", Check: check(func(k *kit) {
				k.sadd("s", "bar1", "bar2", "foo1").is(3)
				k.did("SScan", "s", "ba??").got(k.c.(Sets).SScan(k.ctx, "s", "ba??")).set("bar1", "bar2")
			})},
		{ID: "CACHE-SET-019", Profile: "strict", Needs: needs{sets}, Says: "The pattern of an sscan MUST match texts of every length, and no numbers.",
			Why: "J pickles the pattern too, so that it matches texts of its own length only", Check: check(func(k *kit) {
				k.sadd("s", "b", "bar", "a bar", "1", 1, 11, "é*").is(7)
				for _, try := range [][]any{{"b*", "b", "bar"}, {"*bar", "bar", "a bar"}, {"1*", "1"}, {`?*\*`, "é*"}, {"c*"}} {
					pattern, _ := try[0].(string)
					k.did("SScan", "s", pattern).got(k.c.(Sets).SScan(k.ctx, "s", pattern)).set(try[1:]...)
				}
			})},
	}
}

// abc makes s = {a, b, c} and t = {b, c, d}.
func abc(k *kit) {
	k.Helper()
	k.sadd("s", "a", "b", "c").is(3)
	k.sadd("t", "b", "c", "d").is(3)
}

func (k *kit) sadd(key string, members ...any) outcome {
	for i := range members {
		members[i] = plain(members[i])
	}
	return k.did("SAdd", key, members).got(k.c.(Sets).SAdd(k.ctx, key, members...))
}

func (k *kit) scard(key string) outcome {
	return k.did("SCard", key).got(k.c.(Sets).SCard(k.ctx, key))
}

func (k *kit) smembers(key string) outcome {
	return k.did("SMembers", key).got(k.c.(Sets).SMembers(k.ctx, key))
}
