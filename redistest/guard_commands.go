package redistest

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/redkit-dev/redkit/internal/hashslot"
	"github.com/redkit-dev/redkit/internal/tap"
)

// instead says what to use for a command that is often forbidden.
var instead = map[string]string{
	"KEYS": "SCAN", "FLUSHALL": "UNLINK on the keys of your own", "FLUSHDB": "UNLINK on the keys of your own",
	"MONITOR": "redistest's Trace", "SMEMBERS": "SSCAN", "HGETALL": "HSCAN or HMGET",
	"SAVE": "BGSAVE", "SORT": "a sorted set",
}

// Forbid answers these commands with an error instead of sending them, and
// fails the test: names such as "KEYS" or "CONFIG SET", in any case. None
// means those that stop a busy server or take everybody's data: KEYS,
// FLUSHALL, FLUSHDB, SWAPDB, SAVE, MONITOR, DEBUG and SHUTDOWN. What a script
// calls inside the server is not seen.
func Forbid(commands ...string) Option {
	if len(commands) == 0 {
		commands = []string{"KEYS", "FLUSHALL", "FLUSHDB", "SWAPDB", "SAVE", "MONITOR", "DEBUG", "SHUTDOWN"}
	}
	return func(set *settings) {
		set.guard(func() *guard {
			return &guard{rule: "redistest.Forbid: forbidden commands", mend: "they were not sent; what the rule allows is set by redistest.Forbid"}
		}, func(_ context.Context, w *ward, g *guard) (func(context.Context) error, error) {
			w.tap.Appoint(&forbidJudge{commands, g})
			return nil, nil
		})
	}
}

type forbidJudge struct {
	commands []string
	guard    *guard
}

func (j *forbidJudge) Judge(cmd *tap.Command) tap.Verdict {
	for _, name := range j.commands {
		name = strings.ToUpper(name)
		if !called(cmd.Args, name) {
			continue
		}
		hint := ""
		if use := instead[name]; use != "" {
			hint = ": use " + use
		}
		j.guard.breach("%s%s", words(cmd), hint)
		return tap.Verdict{Name: "Forbid", Answer: fmt.Appendf(nil, "-NOPERM %s is forbidden by redistest.Forbid%s\r\n", name, hint)}
	}
	return tap.Verdict{}
}

func (j *forbidJudge) Dial(string) error { return nil }

// ClusterSafe fails the test if it sends a command that a Redis Cluster would
// refuse: one on keys of several hash slots (CROSSSLOT), a transaction over
// several, or one that needs a second database (SELECT, SWAPDB, MOVE). So a
// plain server, or the fake, tells what moving to a cluster would break. What
// a script does to keys that it was not given is not seen.
func ClusterSafe() Option {
	return func(set *settings) {
		set.guard(func() *guard {
			return &guard{
				rule: "redistest.ClusterSafe: commands that a cluster refuses",
				mend: "give keys that belong together a common hash tag, such as {user:1}:cart and {user:1}:seen, or send one command for each",
			}
		}, func(_ context.Context, w *ward, g *guard) (func(context.Context) error, error) {
			w.tap.Observe((&slotObserver{guard: g, open: map[int][]string{}}).see)
			return nil, nil
		})
	}
}

// A slotObserver looks for commands and transactions over several slots.
type slotObserver struct {
	guard *guard

	mu   sync.Mutex
	open map[int][]string // keys of the transactions under way, by connection
}

func (o *slotObserver) see(cmd *tap.Command) {
	if cmd.Setup {
		return
	}
	switch strings.ToUpper(cmd.Args[0]) {
	case "SELECT", "SWAPDB", "MOVE":
		o.guard.breach("%s: a cluster has one database", words(cmd))
		return
	}
	keys := hashslot.Keys(cmd.Args)
	if a, b, crossing := cross(keys); crossing {
		o.guard.breach("%s: %s is in slot %d, %s in slot %d", words(cmd), plain(a), Slot(a), plain(b), Slot(b))
	}
	o.transaction(cmd, keys)
}

// transaction gathers the keys between MULTI and EXEC.
func (o *slotObserver) transaction(cmd *tap.Command, keys []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before, within := o.open[cmd.Conn]
	switch strings.ToUpper(cmd.Args[0]) {
	case "MULTI":
		o.open[cmd.Conn] = nil
	case "EXEC":
		if a, b, crossing := cross(before); crossing {
			o.guard.breach("a transaction: %s is in slot %d, %s in slot %d", plain(a), Slot(a), plain(b), Slot(b))
		}
		delete(o.open, cmd.Conn)
	case "DISCARD":
		delete(o.open, cmd.Conn)
	default:
		if within {
			o.open[cmd.Conn] = append(before, keys...)
		}
	}
}

// cross returns two keys of different slots.
func cross(keys []string) (a, b string, found bool) {
	for _, key := range keys {
		if Slot(key) != Slot(keys[0]) {
			return keys[0], key, true
		}
	}
	return "", "", false
}
