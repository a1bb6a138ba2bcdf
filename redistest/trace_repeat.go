package redistest

import (
	"fmt"
	"slices"
	"strings"
)

// MaxRoundTrips calls fn and fails tb if that took more than n round trips to
// srv, as Django's assertNumQueries does for a database. The message lists
// the commands and points out those that were sent one by one where a single
// round trip would do. It returns the trace for further questions.
func MaxRoundTrips(tb TB, srv Tracer, n int, fn func()) Trace {
	tb.Helper()
	t := srv.Trace(fn)
	if t.RoundTrips > n {
		text := fmt.Sprintf("redistest: %s, want at most %d\n%s", plural(t.RoundTrips, "round trip"), n, t.Timings())
		for _, r := range t.Repeats() {
			text += r.String() + "\n"
		}
		tb.Errorf("%s", strings.TrimRight(text, "\n"))
	}
	return t
}

// A Repeat is commands of one kind that were sent one by one, each in a round
// trip of its own: the N of an N+1 read.
type Repeat struct {
	// Command is the name in upper case, Keys the pattern of what it was
	// asked for: "user:*".
	Command, Keys string
	// RoundTrips are the numbers of the round trips.
	RoundTrips []int
	// Same says that the very same command was repeated.
	Same bool
}

// fewest is how often a command comes before it is called a repeat.
const fewest = 3

// Repeats returns the kinds of commands that were sent one by one at least
// three times, in the order they first appeared.
func (t Trace) Repeats() []Repeat {
	type group struct {
		Repeat
		first string
	}
	var groups []*group
	for _, c := range t.Commands {
		name, keys := kind(c.Args)
		i := slices.IndexFunc(groups, func(g *group) bool { return g.Command == name && g.Keys == keys })
		if i < 0 {
			groups = append(groups, &group{Repeat{Command: name, Keys: keys, Same: true}, strings.Join(c.Args, "\x00")})
			i = len(groups) - 1
		}
		g := groups[i]
		if !slices.Contains(g.RoundTrips, c.RoundTrip) {
			g.RoundTrips = append(g.RoundTrips, c.RoundTrip)
		}
		if strings.Join(c.Args, "\x00") != g.first {
			g.Same = false
		}
	}
	var out []Repeat
	for _, g := range groups {
		if len(g.RoundTrips) >= fewest {
			out = append(out, g.Repeat)
		}
	}
	return out
}

// kind returns what two commands have in common that ask the same of
// different keys: the name, and the key without its last part.
func kind(args []string) (name, keys string) {
	name = strings.ToUpper(args[0])
	if len(args) == 1 {
		return name, ""
	}
	key := args[1]
	if name == "EVAL" || name == "EVALSHA" || name == "FCALL" {
		return name, word(key)
	}
	if i := strings.LastIndexAny(key, ":/.|{"); i >= 0 {
		return name, word(key[:i+1]) + "*"
	}
	return name, "*"
}

// inOne names the command that asks for many at once.
var inOne = map[string]string{
	"GET": "MGET", "SET": "MSET", "HGET": "HMGET", "HSET": "HSET with many fields",
	"SISMEMBER": "SMISMEMBER", "ZSCORE": "ZMSCORE", "EXISTS": "EXISTS with many keys",
	"DEL": "DEL with many keys", "UNLINK": "UNLINK with many keys", "TOUCH": "TOUCH with many keys",
	"SADD": "SADD with many members", "ZADD": "ZADD with many members", "SREM": "SREM with many members",
	"LPUSH": "LPUSH with many values", "RPUSH": "RPUSH with many values",
	"LPOP": "LPOP with a count", "RPOP": "RPOP with a count", "SPOP": "SPOP with a count",
	"GEOPOS": "GEOPOS with many members", "XACK": "XACK with many ids", "XDEL": "XDEL with many ids",
}

// String says what was repeated, where, and what to use instead.
func (r Repeat) String() string {
	what := r.Command
	if r.Keys != "" && r.Keys != "*" {
		what += " " + r.Keys
	}
	many := "a pipeline"
	if c := inOne[r.Command]; c != "" {
		many = c + " or a pipeline"
	}
	if r.Same {
		return fmt.Sprintf("the same %s was sent %d times (round trips %s): keep the first answer", what, len(r.RoundTrips), ranges(r.RoundTrips))
	}
	return fmt.Sprintf("N+1: %s was sent %d times, one by one (round trips %s): use %s", what, len(r.RoundTrips), ranges(r.RoundTrips), many)
}

// ranges writes ascending numbers as "1, 3-7".
func ranges(n []int) string {
	var parts []string
	for i := 0; i < len(n); {
		j := i
		for j+1 < len(n) && n[j+1] == n[j]+1 {
			j++
		}
		part := fmt.Sprint(n[i])
		if j > i {
			part += fmt.Sprintf("-%d", n[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
