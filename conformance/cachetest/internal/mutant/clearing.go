package mutant

import (
	"context"
	"errors"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

func clearingUp() []Mutant {
	return []Mutant{
		{Name: "clear-does-nothing", Break: wipe(func(Full, context.Context) error { return nil })},
		{Name: "clear-of-an-empty-cache-fails", Break: wipe(func(c Full, ctx context.Context) error {
			if keys, _ := c.Keys(ctx, "*"); len(keys) == 0 {
				return cachetest.ErrNotFound
			}
			return c.Clear(ctx)
		})},
		{Name: "clear-removes-one-version", Break: wipe(func(c Full, ctx context.Context) error {
			_, err := c.DeletePattern(ctx, "*")
			return err
		})},
		{Name: "clear-removes-one-prefix", Break: wipe(func(c Full, ctx context.Context) error {
			_, err := c.ClearPrefix(ctx)
			return err
		})},
		{Name: "clear_prefix-removes-one-version", Break: clearPrefix(func(c Full, ctx context.Context) (int, error) {
			return c.DeletePattern(ctx, "*")
		})},
		{Name: "clear_prefix-removes-everything", Break: clearPrefix(func(c Full, ctx context.Context) (int, error) {
			n, err := c.ClearPrefix(ctx)
			if err == nil {
				err = c.Clear(ctx)
			}
			return n, err
		})},
		{Name: "clear_prefix-does-not-count", Break: clearPrefix(func(c Full, ctx context.Context) (int, error) {
			_, err := c.ClearPrefix(ctx)
			return 0, err
		})},
		{Name: "clear_prefix-frees-locks", Break: clearPrefix(func(c Full, ctx context.Context) (int, error) {
			n, err := c.ClearPrefix(ctx)
			_, _ = c.DeletePattern(ctx, "*")
			return n, err
		})},
		{Name: "clear_prefix-leaves-sets", Break: clearPrefix(func(c Full, ctx context.Context) (int, error) {
			members, _ := c.SMembers(ctx, "s")
			n, err := c.ClearPrefix(ctx)
			if len(members) > 0 {
				_, _ = c.SAdd(ctx, "s", members...)
			}
			return n, err
		})},
		{Name: "clear_prefix-takes-the-prefixes-that-go-on", Break: open(func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
			inner, err := c.Open(ctx, alias)
			if err != nil {
				return nil, err
			}
			return clearPrefix(func(own Full, ctx context.Context) (int, error) {
				longer, err := c.Open(ctx, cachetest.Alias{Prefix: alias.Prefix + ":prod"})
				if err != nil {
					return 0, err
				}
				more, err := longer.(Full).ClearPrefix(ctx)
				n, failed := own.ClearPrefix(ctx)
				return n + more, errors.Join(err, failed)
			})(inner.(Full)), nil
		})},
		{Name: "a-hostile-prefix-clears-nothing", Break: open(func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
			inner, err := c.Open(ctx, alias)
			if err != nil || !strings.ContainsAny(alias.Prefix, `\[`) {
				return inner, err
			}
			return clearPrefix(func(Full, context.Context) (int, error) { return 0, nil })(inner.(Full)), nil
		})},
	}
}

func culling() []Mutant {
	return []Mutant{
		{Name: "culling-drops-half", Break: opening(func(a *cachetest.Alias) {
			if a.CullFrequency != cachetest.CullAll {
				a.CullFrequency = 2
			}
		})},
		{Name: "culling-everything-drops-a-third", Break: opening(func(a *cachetest.Alias) {
			if a.CullFrequency == cachetest.CullAll {
				a.CullFrequency = 3
			}
		})},
		{Name: "an-alias-without-a-limit-has-none", Break: opening(func(a *cachetest.Alias) {
			if a.MaxEntries == 0 {
				a.MaxEntries = 1 << 30
			}
		})},
		{Name: "get-is-no-use", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			values, err := peek(c, ctx, key)
			v, found := values[key]
			return v, found, err
		})},
		{Name: "incr-is-no-use", Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.Incr(ctx, key, delta)
			ageOthers(c, ctx, key)
			return n, err
		})},
		{Name: "touch-is-a-use", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			_, _, _ = c.Get(ctx, key)
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "a-tiny-cache-holds-nothing", Break: opening(func(a *cachetest.Alias) {
			if a.MaxEntries < 0 {
				a.Timeout = cachetest.For(0)
			}
		})},
		{Name: "culling-is-not-claimed", Unclaims: []conformance.Capability{cachetest.Culls}},
	}
}

// peek reads a value and makes every other entry more recently used.
func peek(c Full, ctx context.Context, key string) (map[string]any, error) {
	values, err := c.GetMany(ctx, []string{key})
	ageOthers(c, ctx, key)
	return values, err
}

// ageOthers uses every entry but key, where they are few: among hundreds, a
// rule that reads them all would outlast its watchdog on a busy machine.
func ageOthers(c Full, ctx context.Context, key string) {
	keys, _ := c.Keys(ctx, "*")
	if len(keys) > 20 {
		return
	}
	for _, other := range keys {
		if other != key {
			_, _, _ = c.Get(ctx, other)
		}
	}
}
