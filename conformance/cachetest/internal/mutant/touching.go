package mutant

import (
	"context"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

func gone(t Timeout) bool { return t.Kind == cachetest.Lasting && t.D <= 0 }

func touching() []Mutant {
	return []Mutant{
		{Name: "touch-creates", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			if found, _ := c.Has(ctx, key); !found && !gone(timeout) {
				_ = c.Set(ctx, key, nil, timeout)
			}
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "touch-of-absent-key-reports-true-for-zero", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			found, err := c.Touch(ctx, key, timeout)
			return found || gone(timeout), err
		})},
		{Name: "touch-reports-false", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			_, err := c.Touch(ctx, key, timeout)
			return false, err
		})},
		{Name: "touch-turns-values-into-text", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			v, found, _ := c.Get(ctx, key)
			if _, isInt := v.(int64); found && isInt {
				_ = c.Set(ctx, key, "7", timeout)
			}
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "touch-takes-nil-for-a-miss", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			if v, found, _ := c.Get(ctx, key); found && v == nil {
				return false, nil
			}
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "touch-never-lengthens", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			left := remaining(c, ctx, key)
			if left.Kind == cachetest.Lasting && timeout.Kind == cachetest.Lasting && timeout.D > left.D {
				return c.Has(ctx, key)
			}
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "touch-never-shortens", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			left := remaining(c, ctx, key)
			if left.Kind == cachetest.Lasting && timeout.Kind == cachetest.Lasting && timeout.D > 0 && timeout.D < left.D {
				return c.Has(ctx, key)
			}
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "touch-leaves-entries-without-expiry", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			if remaining(c, ctx, key) == cachetest.Forever() && !gone(timeout) {
				return c.Has(ctx, key)
			}
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "touch-without-timeout-leaves-the-expiry", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			if timeout == cachetest.Default() {
				return c.Has(ctx, key)
			}
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "touch-without-timeout-means-forever", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			return c.Touch(ctx, key, swap(cachetest.Standard, cachetest.Forever())(timeout))
		})},
		{Name: "touch-forever-leaves-the-expiry", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			if timeout == cachetest.Forever() {
				return c.Has(ctx, key)
			}
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "touch-forever-reports-what-persist-says", Break: persistReply()},
		{Name: "touch-forever-parity-is-claimed-without-need", Claims: []conformance.Capability{cachetest.QuirkTouchForever}},
		{Name: "touch-zero-leaves-the-entry", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			if timeout == cachetest.For(0) {
				return c.Has(ctx, key)
			}
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "touch-negative-reports-false", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			found, err := c.Touch(ctx, key, timeout)
			return found && (timeout.Kind != cachetest.Lasting || timeout.D >= 0), err
		})},
		{Name: "touch-revives-expired-entries", Break: func(c Full) Full {
			var last memory[any]
			return merge(c,
				set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
					last.put(key, value)
					return c.Set(ctx, key, value, timeout)
				}),
				touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
					if v, ever := last.get(key); ever && !gone(timeout) {
						return true, c.Set(ctx, key, v, timeout)
					}
					return c.Touch(ctx, key, timeout)
				}))
		}},
		{Name: "touch-touches-every-entry", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			found, err := c.Touch(ctx, key, timeout)
			if keys, _ := c.Keys(ctx, "*"); found && !gone(timeout) {
				for _, other := range keys {
					_, _ = c.Touch(ctx, other, timeout)
				}
			}
			return found, err
		})},
	}
}

// persistReply is the quirk of R and J.
func persistReply() Break {
	return touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
		if timeout == cachetest.Forever() && remaining(c, ctx, key) == cachetest.Forever() {
			return false, nil
		}
		return c.Touch(ctx, key, timeout)
	})
}
