package cachetest

// The calls below name every method of a collection: a cache that lacks it
// refuses them all.

func lackingSets(k *kit, c Sets) []outcome {
	call := func(name string, args ...any) outcome { return k.did(name, args...) }
	one := []string{"new"}
	return []outcome{
		call("SAdd", "new", "m").got(c.SAdd(k.ctx, "new", "m")),
		call("SRem", "new", "m").got(c.SRem(k.ctx, "new", "m")),
		call("SCard", "new").got(c.SCard(k.ctx, "new")),
		call("SIsMember", "new", "m").got(c.SIsMember(k.ctx, "new", "m")),
		call("SMIsMember", "new", "m").got(c.SMIsMember(k.ctx, "new", "m")),
		call("SMembers", "new").got(c.SMembers(k.ctx, "new")),
		call("SRandMember", "new", 1).got(c.SRandMember(k.ctx, "new", 1)),
		call("SMove", "new", "other", "m").got(c.SMove(k.ctx, "new", "other", "m")),
		call("SScan", "new", "").got(c.SScan(k.ctx, "new", "")),
		call("SDiff", "new").got(c.SDiff(k.ctx, one...)),
		call("SInter", "new").got(c.SInter(k.ctx, one...)),
		call("SUnion", "new").got(c.SUnion(k.ctx, one...)),
		call("SDiffStore", "other", "new").got(c.SDiffStore(k.ctx, "other", one...)),
		call("SInterStore", "other", "new").got(c.SInterStore(k.ctx, "other", one...)),
		call("SUnionStore", "other", "new").got(c.SUnionStore(k.ctx, "other", one...)),
		call("SPop", "new", 1).got(c.SPop(k.ctx, "new", 1)),
	}
}

func lackingHashes(k *kit, c Hashes) []outcome {
	call := func(name string, args ...any) outcome { return k.did(name, args...) }
	return []outcome{
		k.hset("new", map[string]any{"f": "v"}), k.hget("new", "f"), k.hgetAll("new"), k.hlen("new"),
		call("HKeys", "new").got(c.HKeys(k.ctx, "new")),
		call("HExists", "new", "f").got(c.HExists(k.ctx, "new", "f")),
		call("HDel", "new", "f").got(c.HDel(k.ctx, "new", "f")),
	}
}

func lackingSorted(k *kit, c SortedSets) []outcome {
	call := func(name string, args ...any) outcome { return k.did(name, args...) }
	all := ScoreRange{Min: 0, Max: 9}
	return []outcome{
		k.zadd("new", ZFlags{}, Scored{"m", 1}), k.zcard("new"), k.zcount("new", 0, 9), k.zrange("new", 0, -1), k.zscore("new", "m"),
		call("ZIncrBy", "new", 1, "m").got(c.ZIncrBy(k.ctx, "new", 1, "m")),
		call("ZRevRange", "new", 0, -1).got(c.ZRevRange(k.ctx, "new", 0, -1)),
		call("ZRangeByScore", "new", 0, 9).got(c.ZRangeByScore(k.ctx, "new", all)),
		call("ZRevRangeByScore", "new", 0, 9).got(c.ZRevRangeByScore(k.ctx, "new", all)),
		call("ZRank", "new", "m").found(c.ZRank(k.ctx, "new", "m")),
		call("ZRem", "new", "m").got(c.ZRem(k.ctx, "new", "m")),
		call("ZRemRangeByScore", "new", 0, 9).got(c.ZRemRangeByScore(k.ctx, "new", all)),
		call("ZPopMin", "new", 1).got(c.ZPopMin(k.ctx, "new", 1)),
		call("ZPopMax", "new", 1).got(c.ZPopMax(k.ctx, "new", 1)),
	}
}
