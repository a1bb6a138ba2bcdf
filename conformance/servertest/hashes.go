package servertest

func hashRows() []row {
	return []row{
		{ID: "SERVER-HSH-001", Says: "HSET MUST store fields and count the new ones.",
			Why: "K unacked; J hset", Check: check(func(k *kit) {
				k.do("HSET", "h", "a", "1", "b", "2").is(2)
				k.do("HSET", "h", "a", "3", "c", "4").is(1)
				k.do("HGETALL", "h").pairs(map[string]string{"a": "3", "b": "2", "c": "4"})
				k.do("HSET", "h", "a").fails("ERR")
			})},
		{ID: "SERVER-HSH-002", Says: "HGET MUST return a field's value, and nil of a missing one.",
			Why: "K restores by HGET", Check: check(func(k *kit) {
				k.do("HGET", "h", "f").null()
				k.do("HSET", "h", "f", "a\x00b").is(1)
				k.do("HGET", "h", "f").is("a\x00b")
				k.do("HGET", "h", "g").null()
				k.do("HMGET", "h", "f", "g").is([]any{"a\x00b", nil})
			})},
		{ID: "SERVER-HSH-003", Says: "HDEL MUST remove fields, count them, and remove a hash that is empty.",
			Why: "K ack", Check: check(func(k *kit) {
				k.do("HSET", "h", "a", "1", "b", "2").is(2)
				k.do("HDEL", "h", "a", "x").is(1)
				k.do("HDEL", "h", "b").is(1)
				k.do("EXISTS", "h").is(0)
			})},
		{ID: "SERVER-HSH-004", Says: "HLEN, HEXISTS, HKEYS and HVALS MUST show what a hash holds.",
			Why: "J hlen, hexists, hkeys", Check: check(func(k *kit) {
				k.do("HLEN", "h").is(0)
				k.do("HKEYS", "h").is([]any{})
				k.do("HSET", "h", "a", "1", "b", "2").is(2)
				k.do("HLEN", "h").is(2)
				k.do("HEXISTS", "h", "a").is(1)
				k.do("HEXISTS", "h", "c").is(0)
				k.do("HKEYS", "h").set("a", "b")
				k.do("HVALS", "h").set("1", "2")
			})},
		{ID: "SERVER-HSH-005", Says: "HINCRBY MUST count in a field and refuse what is no integer or past 64 bits.",
			Why: "counters of monitors", Check: check(func(k *kit) {
				k.do("HINCRBY", "h", "n", "5").is(5)
				k.do("HINCRBY", "h", "n", "-7").is(-2)
				k.do("HSET", "h", "s", "x", "m", "9223372036854775807").is(2)
				k.do("HINCRBY", "h", "s", "1").fails("ERR")
				k.do("HINCRBY", "h", "m", "1").fails("ERR")
				k.do("HGET", "h", "m").is("9223372036854775807")
			})},
		{ID: "SERVER-HSH-006", Says: "HSETNX MUST write only a field that is not there.",
			Why: "Redis", Check: check(func(k *kit) {
				k.do("HSETNX", "h", "f", "1").is(1)
				k.do("HSETNX", "h", "f", "2").is(0)
				k.do("HGET", "h", "f").is("1")
			})},
	}
}
