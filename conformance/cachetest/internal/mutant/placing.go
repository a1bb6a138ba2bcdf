package mutant

import (
	"context"
	"errors"
	"fmt"

	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/internal/hashslot"
)

// slot is where a cluster keeps a key of Django's layout.
func slot(key string) int { return hashslot.Of(":1:" + key) }

// crossing is the error of a cluster for keys of several slots, or nil.
func crossing(keys ...string) error {
	for _, key := range keys[1:] {
		if slot(key) != slot(keys[0]) {
			return fmt.Errorf("CROSSSLOT: %w", errors.ErrUnsupported)
		}
	}
	return nil
}

// firstNode reports whether the first of three nodes has the key.
func firstNode(key string) bool { return slot(key) < 5461 }

// placing holds bugs that show where entries are on several servers.
func placing() []Mutant {
	return append([]Mutant{
		{Name: "get_many-is-refused-across-slots", Break: getMany(func(c Full, ctx context.Context, keys []string) (map[string]any, error) {
			if len(keys) > 0 && crossing(keys...) != nil {
				return nil, crossing(keys...)
			}
			return c.GetMany(ctx, keys)
		})},
		{Name: "keys-looks-at-one-node", Break: keys(func(c Full, ctx context.Context, pattern string) ([]string, error) {
			all, err := c.Keys(ctx, pattern)
			var some []string
			for _, key := range all {
				if firstNode(key) {
					some = append(some, key)
				}
			}
			return some, err
		})},
		{Name: "sinter-is-refused-across-slots", Break: sInter(func(c Full, ctx context.Context, keys ...string) ([]any, error) {
			if len(keys) > 0 && crossing(keys...) != nil {
				return nil, crossing(keys...)
			}
			return c.SInter(ctx, keys...)
		})},
		{Name: "clear_prefix-reaches-one-node", Break: clearPrefix(func(c Full, ctx context.Context) (int, error) {
			all, err := c.Keys(ctx, "*")
			n := 0
			for _, key := range all {
				if firstNode(key) {
					n++
					_, err = c.Delete(ctx, key)
				}
			}
			return n, err
		})},
		{Name: "incr_version-is-refused-across-slots", Break: incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			if hashslot.Of(":1:"+key) != hashslot.Of(":2:"+key) && delta == 1 {
				return 0, fmt.Errorf("CROSSSLOT: %w", errors.ErrUnsupported)
			}
			return c.IncrVersion(ctx, key, delta)
		})},
	}, replicated(
		Mutant{Name: "reads-go-to-the-primary", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			_ = c.Replicate(ctx)
			return c.Get(ctx, key)
		})},
		Mutant{Name: "add-asks-a-replica", Break: add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			if found, err := c.Has(ctx, key); found || err != nil {
				return false, err
			}
			return true, c.Set(ctx, key, value, timeout)
		})},
		Mutant{Name: "get_or_set-sets-what-a-replica-lacks", Break: getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
			v, found, err := c.Get(ctx, key)
			if found || err != nil {
				return v, err
			}
			if v, err = compute(ctx); err == nil {
				err = c.Set(ctx, key, v, timeout)
			}
			return v, err
		})},
		Mutant{Name: "owned-asks-a-replica", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, owned: func(ctx context.Context) (bool, error) {
				if there, err := c.Has(ctx, key); !there || err != nil {
					return false, err
				}
				return l.Owned(ctx)
			}}
		})},
		Mutant{Name: "incr_version-asks-a-replica", Break: incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			if there, err := c.Has(ctx, key); !there || err != nil {
				return 0, errors.Join(cachetest.ErrNotFound, err)
			}
			return c.IncrVersion(ctx, key, delta)
		})},
	)...)
}

// replicated marks mutants that show where reads go to a replica.
func replicated(all ...Mutant) []Mutant {
	for i := range all {
		all[i].Server, all[i].Replica = true, true
	}
	return append(all, Mutant{Name: "the-master-is-looked-up-once", Server: true, Sentinel: true}) // its subject is the bug
}
