package mutant

import (
	"strings"
	"sync/atomic"

	"github.com/redkit-dev/redkit/conformance/servertest"
)

// heard changes messages.
func heard(change func(m []any) (any, bool)) func() Bug {
	return of(Bug{Message: func(_ *Session, m []any) (any, bool) { return change(m) }})
}

func messages() []Mutant {
	return []Mutant{
		{Area: "PUB", Name: "confirmations-count-nothing", Make: heard(func(m []any) (any, bool) {
			if strings.HasSuffix(m[0].(string), "subscribe") {
				m[2] = int64(0)
			}
			return m, true
		})},
		{Area: "PUB", Name: "publish-counts-nobody", Make: always("PUBLISH", int64(0))},
		{Area: "PUB", Name: "messages-end-at-a-nul", Make: heard(func(m []any) (any, bool) {
			if text, is := m[len(m)-1].(string); is {
				m[len(m)-1], _, _ = strings.Cut(text, "\x00")
			}
			return m, true
		})},
		{Area: "PUB", Name: "patterns-get-plain-messages", Make: heard(func(m []any) (any, bool) {
			if m[0] == "pmessage" {
				return []any{"message", m[2], m[3]}, true
			}
			return m, true
		})},
		{Area: "PUB", Name: "one-message-is-enough", Make: heard(func(m []any) (any, bool) {
			return m, m[0] != "pmessage" || !strings.HasSuffix(m[1].(string), ":?h")
		})},
		{Area: "PUB", Name: "unsubscribe-does-nothing", Make: ask("UNSUBSCRIBE", func(args []string) []string {
			if len(args) > 1 {
				return []string{"PING"}
			}
			return args
		})},
		{Area: "PUB", Name: "channels-belong-to-a-database", Make: of(Bug{Ask: func(s *Session, args []string) []string {
			if is("PUBLISH", args) && s.DB == "1" {
				args[1] = "1/" + args[1]
			}
			return args
		}})},
		{Area: "PUB", Name: "subscribers-may-run-anything", Make: forgives("GET", nil)},
		{Area: "PUB", Name: "publish-does-not-wait-for-exec", Make: of(Bug{Ask: func(s *Session, args []string) []string {
			if is("PUBLISH", args) && s.Multi {
				s.Side(args...)
			}
			return args
		}})},
		{Area: "PUB", Name: "numsub-counts-nobody", Make: list("PUBSUB NUMSUB", func(l []any) []any {
			l[1] = int64(0)
			return l
		})},
		{Area: "PUB", Name: "publish-counts-those-who-have-gone", Make: turns("PUBLISH", int64(0), int64(1))},
	}
}

func transactions() []Mutant {
	return []Mutant{
		{Area: "TXN", Name: "exec-answers-backwards", Make: list("EXEC", reversed)},
		{Area: "TXN", Name: "queued-writes-are-seen", Make: of(Bug{Ask: func(s *Session, args []string) []string {
			if s.Multi && is("SET", args) {
				s.Side(args...)
			}
			return args
		}})},
		{Area: "TXN", Name: "discard-executes", Make: of(Bug{
			Ask: func(_ *Session, args []string) []string {
				if is("DISCARD", args) {
					return []string{"EXEC"}
				}
				return args
			},
			Answer: func(_ *Session, args []string, reply any) any {
				if _, refused := reply.(servertest.Error); is("DISCARD", args) && !refused {
					return "OK"
				}
				return reply
			},
		})},
		{Area: "TXN", Name: "a-bad-command-does-not-abort", Make: of(Bug{Refuse: func(s *Session, args []string) (any, bool) {
			return servertest.Error("ERR unknown command"), s.Multi && is("NOSUCHCOMMAND", args)
		}})},
		{Area: "TXN", Name: "an-error-ends-exec", Make: list("EXEC", func(l []any) []any {
			for i, v := range l {
				if _, failed := v.(servertest.Error); failed {
					return l[:i+1]
				}
			}
			return l
		})},
		{Area: "TXN", Name: "watch-sees-nothing", Make: ignores("WATCH", "OK")},
		{Area: "TXN", Name: "watch-sees-other-keys", Make: ask("WATCH", func(args []string) []string { return append(args, "other") })},
		{Area: "TXN", Name: "unwatch-does-nothing", Make: ignores("UNWATCH", "OK")},
		{Area: "TXN", Name: "transactions-nest", Make: forgives("MULTI", "OK")},
		{Area: "TXN", Name: "hanging-up-executes", Make: of(Bug{Closed: func(s *Session) {
			for _, args := range s.Queued {
				s.Side(args...)
			}
		}})},
		{Area: "TXN", Name: "scripts-are-left-out-of-transactions", Make: of(Bug{Refuse: func(s *Session, args []string) (any, bool) {
			return "QUEUED", s.Multi && is("EVAL", args)
		}})},
	}
}

func scripts() []Mutant {
	var first atomic.Bool
	return []Mutant{
		{Area: "LUA", Name: "the-last-argument-is-lost", Make: ask("EVAL", func(args []string) []string {
			if len(args) > 5 {
				return args[:len(args)-1]
			}
			return args
		})},
		{Area: "LUA", Name: "numbers-are-rounded", Make: swap("EVAL", "3.99", "4")},
		{Area: "LUA", Name: "a-missing-reply-is-nil", Make: swap("EVAL", "== false", "== nil")},
		{Area: "LUA", Name: "errors-lose-their-code", Make: recodes("EVAL", "WRONGTYPE")},
		{Area: "LUA", Name: "errors-are-all-alike", Make: answer("EVAL", func(_ []string, reply any) any {
			if _, failed := reply.(servertest.Error); failed {
				return servertest.Error("ERR the script failed")
			}
			return reply
		})},
		{Area: "LUA", Name: "an-unknown-script-is-any-error", Make: recodes("EVALSHA", "NOSCRIPT")},
		{Area: "LUA", Name: "eval-keeps-no-script", Make: list("SCRIPT EXISTS", func(l []any) []any {
			for i := range l {
				l[i] = int64(0)
			}
			return l
		})},
		{Area: "LUA", Name: "a-running-script-is-seen", Make: always("MGET", []any{"1000", nil})},
		{Area: "LUA", Name: "keys-must-be-declared", Make: refuses("EVAL", func(args []string) bool {
			return args[2] == "0" && strings.Contains(args[1], "ARGV[2]")
		}, servertest.Error("ERR Script attempted to access keys that were not declared"))},
		{Area: "LUA", Name: "unpack-is-short", Make: refuses("EVAL", func(args []string) bool { return strings.Contains(args[1], "unpack") },
			servertest.Error("ERR too many results to unpack"))},
		{Area: "LUA", Name: "cjson-writes-floats", Make: turns("EVAL", `["a",1,true]`, `["a",1.0,true]`)},
		{Area: "LUA", Name: "cjson-comes-and-goes", Make: func() Bug {
			return Bug{Refuse: func(_ *Session, args []string) (any, bool) {
				if !is("EVAL", args) || args[1] != "return cjson.encode({1})" {
					return nil, false
				}
				return servertest.Error("ERR attempt to index global 'cjson'"), first.CompareAndSwap(false, true)
			}}
		}},
		{Area: "LUA", Name: "arguments-end-at-a-nul", Make: cut("EVAL", "\x00")},
		{Area: "LUA", Name: "script-flush-does-nothing", Make: ignores("SCRIPT FLUSH", "OK")},
	}
}
