package mutant

import (
	"context"
	"errors"
	"math/big"
	"strconv"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// resets is a counter that gives the entry a new timeout.
func resets(timeout Timeout) Break {
	return incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
		n, err := c.Incr(ctx, key, delta)
		if err == nil {
			_, err = c.Touch(ctx, key, timeout)
		}
		return n, err
	})
}

// onWrongType does something else when incr meets what is no integer.
func onWrongType(rescue func(c Full, ctx context.Context, key string, value any, delta int64) (int64, error)) Break {
	return incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
		n, err := c.Incr(ctx, key, delta)
		if errors.Is(err, cachetest.ErrNotInteger) {
			v, _, _ := c.Get(ctx, key)
			return rescue(c, ctx, key, v, delta)
		}
		return n, err
	})
}

func counting() []Mutant {
	return []Mutant{
		{Name: "incr-returns-the-old-value", Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.Incr(ctx, key, delta)
			return n - delta, err
		})},
		{Name: "incr-stores-nothing", Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.Incr(ctx, key, delta)
			if err == nil {
				_, err = c.Decr(ctx, key, delta)
			}
			return n, err
		})},
		{Name: "decr-adds", Break: decr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			return c.Incr(ctx, key, delta)
		})},
		{Name: "decr-stops-at-zero", Break: decr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.Decr(ctx, key, delta)
			if err == nil && n < 0 {
				return c.Incr(ctx, key, -n)
			}
			return n, err
		})},
		{Name: "incr-takes-the-delta-without-sign", Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			return c.Incr(ctx, key, max(delta, -delta))
		})},
		{Name: "incr-by-zero-adds-one", Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			if delta == 0 {
				delta = 1
			}
			return c.Incr(ctx, key, delta)
		})},
		{Name: "incr-creates", Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			return c.IncrCreate(ctx, key, delta)
		})},
		{Name: "decr-of-absent-key-reports-zero", Break: decr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.Decr(ctx, key, delta)
			if errors.Is(err, cachetest.ErrNotFound) {
				return 0, nil
			}
			return n, err
		})},
		{Name: "incr-revives-expired-entries", Break: seesExpired(func(seen *memory[bool]) Break {
			return incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
				if _, ever := seen.get(key); ever {
					return c.IncrCreate(ctx, key, delta)
				}
				return c.Incr(ctx, key, delta)
			})
		})},
		{Name: "incr-resets-the-expiry", Break: resets(cachetest.Default())},
		{Name: "incr-loses-the-expiry", Break: resets(cachetest.Forever())},
		{Name: "incr-counts-from-zero-on-anything", Break: onWrongType(func(c Full, ctx context.Context, key string, _ any, delta int64) (int64, error) {
			return delta, c.Set(ctx, key, delta, cachetest.Default())
		})},
		{Name: "incr-removes-what-it-cannot-count", Break: onWrongType(func(c Full, ctx context.Context, key string, _ any, delta int64) (int64, error) {
			_, _ = c.Delete(ctx, key)
			return 0, cachetest.ErrNotInteger
		})},
		{Name: "incr-reads-digits-in-text", Break: onWrongType(func(c Full, ctx context.Context, key string, v any, delta int64) (int64, error) {
			text, _ := v.(string)
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return 0, cachetest.ErrNotInteger
			}
			return n + delta, c.Set(ctx, key, n+delta, cachetest.Default())
		})},
		{Name: "incr-counts-bools-and-floats", Break: onWrongType(func(c Full, ctx context.Context, key string, v any, delta int64) (int64, error) {
			var n int64
			switch v := v.(type) {
			case bool:
				if v {
					n = 1
				}
			case float64:
				n = int64(v)
			default:
				return 0, cachetest.ErrNotInteger
			}
			return n + delta, c.Set(ctx, key, n+delta, cachetest.Default())
		})},
		{Name: "incr-wraps-around", Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.Incr(ctx, key, delta)
			if errors.Is(err, cachetest.ErrOverflow) {
				v, _, _ := c.Get(ctx, key)
				old, _ := v.(int64)
				return old + delta, c.Set(ctx, key, old+delta, cachetest.Default())
			}
			return n, err
		})},
		{Name: "counting-anything-is-claimed-without-need", Claims: []conformance.Capability{cachetest.QuirkCountAnything}},
		{Name: "big-counters-stop-at-64-bits", Break: incrBig(func(c Full, ctx context.Context, key string, delta *big.Int) (*big.Int, error) {
			n, err := c.Incr(ctx, key, delta.Int64())
			return big.NewInt(n), err
		})},
		{Name: "big-counters-lose-the-expiry", Break: incrBig(func(c Full, ctx context.Context, key string, delta *big.Int) (*big.Int, error) {
			n, err := c.IncrBig(ctx, key, delta)
			if err == nil {
				err = c.Set(ctx, key, n, cachetest.Default())
			}
			return n, err
		})},
		{Name: "big-counters-create", Break: incrBig(func(c Full, ctx context.Context, key string, delta *big.Int) (*big.Int, error) {
			n, err := c.IncrBig(ctx, key, delta)
			if errors.Is(err, cachetest.ErrNotFound) {
				return delta, c.Set(ctx, key, delta, cachetest.Default())
			}
			return n, err
		})},
		{Name: "float-counters-cut-to-integers", Break: incrFloat(func(c Full, ctx context.Context, key string, delta float64) (float64, error) {
			f, err := c.IncrFloat(ctx, key, delta)
			if err == nil {
				err = c.Set(ctx, key, int64(f), remaining(c, ctx, key))
			}
			return f, err
		})},
		{Name: "float-counters-lose-the-expiry", Break: incrFloat(func(c Full, ctx context.Context, key string, delta float64) (float64, error) {
			f, err := c.IncrFloat(ctx, key, delta)
			if err == nil {
				_, err = c.Touch(ctx, key, cachetest.Forever())
			}
			return f, err
		})},
		{Name: "creating-counters-use-the-default-timeout", Break: incrCreate(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			if added, err := c.Add(ctx, key, delta, cachetest.Default()); added || err != nil {
				return delta, err
			}
			return c.Incr(ctx, key, delta)
		})},
		{Name: "creating-counters-start-over", Break: incrCreate(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			return delta, c.Set(ctx, key, delta, cachetest.Forever())
		})},
		{Name: "creating-counters-lose-the-expiry", Break: incrCreate(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.IncrCreate(ctx, key, delta)
			if err == nil {
				_, err = c.Touch(ctx, key, cachetest.Forever())
			}
			return n, err
		})},
	}
}
