package servertest

import "time"

func listRows() []row {
	return []row{
		{ID: "SERVER-LST-001", Says: "LPUSH and RPUSH MUST add to their ends in the order of their arguments, and return the length.",
			Why: "K queues: LPUSH in, RPOP out", Check: check(func(k *kit) {
				k.do("LPUSH", "q", "a", "b").is(2)
				k.do("RPUSH", "q", "c", "d").is(4)
				k.do("LRANGE", "q", "0", "-1").list("b", "a", "c", "d")
				k.do("LLEN", "q").is(4)
				k.do("LLEN", "none").is(0)
			})},
		{ID: "SERVER-LST-002", Says: "LPOP and RPOP MUST take from their ends, and be nil of an empty list.",
			Why: "K basic_get", Check: check(func(k *kit) {
				k.do("RPUSH", "q", "a", "b", "c").is(3)
				k.do("RPOP", "q").is("c")
				k.do("LPOP", "q").is("a")
				k.do("RPOP", "q").is("b")
				k.do("RPOP", "q").null()
				k.do("EXISTS", "q").is(0)
			})},
		{ID: "SERVER-LST-003", Says: "LRANGE MUST take indexes from either end and pass over what is beyond.",
			Why: "C unordered chords; inspectors", Check: check(func(k *kit) {
				k.do("RPUSH", "q", "a", "b", "c").is(3)
				k.do("LRANGE", "q", "-2", "99").list("b", "c")
				k.do("LRANGE", "q", "5", "9").is([]any{})
				k.do("LRANGE", "none", "0", "-1").is([]any{})
			})},
		{ID: "SERVER-LST-004", Says: "LREM and LTRIM MUST remove by value and keep by range.",
			Why: "queue tools", Check: check(func(k *kit) {
				k.do("RPUSH", "q", "a", "b", "a", "c", "a").is(5)
				k.do("LREM", "q", "-1", "a").is(1)
				k.do("LRANGE", "q", "0", "-1").list("a", "b", "a", "c")
				k.do("LREM", "q", "0", "a").is(2)
				k.do("LTRIM", "q", "0", "0").is("OK")
				k.do("LRANGE", "q", "0", "-1").list("b")
			})},
		{ID: "SERVER-LST-005", Says: "BRPOP MUST take at once from the first of its keys that holds anything.",
			Why: "K priority steps are keys in order", Check: check(func(k *kit) {
				k.do("RPUSH", "q\x06\x163", "low").is(1)
				k.do("RPUSH", "q", "first", "second").is(2)
				k.do("BRPOP", "q", "q\x06\x163", "1").list("q", "second")
				k.do("BRPOP", "none", "q\x06\x163", "1").list("q\x06\x163", "low")
			})},
		{ID: "SERVER-LST-006", Says: "BRPOP that finds nothing MUST end with nil after its time, fractions of a second too.",
			Why: "K polls by BRPOP 1; Redis 6.0 takes fractions", Check: check(func(k *kit) {
				k.send("BRPOP", "none", "0.05")
				b := k.another("b")
				defer b.close()
				if k.Still() {
					b.do("PING").is("PONG")
					b.letPass(time.Second)
				}
				k.next("BRPOP none 0.05").null()
				k.do("PING").is("PONG")
			})},
		{ID: "SERVER-LST-007", Needs: needs{inspects}, Says: "A waiting BRPOP MUST be given what another connection pushes.",
			Why: "K workers wait", Check: check(func(k *kit) {
				w := k.blocked("w", "BRPOP", "q", "0")
				defer w.close()
				k.do("LPUSH", "q", "job").is(1)
				w.next("BRPOP q 0").list("q", "job")
				k.do("EXISTS", "q").is(0)
			})},
		{ID: "SERVER-LST-008", Needs: needs{inspects}, Says: "Those that wait for a list MUST be served in the order in which they came.",
			Why: "Redis; fair workers", Check: check(func(k *kit) {
				a := k.blocked("first", "BRPOP", "q", "0")
				defer a.close()
				b := k.blocked("second", "BRPOP", "q", "0")
				defer b.close()
				k.do("LPUSH", "q", "one").is(1)
				k.do("LPUSH", "q", "two").is(1)
				a.next("BRPOP q 0").list("q", "one")
				b.next("BRPOP q 0").list("q", "two")
			})},
		{ID: "SERVER-LST-009", Needs: needs{inspects}, Says: "A push of several MUST serve as many that wait, and keep the rest.",
			Why: "K restores several messages at once", Check: check(func(k *kit) {
				a := k.blocked("first", "BRPOP", "q", "0")
				defer a.close()
				b := k.blocked("second", "BRPOP", "q", "0")
				defer b.close()
				k.do("RPUSH", "q", "1", "2", "3").is(3)
				a.next("BRPOP q 0").list("q", "3")
				b.next("BRPOP q 0").list("q", "2")
				k.do("LRANGE", "q", "0", "-1").list("1")
			})},
		{ID: "SERVER-LST-010", Needs: needs{inspects}, Says: "A connection that closed while it waited MUST be given nothing.",
			Why: "a killed worker must take no job along", Check: check(func(k *kit) {
				w := k.blocked("gone", "BRPOP", "q", "0")
				w.close()
				k.goneFrom(w.id)
				k.do("LPUSH", "q", "job").is(1)
				k.do("RPOP", "q").is("job")
			})},
		{ID: "SERVER-LST-011", Needs: needs{inspects}, Says: "A push inside a transaction MUST serve those that wait after EXEC.",
			Why: "K moves in MULTI", Check: check(func(k *kit) {
				w := k.blocked("w", "BRPOP", "q", "0")
				defer w.close()
				k.do("MULTI").is("OK")
				k.do("LPUSH", "q", "a").is("QUEUED")
				k.do("LPUSH", "q", "b").is("QUEUED")
				k.do("EXEC").is([]any{1, 2})
				w.next("BRPOP q 0").list("q", "a")
				k.do("LRANGE", "q", "0", "-1").list("b")
			})},
		{ID: "SERVER-LST-012", Needs: needs{inspects}, Says: "A script's push MUST serve those that wait.",
			Why: "restores by script", Check: check(func(k *kit) {
				w := k.blocked("w", "BRPOP", "q", "0")
				defer w.close()
				k.do("EVAL", "return redis.call('LPUSH', KEYS[1], ARGV[1])", "1", "q", "job").is(1)
				w.next("BRPOP q 0").list("q", "job")
				k.do("EXISTS", "q").is(0)
			})},
		{ID: "SERVER-LST-013", Says: "BRPOP inside a transaction MUST NOT wait.",
			Why: "Redis", Check: check(func(k *kit) {
				k.do("MULTI").is("OK")
				k.do("BRPOP", "q", "0").is("QUEUED")
				k.do("EXEC").is([]any{nil})
			})},
		{ID: "SERVER-LST-014", Says: "BRPOP of another type MUST be refused with WRONGTYPE, and a time that is none with ERR.",
			Why: "Redis", Check: check(func(k *kit) {
				k.do("SET", "a", "v").is("OK")
				k.do("BRPOP", "a", "1").fails("WRONGTYPE")
				k.do("BRPOP", "q", "-1").fails("ERR")
				k.do("BRPOP", "q", "x").fails("ERR")
			})},
		{ID: "SERVER-LST-015", Needs: needs{inspects}, Says: "RPOPLPUSH MUST move one element, and BRPOPLPUSH wait for it.",
			Why: "reliable queues", Check: check(func(k *kit) {
				k.do("RPUSH", "q", "a", "b").is(2)
				k.do("RPOPLPUSH", "q", "p").is("b")
				k.do("RPOPLPUSH", "q", "p").is("a")
				k.do("RPOPLPUSH", "none", "p").null()
				w := k.blocked("w", "BRPOPLPUSH", "r", "p", "0")
				defer w.close()
				k.do("LPUSH", "r", "c").is(1)
				w.next("BRPOPLPUSH r p 0").is("c")
				k.do("LRANGE", "p", "0", "-1").list("c", "a", "b")
			})},
		{ID: "SERVER-LST-016", Needs: needs{inspects, since62}, Says: "BLMOVE of a list onto itself MUST turn it without losing anything.",
			Why: "a wait that takes nothing: the Go worker", Check: check(func(k *kit) {
				k.do("RPUSH", "q", "a", "b").is(2)
				k.do("BLMOVE", "q", "q", "RIGHT", "RIGHT", "1").is("b")
				k.do("LRANGE", "q", "0", "-1").list("a", "b")
				w := k.blocked("w", "BLMOVE", "r", "r", "RIGHT", "RIGHT", "0")
				defer w.close()
				k.do("LPUSH", "r", "job").is(1)
				w.next("BLMOVE r r RIGHT RIGHT 0").is("job")
				k.do("LRANGE", "r", "0", "-1").list("job")
			})},
	}
}
