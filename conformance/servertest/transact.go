package servertest

func transactRows() []row {
	return []row{
		{ID: "SERVER-TXN-001", Says: "Commands after MULTI MUST be queued, and EXEC run them and return their replies.",
			Why: "R J set_many; K claims; C stores", Check: check(func(k *kit) {
				k.do("MULTI").is("OK")
				k.do("SET", "a", "1", "PX", "100000").is("QUEUED")
				k.do("INCRBY", "n", "2").is("QUEUED")
				k.do("GET", "a").is("QUEUED")
				k.do("EXEC").is([]any{"OK", 2, "1"})
			})},
		{ID: "SERVER-TXN-002", Says: "No other connection MUST see a transaction half done.",
			Why: "K ZADD and HSET of a claim", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				k.do("MULTI").is("OK")
				k.do("SET", "a", "1").is("QUEUED")
				b.do("GET", "a").null()
				k.do("SET", "b", "1").is("QUEUED")
				k.do("EXEC").ok()
				b.do("MGET", "a", "b").list("1", "1")
			})},
		{ID: "SERVER-TXN-003", Says: "DISCARD MUST drop what was queued.",
			Why: "Redis", Check: check(func(k *kit) {
				k.do("MULTI").is("OK")
				k.do("SET", "a", "1").is("QUEUED")
				k.do("DISCARD").is("OK")
				k.do("GET", "a").null()
				k.do("EXEC").fails("ERR")
				k.do("DISCARD").fails("ERR")
			})},
		{ID: "SERVER-TXN-004", Says: "A command that cannot be queued MUST make EXEC fail with EXECABORT and nothing be done.",
			Why: "Redis; a fake ran the others", Check: check(func(k *kit) {
				k.do("MULTI").is("OK")
				k.do("SET", "a", "1").is("QUEUED")
				k.do("NOSUCHCOMMAND").fails("ERR")
				k.do("EXEC").fails("EXECABORT")
				k.do("GET", "a").null()
				k.do("SET", "a", "2").is("OK")
			})},
		{ID: "SERVER-TXN-005", Says: "A command that fails in EXEC MUST NOT stop the others.",
			Why: "Redis", Check: check(func(k *kit) {
				k.do("SET", "s", "text").is("OK")
				k.do("MULTI").is("OK")
				k.do("SET", "a", "1").is("QUEUED")
				k.do("INCRBY", "s", "1").is("QUEUED")
				k.do("SET", "b", "2").is("QUEUED")
				o := k.do("EXEC").ok()
				list, _ := o.value.([]any)
				if len(list) != 3 {
					o.want("three replies")
					return
				}
				if _, refused := list[1].(Error); !refused {
					o.want("an error in the middle")
				}
				k.do("MGET", "a", "b").list("1", "2")
			})},
		{ID: "SERVER-TXN-006", Says: "A watched key that another connection changed MUST make EXEC answer nil and do nothing.",
			Why: "K optimistic restore", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				for _, change := range [][]string{{"SET", "a", "2"}, {"EXPIRE", "a", "100"}, {"DEL", "a"}, {"LPUSH", "q", "x"}, {"FLUSHDB"}} {
					k.do("SET", "a", "1").is("OK")
					k.do("WATCH", "a", "q").is("OK")
					b.do(change...).ok()
					k.do("MULTI").is("OK")
					k.do("SET", "done", words(change)).is("QUEUED")
					k.do("EXEC").null()
					k.do("GET", "done").null()
				}
			})},
		{ID: "SERVER-TXN-007", Says: "A watched key that nobody changed MUST let EXEC run, and the watch be over after it.",
			Why: "K", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				k.do("SET", "a", "1").is("OK")
				k.do("WATCH", "a").is("OK")
				b.do("GET", "a").is("1")
				b.do("SET", "other", "x").is("OK")
				k.do("MULTI").is("OK")
				k.do("SET", "a", "2").is("QUEUED")
				k.do("EXEC").is([]any{"OK"})
				b.do("SET", "a", "3").is("OK")
				k.do("MULTI").is("OK")
				k.do("GET", "a").is("QUEUED")
				k.do("EXEC").is([]any{"3"})
			})},
		{ID: "SERVER-TXN-008", Says: "UNWATCH and DISCARD MUST end a watch.",
			Why: "K UNWATCH", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				k.do("WATCH", "a").is("OK")
				b.do("SET", "a", "1").is("OK")
				k.do("UNWATCH").is("OK")
				k.do("MULTI").is("OK")
				k.do("GET", "a").is("QUEUED")
				k.do("EXEC").is([]any{"1"})
				k.do("WATCH", "a").is("OK")
				b.do("SET", "a", "2").is("OK")
				k.do("MULTI").is("OK")
				k.do("DISCARD").is("OK")
				k.do("MULTI").is("OK")
				k.do("GET", "a").is("QUEUED")
				k.do("EXEC").is([]any{"2"})
			})},
		{ID: "SERVER-TXN-009", Says: "MULTI and WATCH inside MULTI MUST be refused with ERR.",
			Why: "Redis", Check: check(func(k *kit) {
				k.do("MULTI").is("OK")
				k.do("MULTI").fails("ERR")
				k.do("WATCH", "a").fails("ERR")
				k.do("DISCARD").is("OK")
			})},
		{ID: "SERVER-TXN-010", Says: "A connection that closed in a transaction MUST have done nothing.",
			Why: "a killed worker between MULTI and EXEC", Check: check(func(k *kit) {
				b := k.another("b")
				b.do("MULTI").is("OK")
				b.do("SET", "a", "1").is("QUEUED")
				b.close()
				k.do("GET", "a").null()
			})},
		{ID: "SERVER-TXN-011", Says: "A script inside a transaction MUST run with it.",
			Why: "locks of K in pipelines", Check: check(func(k *kit) {
				k.do("MULTI").is("OK")
				k.do("SET", "a", "1").is("QUEUED")
				k.do("EVAL", "return redis.call('GET', KEYS[1])", "1", "a").is("QUEUED")
				k.do("EXEC").is([]any{"OK", "1"})
			})},
	}
}
