package mutant

import (
	"slices"
	"strconv"
	"strings"
)

func lists() []Mutant {
	return []Mutant{
		{Area: "LST", Name: "lpush-pushes-right", Make: instead("LPUSH", "RPUSH")},
		{Area: "LST", Name: "rpop-pops-left", Make: instead("RPOP", "LPOP")},
		{Area: "LST", Name: "lrange-knows-no-negative-index", Make: swap("LRANGE", "-2", "0")},
		{Area: "LST", Name: "lrem-always-begins-left", Make: swap("LREM", "-1", "1")},
		{Area: "LST", Name: "brpop-begins-with-its-last-key", Make: ask("BRPOP", func(args []string) []string {
			slices.Reverse(args[1 : len(args)-1])
			return args
		})},
		{Area: "LST", Name: "brpop-ends-with-an-empty-list", Make: turns("BRPOP", nil, []any{})},
		{Area: "LST", Name: "brpop-leaves-out-the-key", Make: list("BRPOP", func(l []any) []any { return l[1:] })},
		{Area: "LST", Name: "those-who-wait-last-are-served-first", Make: list("BRPOP", func(l []any) []any {
			switch l[1] {
			case "one":
				l[1] = "two"
			case "two":
				l[1] = "one"
			}
			return l
		})},
		{Area: "LST", Name: "what-nobody-waited-for-is-dropped", Make: of(Bug{Answer: func(s *Session, args []string, reply any) any {
			if is("RPUSH", args) && len(args) == 5 {
				s.Side("DEL", args[1])
			}
			return reply
		}})},
		{Area: "LST", Name: "a-closed-connection-is-still-served", Make: func() Bug {
			gone := map[string]bool{}
			return Bug{
				Closed: func(s *Session) {
					for _, args := range s.Wait {
						if is("BRPOP", args) {
							gone[args[1]] = true
						}
					}
				},
				Answer: func(s *Session, args []string, reply any) any {
					if is("LPUSH", args) && gone[args[1]] {
						s.Side("RPOP", args[1])
					}
					return reply
				},
			}
		}},
		{Area: "LST", Name: "scripts-run-twice", Make: after("EVAL", func(args []string) []string { return args })},
		{Area: "LST", Name: "brpop-in-a-transaction-answers-nothing", Make: list("EXEC", dense)},
		{Area: "LST", Name: "brpop-takes-any-time", Make: refuses("BRPOP", func(args []string) bool {
			return strings.HasPrefix(args[len(args)-1], "-")
		}, nil)},
		{Area: "LST", Name: "rpoplpush-pushes-right", Make: ask("RPOPLPUSH", func(args []string) []string {
			return []string{"LMOVE", args[1], args[2], "RIGHT", "RIGHT"}
		})},
		{Area: "LST", Name: "brpoplpush-pushes-right", Make: ask("BRPOPLPUSH", func(args []string) []string {
			return []string{"BLMOVE", args[1], args[2], "RIGHT", "RIGHT", args[3]}
		})},
		{Area: "LST", Name: "blmove-turns-to-the-left", Make: ask("BLMOVE", func(args []string) []string {
			args[4] = "LEFT"
			return args
		})},
	}
}

