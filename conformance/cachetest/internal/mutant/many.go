package mutant

import (
	"context"
	"maps"
	"slices"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// reading changes what get_many returns.
func reading(change func(c Full, ctx context.Context, keys []string, got map[string]any) (map[string]any, error)) Break {
	return getMany(func(c Full, ctx context.Context, keys []string) (map[string]any, error) {
		got, err := c.GetMany(ctx, keys)
		if err != nil {
			return got, err
		}
		return change(c, ctx, keys, got)
	})
}

// settingMany changes the timeout of set_many.
func settingMany(change func(Timeout) Timeout) Break {
	return setMany(func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
		return c.SetMany(ctx, values, change(timeout))
	})
}

// oneByOne is a set_many that sets each value by itself, in order of the keys.
func oneByOne(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if err := c.Set(ctx, key, values[key], timeout); err != nil {
			return err
		}
	}
	return nil
}

func manyKeys() []Mutant {
	return []Mutant{
		{Name: "get_many-answers-under-stored-keys", Break: reading(func(_ Full, _ context.Context, _ []string, got map[string]any) (map[string]any, error) {
			out := map[string]any{}
			for key, v := range got {
				out[":1:"+key] = v
			}
			return out, nil
		})},
		{Name: "get_many-fills-in-nil", Break: reading(func(_ Full, _ context.Context, keys []string, got map[string]any) (map[string]any, error) {
			for _, key := range keys {
				if _, found := got[key]; !found {
					got[key] = nil
				}
			}
			return got, nil
		})},
		{Name: "get_many-drops-nil", Break: reading(func(_ Full, _ context.Context, _ []string, got map[string]any) (map[string]any, error) {
			maps.DeleteFunc(got, func(_ string, v any) bool { return v == nil })
			return got, nil
		})},
		{Name: "get_many-of-no-keys-fails", Break: getMany(func(c Full, ctx context.Context, keys []string) (map[string]any, error) {
			if len(keys) == 0 {
				return nil, cachetest.ErrInvalid
			}
			return c.GetMany(ctx, keys)
		})},
		{Name: "get_many-of-a-key-named-twice-fails", Break: getMany(func(c Full, ctx context.Context, keys []string) (map[string]any, error) {
			if once := slices.Compact(slices.Sorted(slices.Values(keys))); len(once) < len(keys) {
				return nil, cachetest.ErrInvalid
			}
			return c.GetMany(ctx, keys)
		})},
		{Name: "get_many-reads-no-more-than-a-thousand", Break: getMany(func(c Full, ctx context.Context, keys []string) (map[string]any, error) {
			return c.GetMany(ctx, keys[:min(len(keys), 1000)])
		})},
		{Name: "get_many-turns-integers-into-text", Break: reading(func(_ Full, _ context.Context, _ []string, got map[string]any) (map[string]any, error) {
			for key, v := range got {
				if v == int64(7) {
					got[key] = "7"
				}
			}
			return got, nil
		})},
		{Name: "set_many-adds", Break: setMany(func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
			if gone(timeout) {
				return c.SetMany(ctx, values, timeout)
			}
			for _, key := range slices.Sorted(maps.Keys(values)) {
				if _, err := c.Add(ctx, key, values[key], timeout); err != nil {
					return err
				}
			}
			return nil
		})},
		{Name: "set_many-ignores-the-timeout", Break: settingMany(swap(cachetest.Lasting, cachetest.Default()))},
		{Name: "set_many-forever-means-the-default", Break: settingMany(swap(cachetest.Endless, cachetest.Default()))},
		{Name: "set_many-without-timeout-means-forever", Break: settingMany(swap(cachetest.Standard, cachetest.Forever()))},
		{Name: "set_many-zero-does-nothing", Break: setMany(func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
			if gone(timeout) {
				return nil
			}
			return c.SetMany(ctx, values, timeout)
		})},
		{Name: "set_many-zero-clears-the-cache", Break: setMany(func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
			if gone(timeout) {
				return c.Clear(ctx)
			}
			return c.SetMany(ctx, values, timeout)
		})},
		{Name: "set_many-of-nothing-fails", Break: setMany(func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
			if len(values) == 0 {
				return cachetest.ErrInvalid
			}
			return c.SetMany(ctx, values, timeout)
		})},
		{Name: "set_many-stops-at-the-first-bad-value", Break: setMany(oneByOne)},
		{Name: "set_many-writes-no-more-than-a-thousand", Break: setMany(func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
			some := map[string]any{}
			for key, v := range values {
				if len(some) < 1000 {
					some[key] = v
				}
			}
			return c.SetMany(ctx, some, timeout)
		})},
		{Name: "set_many-keeps-the-callers-pointers", Break: func(c Full) Full {
			var kept memory[any]
			return merge(c,
				setMany(func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
					err := c.SetMany(ctx, values, timeout)
					if list, isList := values["a"].([]any); err == nil && isList {
						kept.put("a", list)
					}
					return err
				}),
				get(func(c Full, ctx context.Context, key string) (any, bool, error) {
					if own, ok := kept.get(key); ok {
						return own, true, nil
					}
					return c.Get(ctx, key)
				}))
		}},
		{Name: "delete_many-removes-the-first-key-only", Break: deleteMany(func(c Full, ctx context.Context, keys []string) (int, error) {
			return c.DeleteMany(ctx, keys[:min(len(keys), 1)])
		})},
		{Name: "delete_many-stops-at-an-absent-key", Break: deleteMany(func(c Full, ctx context.Context, keys []string) (int, error) {
			for i, key := range keys {
				if removed, err := c.Delete(ctx, key); err != nil || !removed {
					return i, err
				}
			}
			return len(keys), nil
		})},
		{Name: "delete_many-of-no-keys-fails", Break: deleteMany(func(c Full, ctx context.Context, keys []string) (int, error) {
			if len(keys) == 0 {
				return 0, cachetest.ErrInvalid
			}
			return c.DeleteMany(ctx, keys)
		})},
		{Name: "delete_many-counts-what-it-was-asked-for", Break: deleteMany(func(c Full, ctx context.Context, keys []string) (int, error) {
			_, err := c.DeleteMany(ctx, keys)
			return len(keys), err
		})},
		{Name: "counting-deletes-is-not-claimed", Unclaims: []conformance.Capability{cachetest.CountsDeletes}},
	}
}
