package mutant

import (
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// rekey changes the keys of get, set, delete and has.
func rekey(change func(string) string) Break {
	return func(c Full) Full {
		return merge(c,
			get(func(c Full, ctx context.Context, key string) (any, bool, error) { return c.Get(ctx, change(key)) }),
			set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
				return c.Set(ctx, change(key), value, timeout)
			}),
			del(func(c Full, ctx context.Context, key string) (bool, error) { return c.Delete(ctx, change(key)) }))
	}
}

// refuse makes set fail for some keys.
func refuse(bad func(string) bool) Break {
	return set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
		if bad(key) {
			return cachetest.ErrInvalid
		}
		return c.Set(ctx, key, value, timeout)
	})
}

func keyed() []Mutant {
	return []Mutant{
		{Name: "keys-are-folded-to-lower-case", Break: rekey(strings.ToLower)},
		{Name: "keys-are-normalized", Break: rekey(norm.NFC.String)},
		{Name: "the-empty-key-is-refused", Break: refuse(func(key string) bool { return key == "" })},
		{Name: "the-empty-key-is-nobody", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			if key == "" {
				return nil, false, nil
			}
			return c.Get(ctx, key)
		})},
		{Name: "keys-outside-of-ascii-are-cut", Break: getMany(func(c Full, ctx context.Context, keys []string) (map[string]any, error) {
			got, err := c.GetMany(ctx, keys)
			for key, v := range got {
				if key[0] > 0x7f {
					delete(got, key)
					got["?"] = v
				}
			}
			return got, err
		})},
		{Name: "keys-end-at-a-glob-character", Break: rekey(func(key string) string { key, _, _ = strings.Cut(key, "*"); return key })},
		{Name: "keys-lose-spaces-around-them", Break: rekey(strings.TrimSpace)},
		{Name: "keys-end-at-64k", Break: rekey(func(key string) string { return key[:min(len(key), 64<<10)] })},
		{Name: "any-key-is-not-claimed", Unclaims: []conformance.Capability{cachetest.AnyKey}},
		{Name: "prefixes-are-ignored", Break: opening(func(a *cachetest.Alias) { a.Prefix = "" })},
		{Name: "key-functions-are-ignored", Break: opening(func(a *cachetest.Alias) { a.KeyFunction = nil })},
		{Name: "key-functions-get-the-key-with-its-prefix", Break: opening(func(a *cachetest.Alias) {
			if f := a.KeyFunction; f != nil {
				a.KeyFunction = func(key, prefix, version string) string { return f(prefix+":"+key, prefix, version) }
			}
		})},
		{Name: "key-functions-get-the-default-version", Break: opening(func(a *cachetest.Alias) {
			if f := a.KeyFunction; f != nil {
				a.KeyFunction = func(key, prefix, _ string) string { return f(key, prefix, "1") }
			}
		})},
		{Name: "strictness-is-ignored", Break: opening(func(a *cachetest.Alias) { a.StrictKeys = false })},
		{Name: "strictness-counts-bytes", Break: open(func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
			inner, err := c.Open(ctx, alias)
			if err != nil || !alias.StrictKeys {
				return inner, err
			}
			return refuse(func(key string) bool { return len(key) > 247 })(inner.(Full)), nil
		})},
		{Name: "strictness-forgets-deletes", Break: strictBut(func(lax Full) Break {
			return del(func(_ Full, ctx context.Context, key string) (bool, error) { return lax.Delete(ctx, key) })
		})},
		{Name: "strictness-forgets-the-prefix", Break: strictBut(func(lax Full) Break {
			return set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
				if len(key) > 247 {
					return c.Set(ctx, key, value, timeout)
				}
				return lax.Set(ctx, key, value, timeout)
			})
		})},
		{Name: "strictness-forgets-batches", Break: strictBut(func(lax Full) Break {
			return getMany(func(_ Full, ctx context.Context, keys []string) (map[string]any, error) {
				return lax.GetMany(ctx, keys)
			})
		})},
		{Name: "strictness-stores-the-good-half-of-a-batch", Break: strictBut(func(Full) Break { return setMany(oneByOne) })},
	}
}

// strictBut opens strict aliases with a method that is not strict.
func strictBut(b func(lax Full) Break) Break {
	return open(func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
		inner, err := c.Open(ctx, alias)
		if err != nil || !alias.StrictKeys {
			return inner, err
		}
		alias.StrictKeys = false
		lax, err := c.Open(ctx, alias)
		if err != nil {
			return nil, err
		}
		return b(lax.(Full))(inner.(Full)), nil
	})
}
