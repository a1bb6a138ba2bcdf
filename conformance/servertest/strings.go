package servertest

func stringRows() []row {
	return []row{
		{ID: "SERVER-STR-001", Says: "SET MUST store what GET returns, and GET of nothing be nil.",
			Why: "J R set and get", Check: check(func(k *kit) {
				k.do("GET", "a").null()
				k.do("SET", "a", "v").is("OK")
				k.do("SET", "b", "").is("OK")
				k.do("GET", "a").is("v")
				k.do("GET", "b").is("")
			})},
		{ID: "SERVER-STR-002", Says: "SET NX MUST write only where there is nothing, and answer nil elsewhere.",
			Why: "J R add, locks of J and K", Check: check(func(k *kit) {
				k.do("SET", "a", "1", "NX").is("OK")
				k.do("SET", "a", "2", "NX").null()
				k.do("GET", "a").is("1")
				k.do("SET", "l", "token", "NX", "PX", "300000").is("OK")
				k.do("SET", "l", "other", "NX", "PX", "300000").null()
			})},
		{ID: "SERVER-STR-003", Says: "SET XX MUST write only where there is something, and answer nil elsewhere.",
			Why: "J set with xx", Check: check(func(k *kit) {
				k.do("SET", "a", "1", "XX").null()
				k.do("EXISTS", "a").is(0)
				k.do("SET", "a", "1").is("OK")
				k.do("SET", "a", "2", "XX").is("OK")
				k.do("GET", "a").is("2")
			})},
		{ID: "SERVER-STR-004", Says: "SET with both NX and XX MUST be refused.",
			Why: "Redis: a syntax error", Check: check(func(k *kit) {
				k.do("SET", "a", "1", "NX", "XX").fails("ERR")
				k.do("EXISTS", "a").is(0)
			})},
		{ID: "SERVER-STR-005", Says: "SETEX MUST store a value with its time to live.",
			Why: "C stores every result by it", Check: check(func(k *kit) {
				k.do("SETEX", "celery-task-meta-1", "86400", "{}").is("OK")
				k.do("GET", "celery-task-meta-1").is("{}")
				k.do("TTL", "celery-task-meta-1").between(86300, 86400)
			})},
		{ID: "SERVER-STR-006", Says: "MGET MUST answer in the order of its keys, with nil for what is missing or no string.",
			Why: "J R get_many; C get_many of results", Check: check(func(k *kit) {
				k.do("SET", "a", "1").is("OK")
				k.do("SADD", "s", "x").is(1)
				k.do("SET", "c", "3").is("OK")
				k.do("MGET", "c", "b", "a", "s", "a").is([]any{"3", nil, "1", nil, "1"})
			})},
		{ID: "SERVER-STR-007", Says: "MSET MUST write all its pairs, and refuse an odd number of arguments.",
			Why: "R set_many", Check: check(func(k *kit) {
				k.do("MSET", "a", "1", "b", "2").is("OK")
				k.do("MGET", "a", "b").list("1", "2")
				k.do("MSET", "c", "3", "d").fails("ERR")
				k.do("EXISTS", "c", "d").is(0)
			})},
		{ID: "SERVER-STR-008", Says: "DEL and UNLINK MUST count the keys they removed.",
			Why: "J R delete, delete_many", Check: check(func(k *kit) {
				k.do("MSET", "a", "1", "b", "2", "c", "3").is("OK")
				k.do("DEL", "a", "x", "b").is(2)
				k.do("UNLINK", "c", "x").is(1)
				k.do("DEL", "a").is(0)
			})},
		{ID: "SERVER-STR-009", Says: "EXISTS MUST count each key as often as it is named.",
			Why: "J R has_key; K passive declare", Check: check(func(k *kit) {
				k.do("SET", "a", "").is("OK")
				k.do("EXISTS", "a").is(1)
				k.do("EXISTS", "a", "a", "b").is(2)
			})},
		{ID: "SERVER-STR-010", Says: "INCRBY, INCR and DECRBY MUST count from zero, in 64 bits with a sign.",
			Why: "J R incr; C counts chords", Check: check(func(k *kit) {
				k.do("INCRBY", "n", "41").is(41)
				k.do("INCR", "n").is(42)
				k.do("DECRBY", "n", "100").is(-58)
				k.do("GET", "n").is("-58")
				k.do("SET", "big", "9223372036854775806").is("OK")
				k.do("INCR", "big").is(int64(9223372036854775807))
			})},
		{ID: "SERVER-STR-011", Says: "Counting what is no integer, or past 64 bits, MUST be refused and change nothing.",
			Why: "J falls back to reading and writing; a wrapped counter is a lie", Check: check(func(k *kit) {
				k.do("SET", "n", "1.5").is("OK")
				k.do("INCRBY", "n", "1").fails("ERR")
				k.do("GET", "n").is("1.5")
				k.do("SET", "n", "9223372036854775807").is("OK")
				k.do("INCRBY", "n", "1").fails("ERR")
				k.do("GET", "n").is("9223372036854775807")
				k.do("SET", "n", "-9223372036854775808").is("OK")
				k.do("DECRBY", "n", "1").fails("ERR")
				k.do("GET", "n").is("-9223372036854775808")
			})},
		{ID: "SERVER-STR-012", Says: "A command for another type MUST be refused with WRONGTYPE and change nothing.",
			Why: "clients branch on the code", Check: check(func(k *kit) {
				k.do("RPUSH", "l", "x").is(1)
				k.do("GET", "l").fails("WRONGTYPE")
				k.do("INCR", "l").fails("WRONGTYPE")
				k.do("SADD", "l", "y").fails("WRONGTYPE")
				k.do("LRANGE", "l", "0", "-1").list("x")
			})},
		{ID: "SERVER-STR-013", Says: "SET MUST replace a value of any type.",
			Why: "a cache key reused", Check: check(func(k *kit) {
				k.do("RPUSH", "l", "x").is(1)
				k.do("SET", "l", "v").is("OK")
				k.do("GET", "l").is("v")
			})},
	}
}
