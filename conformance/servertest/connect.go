package servertest

import (
	"fmt"
	"strings"
)

func connectRows() []row {
	return []row{
		{ID: "SERVER-CON-001", Says: "PING MUST be answered with PONG, and PING with a text with that text.",
			Why: "J health_check_interval, K: 175 of them in a day's capture", Check: check(func(k *kit) {
				k.do("PING").is("PONG")
				k.do("PING", "hello").is("hello")
			})},
		{ID: "SERVER-CON-002", Says: "Commands sent together MUST be answered in their order.",
			Why: "pipelines of J and L", Check: check(func(k *kit) {
				for i := range 50 {
					k.send("ECHO", fmt.Sprint(i))
				}
				for i := range 50 {
					k.next(fmt.Sprintf("reply %d", i)).is(fmt.Sprint(i))
				}
			})},
		{ID: "SERVER-CON-003", Says: "An unknown command MUST be refused with ERR, and the connection go on.",
			Why: "redis-py sends CLIENT SETINFO to servers that lack it", Check: check(func(k *kit) {
				k.do("NOSUCHCOMMAND", "a", "b").fails("ERR")
				k.do("CLIENT", "NOSUCHSUBCOMMAND").fails("ERR")
				k.do("PING").is("PONG")
			})},
		{ID: "SERVER-CON-004", Says: "A command with too few or too many arguments MUST be refused with ERR and change nothing.",
			Why: "Redis", Check: check(func(k *kit) {
				k.do("SET", "a").fails("ERR")
				k.do("GET", "a", "b").fails("ERR")
				k.do("EXISTS", "a").is(0)
			})},
		{ID: "SERVER-CON-005", Says: "Names of commands and options MUST be read in any case of letters.",
			Why: "redis-py sends upper case, go-redis lower", Check: check(func(k *kit) {
				k.do("sEt", "a", "v", "ex", "100", "nX").is("OK")
				k.do("gEt", "a").is("v")
			})},
		{ID: "SERVER-CON-006", Says: "Keys and values MUST keep every byte, at the length of a mebibyte too.",
			Why: "pickles and compressed values of J; messages of K", Check: check(func(k *kit) {
				var all strings.Builder
				for b := range 256 {
					all.WriteByte(byte(b))
				}
				for _, v := range []string{"", all.String(), "\r\n$5\r\n", strings.Repeat(all.String(), 4096)} {
					k.do("SET", "k\x00\r\n"+all.String(), v).is("OK")
					k.do("GET", "k\x00\r\n"+all.String()).is(v)
				}
			})},
		{ID: "SERVER-CON-007", Needs: needs{databases}, Says: "SELECT MUST move its own connection alone.",
			Why: "R J: one server, an alias a database", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				k.do("SET", "a", "v").is("OK")
				b.do("SELECT", "1").is("OK")
				k.do("GET", "a").is("v")
				b.do("CLIENT", "SETNAME", "b").is("OK") // still its own
			})},
		{ID: "SERVER-CON-008", Says: "SELECT of a number that is no database MUST be refused and leave the connection where it was.",
			Why: "a mistyped CELERY_BROKER_URL", Check: check(func(k *kit) {
				k.do("SET", "a", "v").is("OK")
				k.do("SELECT", "-1").fails("ERR")
				k.do("SELECT", "999999").fails("ERR")
				k.do("SELECT", "one").fails("ERR")
				k.do("GET", "a").is("v")
			})},
		{ID: "SERVER-CON-009", Says: "A name given by CLIENT SETNAME MUST be returned by CLIENT GETNAME of the same connection.",
			Why: "J client_name, K", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				k.do("CLIENT", "SETNAME", "celery@host").is("OK")
				b.do("CLIENT", "SETNAME", "django").is("OK")
				k.do("CLIENT", "GETNAME").is("celery@host")
				k.do("CLIENT", "SETNAME", "two words").fails("ERR")
			})},
		{ID: "SERVER-CON-010", Says: "CLIENT ID MUST be a number that no other connection has.",
			Why: "asyncio pools and CLIENT KILL by id", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				one, two := k.do("CLIENT", "ID").text(), b.do("CLIENT", "ID").text()
				if one == two {
					k.Errorf("two connections have the CLIENT ID %s, want different ones", one)
				}
				k.do("CLIENT", "ID").between(1, 1<<62)
			})},
		{ID: "SERVER-CON-011", Needs: needs{since72}, Says: "CLIENT SETINFO MUST take a library's name and version.",
			Why: "redis-py and go-redis send both on every connection", Check: check(func(k *kit) {
				k.do("CLIENT", "SETINFO", "LIB-NAME", "redis-py(django_v5.2)").is("OK")
				k.do("CLIENT", "SETINFO", "LIB-VER", "6.4.0").is("OK")
				k.do("CLIENT", "SETINFO", "LIB-NAME", "two words").fails("ERR")
			})},
		{ID: "SERVER-CON-012", Says: "HELLO 3 MUST switch to RESP3 and describe the server, and HELLO 2 switch back.",
			Why: "redis-py with protocol=3, go-redis by default", Check: check(func(k *kit) {
				described(k.do("HELLO", "3"), 3)
				k.do("HSET", "h", "f", "v").is(1)
				k.do("HGETALL", "h").list("f", "v")
				described(k.do("HELLO", "2"), 2)
			})},
		{ID: "SERVER-CON-013", Says: "HELLO with a protocol that does not exist MUST be refused with NOPROTO and change nothing.",
			Why: "Redis", Check: check(func(k *kit) {
				k.do("HELLO", "9").fails("NOPROTO")
				k.do("PING").is("PONG")
			})},
		{ID: "SERVER-CON-014", Says: "AUTH with a password that is none MUST be refused.",
			Why: "a client with the wrong password must hear so", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				b.do("AUTH", "nobody", "certainly-not-this").fails("WRONGPASS")
				k.do("PING").is("PONG")
			})},
		{ID: "SERVER-CON-015", Needs: needs{since62}, Says: "RESET MUST bring a connection back to its beginning.",
			Why: "poolers such as those before managed servers", Check: check(func(k *kit) {
				k.do("CLIENT", "SETNAME", "x").is("OK")
				k.do("MULTI").is("OK")
				k.do("RESET").is("RESET")
				k.do("PING").is("PONG")
			})},
		{ID: "SERVER-CON-016", Says: "TIME MUST be seconds and microseconds as texts of digits.",
			Why: "lock and rate-limit scripts", Check: check(func(k *kit) {
				o := k.do("TIME").ok()
				list, _ := o.value.([]any)
				for _, part := range list {
					text, is := part.(string)
					if !is || strings.Trim(text, "0123456789") != "" || text == "" {
						o.want("two texts of digits")
					}
				}
				if len(list) != 2 {
					o.want("two texts of digits")
				}
			})},
	}
}

// described wants a reply of HELLO that names the protocol.
func described(o outcome, proto int64) {
	list, _ := o.value.([]any)
	for i := 0; i+1 < len(list); i += 2 {
		if list[i] == "proto" && list[i+1] == proto {
			return
		}
	}
	o.k.Helper()
	o.want("a map with proto %d", proto)
}
