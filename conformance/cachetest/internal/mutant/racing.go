package mutant

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// pause leaves a gap in what should be one step, wide enough for others.
func pause(ctx context.Context) {
	gap := time.NewTimer(3 * time.Millisecond)
	defer gap.Stop()
	select {
	case <-gap.C:
	case <-ctx.Done():
	}
}

func racing() []Mutant {
	must := func(ids ...conformance.ID) []conformance.ID { return ids }
	return []Mutant{
		{Name: "incr-is-a-get-and-a-set", Must: must("CACHE-CON-001", "CACHE-LIN-002"), Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			if _, err := c.Incr(ctx, key, 0); err != nil {
				return 0, err
			}
			v, _, err := c.Get(ctx, key)
			n, isInt := v.(int64)
			if err != nil || !isInt || delta < 1 {
				return c.Incr(ctx, key, delta)
			}
			left := remaining(c, ctx, key)
			pause(ctx)
			return n + delta, c.Set(ctx, key, n+delta, left)
		})},
		{Name: "add-is-a-has-and-a-set", Must: must("CACHE-CON-002"), Break: add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			if found, err := c.Has(ctx, key); found || err != nil {
				return false, err
			}
			pause(ctx)
			return true, c.Set(ctx, key, value, timeout)
		})},
		{Name: "set-writes-in-two-steps", Must: must("CACHE-CON-003"), Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			list, isList := value.([]any)
			if old, found, _ := c.Get(ctx, key); isList && found && len(list) == 3 {
				if before, isList := old.([]any); isList && len(before) == 3 {
					if err := c.Set(ctx, key, []any{list[0], before[1], before[2]}, timeout); err != nil {
						return err
					}
					pause(ctx)
				}
			}
			return c.Set(ctx, key, value, timeout)
		})},
		{Name: "get_or_set-lets-everybody-win", Must: must("CACHE-CON-004", "CACHE-CON-005"), Break: fillBy(func(c Full, ctx context.Context, key string, v any, timeout Timeout) (any, error) {
			pause(ctx)
			return v, c.Set(ctx, key, v, timeout)
		})},
		{Name: "get_or_set-computes-for-each-caller", Must: must("CACHE-CON-005"), Break: fillBy(func(c Full, ctx context.Context, key string, v any, timeout Timeout) (any, error) {
			added, err := c.Add(ctx, key, v, timeout)
			if err != nil || added {
				return v, err
			}
			theirs, found, err := c.Get(ctx, key)
			if !found {
				theirs = v
			}
			return theirs, err
		})},
		{Name: "delete-is-a-has-and-a-delete", Must: must("CACHE-CON-006"), Break: del(func(c Full, ctx context.Context, key string) (bool, error) {
			found, err := c.Has(ctx, key)
			if err != nil {
				return false, err
			}
			pause(ctx)
			_, err = c.Delete(ctx, key)
			return found, err
		})},
		{Name: "locks-are-a-note-that-nobody-reads", Must: must("CACHE-CON-007", "CACHE-LIN-004"), Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l,
				acquire: func(ctx context.Context) (bool, error) { return true, c.Set(ctx, key, "locked", cachetest.Default()) },
				release: func(ctx context.Context) error { return nil }}
		})},
		{Name: "incr_version-deletes-then-sets", Must: must("CACHE-CON-008"), Break: func(c Full) Full {
			move := func(c Full, ctx context.Context, key, to string) error {
				v, found, err := c.Get(ctx, key)
				if !found || err != nil {
					return cachetest.ErrNotFound
				}
				left := remaining(c, ctx, key)
				_, _ = c.Delete(ctx, key)
				pause(ctx)
				return c.At(to).Set(ctx, key, v, left)
			}
			return merge(c,
				incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
					if delta != 1 || ctx.Err() != nil {
						return c.IncrVersion(ctx, key, delta)
					}
					return 2, move(c, ctx, key, "2")
				}))
		}},
		{Name: "set-if-absent-is-a-has-and-a-set", Must: must("CACHE-CON-009"), Break: setIf(func(c Full, ctx context.Context, key string, value any, timeout Timeout, cond cachetest.Condition) (bool, error) {
			if cond != cachetest.IfAbsent || gone(timeout) {
				return c.SetIf(ctx, key, value, timeout, cond)
			}
			if found, err := c.Has(ctx, key); found || err != nil {
				return false, err
			}
			pause(ctx)
			return true, c.Set(ctx, key, value, timeout)
		})},
		{Name: "set_many-sets-one-by-one", Must: must("CACHE-MNY-012", "CACHE-KEY-014", "CACHE-CON-010", "CACHE-LIN-003"), Break: setMany(func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
			if len(values) > 100 {
				return c.SetMany(ctx, values, timeout)
			}
			for key, v := range values {
				if err := c.Set(ctx, key, v, timeout); err != nil {
					return err
				}
				pause(ctx)
			}
			return nil
		})},
		{Name: "get-renews-the-expiry", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			_, _ = c.Touch(ctx, key, cachetest.Default())
			return c.Get(ctx, key)
		})},
		{Name: "has-renews-the-expiry", Break: has(func(c Full, ctx context.Context, key string) (bool, error) {
			_, _ = c.Touch(ctx, key, cachetest.Default())
			return c.Has(ctx, key)
		})},
		{Name: "close-ends-the-cache", Break: func(c Full) Full {
			var closed memory[bool]
			return merge(c,
				shut(func(c Full) error { closed.put("", true); return c.Close() }),
				get(func(c Full, ctx context.Context, key string) (any, bool, error) {
					if _, yes := closed.get(""); yes {
						return nil, false, cachetest.ErrUnavailable
					}
					return c.Get(ctx, key)
				}))
		}},
	}
}
