package mutant

import (
	"context"
	"errors"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// openedWith puts a bug into the aliases that which accepts.
func openedWith(which func(cachetest.Alias) bool, b Break) Break {
	return open(func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
		inner, err := c.Open(ctx, alias)
		if err != nil || !which(alias) {
			return inner, err
		}
		return b(inner.(Full)), nil
	})
}

func serializer(name string) func(cachetest.Alias) bool {
	return func(a cachetest.Alias) bool { return a.Serializer == name }
}

func serializing() []Mutant {
	return []Mutant{
		{Name: "gzip-makes-another-member-each-time", Break: openedWith(func(a cachetest.Alias) bool { return a.Compressor == "gzip" },
			sIsMember(func(Full, context.Context, string, any) (bool, error) { return false, nil }))},
		{Name: "json-writes-whole-floats-as-integers", Break: openedWith(serializer("json"), when(func(f float64) any {
			if f == 2 {
				return int64(2)
			}
			return f
		}))},
		{Name: "msgpack-aliases-cannot-count", Break: openedWith(serializer("msgpack"), incr(func(Full, context.Context, string, int64) (int64, error) {
			return 0, cachetest.ErrNotInteger
		}))},
		{Name: "what-cannot-be-decoded-is-a-miss", Break: undecodableMisses()},
		{Name: "what-cannot-be-decoded-is-removed", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			v, found, err := c.Get(ctx, key)
			if errors.Is(err, cachetest.ErrDeserialize) {
				_, _ = c.Delete(ctx, key)
			}
			return v, found, err
		})},
		{Name: "get_many-drops-what-it-cannot-decode", Break: getMany(func(c Full, ctx context.Context, keys []string) (map[string]any, error) {
			got, err := c.GetMany(ctx, keys)
			if !errors.Is(err, cachetest.ErrDeserialize) {
				return got, err
			}
			got = map[string]any{}
			for _, key := range keys {
				if v, found, err := c.Get(ctx, key); found && err == nil {
					got[key] = v
				}
			}
			return got, nil
		})},
		{Name: "touch-reads-the-value", Break: touch(func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
			if _, _, err := c.Get(ctx, key); errors.Is(err, cachetest.ErrDeserialize) {
				return false, err
			}
			return c.Touch(ctx, key, timeout)
		})},
		{Name: "json-takes-bytes-for-text", Break: openedWith(serializer("json"), when(func(b []byte) any { return string(b) }))},
		{Name: "msgpack-writes-bytes-as-text", Break: openedWith(serializer("msgpack"), when(func(b []byte) any { return string(b) }))},
		{Name: "old-pickles-are-not-read", Break: opening(func(a *cachetest.Alias) {
			if a.PickleVersion == 2 {
				a.Serializer, a.PickleVersion = "json", 0
			}
		})},
		{Name: "an-unknown-serializer-means-pickle", Break: opening(func(a *cachetest.Alias) {
			if a.Serializer == "yaml" {
				a.Serializer = ""
			}
		})},
		{Name: "lzma-cuts-long-texts", Break: openedWith(func(a cachetest.Alias) bool { return a.Compressor == "lzma" },
			when(func(s string) any { return s[:min(len(s), 1000)] }))},
		{Name: "compression-cannot-be-turned-on", Break: openedWith(func(a cachetest.Alias) bool { return a.Compressor != "" }, func(c Full) Full {
			var own memory[bool]
			return merge(c,
				set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
					own.put(key, true)
					return c.Set(ctx, key, value, timeout)
				}),
				get(func(c Full, ctx context.Context, key string) (any, bool, error) {
					if _, ok := own.get(key); !ok {
						return nil, false, cachetest.ErrDeserialize
					}
					return c.Get(ctx, key)
				}))
		})},
		{Name: "compressors-are-ignored", Break: opening(func(a *cachetest.Alias) { a.Compressor = "" })},
	}
}

func undecodableMisses() Break {
	return get(func(c Full, ctx context.Context, key string) (any, bool, error) {
		v, found, err := c.Get(ctx, key)
		if errors.Is(err, cachetest.ErrDeserialize) {
			return nil, false, nil
		}
		return v, found, err
	})
}

func contexts() []Mutant {
	free := context.WithoutCancel
	return []Mutant{
		{Name: "get-ignores-its-context", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) { return c.Get(free(ctx), key) })},
		{Name: "set-writes-before-it-looks-at-its-context", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			return errors.Join(c.Set(free(ctx), key, value, timeout), ctx.Err())
		})},
		{Name: "set_many-ignores-its-context", Break: setMany(func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
			return c.SetMany(free(ctx), values, timeout)
		})},
		{Name: "get_or_set-computes-in-another-context", Break: getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
			return c.GetOrSet(ctx, key, func(context.Context) (any, error) { return compute(context.Background()) }, timeout)
		})},
		{Name: "get_or_set-computes-for-nobody", Break: getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
			if ctx.Err() != nil {
				_, _ = compute(ctx)
			}
			return c.GetOrSet(ctx, key, compute, timeout)
		})},
		{Name: "walks-ignore-their-context", Break: walkFreely()},
	}
}
