package servertest

func sortedRows() []row {
	return []row{
		{ID: "SERVER-ZST-001", Says: "ZADD MUST count new members, and move those that are there.",
			Why: "K unacked_index; L channels", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1", "a", "2", "b").is(2)
				k.do("ZADD", "z", "3", "a", "4", "c").is(1)
				k.do("ZRANGE", "z", "0", "-1").list("b", "a", "c")
			})},
		{ID: "SERVER-ZST-002", Says: "Members of equal score MUST be ordered by their bytes.",
			Why: "Redis; L: messages of one instant", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1", "b", "1", "a", "1", "\xff", "1", "B").is(4)
				k.do("ZRANGE", "z", "0", "-1").list("B", "a", "b", "\xff")
				k.do("ZREVRANGE", "z", "0", "1").list("\xff", "b")
			})},
		{ID: "SERVER-ZST-003", Says: "Scores MUST be doubles, and come back as the same number.",
			Why: "K and L use times with microseconds", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1795379799.630774", "t", "-inf", "low", "+inf", "high", "3", "int").is(4)
				k.do("ZSCORE", "z", "t").is("1795379799.630774")
				k.do("ZSCORE", "z", "low").is("-inf")
				k.do("ZSCORE", "z", "high").is("inf")
				k.do("ZSCORE", "z", "int").is("3")
				k.do("ZSCORE", "z", "none").null()
			})},
		{ID: "SERVER-ZST-004", Says: "A score that is no number MUST be refused and change nothing.",
			Why: "Redis", Check: check(func(k *kit) {
				k.do("ZADD", "z", "nan", "a").fails("ERR")
				k.do("ZADD", "z", "1", "a", "x", "b").fails("ERR")
				k.do("EXISTS", "z").is(0)
			})},
		{ID: "SERVER-ZST-005", Says: "ZADD NX and XX MUST write only new and only existing members.",
			Why: "J zadd", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1", "a").is(1)
				k.do("ZADD", "z", "NX", "5", "a", "6", "b").is(1)
				k.do("ZADD", "z", "XX", "7", "b", "8", "c").is(0)
				k.do("ZRANGE", "z", "0", "-1", "WITHSCORES").list("a", "1", "b", "7")
				k.do("ZADD", "z", "XX", "CH", "9", "a").is(1)
			})},
		{ID: "SERVER-ZST-006", Needs: needs{since62}, Says: "ZADD GT and LT MUST only raise and only lower a score.",
			Why: "J zadd", Check: check(func(k *kit) {
				k.do("ZADD", "z", "5", "a").is(1)
				k.do("ZADD", "z", "GT", "CH", "3", "a").is(0)
				k.do("ZADD", "z", "LT", "CH", "3", "a").is(1)
				k.do("ZSCORE", "z", "a").is("3")
			})},
		{ID: "SERVER-ZST-007", Says: "ZRANGEBYSCORE MUST take bounds that include, exclude ( and are infinite, and LIMIT.",
			Why: "J zrangebyscore; K", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1", "a", "2", "b", "3", "c").is(3)
				k.do("ZRANGEBYSCORE", "z", "1", "2").list("a", "b")
				k.do("ZRANGEBYSCORE", "z", "(1", "+inf").list("b", "c")
				k.do("ZRANGEBYSCORE", "z", "-inf", "(3", "LIMIT", "1", "5").list("b")
				k.do("ZRANGEBYSCORE", "z", "2", "2", "WITHSCORES").list("b", "2")
				k.do("ZRANGEBYSCORE", "z", "x", "2").fails("ERR")
			})},
		{ID: "SERVER-ZST-008", Says: "ZREVRANGEBYSCORE MUST walk from the high bound down, with LIMIT and scores.",
			Why: "K restores unacked messages by it", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1", "a", "2", "b", "3", "c").is(3)
				k.do("ZREVRANGEBYSCORE", "z", "2", "0", "LIMIT", "0", "10", "WITHSCORES").list("b", "2", "a", "1")
				k.do("ZREVRANGEBYSCORE", "z", "+inf", "-inf", "LIMIT", "0", "1").list("c")
			})},
		{ID: "SERVER-ZST-009", Says: "ZCOUNT and ZCARD MUST count by score and in all.",
			Why: "L capacity; C chords", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1", "a", "2", "b", "3", "c").is(3)
				k.do("ZCOUNT", "z", "-inf", "+inf").is(3)
				k.do("ZCOUNT", "z", "(1", "2").is(1)
				k.do("ZCOUNT", "none", "-inf", "+inf").is(0)
				k.do("ZCARD", "z").is(3)
			})},
		{ID: "SERVER-ZST-010", Says: "ZREMRANGEBYSCORE and ZREM MUST remove and count.",
			Why: "L expires messages by it; K ack", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1", "a", "2", "b", "3", "c").is(3)
				k.do("ZREMRANGEBYSCORE", "z", "0", "(2").is(1)
				k.do("ZREM", "z", "b", "x").is(1)
				k.do("ZRANGE", "z", "0", "-1").list("c")
			})},
		{ID: "SERVER-ZST-011", Says: "ZPOPMIN and ZPOPMAX MUST take the lowest and the highest, with the score.",
			Why: "L backup queue; J zpopmin, zpopmax", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1", "a", "2.5", "b", "3", "c").is(3)
				k.do("ZPOPMIN", "z").list("a", "1")
				k.do("ZPOPMAX", "z", "5").list("c", "3", "b", "2.5")
				k.do("ZPOPMIN", "z").is([]any{})
			})},
		{ID: "SERVER-ZST-012", Needs: needs{inspects}, Says: "BZPOPMIN MUST take the lowest at once, or wait for it.",
			Why: "L receive", Check: check(func(k *kit) {
				k.do("ZADD", "c", "2", "b", "1", "a").is(2)
				k.do("BZPOPMIN", "none", "c", "1").list("c", "a", "1")
				w := k.blocked("w", "BZPOPMIN", "d", "0")
				defer w.close()
				k.do("ZADD", "d", "5", "m").is(1)
				w.next("BZPOPMIN d 0").list("d", "m", "5")
				k.do("EXISTS", "d").is(0)
			})},
		{ID: "SERVER-ZST-013", Says: "ZINCRBY MUST add to a score and return it.",
			Why: "J zincrby", Check: check(func(k *kit) {
				k.do("ZINCRBY", "z", "1.5", "a").is("1.5")
				k.do("ZINCRBY", "z", "-2", "a").is("-0.5")
				k.do("ZADD", "z", "+inf", "b").is(1)
				k.do("ZINCRBY", "z", "-inf", "b").fails("ERR")
			})},
		{ID: "SERVER-ZST-014", Says: "ZRANK and ZREVRANK MUST tell a member's place from either end.",
			Why: "J zrank", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1", "a", "2", "b", "3", "c").is(3)
				k.do("ZRANK", "z", "c").is(2)
				k.do("ZREVRANK", "z", "c").is(0)
				k.do("ZRANK", "z", "x").null()
			})},
	}
}
