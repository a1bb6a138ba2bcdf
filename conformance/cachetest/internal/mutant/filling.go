package mutant

import (
	"context"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// fillBy is GetOrSet written out: get, compute, store.
func fillBy(store func(c Full, ctx context.Context, key string, v any, timeout Timeout) (any, error)) Break {
	return getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
		if v, found, err := c.Get(ctx, key); found || err != nil {
			return v, err
		}
		v, err := compute(ctx)
		if err != nil {
			return nil, err
		}
		return store(c, ctx, key, v, timeout)
	})
}

// filledWith changes the timeout of GetOrSet.
func filledWith(change func(Timeout) Timeout) Break {
	return getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
		return c.GetOrSet(ctx, key, compute, change(timeout))
	})
}

func filling() []Mutant {
	return []Mutant{
		{Name: "get_or_set-stores-nothing", Break: fillBy(func(_ Full, _ context.Context, _ string, v any, _ Timeout) (any, error) { return v, nil })},
		{Name: "get_or_set-always-computes", Break: getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
			if _, err := compute(ctx); err != nil {
				return nil, err
			}
			return c.GetOrSet(ctx, key, compute, timeout)
		})},
		{Name: "get_or_set-computes-twice-on-a-miss", Break: getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
			return c.GetOrSet(ctx, key, func(ctx context.Context) (any, error) {
				if _, err := compute(ctx); err != nil {
					return nil, err
				}
				return compute(ctx)
			}, timeout)
		})},
		{Name: "get_or_set-takes-nil-for-a-miss", Break: getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
			if v, found, _ := c.Get(ctx, key); found && v == nil {
				_, _ = c.Delete(ctx, key)
			}
			return c.GetOrSet(ctx, key, compute, timeout)
		})},
		{Name: "get_or_set-stores-what-came-with-an-error", Break: getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
			var failed error
			v, err := c.GetOrSet(ctx, key, func(ctx context.Context) (any, error) {
				v, err := compute(ctx)
				failed = err
				return v, nil
			}, timeout)
			if failed != nil {
				return nil, failed
			}
			return v, err
		})},
		{Name: "get_or_set-overwrites-a-faster-writer", Break: fillBy(func(c Full, ctx context.Context, key string, v any, timeout Timeout) (any, error) {
			return v, c.Set(ctx, key, v, timeout)
		})},
		{Name: "get_or_set-returns-its-own-value-in-a-race", Break: fillBy(func(c Full, ctx context.Context, key string, v any, timeout Timeout) (any, error) {
			_, err := c.Add(ctx, key, v, timeout)
			return v, err
		})},
		{Name: "get_or_set-ignores-the-timeout", Break: filledWith(swap(cachetest.Lasting, cachetest.Default()))},
		{Name: "get_or_set-without-timeout-means-forever", Break: filledWith(swap(cachetest.Standard, cachetest.Forever()))},
		{Name: "get_or_set-zero-stores", Break: filledWith(func(t Timeout) Timeout {
			if gone(t) {
				return cachetest.Default()
			}
			return t
		})},
		{Name: "get_or_set-touches-a-hit", Break: getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
			v, err := c.GetOrSet(ctx, key, compute, timeout)
			if err == nil && !gone(timeout) {
				_, _ = c.Touch(ctx, key, timeout)
			}
			return v, err
		})},
		{Name: "get_or_set-revives-expired-entries", Break: func(c Full) Full {
			var last memory[any]
			return merge(c,
				set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
					last.put(key, value)
					return c.Set(ctx, key, value, timeout)
				}),
				getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
					if v, ever := last.get(key); ever {
						return v, nil
					}
					return c.GetOrSet(ctx, key, compute, timeout)
				}))
		}},
		{Name: "get_or_set-hides-that-it-could-not-serialize", Break: getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
			var computed any
			v, err := c.GetOrSet(ctx, key, func(ctx context.Context) (any, error) {
				v, err := compute(ctx)
				computed = v
				return v, err
			}, timeout)
			if _, bad := computed.(chan int); bad {
				return computed, nil
			}
			return v, err
		})},
		{Name: "get_or_set-stores-the-pointer-it-returns", Break: func(c Full) Full {
			var kept memory[any]
			return getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
				if own, ok := kept.get(key); ok {
					return own, nil
				}
				v, err := c.GetOrSet(ctx, key, compute, timeout)
				if list, isList := v.([]any); err == nil && isList {
					kept.put(key, list)
				}
				return v, err
			})(c)
		}},
	}
}
