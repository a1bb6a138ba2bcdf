package mutant

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// looksAt changes what TTL and PTTL say.
func looksAt(change func(left Timeout, found bool) (Timeout, bool)) Break {
	return func(c Full) Full {
		return merge(c,
			ttl(func(c Full, ctx context.Context, key string) (Timeout, bool, error) {
				left, found, err := c.TTL(ctx, key)
				left, found = change(left, found)
				return left, found, err
			}),
			pttl(func(c Full, ctx context.Context, key string) (Timeout, bool, error) {
				left, found, err := c.PTTL(ctx, key)
				left, found = change(left, found)
				return left, found, err
			}))
	}
}

func expiries() []Mutant {
	return []Mutant{
		{Name: "ttl-is-in-milliseconds", Break: ttl(func(c Full, ctx context.Context, key string) (Timeout, bool, error) {
			left, found, err := c.TTL(ctx, key)
			left.D *= 1000
			return left, found, err
		})},
		{Name: "ttl-is-what-was-set", Break: func(c Full) Full {
			var given memory[Timeout]
			return merge(c,
				set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
					given.put(key, timeout)
					return c.Set(ctx, key, value, timeout)
				}),
				pttl(func(c Full, ctx context.Context, key string) (Timeout, bool, error) {
					left, found, err := c.PTTL(ctx, key)
					if t, ok := given.get(key); ok && found && t.Kind == cachetest.Lasting && left.Kind == cachetest.Lasting && left.D < t.D {
						left = t
					}
					return left, found, err
				}))
		}},
		{Name: "ttl-of-forever-is-minus-one", Break: looksAt(func(left Timeout, found bool) (Timeout, bool) {
			if left == cachetest.Forever() {
				left = cachetest.For(-1)
			}
			return left, found
		})},
		{Name: "ttl-of-absent-keys-is-minus-two", Break: looksAt(func(left Timeout, found bool) (Timeout, bool) {
			if !found {
				left = cachetest.For(-2)
			}
			return left, true
		})},
		{Name: "pttl-is-rounded-to-seconds", Break: pttl(func(c Full, ctx context.Context, key string) (Timeout, bool, error) {
			left, found, err := c.PTTL(ctx, key)
			left.D = left.D.Round(time.Second)
			return left, found, err
		})},
		{Name: "persist-does-nothing", Break: persist(func(c Full, ctx context.Context, key string) (bool, error) {
			left, found, err := c.PTTL(ctx, key)
			return found && left != cachetest.Forever(), err
		})},
		{Name: "persist-reports-whether-there-is-an-entry", Break: persist(func(c Full, ctx context.Context, key string) (bool, error) {
			_, _ = c.Persist(ctx, key)
			return c.Has(ctx, key)
		})},
		{Name: "persist-persists-every-entry", Break: persist(func(c Full, ctx context.Context, key string) (bool, error) {
			done, err := c.Persist(ctx, key)
			keys, _ := c.Keys(ctx, "*")
			for _, other := range keys {
				_, _ = c.Persist(ctx, other)
			}
			return done, err
		})},
		{Name: "expire-never-lengthens", Break: expire(func(c Full, ctx context.Context, key string, d time.Duration) (bool, error) {
			if left := remaining(c, ctx, key); left.Kind == cachetest.Lasting && d > left.D {
				return c.Has(ctx, key)
			}
			return c.Expire(ctx, key, d)
		})},
		{Name: "pexpire-never-shortens", Break: pExpire(func(c Full, ctx context.Context, key string, d time.Duration) (bool, error) {
			if left := remaining(c, ctx, key); left.Kind == cachetest.Lasting && d > 0 && d < left.D {
				return c.Has(ctx, key)
			}
			return c.PExpire(ctx, key, d)
		})},
		{Name: "expire-counts-milliseconds", Break: expire(func(c Full, ctx context.Context, key string, d time.Duration) (bool, error) {
			return c.Expire(ctx, key, d/1000)
		})},
		{Name: "expire-of-absent-keys-reports-true", Break: expire(func(c Full, ctx context.Context, key string, d time.Duration) (bool, error) {
			_, err := c.Expire(ctx, key, d)
			return true, err
		})},
		{Name: "pexpire-creates", Break: pExpire(func(c Full, ctx context.Context, key string, d time.Duration) (bool, error) {
			found, err := c.PExpire(ctx, key, d)
			if !found && err == nil {
				err = c.Set(ctx, key, nil, cachetest.Default())
			}
			return found, err
		})},
		{Name: "expire-zero-means-forever", Break: expire(func(c Full, ctx context.Context, key string, d time.Duration) (bool, error) {
			if d <= 0 {
				_, _ = c.Persist(ctx, key)
				return c.Has(ctx, key)
			}
			return c.Expire(ctx, key, d)
		})},
		{Name: "pexpire-is-cut-to-seconds", Break: pExpire(func(c Full, ctx context.Context, key string, d time.Duration) (bool, error) {
			return c.PExpire(ctx, key, d.Truncate(time.Second))
		})},
		{Name: "expire_at-takes-the-moment-for-a-timeout", Break: expireAt(func(c Full, ctx context.Context, key string, t time.Time) (bool, error) {
			return c.Expire(ctx, key, time.Duration(t.Unix())*time.Second)
		})},
		{Name: "pexpire_at-in-the-past-fails", Break: pExpireAt(func(c Full, ctx context.Context, key string, t time.Time) (bool, error) {
			found, err := c.PExpireAt(ctx, key, t)
			if there, _ := c.Has(ctx, key); found && err == nil && !there {
				return false, cachetest.ErrInvalid
			}
			return found, err
		})},
		{Name: "expire_at-of-absent-keys-reports-true", Break: expireAt(func(c Full, ctx context.Context, key string, t time.Time) (bool, error) {
			_, err := c.ExpireAt(ctx, key, t)
			return true, err
		})},
		{Name: "expire-turns-values-into-text", Break: expire(func(c Full, ctx context.Context, key string, d time.Duration) (bool, error) {
			if v, found, _ := c.Get(ctx, key); found && v == nil {
				_ = c.Set(ctx, key, "None", cachetest.Default())
			}
			return c.Expire(ctx, key, d)
		})},
		{Name: "expire-works-on-plain-values-only", Break: expire(func(c Full, ctx context.Context, key string, d time.Duration) (bool, error) {
			if n, _ := c.SCard(ctx, key); n > 0 {
				return false, nil
			}
			return c.Expire(ctx, key, d)
		})},
		{Name: "pttl-forgets-the-version", Break: inVersionOne(func(one func() Full) Break {
			return pttl(func(_ Full, ctx context.Context, key string) (Timeout, bool, error) { return one().PTTL(ctx, key) })
		})},
	}
}
