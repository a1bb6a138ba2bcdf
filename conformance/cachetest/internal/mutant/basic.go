package mutant

import (
	"context"
	"errors"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

func basic() []Mutant {
	return []Mutant{
		{Name: "get-finds-nothing", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			return nil, false, nil
		})},
		{Name: "get-of-absent-key-fails", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			v, found, err := c.Get(ctx, key)
			if !found && err == nil {
				err = cachetest.ErrNotFound
			}
			return v, found, err
		})},
		{Name: "get-takes-nil-for-a-miss", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			v, found, err := c.Get(ctx, key)
			return v, found && v != nil, err
		})},
		{Name: "get-removes-the-entry", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			v, found, err := c.Get(ctx, key)
			_, _ = c.Delete(ctx, key)
			return v, found, err
		})},
		{Name: "get-of-absent-key-finds-nil", Must: []conformance.ID{"CACHE-LIN-001"}, Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			v, _, err := c.Get(ctx, key)
			return v, true, err
		})},
		{Name: "set-keeps-the-first-value", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if old, found, _ := c.Get(ctx, key); found {
				value = old
			}
			return c.Set(ctx, key, value, timeout)
		})},
		{Name: "set-writes-one-key-for-all", Break: func(c Full) Full {
			return merge(c,
				set(func(c Full, ctx context.Context, _ string, value any, timeout Timeout) error {
					return c.Set(ctx, "the-one", value, timeout)
				}),
				get(func(c Full, ctx context.Context, _ string) (any, bool, error) { return c.Get(ctx, "the-one") }))
		}},
		{Name: "delete-removes-nothing", Break: del(func(c Full, ctx context.Context, key string) (bool, error) {
			return c.Has(ctx, key)
		})},
		{Name: "delete-always-reports-true", Break: del(func(c Full, ctx context.Context, key string) (bool, error) {
			_, err := c.Delete(ctx, key)
			return true, err
		})},
		{Name: "delete-of-absent-key-fails", Break: del(func(c Full, ctx context.Context, key string) (bool, error) {
			removed, err := c.Delete(ctx, key)
			if !removed && err == nil {
				err = cachetest.ErrNotFound
			}
			return removed, err
		})},
		{Name: "delete-takes-nil-for-a-miss", Break: del(func(c Full, ctx context.Context, key string) (bool, error) {
			v, _, _ := c.Get(ctx, key)
			removed, err := c.Delete(ctx, key)
			return removed && v != nil, err
		})},
		{Name: "delete-removes-longer-keys-too", Break: del(func(c Full, ctx context.Context, key string) (bool, error) {
			removed, err := c.Delete(ctx, key)
			if removed {
				_, _ = c.Delete(ctx, key+key)
			}
			return removed, err
		})},
		{Name: "add-reports-false", Break: add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			_, err := c.Add(ctx, key, value, timeout)
			return false, err
		})},
		{Name: "add-overwrites", Break: add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			added, err := c.Add(ctx, key, value, timeout)
			if !added && err == nil {
				err = c.Set(ctx, key, value, timeout)
			}
			return added, err
		})},
		{Name: "add-takes-nil-for-a-miss", Break: add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			if v, found, _ := c.Get(ctx, key); found && v == nil {
				return true, c.Set(ctx, key, value, timeout)
			}
			return c.Add(ctx, key, value, timeout)
		})},
		{Name: "add-refuses-a-key-it-added-before", Break: func(c Full) Full {
			var seen memory[bool]
			return add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
				if _, again := seen.get(key); again {
					return false, nil
				}
				added, err := c.Add(ctx, key, value, timeout)
				if added {
					seen.put(key, true)
				}
				return added, err
			})(c)
		}},
		{Name: "has-looks-at-the-truth-of-the-value", Break: has(func(c Full, ctx context.Context, key string) (bool, error) {
			v, found, err := c.Get(ctx, key)
			return found && v != nil && v != "" && v != int64(0) && v != false, err
		})},
		{Name: "has-is-always-true", Break: has(func(Full, context.Context, string) (bool, error) { return true, nil })},
		{Name: "set-keeps-the-callers-pointer", Break: keepsPointers(true)},
		{Name: "get-hands-out-its-own-pointer", Break: keepsPointers(false)},
		{Name: "set-loses-the-old-value-when-it-fails", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			err := c.Set(ctx, key, value, timeout)
			if errors.Is(err, cachetest.ErrSerialize) {
				_, _ = c.Delete(ctx, key)
			}
			return err
		})},
		{Name: "set-hides-that-it-could-not-serialize", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if err := c.Set(ctx, key, value, timeout); !errors.Is(err, cachetest.ErrSerialize) {
				return err
			}
			return nil
		})},
		{Name: "add-stores-nil-for-what-it-cannot-serialize", Break: add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			added, err := c.Add(ctx, key, value, timeout)
			if errors.Is(err, cachetest.ErrSerialize) {
				_ = c.Set(ctx, key, nil, timeout)
			}
			return added, err
		})},
		{Name: "aliases-of-equal-settings-do-not-share", Break: func(c Full) Full {
			var opened memory[string]
			return open(func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
				n, _ := opened.get("")
				opened.put("", n+"x")
				alias.Prefix += n
				return c.Open(ctx, alias)
			})(c)
		}},
	}
}

// keepsPointers returns what was set, not a copy of it: at once, or from the
// first get on.
func keepsPointers(fromSet bool) Break {
	return func(c Full) Full {
		var kept memory[any]
		return merge(c,
			set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
				err := c.Set(ctx, key, value, timeout)
				kept.drop(key)
				if err == nil && fromSet {
					kept.put(key, value)
				}
				return err
			}),
			get(func(c Full, ctx context.Context, key string) (any, bool, error) {
				v, found, err := c.Get(ctx, key)
				if _, isMap := v.(map[string]any); !found || !isMap {
					return v, found, err
				}
				if own, ok := kept.get(key); ok {
					return own, true, nil
				}
				kept.put(key, v)
				return v, found, err
			}))
	}
}
