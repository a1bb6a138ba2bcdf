package mutant

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/conformance/servertest"
)

func show(v any) string { return fmt.Sprintf("%T %v", v, v) }

func connections() []Mutant {
	return []Mutant{
		{Area: "CON", Name: "ping-forgets-its-text", Make: always("PING", "PONG")},
		{Area: "CON", Name: "echo-answers-the-first-of-all", Make: func() Bug {
			var first any
			return Bug{Answer: func(_ *Session, args []string, reply any) any {
				if is("ECHO", args) && first == nil {
					first = reply
				}
				if is("ECHO", args) {
					return first
				}
				return reply
			}}
		}},
		{Area: "CON", Name: "unknown-commands-are-welcome", Make: forgives("NOSUCHCOMMAND", "OK")},
		{Area: "CON", Name: "set-takes-a-missing-value-for-empty", Make: ask("SET", func(args []string) []string {
			if len(args) == 2 {
				return append(args, "")
			}
			return args
		})},
		{Area: "CON", Name: "commands-in-small-letters-are-unknown", Make: of(Bug{Refuse: func(_ *Session, args []string) (any, bool) {
			return servertest.Error("ERR unknown command"), args[0] != strings.ToUpper(args[0])
		}})},
		{Area: "CON", Name: "values-end-at-a-nul", Make: ask("SET", func(args []string) []string {
			args[2], _, _ = strings.Cut(args[2], "\x00")
			return args
		})},
		{Area: "CON", Name: "select-empties-the-database", Make: ask("SELECT", func([]string) []string { return []string{"FLUSHDB"} })},
		{Area: "CON", Name: "select-takes-any-number", Make: forgives("SELECT", "OK")},
		{Area: "CON", Name: "clients-have-no-name", Make: always("CLIENT GETNAME", nil)},
		{Area: "CON", Name: "clients-have-one-id", Make: always("CLIENT ID", int64(7))},
		{Area: "CON", Name: "setinfo-is-unknown", Make: always("CLIENT SETINFO", servertest.Error("ERR unknown subcommand"))},
		{Area: "CON", Name: "hello-stays-in-resp2", Make: swap("HELLO", "3", "2")},
		{Area: "CON", Name: "hello-takes-any-protocol", Make: swap("HELLO", "9", "2")},
		{Area: "CON", Name: "auth-takes-any-password", Make: forgives("AUTH", "OK")},
		{Area: "CON", Name: "reset-does-nothing", Make: ignores("RESET", "OK")},
		{Area: "CON", Name: "time-is-integers", Make: list("TIME", func(l []any) []any { return []any{int64(1), int64(2)} })},
	}
}

func values() []Mutant {
	return []Mutant{
		{Area: "STR", Name: "get-of-nothing-is-empty", Make: turns("GET", nil, "")},
		{Area: "STR", Name: "set-ignores-nx", Make: without("SET", "NX", 0)},
		{Area: "STR", Name: "set-ignores-xx", Make: without("SET", "XX", 0)},
		{Area: "STR", Name: "setex-sets-no-expiry", Make: ask("SETEX", func(args []string) []string {
			return []string{"SET", args[1], args[3]}
		})},
		{Area: "STR", Name: "mget-leaves-out-what-is-missing", Make: list("MGET", dense)},
		{Area: "STR", Name: "mset-passes-over-an-odd-key", Make: ask("MSET", func(args []string) []string {
			return args[:1+(len(args)-1)/2*2]
		})},
		{Area: "STR", Name: "del-counts-its-arguments", Make: answer("DEL", func(args []string, _ any) any { return int64(len(args) - 1) })},
		{Area: "STR", Name: "exists-counts-a-key-once", Make: turns("EXISTS", int64(2), int64(1))},
		{Area: "STR", Name: "counters-have-32-bits", Make: answer("INCR", func(_ []string, reply any) any {
			if n, is := reply.(int64); is {
				return int64(int32(n))
			}
			return reply
		})},
		{Area: "STR", Name: "counting-text-starts-again", Make: forgives("INCRBY", int64(1))},
		{Area: "STR", Name: "wrong-types-have-no-code", Make: of(Bug{Answer: func(_ *Session, _ []string, reply any) any {
			if e, is := reply.(servertest.Error); is && strings.HasPrefix(string(e), "WRONGTYPE") {
				return servertest.Error("ERR wrong kind of value")
			}
			return reply
		}})},
		{Area: "STR", Name: "set-keeps-other-types", Make: of(Bug{Refuse: func(s *Session, args []string) (any, bool) {
			if !is("SET", args) {
				return nil, false
			}
			kind := s.Side("TYPE", args[1])
			return "OK", kind != "string" && kind != "none"
		}})},
	}
}

