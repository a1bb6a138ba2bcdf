package servertest

import "strings"

func scriptRows() []row {
	const release = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) return 1 end return 0`
	return []row{
		{ID: "SERVER-LUA-001", Says: "EVAL MUST run a script with its KEYS and ARGV.",
			Why: "J incr; L group_send", Check: check(func(k *kit) {
				k.do("EVAL", "return {KEYS[1], KEYS[2], ARGV[1], #KEYS, #ARGV}", "2", "a", "b", "x").is([]any{"a", "b", "x", 2, 1})
				k.do("EVAL", "return 1", "x").fails("ERR")
				k.do("EVAL", "return 1", "3", "a").fails("ERR")
			})},
		{ID: "SERVER-LUA-002", Says: "Values of a script MUST be converted: numbers cut to integers, false and nil to nil, a list up to its first nil.",
			Why: "Redis; scripts of J, K, L", Check: check(func(k *kit) {
				k.do("EVAL", "return 3.99", "0").is(3)
				k.do("EVAL", "return -3.99", "0").is(-3)
				k.do("EVAL", "return false", "0").null()
				k.do("EVAL", "return nil", "0").null()
				k.do("EVAL", "return true", "0").is(1)
				k.do("EVAL", "return {1, 'two', {3}, nil, 5}", "0").is([]any{1, "two", []any{3}})
				k.do("EVAL", "return redis.status_reply('FINE')", "0").is("FINE")
				k.do("EVAL", "return redis.error_reply('OWN failure')", "0").fails("OWN")
			})},
		{ID: "SERVER-LUA-003", Says: "Replies MUST come to a script as Lua values, a missing one as false.",
			Why: "lock scripts compare with false", Check: check(func(k *kit) {
				k.do("EVAL", "return redis.call('GET', KEYS[1]) == false", "1", "none").is(1)
				k.do("EVAL", "return type(redis.call('INCR', KEYS[1]))", "1", "n").is("number")
				k.do("EVAL", "return redis.call('SET', KEYS[1], 'v')['ok']", "1", "a").is("OK")
				k.do("EVAL", "return #redis.call('LRANGE', KEYS[1], 0, -1)", "1", "none").is(0)
			})},
		{ID: "SERVER-LUA-004", Says: "An error of redis.call MUST end the script and name its code, and redis.pcall return it.",
			Why: "J incr falls back on the code", Check: check(func(k *kit) {
				k.do("RPUSH", "l", "x").is(1)
				k.do("EVAL", "return redis.call('GET', KEYS[1])", "1", "l").refused("WRONGTYPE")
				k.do("EVAL", "local r = redis.pcall('GET', KEYS[1]) return r['err'] ~= nil", "1", "l").is(1)
				k.do("EVAL", "redis.call('SET', KEYS[1], 'v') error('boom')", "1", "a").fails("ERR")
				k.do("GET", "a").is("v")
				k.do("EVAL", "this is no Lua", "0").fails("ERR")
			})},
		{ID: "SERVER-LUA-005", Says: "EVALSHA of an unknown script MUST be refused with NOSCRIPT, and of a loaded one run it.",
			Why: "redis-py locks and go-redis: EVALSHA first", Check: check(func(k *kit) {
				k.do("EVALSHA", strings.Repeat("0", 40), "0").fails("NOSCRIPT")
				sha := k.do("SCRIPT", "LOAD", release).text()
				if len(sha) != 40 {
					k.Errorf("SCRIPT LOAD = %q, want 40 digits of SHA-1", sha)
				}
				k.do("SET", "lock", "token", "NX", "PX", "300000").is("OK")
				k.do("EVALSHA", sha, "1", "lock", "stranger").is(0)
				k.do("EVALSHA", strings.ToUpper(sha), "1", "lock", "token").is(1)
				k.do("EXISTS", "lock").is(0)
			})},
		{ID: "SERVER-LUA-006", Says: "A script that EVAL has run MUST be known to EVALSHA.",
			Why: "Redis", Check: check(func(k *kit) {
				k.do("EVAL", "return 'servertest LUA-006'", "0").is("servertest LUA-006")
				sha := k.do("SCRIPT", "LOAD", "return 'servertest LUA-006'").text()
				k.do("SCRIPT", "EXISTS", sha, strings.Repeat("0", 40)).is([]any{1, 0})
				k.do("EVALSHA", sha, "0").is("servertest LUA-006")
			})},
		{ID: "SERVER-LUA-007", Says: "No other connection MUST see a script half done.",
			Why: "claims by script", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				k.send("EVAL", "for i = 1, 2000 do redis.call('INCR', KEYS[1]) end redis.call('SET', KEYS[2], 'done') return 1", "2", "n", "end")
				for range 100 {
					list, _ := b.do("MGET", "n", "end").ok().value.([]any)
					if len(list) != 2 || (list[0] != nil) != (list[1] != nil) || list[0] != nil && list[0] != "2000" {
						k.Errorf("another connection saw MGET n end = %s, want all of the script or nothing", show(list))
						break
					}
					if list[1] != nil {
						break
					}
				}
				k.next("EVAL").is(1)
			})},
		{ID: "SERVER-LUA-008", Says: "A script MUST be free to name keys in ARGV on a server that is no cluster.",
			Why: "L restores channels named in ARGV", Check: check(func(k *kit) {
				k.do("ZADD", "ch$inflight", "1", "m").is(1)
				k.do("EVAL", `for _, v in ipairs(redis.call('ZRANGE', ARGV[2], 0, -1)) do redis.call('ZADD', ARGV[1], 1, v) end
					redis.call('DEL', ARGV[2]) return 1`, "0", "ch", "ch$inflight").is(1)
				k.do("ZRANGE", "ch", "0", "-1").list("m")
				k.do("EXISTS", "ch$inflight").is(0)
			})},
		{ID: "SERVER-LUA-009", Says: "A script MUST be able to list keys and delete them by thousands.",
			Why: "L flush: KEYS, then DEL in slices of 5000", Check: check(func(k *kit) {
				k.do("EVAL", "for i = 1, 6000 do redis.call('SET', 'cap' .. i, '') end return 1", "0").is(1)
				k.do("EVAL", `local keys = redis.call('KEYS', ARGV[1])
					for i = 1, #keys, 5000 do redis.call('DEL', unpack(keys, i, math.min(i + 4999, #keys))) end
					return #keys`, "0", "cap*").is(6000)
				k.do("DBSIZE").is(0)
			})},
		{ID: "SERVER-LUA-010", Needs: needs{json}, Says: "cjson MUST read and write the messages of Celery.",
			Why: "claims by script", Check: check(func(k *kit) {
				k.do("EVAL", "return cjson.decode(ARGV[1]).properties.delivery_tag", "0", `{"properties": {"delivery_tag": "tag", "priority": 0}}`).is("tag")
				k.do("EVAL", "return cjson.encode({'a', 1, true})", "0").is(`["a",1,true]`)
				k.do("EVAL", "return pcall(cjson.decode, 'not json') == false", "0").is(1)
				k.do("EVAL", "return cjson.decode('{\"a\":null}').a == cjson.null", "0").is(1)
			})},
		{ID: "SERVER-LUA-011", Denies: json, Says: "A server without cjson MUST say so by an error of the script.",
			Why: "Debian's Redis 6.0", Check: check(func(k *kit) {
				k.do("EVAL", "return cjson.encode({1})", "0").fails("ERR")
				k.do("PING").is("PONG")
			})},
		{ID: "SERVER-LUA-012", Says: "Text and numbers MUST pass through a script unharmed.",
			Why: "messages of K through scripts", Check: check(func(k *kit) {
				k.do("EVAL", "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])", "1", "a", "\x00\xff\r\n").is("\x00\xff\r\n")
				k.do("EVAL", "return string.format('%.0f', tonumber(ARGV[1]))", "0", "1795379799").is("1795379799")
				k.do("EVAL", "return redis.sha1hex('')", "0").is("da39a3ee5e6b4b0d3255bfef95601890afd80709")
			})},
		{ID: "SERVER-LUA-013", Needs: needs{Disposable}, Says: "SCRIPT FLUSH MUST forget every script.",
			Why: "clients load again on NOSCRIPT", Check: check(func(k *kit) {
				sha := k.do("SCRIPT", "LOAD", "return 'servertest LUA-013'").text()
				k.do("SCRIPT", "FLUSH").is("OK")
				k.do("SCRIPT", "EXISTS", sha).is([]any{0})
				k.do("EVALSHA", sha, "0").fails("NOSCRIPT")
			})},
		{ID: "SERVER-LUA-014", Needs: needs{since70}, Says: "An error of redis.call MUST come with its code in front.",
			Why: "clients branch on the code; before 7.0 it is in the middle", Check: check(func(k *kit) {
				k.do("RPUSH", "l", "x").is(1)
				k.do("EVAL", "return redis.call('GET', KEYS[1])", "1", "l").fails("WRONGTYPE")
			})},
	}
}
