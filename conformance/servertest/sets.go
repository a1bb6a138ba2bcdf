package servertest

func setRows() []row {
	return []row{
		{ID: "SERVER-SET-001", Says: "SADD and SREM MUST count the members they added and removed.",
			Why: "K bindings; J sadd, srem", Check: check(func(k *kit) {
				k.do("SADD", "s", "a", "b", "a").is(2)
				k.do("SADD", "s", "b", "c").is(1)
				k.do("SREM", "s", "a", "x").is(1)
				k.do("SMEMBERS", "s").set("b", "c")
				k.do("SREM", "s", "b", "c").is(2)
				k.do("EXISTS", "s").is(0)
			})},
		{ID: "SERVER-SET-002", Says: "SMEMBERS MUST be the empty list of a missing set.",
			Why: "K: a queue without bindings", Check: check(func(k *kit) {
				k.do("SMEMBERS", "s").is([]any{})
				k.do("SCARD", "s").is(0)
			})},
		{ID: "SERVER-SET-003", Says: "Members MUST keep every byte.",
			Why: "K bindings hold \\x06\\x16; J members are pickles", Check: check(func(k *kit) {
				k.do("SADD", "_kombu.binding.celery", "celery\x06\x16\x06\x16celery", "\x80\x04K\x01.").is(2)
				k.do("SMEMBERS", "_kombu.binding.celery").set("celery\x06\x16\x06\x16celery", "\x80\x04K\x01.")
			})},
		{ID: "SERVER-SET-004", Says: "SISMEMBER and SCARD MUST tell membership and size.",
			Why: "J sismember, scard", Check: check(func(k *kit) {
				k.do("SADD", "s", "a", "b").is(2)
				k.do("SISMEMBER", "s", "a").is(1)
				k.do("SISMEMBER", "s", "c").is(0)
				k.do("SCARD", "s").is(2)
			})},
		{ID: "SERVER-SET-005", Needs: needs{since62}, Says: "SMISMEMBER MUST tell the membership of several in their order.",
			Why: "J smismember", Check: check(func(k *kit) {
				k.do("SADD", "s", "a", "b").is(2)
				k.do("SMISMEMBER", "s", "b", "c", "a").is([]any{1, 0, 1})
			})},
		{ID: "SERVER-SET-006", Denies: since62, Says: "A server without SMISMEMBER MUST refuse it with ERR.",
			Why: "clients fall back on it", Check: check(func(k *kit) {
				k.do("SMISMEMBER", "s", "a").fails("ERR")
			})},
		{ID: "SERVER-SET-007", Says: "SUNION, SINTER and SDIFF MUST combine sets, and a missing set be empty.",
			Why: "J sunion, sinter, sdiff", Check: check(func(k *kit) {
				k.do("SADD", "a", "1", "2", "3").is(3)
				k.do("SADD", "b", "2", "3", "4").is(3)
				k.do("SUNION", "a", "b", "none").set("1", "2", "3", "4")
				k.do("SINTER", "a", "b").set("2", "3")
				k.do("SINTER", "a", "none").is([]any{})
				k.do("SDIFF", "a", "b", "none").set("1")
			})},
		{ID: "SERVER-SET-008", Says: "SUNIONSTORE, SINTERSTORE and SDIFFSTORE MUST replace their destination and return its size.",
			Why: "J sunionstore, sinterstore, sdiffstore", Check: check(func(k *kit) {
				k.do("SADD", "a", "1", "2").is(2)
				k.do("SADD", "b", "2", "3").is(2)
				k.do("SET", "d", "a string").is("OK")
				k.do("SUNIONSTORE", "d", "a", "b").is(3)
				k.do("SINTERSTORE", "d", "a", "b").is(1)
				k.do("SDIFFSTORE", "d", "a", "b").is(1)
				k.do("SMEMBERS", "d").set("1")
				k.do("SINTERSTORE", "d", "a", "none").is(0)
				k.do("EXISTS", "d").is(0)
			})},
		{ID: "SERVER-SET-009", Says: "SPOP MUST take members away, and SRANDMEMBER leave them.",
			Why: "J spop, srandmember", Check: check(func(k *kit) {
				k.do("SADD", "s", "a", "b").is(2)
				k.do("SRANDMEMBER", "s", "5").set("a", "b")
				k.do("SCARD", "s").is(2)
				k.do("SPOP", "s", "5").set("a", "b")
				k.do("SPOP", "s").null()
				k.do("EXISTS", "s").is(0)
			})},
		{ID: "SERVER-SET-010", Says: "SMOVE MUST move a member between sets and report whether it was there.",
			Why: "J smove", Check: check(func(k *kit) {
				k.do("SADD", "a", "x").is(1)
				k.do("SMOVE", "a", "b", "x").is(1)
				k.do("SMOVE", "a", "b", "x").is(0)
				k.do("SMEMBERS", "b").set("x")
			})},
		{ID: "SERVER-SET-011", Says: "A whole SSCAN MUST return every member.",
			Why: "J sscan_iter", Check: check(func(k *kit) {
				want := map[string]bool{}
				for i := range 200 {
					m := string(rune('a'+i%26)) + string(rune('a'+i/26))
					want[m] = true
					k.quietly("SADD", "s", m)
				}
				cursor := "0"
				for range 1000 {
					page, _ := k.do("SSCAN", "s", cursor, "COUNT", "20").ok().value.([]any)
					if len(page) != 2 {
						break
					}
					found, _ := page[1].([]any)
					for _, m := range found {
						delete(want, m.(string))
					}
					if cursor = page[0].(string); cursor == "0" {
						break
					}
				}
				if len(want) > 0 {
					k.Errorf("SSCAN never returned %d of 200 members, want all", len(want))
				}
			})},
	}
}
