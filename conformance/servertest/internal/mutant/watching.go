package mutant

import (
	"regexp"
	"strings"

	"github.com/redkit-dev/redkit/conformance/servertest"
)

// edits changes what INFO says by a pattern.
func edits(pattern, to string) func() Bug {
	exp := regexp.MustCompile(pattern)
	return answer("INFO", func(_ []string, reply any) any {
		if text, is := reply.(string); is {
			return exp.ReplaceAllString(text, to)
		}
		return reply
	})
}

// lacks hides a field of INFO.
func lacks(name string) func() Bug { return edits(`(?m)^`+name+`:.*$`, "") }

func monitoring() []Mutant {
	return []Mutant{
		{Area: "INF", Name: "the-version-is-a-word", Make: edits(`redis_version:[^\r\n]*`, "redis_version:unstable")},
		{Area: "INF", Name: "the-policy-is-not-told", Make: lacks("maxmemory_policy")},
		{Area: "INF", Name: "who-waits-is-not-told", Make: lacks("blocked_clients")},
		{Area: "INF", Name: "evictions-are-not-told", Make: lacks("evicted_keys")},
		{Area: "INF", Name: "hits-are-not-counted", Make: edits(`keyspace_hits:\d+`, "keyspace_hits:0")},
		{Area: "INF", Name: "expiries-are-not-counted", Make: edits(`expired_keys:\d+`, "expired_keys:0")},
		{Area: "INF", Name: "no-key-expires", Make: edits(`expires=\d+`, "expires=0")},
		{Area: "INF", Name: "role-is-something-else", Make: always("ROLE", []any{"sentinel", []any{}})},
		{Area: "INF", Name: "loading-is-not-told", Make: lacks("loading")},
		{Area: "INF", Name: "the-process-is-not-told", Make: lacks("process_id")},
		{Area: "INF", Name: "info-always-tells-all", Make: ask("INFO", func(args []string) []string { return args[:1] })},
		{Area: "INF", Name: "client-list-has-no-names", Make: answer("CLIENT LIST", func(_ []string, reply any) any {
			text, _ := reply.(string)
			return strings.ReplaceAll(text, "name=servertest", "name=")
		})},
		{Area: "INF", Name: "client-kill-counts-nobody", Make: turns("CLIENT KILL", int64(1), int64(0))},
		{Area: "INF", Name: "every-key-costs-the-same", Make: turns("MEMORY USAGE", nil, int64(50))},
		{Area: "INF", Name: "the-slow-log-has-no-length", Make: always("SLOWLOG LEN", nil)},
		{Area: "INF", Name: "an-unknown-setting-is-an-error", Make: list("CONFIG GET", func(l []any) []any {
			if len(l) == 0 {
				return []any{servertest.Error("ERR no such setting")}
			}
			return l
		})},
		{Area: "INF", Name: "command-info-passes-over-the-unknown", Make: list("COMMAND INFO", dense)},
		{Area: "INF", Name: "every-encoding-is-raw", Make: always("OBJECT ENCODING", "raw")},
	}
}

func limits() []Mutant {
	return []Mutant{
		{Area: "MEM", Native: true, Name: "a-full-server-has-no-code", Make: recodes("SET", "OOM")},
		{Area: "MEM", Native: true, Name: "a-script-writes-to-a-full-server", Make: forgives("EVAL", "OK")},
		{Area: "MEM", Native: true, Name: "a-full-server-queues", Make: of(Bug{Answer: func(s *Session, args []string, reply any) any {
			if s.Multi && is("SET", args) {
				return "QUEUED"
			}
			return reply
		}})},
		{Area: "MEM", Native: true, Name: "allkeys-lru-evicts-nothing", Make: swap("CONFIG SET", "allkeys-lru", "noeviction")},
		{Area: "MEM", Native: true, Name: "volatile-lru-drops-queues", Make: of(Bug{Answer: func(s *Session, args []string, reply any) any {
			if is("CONFIG SET maxmemory", args) {
				s.Side("DEL", "celery")
			}
			return reply
		}})},
		{Area: "MEM", Native: true, Name: "a-full-server-takes-a-push", Make: forgives("LPUSH", int64(2))},
		{Area: "MEM", Native: true, Name: "any-policy-will-do", Make: forgives("CONFIG SET", "OK")},

		{Area: "PER", Native: true, Name: "lastsave-is-a-word", Make: always("LASTSAVE", "never")},
		{Area: "PER", Native: true, Name: "save-does-nothing", Make: ignores("SAVE", "OK")},
		{Area: "PER", Native: true, Name: "appendonly-does-nothing", Make: ignores("CONFIG SET appendonly", "OK")},
		{Area: "PER", Native: true, Name: "save-is-no-setting", Make: answer("CONFIG GET", func(args []string, reply any) any {
			if args[2] == "save" {
				return []any{}
			}
			return reply
		})},
	}
}

func rights() []Mutant {
	return []Mutant{
		{Area: "ACL", Native: true, Name: "nobody-has-a-name", Make: always("ACL WHOAMI", "")},
		{Area: "ACL", Native: true, Name: "any-password-will-do", Make: forgives("AUTH", "OK")},
		{Area: "ACL", Native: true, Name: "a-forbidden-command-has-no-code", Make: recodes("FLUSHALL", "NOPERM")},
		{Area: "ACL", Native: true, Name: "rights-to-keys-are-ignored", Make: swap("ACL SETUSER", "~app:*", "~*")},
		{Area: "ACL", Native: true, Name: "rights-to-channels-are-ignored", Make: ask("ACL SETUSER", func(args []string) []string {
			return append(args, "allchannels")
		})},
		{Area: "ACL", Native: true, Name: "a-user-cannot-be-deleted", Make: ignores("ACL DELUSER", int64(1))},
	}
}
