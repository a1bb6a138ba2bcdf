package redistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/glob"
)

// prefixes lends keys where there is only database 0: a cluster, most managed
// servers. A lease is a prefix that nobody else uses and an ACL user that can
// touch nothing else. Its hash tag keeps all its keys in one slot, so on a
// cluster a plain client to the node of that slot is enough.
//
// A return costs a scan of the server's keys; in a cluster, of the slot's.
type prefixes struct {
	// node returns the way to the server that holds a tag's slot.
	node func(ctx context.Context, tag string) (*control, error)

	cuttings cuttings

	mu    sync.Mutex
	beats map[*control]*heartbeat
}

func newPrefixes(node func(context.Context, string) (*control, error)) *prefixes {
	return &prefixes{node: node, beats: map[*control]*heartbeat{}}
}

// tagForm is the form of a hash tag; users and leases carry it in their names.
var tagForm = regexp.MustCompile(`rt-[a-z2-7]{12}`)

const prefixUser = "redistest-" // + tag

func newTag() string { return "rt-" + strings.ToLower(rand.Text()[:12]) }

func (p *prefixes) take(ctx context.Context, h *holding) error {
	tag := newTag()
	ctl, err := p.node(ctx, tag)
	if err != nil {
		return err
	}
	beat, err := p.beatOf(ctx, ctl)
	if err != nil {
		return err
	}
	lease, prefix, owner := leaseKey+"{"+tag+"}", "{"+tag+"}:", ownerName(h.test)
	if err := ctl.client().Set(ctx, lease, owner, leaseLife).Err(); err != nil {
		return fmt.Errorf("lease the keys %s*: %w", prefix, err)
	}
	password := rand.Text()
	unknown, err := ctl.setUser(ctx, prefixUser+tag, password, prefixRules(prefix))
	if err != nil {
		return fmt.Errorf("make a user for the keys %s*: the user of the external URL must be allowed ACL SETUSER: %w", prefix, err)
	}
	beat.add(lease, owner)
	h.end, h.ctl, h.prefix, h.db, h.keeps = ctl.end, ctl, prefix, ctl.db, true
	h.cuttings = &p.cuttings
	h.open = ctl.open
	h.end.Username, h.end.Password = prefixUser+tag, password
	if slices.ContainsFunc(unknown, func(rule string) bool { return strings.HasPrefix(rule, "&") }) {
		h.notes = append(h.notes, "this server knows no rules for channels, as Redis 6.0: those of other tests are not out of reach, so begin their names with Server.Prefix")
	}
	h.verify = func(ctx context.Context) error {
		return ctl.breaches(ctx, prefixUser+tag, "the keys of the test", "begin the names of keys and channels with Server.Prefix, or use redistest.Native() for what concerns a whole server")
	}
	h.release = func(ctx context.Context, keep bool) error {
		if keep {
			return nil
		}
		beat.remove(lease)
		return ctl.endPrefix(ctx, tag)
	}
	return nil
}

// prefixRules are the ACL rules of a lease: all commands on its own keys and
// channels but those that reach beyond keys.
func prefixRules(prefix string) []string {
	return slices.Concat([]string{"~" + glob.Escape(prefix) + "*", "&" + glob.Escape(prefix) + "*"}, fenceBans,
		[]string{"-flushdb", "-keys", "-randomkey", "-select"})
}

// beatOf returns the heartbeat for the leases on a node. The first time it
// sweeps what dead processes left there.
func (p *prefixes) beatOf(ctx context.Context, ctl *control) (*heartbeat, error) {
	p.mu.Lock()
	beat := p.beats[ctl]
	if beat == nil {
		beat = newHeartbeat(ctl)
		p.beats[ctl] = beat
		p.mu.Unlock()
		return beat, ctl.sweepPrefixes(ctx)
	}
	p.mu.Unlock()
	return beat, nil
}

// sweepPrefixes ends the leases whose owners are dead: those with keys or a
// user, and no lease any more.
func (c *control) sweepPrefixes(ctx context.Context) error {
	tags := map[string]bool{}
	note := func(names []string) {
		for _, name := range names {
			if tag := tagForm.FindString(name); tag != "" {
				tags[tag] = true
			}
		}
	}
	users, err := c.client().Do(ctx, "acl", "users").StringSlice()
	if err != nil {
		return fmt.Errorf("list ACL users: %w", err)
	}
	note(users)
	if err := c.scan(ctx, "{rt-*}:*", func(keys []string) error { note(keys); return nil }); err != nil {
		return err
	}
	for tag := range tags {
		n, err := c.client().Exists(ctx, leaseKey+"{"+tag+"}").Result()
		if err == nil && n == 0 {
			err = c.endPrefix(ctx, tag)
		}
		if err != nil {
			return fmt.Errorf("sweep the keys {%s}:* of a dead test process: %w", tag, err)
		}
	}
	return nil
}

// endPrefix deletes a lease's user, which disconnects its clients, then its
// keys and the lease itself.
func (c *control) endPrefix(ctx context.Context, tag string) error {
	err := c.client().Do(ctx, "acl", "deluser", prefixUser+tag).Err()
	unlink := func(keys []string) error {
		_, err := c.client().Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, key := range keys {
				p.Unlink(ctx, key)
			}
			return nil
		})
		return err
	}
	return errors.Join(err,
		c.scan(ctx, glob.Escape("{"+tag+"}:")+"*", unlink),
		c.client().Del(ctx, leaseKey+"{"+tag+"}").Err())
}

// scan calls f with the keys that match, page by page, some perhaps twice.
func (c *control) scan(ctx context.Context, match string, f func(keys []string) error) error {
	var cursor uint64
	for {
		keys, next, err := c.client().Scan(ctx, cursor, match, 1000).Result()
		if err != nil {
			return fmt.Errorf("scan for %s: %w", match, err)
		}
		if len(keys) > 0 {
			if err := f(keys); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
