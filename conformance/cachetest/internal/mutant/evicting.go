package mutant

import (
	"context"
	"fmt"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

type evictHook struct {
	Full
	f func(c Full, ctx context.Context, key string) error
}

func (m evictHook) Evict(ctx context.Context, key string) error { return m.f(m.Full, ctx, key) }

// knowing is a bug that depends on what was evicted, as of a cache with an
// index of its own that the server's eviction does not reach.
func knowing(bug func(gone func(key string) bool) Break) Break {
	return func(c Full) Full {
		var evicted memory[bool]
		broken := bug(func(key string) bool { gone, _ := evicted.get(key); return gone })(c)
		return evictHook{broken, func(c Full, ctx context.Context, key string) error {
			evicted.put(key, true)
			return c.Evict(ctx, key)
		}}
	}
}

// evicting holds bugs that show when the server loses entries.
func evicting() []Mutant {
	return append([]Mutant{
		{Name: "get-of-an-evicted-entry-fails", Break: knowing(func(gone func(string) bool) Break {
			return get(func(c Full, ctx context.Context, key string) (any, bool, error) {
				v, found, err := c.Get(ctx, key)
				if err == nil && !found && gone(key) {
					return nil, false, cachetest.ErrUnavailable
				}
				return v, found, err
			})
		})},
		{Name: "get_many-of-an-evicted-entry-fails", Break: knowing(func(gone func(string) bool) Break {
			return getMany(func(c Full, ctx context.Context, keys []string) (map[string]any, error) {
				got, err := c.GetMany(ctx, keys)
				for _, key := range keys {
					if _, found := got[key]; !found && gone(key) {
						return nil, cachetest.ErrUnavailable
					}
				}
				return got, err
			})
		})},
		{Name: "an-evicted-entry-still-bars-add", Break: knowing(func(gone func(string) bool) Break {
			return add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
				if gone(key) {
					return false, nil
				}
				return c.Add(ctx, key, value, timeout)
			})
		})},
		{Name: "an-evicted-counter-begins-anew", Break: knowing(func(gone func(string) bool) Break {
			return incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
				if gone(key) {
					return c.IncrCreate(ctx, key, delta)
				}
				return c.Incr(ctx, key, delta)
			})
		})},
		{Name: "an-evicted-lock-is-released-in-silence", Break: knowing(func(gone func(string) bool) Break {
			return locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
				return badLock{Lock: l, release: func(ctx context.Context) error {
					if err := l.Release(ctx); err != nil && !gone(key) {
						return err
					}
					return nil
				}}
			})
		})},
		{Name: "an-evicted-entry-never-expires", Break: knowing(func(gone func(string) bool) Break {
			return ttl(func(c Full, ctx context.Context, key string) (Timeout, bool, error) {
				if gone(key) {
					return cachetest.Forever(), true, nil
				}
				return c.TTL(ctx, key)
			})
		})},
	}, pressed(
		Mutant{Name: "set-hides-want-of-memory", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			_ = c.Set(ctx, key, value, timeout)
			return nil
		})},
		Mutant{Name: "an-entry-that-is-gone-is-corrupt", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			v, found, err := c.Get(ctx, key)
			if err == nil && !found {
				return nil, false, fmt.Errorf("%w: nothing is there", cachetest.ErrDeserialize)
			}
			return v, found, err
		})},
		Mutant{Name: "forever-is-ten-days", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if timeout == cachetest.Forever() {
				timeout = cachetest.For(240 * 3600e9)
			}
			return c.Set(ctx, key, value, timeout)
		})},
	)...)
}

// pressed marks mutants that show on a server that is short of memory.
func pressed(all ...Mutant) []Mutant {
	for i := range all {
		all[i].Server, all[i].Alone, all[i].Only = true, true, "EVI"
	}
	return all
}