func collections() []Mutant {
	given := func(first int) func([]string, any) any {
		return func(args []string, reply any) any {
			if _, counted := reply.(int64); counted {
				return int64(len(args) - first)
			}
			return reply
		}
	}
	return []Mutant{
		{Area: "HSH", Name: "hset-counts-what-it-overwrites", Make: answer("HSET", func(args []string, reply any) any {
			if _, counted := reply.(int64); counted {
				return int64(len(args)-2) / 2
			}
			return reply
		})},
		{Area: "HSH", Name: "hmget-leaves-out-what-is-missing", Make: list("HMGET", dense)},
		{Area: "HSH", Name: "hdel-counts-its-arguments", Make: answer("HDEL", given(2))},
		{Area: "HSH", Name: "hexists-finds-everything", Make: always("HEXISTS", int64(1))},
		{Area: "HSH", Name: "hincrby-past-the-end-starts-again", Make: forgives("HINCRBY", int64(1))},
		{Area: "HSH", Name: "hsetnx-overwrites", Make: instead("HSETNX", "HSET")},

		{Area: "SET", Name: "sadd-counts-its-arguments", Make: answer("SADD", given(2))},
		{Area: "SET", Name: "smembers-of-nothing-is-nil", Make: list("SMEMBERS", func(l []any) []any {
			if len(l) == 0 {
				return []any{nil}
			}
			return l
		})},
		{Area: "SET", Name: "members-end-at-a-control-character", Make: cut("SADD", "\x06")},
		{Area: "SET", Name: "sismember-finds-everything", Make: always("SISMEMBER", int64(1))},
		{Area: "SET", Name: "smismember-answers-backwards", Make: list("SMISMEMBER", func(l []any) []any { return []any{int64(0), int64(1), int64(1)} })},
		{Area: "SET", Name: "smismember-is-hidden", Make: answer("COMMAND INFO", func(args []string, reply any) any {
			if args[2] == "smismember" {
				return []any{nil}
			}
			return reply
		})},
		{Area: "SET", Name: "sinter-passes-over-a-missing-set", Make: ask("SINTER", func(args []string) []string {
			return slices.DeleteFunc(args, func(a string) bool { return a == "none" })
		})},
		{Area: "SET", Name: "sinterstore-of-nothing-leaves-the-destination", Make: of(Bug{Refuse: func(s *Session, args []string) (any, bool) {
			if !is("SINTERSTORE", args) {
				return nil, false
			}
			found, _ := s.Side(append([]string{"SINTER"}, args[2:]...)...).([]any)
			return int64(0), len(found) == 0
		}})},
		{Area: "SET", Name: "spop-leaves-the-members", Make: instead("SPOP", "SRANDMEMBER")},
		{Area: "SET", Name: "smove-always-reports-one", Make: always("SMOVE", int64(1))},
	}
}

func sorted() []Mutant {
	return []Mutant{
		{Area: "ZST", Name: "zadd-counts-what-it-moves", Make: answer("ZADD", func(args []string, reply any) any {
			if _, counted := reply.(int64); counted {
				return int64(len(args)-2) / 2
			}
			return reply
		})},
		{Area: "ZST", Name: "zrevrange-goes-up", Make: instead("ZREVRANGE", "ZRANGE")},
		{Area: "ZST", Name: "scores-have-32-bits", Make: answer("ZSCORE", func(_ []string, reply any) any {
			text, _ := reply.(string)
			if f, err := strconv.ParseFloat(text, 32); err == nil {
				return strconv.FormatFloat(f, 'f', -1, 32)
			}
			return reply
		})},
		{Area: "ZST", Name: "no-number-is-the-score-zero", Make: swap("ZADD", "nan", "0")},
		{Area: "ZST", Name: "zadd-ignores-xx", Make: without("ZADD", "XX", 0)},
		{Area: "ZST", Name: "zadd-ignores-gt", Make: without("ZADD", "GT", 0)},
		{Area: "ZST", Name: "zrangebyscore-excludes-nothing", Make: swap("ZRANGEBYSCORE", "(", "")},
		{Area: "ZST", Name: "zrevrangebyscore-ignores-limit", Make: without("ZREVRANGEBYSCORE", "LIMIT", 2)},
		{Area: "ZST", Name: "zcount-excludes-nothing", Make: swap("ZCOUNT", "(", "")},
		{Area: "ZST", Name: "zremrangebyscore-excludes-nothing", Make: swap("ZREMRANGEBYSCORE", "(", "")},
		{Area: "ZST", Name: "zpopmin-pops-the-highest", Make: instead("ZPOPMIN", "ZPOPMAX")},
		{Area: "ZST", Name: "bzpopmin-pops-the-highest", Make: instead("BZPOPMIN", "BZPOPMAX")},
		{Area: "ZST", Name: "infinities-add-up-to-no-number", Make: forgives("ZINCRBY", "nan")},
		{Area: "ZST", Name: "zrank-of-nothing-is-minus-one", Make: turns("ZRANK", nil, int64(-1))},
	}
}
