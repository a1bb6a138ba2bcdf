package redistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Fence keeps the test inside its leased database: its connections belong to
// an ACL user that may not run what reaches beyond (FLUSHALL, SWAPDB, MOVE,
// SELECT of another database, CONFIG SET, SHUTDOWN, DEBUG, ACL SETUSER, …).
// The server answers such a command with NOPERM, and the test fails at its
// end naming it, even if the code under test swallowed the error.
//
// What it cannot hold: a script or COPY … DB that names another database on
// servers before Redis 7, pub/sub channels, and the script cache. On a server
// of the test's own there is nothing to protect and Fence does nothing.
func Fence() Option {
	return func(set *settings) { set.fence = true }
}

// fenceBans are what no lease may run, since it reaches beyond keys or to
// those of others. They keep to what Redis 6.0 reads: there a subcommand can
// be allowed, not denied, so CONFIG and the like are closed and opened by
// subcommand.
var fenceBans = []string{
	"+@all", "-flushall", "-swapdb", "-move", "-shutdown", "-debug", "-monitor",
	"-replicaof", "-slaveof", "-failover", "-save", "-bgsave", "-bgrewriteaof", "-sync", "-psync",
	"-config", "+config|get", "-acl", "+acl|whoami", "-module", "-cluster", "+cluster|keyslot",
	"-script", "+script|load", "+script|exists",
}

// fenceRules are the ACL rules of a fenced lease of a database.
func fenceRules(db int) []string {
	return append([]string{"~*", "&*"}, append(fenceBans, "-select", fmt.Sprintf("+select|%d", db))...)
}

// enclose replaces the lease's credentials by those of a user of its own.
func (h *holding) enclose(ctx context.Context) error {
	user := prefixUser + newTag()
	password := rand.Text()
	if err := h.ctl.setUser(ctx, user, password, fenceRules(h.db)); err != nil {
		return errors.Join(fmt.Errorf("fence: %w", err), h.release(ctx, false))
	}
	h.end.Username, h.end.Password = user, password
	h.verify = func(ctx context.Context) error { return h.ctl.breaches(ctx, user, "the database of the test") }
	inner := h.release
	h.release = func(ctx context.Context, keep bool) error {
		if keep {
			return inner(ctx, keep)
		}
		return errors.Join(h.ctl.client().Do(ctx, "acl", "deluser", user).Err(), inner(ctx, keep))
	}
	return nil
}

// setUser makes an ACL user. Rules that this server's version does not know
// are left out one by one: a command that it lacks needs no ban, and Redis 6.0
// has no rules for channels.
func (c *control) setUser(ctx context.Context, user, password string, rules []string) error {
	for {
		args := []any{"acl", "setuser", user, "reset", "on", ">" + password}
		for _, rule := range rules {
			args = append(args, rule)
		}
		err := c.client().Do(ctx, args...).Err()
		if err == nil {
			return nil
		}
		unknown := slices.IndexFunc(rules, func(rule string) bool { return strings.Contains(err.Error(), "'"+rule+"'") })
		if unknown < 0 || strings.HasPrefix(rules[unknown], "~") {
			return err
		}
		rules = slices.Delete(slices.Clone(rules), unknown, unknown+1)
	}
}

// breaches reads from the ACL log what a user was refused: a command, a key
// or a channel.
func (c *control) breaches(ctx context.Context, user, inside string) error {
	entries, err := c.client().ACLLog(ctx, 128).Result()
	if err != nil {
		return fmt.Errorf("read the ACL log: %w", err)
	}
	var found []error
	for _, e := range entries {
		if e.Username == user && e.Reason != "auth" {
			found = append(found, fmt.Errorf("the fence stopped %s (%d times, NOPERM): it reaches beyond %s; give the test redistest.Exclusive() if it needs that", strings.ToUpper(e.Object), e.Count, inside))
		}
	}
	return errors.Join(found...)
}
