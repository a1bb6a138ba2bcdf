package cachetest

import "math"

func sortedRows() []row {
	return []row{
		{ID: "CACHE-ZST-001", Needs: needs{sorteds}, Says: "A zadd MUST set the scores and return how many members were new.",
			Why: "test_backend_sorted_sets: test_zadd", Check: check(func(k *kit) {
				k.zadd("z", ZFlags{}, Scored{"a", 1}, Scored{"b", 2}).is(2)
				k.zadd("z", ZFlags{}, Scored{"b", 5}, Scored{"c", 3}).is(1)
				k.zrange("z", 0, -1).is([]Scored{{"a", 1}, {"c", 3}, {"b", 5}})
			})},
		{ID: "CACHE-ZST-002", Needs: needs{sorteds}, Says: "A zadd of new members only MUST leave the scores that are there.",
			Why: "Redis: ZADD NX", Check: check(func(k *kit) {
				three(k)
				k.zadd("z", ZFlags{NX: true}, Scored{"a", 9}, Scored{"d", 4}).is(1)
				k.zrange("z", 0, -1).is([]Scored{{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}})
			})},
		{ID: "CACHE-ZST-003", Needs: needs{sorteds}, Says: "A zadd of present members only MUST add none.",
			Why: "Redis: ZADD XX", Check: check(func(k *kit) {
				three(k)
				k.zadd("z", ZFlags{XX: true}, Scored{"a", 9}, Scored{"d", 4}).is(0)
				k.zrange("z", 0, -1).is([]Scored{{"b", 2}, {"c", 3}, {"a", 9}})
			})},
		{ID: "CACHE-ZST-004", Needs: needs{sorteds}, Says: "A zadd that only raises, or only lowers, MUST leave other scores.",
			Why: "Redis: ZADD GT, LT", Check: check(func(k *kit) {
				three(k)
				k.zadd("z", ZFlags{GT: true}, Scored{"a", 9}, Scored{"b", 0}).is(0)
				k.zadd("z", ZFlags{LT: true}, Scored{"a", 20}, Scored{"c", 0}).is(0)
				k.zrange("z", 0, -1).is([]Scored{{"c", 0}, {"b", 2}, {"a", 9}})
			})},
		{ID: "CACHE-ZST-005", Needs: needs{sorteds}, Says: "A zadd that counts changes MUST return new and changed members.",
			Why: "Redis: ZADD CH", Check: check(func(k *kit) {
				three(k)
				k.zadd("z", ZFlags{CH: true}, Scored{"a", 9}, Scored{"b", 2}, Scored{"d", 4}).is(2)
			})},
		{ID: "CACHE-ZST-006", Needs: needs{sorteds}, Says: "Zcard and zcount MUST count all members, and those within the scores, ends included.",
			Why: "test_backend_sorted_sets: test_zcount", Check: check(func(k *kit) {
				k.zcard("z").is(0)
				three(k)
				k.zcard("z").is(3)
				k.zcount("z", 1, 2).is(2)
				k.zcount("z", 2, 2).is(1)
				k.zcount("z", math.Inf(-1), math.Inf(1)).is(3)
				k.zcount("z", 4, 9).is(0)
			})},
		{ID: "CACHE-ZST-007", Needs: needs{sorteds}, Says: "A zincrby MUST add to the score, from 0 for a new member, and return it.",
			Why: "test_backend_sorted_sets: test_zincrby", Check: check(func(k *kit) {
				c := k.c.(SortedSets)
				k.did("ZIncrBy", "z", 2.5, "a").got(c.ZIncrBy(k.ctx, "z", 2.5, "a")).is(2.5)
				k.did("ZIncrBy", "z", -4.0, "a").got(c.ZIncrBy(k.ctx, "z", -4, "a")).is(-1.5)
				k.zscore("z", "a").is(-1.5)
			})},
		{ID: "CACHE-ZST-008", Needs: needs{sorteds}, Says: "A zpopmin MUST remove and return the lowest, a zpopmax the highest, in that order.",
			Why: "test_backend_sorted_sets: test_zpopmin, test_zpopmax", Check: check(func(k *kit) {
				c := k.c.(SortedSets)
				three(k)
				k.zadd("z", ZFlags{}, Scored{"d", 4}).is(1)
				k.did("ZPopMax", "z", 2).got(c.ZPopMax(k.ctx, "z", 2)).is([]Scored{{"d", 4}, {"c", 3}})
				k.did("ZPopMin", "z", 9).got(c.ZPopMin(k.ctx, "z", 9)).is([]Scored{{"a", 1}, {"b", 2}})
				k.zcard("z").is(0)
				k.did("ZPopMin", "z", 1).got(c.ZPopMin(k.ctx, "z", 1)).is([]Scored{})
			})},
		{ID: "CACHE-ZST-009", Needs: needs{sorteds}, Says: "A zrange and a zrevrange MUST take ranks from either end, both included.",
			Why: "test_backend_sorted_sets: test_zrange", Check: check(func(k *kit) {
				c := k.c.(SortedSets)
				three(k)
				k.zrange("z", 0, 1).is([]Scored{{"a", 1}, {"b", 2}})
				k.zrange("z", -2, -1).is([]Scored{{"b", 2}, {"c", 3}})
				k.zrange("z", 5, 9).is([]Scored{})
				k.did("ZRevRange", "z", 0, 1).got(c.ZRevRange(k.ctx, "z", 0, 1)).is([]Scored{{"c", 3}, {"b", 2}})
				k.did("ZRevRange", "z", 0, -1).got(c.ZRevRange(k.ctx, "z", 0, -1)).is([]Scored{{"c", 3}, {"b", 2}, {"a", 1}})
			})},
		{ID: "CACHE-ZST-010", Needs: needs{sorteds}, Says: "Ranges by score MUST include both ends and honour offset and count, upwards and downwards.",
			Why: "test_backend_sorted_sets: test_zrangebyscore", Check: check(func(k *kit) {
				c := k.c.(SortedSets)
				three(k)
				k.zadd("z", ZFlags{}, Scored{"d", 4}).is(1)
				all := ScoreRange{Min: math.Inf(-1), Max: math.Inf(1)}
				mid := ScoreRange{Min: 2, Max: 3}
				page := ScoreRange{Min: 1, Max: 4, Offset: 1, Count: 2}
				k.did("ZRangeByScore", "z", mid).got(c.ZRangeByScore(k.ctx, "z", mid)).is([]Scored{{"b", 2}, {"c", 3}})
				k.did("ZRangeByScore", "z", page).got(c.ZRangeByScore(k.ctx, "z", page)).is([]Scored{{"b", 2}, {"c", 3}})
				k.did("ZRevRangeByScore", "z", all).got(c.ZRevRangeByScore(k.ctx, "z", all)).is([]Scored{{"d", 4}, {"c", 3}, {"b", 2}, {"a", 1}})
				k.did("ZRevRangeByScore", "z", page).got(c.ZRevRangeByScore(k.ctx, "z", page)).is([]Scored{{"c", 3}, {"b", 2}})
			})},
		{ID: "CACHE-ZST-011", Needs: needs{sorteds}, Says: "A zrank MUST be the rank from the lowest score, and a zscore the score; both find nothing for an absent member.",
			Why: "test_backend_sorted_sets: test_zrank, test_zscore", Check: check(func(k *kit) {
				c := k.c.(SortedSets)
				three(k)
				k.did("ZRank", "z", "c").found(c.ZRank(k.ctx, "z", "c")).is(2)
				k.did("ZRank", "z", "a").found(c.ZRank(k.ctx, "z", "a")).is(0)
				k.did("ZRank", "z", "x").found(c.ZRank(k.ctx, "z", "x")).none()
				k.zscore("z", "b").is(2.0)
				k.zscore("z", "x").none()
				k.zscore("none", "x").none()
			})},
		{ID: "CACHE-ZST-012", Needs: needs{sorteds}, Says: "A zrem MUST remove the members, a zremrangebyscore those within the scores, and return how many.",
			Why: "test_backend_sorted_sets: test_zrem, test_zremrangebyscore", Check: check(func(k *kit) {
				c := k.c.(SortedSets)
				three(k)
				k.did("ZRem", "z", "a", "x").got(c.ZRem(k.ctx, "z", "a", "x")).is(1)
				k.zrange("z", 0, -1).is([]Scored{{"b", 2}, {"c", 3}})
				k.zadd("z", ZFlags{}, Scored{"d", 4}).is(1)
				low := ScoreRange{Min: math.Inf(-1), Max: 3}
				k.did("ZRemRangeByScore", "z", low).got(c.ZRemRangeByScore(k.ctx, "z", low)).is(2)
				k.zrange("z", 0, -1).is([]Scored{{"d", 4}})
			})},
		{ID: "CACHE-ZST-013", Needs: needs{sorteds}, Says: "Members MUST keep their types, and scores their fractions and infinities.",
			Why: "members are encoded like values: J", Check: check(func(k *kit) {
				all := []Scored{{"x", math.Inf(-1)}, {int64(1), 0.1}, {"1", 0.25}, {true, math.Inf(1)}}
				k.zadd("z", ZFlags{}, all...).is(4)
				k.zrange("z", 0, -1).is(all)
				k.zscore("z", int64(1)).is(0.1)
			})},
		{ID: "CACHE-ZST-014", Needs: needs{sorteds}, Says: "A sorted-set call on a plain value, and a get of a sorted set, MUST fail as the wrong type.",
			Why: "Redis: WRONGTYPE", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.zadd("a", ZFlags{}, Scored{"m", 1}).fails(ErrWrongType)
				k.zcard("a").fails(ErrWrongType)
				k.get("a").is("v")
				three(k)
				k.get("z").fails(ErrWrongType)
			})},
		{ID: "CACHE-ZST-015", Needs: needs{sorteds, versions}, Says: "The sorted-set calls MUST stay within their version.",
			Why: "the set's key is a cache key", Check: check(func(k *kit) {
				three(k)
				k.at("2").zcard("z").is(0)
				k.at("2").zadd("z", ZFlags{}, Scored{"x", 1}).is(1)
				k.zcard("z").is(3)
				k.at("2").zrange("z", 0, -1).is([]Scored{{"x", 1}})
			})},
		{ID: "CACHE-ZST-016", Needs: needs{sorteds}, Says: "A zadd that only raises, or only lowers, MUST add new members, unless it writes only what is there.",
			Why: "Redis: ZADD GT, LT, with XX and CH", Check: check(func(k *kit) {
				three(k)
				k.zadd("z", ZFlags{GT: true}, Scored{"a", 0}, Scored{"d", math.Inf(-1)}).is(1)
				k.zadd("z", ZFlags{LT: true, CH: true}, Scored{"b", -2.5}, Scored{"c", 3}, Scored{"e", 5}).is(2)
				k.zadd("z", ZFlags{GT: true, XX: true, CH: true}, Scored{"a", 1.5}, Scored{"d", math.Inf(-1)}, Scored{"f", 6}).is(1)
				k.zadd("z", ZFlags{LT: true, XX: true}, Scored{"e", math.Inf(-1)}, Scored{"g", 7}).is(0)
				k.zrange("z", 0, -1).is([]Scored{{"d", math.Inf(-1)}, {"e", math.Inf(-1)}, {"b", -2.5}, {"a", 1.5}, {"c", 3}})
			})},
	}
}

// three makes z = a:1, b:2, c:3.
func three(k *kit) {
	k.Helper()
	k.zadd("z", ZFlags{}, Scored{"a", 1}, Scored{"b", 2}, Scored{"c", 3}).is(3)
}

func (k *kit) zadd(key string, flags ZFlags, members ...Scored) outcome {
	for i := range members {
		members[i].Member = plain(members[i].Member)
	}
	return k.did("ZAdd", key, flags, members).got(k.c.(SortedSets).ZAdd(k.ctx, key, flags, members...))
}

func (k *kit) zcard(key string) outcome {
	return k.did("ZCard", key).got(k.c.(SortedSets).ZCard(k.ctx, key))
}

func (k *kit) zcount(key string, low, high float64) outcome {
	return k.did("ZCount", key, low, high).got(k.c.(SortedSets).ZCount(k.ctx, key, ScoreRange{Min: low, Max: high}))
}

func (k *kit) zrange(key string, start, stop int) outcome {
	return k.did("ZRange", key, start, stop).got(k.c.(SortedSets).ZRange(k.ctx, key, start, stop))
}

func (k *kit) zscore(key string, member any) outcome {
	return k.did("ZScore", key, member).found(k.c.(SortedSets).ZScore(k.ctx, key, member))
}
