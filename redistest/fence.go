package redistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/redkit-dev/redkit/internal/tap"
)

// Fence keeps the test inside its leased database: its connections belong to
// an ACL user that may not run what reaches beyond (FLUSHALL, SWAPDB, MOVE,
// SELECT of another database, CONFIG SET, SHUTDOWN, DEBUG, ACL SETUSER, SCRIPT
// FLUSH, FUNCTION LOAD, CLIENT KILL, CLIENT PAUSE, SLOWLOG RESET, …), and COPY
// to another database is not sent. Such a command is answered with NOPERM, and
// the test fails at its end naming it, even if the code under test swallowed
// the error.
//
// What it cannot hold: COPY to another database by a script, or by a client
// that does not dial through Options, pub/sub channels, and the script cache.
// On a server of the test's own there is nothing to protect and Fence does
// nothing.
func Fence() Option {
	return func(set *settings) { set.fence = true }
}

// fenceBans are what no lease may run, since it reaches beyond keys or to
// those of others. They keep to what Redis 6.0 reads: there a subcommand can
// be allowed, not denied, so CONFIG and the like are closed and opened by
// subcommand.
var fenceBans = []string{
	"+@all", "-flushall", "-swapdb", "-move", "-migrate", "-shutdown", "-debug", "-monitor",
	"-replicaof", "-slaveof", "-failover", "-save", "-bgsave", "-bgrewriteaof", "-sync", "-psync",
	"-config", "+config|get", "-acl", "+acl|whoami", "-module", "-cluster", "+cluster|keyslot",
	"-script", "+script|load", "+script|exists", "-function", "+function|list", "+function|dump",
	"-slowlog", "+slowlog|get", "+slowlog|len", "-latency", "+latency|latest", "+latency|history",
	"-client", "+client|getname", "+client|setname", "+client|id", "+client|setinfo", "+client|info",
}

// fenceRules are the ACL rules of a fenced lease of a database.
func fenceRules(db int) []string {
	return slices.Concat([]string{"~*", "&*"}, fenceBans, []string{
		"+client|list", "+client|reply", "+client|tracking", "+client|caching", "+client|trackinginfo", "+client|getredir",
		"+client|no-evict", "+client|no-touch", "+client|unblock", "-select", fmt.Sprintf("+select|%d", db),
	})
}

// enclose replaces the lease's credentials by those of a user of its own.
func (h *holding) enclose(ctx context.Context) error {
	user := prefixUser + newTag()
	password := rand.Text()
	if _, err := h.ctl.setUser(ctx, user, password, fenceRules(h.db)); err != nil {
		return errors.Join(fmt.Errorf("fence: %w", err), h.release(ctx, false))
	}
	h.end.Username, h.end.Password = user, password
	gate := &fenceJudge{db: strconv.Itoa(h.db)}
	h.judge = gate
	h.verify = func(ctx context.Context) error {
		return errors.Join(gate.breach(), h.ctl.breaches(ctx, user, "the database of the test", mendFence))
	}
	inner := h.release
	h.release = func(ctx context.Context, keep bool) error {
		if keep {
			return inner(ctx, keep)
		}
		return errors.Join(h.ctl.client().Do(ctx, "acl", "deluser", user).Err(), inner(ctx, keep))
	}
	return nil
}

const mendFence = "give the test redistest.Exclusive() if it needs that"

// A fenceJudge stops what no ACL rule does: COPY key key DB of another test.
type fenceJudge struct {
	db string

	mu      sync.Mutex
	stopped []string
}

func (j *fenceJudge) Judge(cmd *tap.Command) tap.Verdict {
	if len(cmd.Args) < 5 || !strings.EqualFold(cmd.Args[0], "COPY") {
		return tap.Verdict{}
	}
	for i, word := range cmd.Args[3 : len(cmd.Args)-1] {
		if to := cmd.Args[4+i]; strings.EqualFold(word, "DB") && to != j.db {
			j.mu.Lock()
			defer j.mu.Unlock()
			j.stopped = append(j.stopped, words(cmd))
			return tap.Verdict{Name: "Fence", Answer: []byte("-NOPERM COPY to another database is stopped by redistest.Fence\r\n")}
		}
	}
	return tap.Verdict{}
}

func (j *fenceJudge) Dial(string) error { return nil }

func (j *fenceJudge) breach() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []error
	for _, what := range j.stopped {
		found = append(found, fmt.Errorf("the fence stopped %s: it reaches beyond the database of the test; %s", what, mendFence))
	}
	return errors.Join(found...)
}

// setUser makes an ACL user. Rules that this server's version does not know
// are left out one by one, and returned: a command that it lacks needs no ban,
// but Redis 6.0 has no rules for channels.
func (c *control) setUser(ctx context.Context, user, password string, rules []string) (unknown []string, err error) {
	for {
		args := []any{"acl", "setuser", user, "reset", "on", ">" + password}
		for _, rule := range rules {
			args = append(args, rule)
		}
		err := c.client().Do(ctx, args...).Err()
		if err == nil {
			return unknown, nil
		}
		i := slices.IndexFunc(rules, func(rule string) bool { return strings.Contains(err.Error(), "'"+rule+"'") })
		if i < 0 || strings.HasPrefix(rules[i], "~") {
			return nil, err
		}
		unknown = append(unknown, rules[i])
		rules = slices.Delete(slices.Clone(rules), i, i+1)
	}
}

// breaches reads from the ACL log what a user was refused: a command, a key
// or a channel.
func (c *control) breaches(ctx context.Context, user, inside, mend string) error {
	entries, err := c.client().ACLLog(ctx, 128).Result()
	if err != nil {
		return fmt.Errorf("read the ACL log: %w", err)
	}
	var found []error
	for _, e := range entries {
		if e.Username != user || e.Reason == "auth" {
			continue
		}
		what := strings.ToUpper(e.Object)
		if e.Reason != "command" {
			what = fmt.Sprintf("a command on the %s %q", e.Reason, e.Object)
		}
		found = append(found, fmt.Errorf("the fence stopped %s (%d times, NOPERM): it reaches beyond %s; %s", what, e.Count, inside, mend))
	}
	return errors.Join(found...)
}