func expiries() []Mutant {
	return []Mutant{
		{Area: "EXP", Name: "ttl-of-nothing-is-minus-one", Make: turns("TTL", int64(-2), int64(-1))},
		{Area: "EXP", Name: "set-takes-px-for-seconds", Make: swap("SET", "PX", "EX")},
		{Area: "EXP", Name: "set-ignores-px", Make: without("SET", "PX", 1)},
		{Area: "EXP", Name: "keys-expire-at-half-time", Make: ask("SET", func(args []string) []string {
			if len(args) == 5 && args[3] == "PX" {
				n, _ := strconv.Atoi(args[4])
				args[4] = strconv.Itoa(n / 2)
			}
			return args
		})},
		{Area: "EXP", Name: "set-keeps-the-expiry", Make: ask("SET", func(args []string) []string {
			if len(args) == 3 {
				return append(args, "KEEPTTL")
			}
			return args
		})},
		{Area: "EXP", Name: "counting-removes-the-expiry", Make: after("INCRBY", func(args []string) []string { return []string{"PERSIST", args[1]} })},
		{Area: "EXP", Name: "expire-always-reports-one", Make: turns("EXPIRE", int64(0), int64(1))},
		{Area: "EXP", Name: "expireat-is-late", Make: ask("EXPIREAT", func(args []string) []string {
			n, _ := strconv.Atoi(args[2])
			return []string{"EXPIREAT", args[1], strconv.Itoa(n + 1000)}
		})},
		{Area: "EXP", Name: "pexpireat-takes-seconds", Make: instead("PEXPIREAT", "EXPIREAT")},
		{Area: "EXP", Name: "a-past-expiry-is-none", Make: ask("EXPIRE", func(args []string) []string {
			return []string{"EXPIRE", args[1], strings.TrimPrefix(args[2], "-") + "000"}
		})},
		{Area: "EXP", Name: "persist-always-reports-one", Make: turns("PERSIST", int64(0), int64(1))},
		{Area: "EXP", Name: "set-takes-a-bad-expiry-for-none", Make: of(Bug{Answer: func(s *Session, args []string, reply any) any {
			if _, refused := reply.(servertest.Error); refused && is("SET", args) {
				return s.Side("SET", args[1], args[2])
			}
			return reply
		}})},
		{Area: "EXP", Name: "an-expiry-beyond-time-is-one", Make: swap("SET", "9223372036854775807", "1000")},
		{Area: "EXP", Name: "ttl-rounds-down", Make: of(Bug{Answer: func(s *Session, args []string, reply any) any {
			if ms, counted := s.Side("PTTL", "a").(int64); counted && ms > 0 && is("TTL", args) {
				return ms / 1000
			}
			return reply
		}})},
		{Area: "EXP", Name: "rename-loses-the-expiry", Make: after("RENAME", func(args []string) []string { return []string{"PERSIST", args[2]} })},
		{Area: "EXP", Name: "a-new-set-inherits-an-expiry", Make: after("ZADD", func(args []string) []string { return []string{"EXPIRE", args[1], "50"} })},
	}
}

func keys() []Mutant {
	loses := func(command string) func() Bug {
		return list(command, func(l []any) []any {
			if page, is := l[1].([]any); is && len(l) == 2 && len(page) > 0 {
				l[1] = page[1:]
			}
			return l
		})
	}
	return []Mutant{
		{Area: "KEY", Name: "a-negated-class-is-a-class", Make: swap("KEYS", "[^", "[")},
		{Area: "KEY", Name: "a-backslash-escapes-nothing", Make: swap("KEYS", `\`, "")},
		{Area: "KEY", Name: "scan-loses-the-first-of-a-page", Make: loses("SCAN")},
		{Area: "KEY", Name: "scan-ignores-match", Make: without("SCAN", "MATCH", 1)},
		{Area: "KEY", Name: "scan-ends-once-a-key-is-deleted", Make: func() Bug {
			deleted := false
			return Bug{Refuse: func(_ *Session, args []string) (any, bool) {
				deleted = deleted || is("DEL", args)
				return []any{"0", []any{}}, deleted && is("SCAN", args)
			}}
		}},
		{Area: "KEY", Name: "scan-ignores-count", Make: ask("SCAN", func(args []string) []string {
			args[len(args)-1] = "100000"
			return args
		})},
		{Area: "KEY", Name: "type-takes-a-sorted-set-for-a-set", Make: turns("TYPE", "zset", "set")},
		{Area: "KEY", Name: "dbsize-counts-from-one", Make: turns("DBSIZE", int64(0), int64(1))},
		{Area: "KEY", Name: "flushdb-async-does-nothing", Make: refuses("FLUSHDB", func(args []string) bool { return len(args) > 1 }, "OK")},
		{Area: "KEY", Name: "flushdb-empties-the-server", Make: instead("FLUSHDB", "FLUSHALL")},
		{Area: "SET", Name: "sscan-loses-the-first-of-a-page", Make: loses("SSCAN")},
	}
}
