package redistest

import (
	"context"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// RequireTTL fails the test if it leaves keys without a time to live, which
// would stay in a cache for good. Keys that were there at the start (a seed)
// and those that match a pattern of except ("config:*") may do without.
func RequireTTL(except ...string) Option {
	return func(set *settings) {
		set.globs("redistest.RequireTTL", except)
		set.guard(func() *guard {
			return &guard{
				rule: "redistest.RequireTTL: keys left without a time to live",
				mend: "give SET a duration, call EXPIRE, or except a key that is meant to stay: redistest.RequireTTL(\"config:*\")",
			}
		}, func(ctx context.Context, w *ward, g *guard) (func(context.Context) error, error) {
			return w.leftovers(ctx, except, func(key, kind string, ttl time.Duration) {
				if ttl < 0 {
					g.breach("%s (%s)", plain(key), kind)
				}
			})
		})
	}
}

// NoLeftovers fails the test if it leaves keys behind that were not there at
// the start, for code that has to clean up after itself. Keys that match a
// pattern of except ("cache:*") may stay.
func NoLeftovers(except ...string) Option {
	return func(set *settings) {
		set.globs("redistest.NoLeftovers", except)
		set.guard(func() *guard {
			return &guard{
				rule: "redistest.NoLeftovers: keys left behind",
				mend: "delete them where their work ends, or except those that are meant to stay: redistest.NoLeftovers(\"cache:*\")",
			}
		}, func(ctx context.Context, w *ward, g *guard) (func(context.Context) error, error) {
			return w.leftovers(ctx, except, func(key, kind string, ttl time.Duration) {
				if ttl >= 0 {
					kind += ", ttl " + lifetime(ttl)
				}
				g.breach("%s (%s)", plain(key), kind)
			})
		})
	}
}

// leftovers notes which keys there are, and returns a function that calls
// found with those that have come since.
func (w *ward) leftovers(ctx context.Context, except []string, found func(key, kind string, ttl time.Duration)) (func(context.Context) error, error) {
	known := map[string]bool{}
	err := w.eachKey(ctx, func(key, _ string, _ time.Duration) { known[key] = true })
	return func(ctx context.Context) error {
		return w.eachKey(ctx, func(key, kind string, ttl time.Duration) {
			if !known[key] && !excepted(except, key) {
				found(key, kind, ttl)
			}
		})
	}, err
}

// eachKey calls f for every key of the test, in order.
func (s *Server) eachKey(ctx context.Context, f func(key, kind string, ttl time.Duration)) error {
	c := s.reader(s.held.db)
	defer c.Close()
	return eachKey(ctx, c, s.held.prefix, f)
}

// eachKey calls f for every key of the masters.
func (t *topology) eachKey(ctx context.Context, f func(key, kind string, ttl time.Duration)) error {
	masters, err := t.masters(ctx)
	for _, n := range masters {
		if err == nil {
			err = eachKey(ctx, n.Client(), "", f)
		}
	}
	return err
}

// eachKey calls f for every key below a prefix, which it leaves out.
func eachKey(ctx context.Context, c *redis.Client, prefix string, f func(key, kind string, ttl time.Duration)) error {
	keys, err := (&dumper{prefix: prefix}).scan(ctx, c)
	if err != nil {
		return err
	}
	return describe(ctx, c, keys, func(key, kind string, ttl time.Duration) error {
		f(strings.TrimPrefix(key, prefix), kind, ttl)
		return nil
	})
}
