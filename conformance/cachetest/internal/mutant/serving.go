package mutant

import (
	"bytes"
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// rewriting changes the bytes that a set stored.
func rewriting(change func(value any, raw []byte) []byte) Break {
	return set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
		if err := c.Set(ctx, key, value, timeout); err != nil {
			return err
		}
		stored := ":1:" + key
		e, err := c.Stored(ctx, stored)
		if err != nil || e.Kind != "string" {
			return err
		}
		if raw := change(value, e.Bytes); !bytes.Equal(raw, e.Bytes) {
			return c.StoreRaw(ctx, stored, raw)
		}
		return nil
	})
}

// wire holds bugs in the bytes below the cache.
func wire() []Mutant {
	return onServer(
		Mutant{Name: "a-second-key-is-kept-beside-each-entry", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			return errors.Join(c.Set(ctx, key, value, timeout), c.StoreRaw(ctx, "meta:"+key, []byte("1")))
		})},
		Mutant{Name: "the-stored-key-lacks-the-prefix", Break: opening(func(a *cachetest.Alias) { a.Prefix = "" })},
		Mutant{Name: "integers-are-stored-with-a-sign", Break: rewriting(func(value any, raw []byte) []byte {
			if n, ok := value.(int64); ok && n == 42 {
				return []byte("042")
			}
			return raw
		})},
		Mutant{Name: "true-is-pickled-in-protocol-5", Break: rewriting(func(value any, raw []byte) []byte {
			return bytes.Replace(raw, []byte("\x80\x04\x88."), []byte("\x80\x05\x88."), 1)
		})},
		Mutant{Name: "the-pickle-protocol-is-ignored", Break: opening(func(a *cachetest.Alias) { a.PickleVersion = 0 })},
		Mutant{Name: "bytes-from-python-are-text", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			v, found, err := c.Get(ctx, key)
			if m, ok := v.(map[string]any); ok {
				for k, v := range m {
					if b, ok := v.([]byte); ok {
						m[k] = string(b)
					}
				}
			}
			return v, found, err
		})},
		Mutant{Name: "json-is-written-as-go-does", Break: openedWith(serializer("json"), rewriting(func(_ any, raw []byte) []byte {
			return bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte(": "), []byte(":")), []byte(", "), []byte(","))
		}))},
		Mutant{Name: "msgpack-aliases-write-json", Break: opening(func(a *cachetest.Alias) {
			if a.Serializer == "msgpack" {
				a.Serializer = "json"
			}
		})},
		Mutant{Name: "compressors-do-nothing", Break: opening(func(a *cachetest.Alias) { a.Compressor = "" })},
		Mutant{Name: "foreign-digits-are-text", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			v, found, err := c.Get(ctx, key)
			if v == int64(41) {
				v = "41"
			}
			return v, found, err
		})},
		Mutant{Name: "foreign-bytes-are-a-miss", Break: undecodableMisses()},
		Mutant{Name: "the-stored-expiry-is-cut-to-seconds", Break: setting(lasting(func(d time.Duration) time.Duration { return d.Truncate(time.Second) }))},
		Mutant{Name: "fields-are-prefixed-as-in-django-redis-6", Break: hSet(func(c Full, ctx context.Context, key string, fields map[string]any) (int, error) {
			prefixed := map[string]any{}
			for f, v := range fields {
				prefixed[":1:"+f] = v
			}
			return c.HSet(ctx, key, prefixed)
		})},
		Mutant{Name: "locks-store-a-short-token", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, acquire: func(ctx context.Context) (bool, error) {
				ok, err := l.Acquire(ctx)
				return ok, errors.Join(err, c.StoreRaw(ctx, ":1:"+key, []byte("locked")))
			}}
		})},
		Mutant{Name: "clear_prefix-flushes-the-database", Break: clearPrefix(func(c Full, ctx context.Context) (int, error) {
			n, err := c.ClearPrefix(ctx)
			return n, errors.Join(err, c.Clear(ctx))
		})},
		Mutant{Name: "a-key-that-is-no-text-fails-all", Break: keys(func(c Full, ctx context.Context, pattern string) ([]string, error) {
			stored, _ := c.StoredKeys(ctx)
			for _, key := range stored {
				if !utf8.ValidString(key) {
					return nil, cachetest.ErrDeserialize
				}
			}
			return c.Keys(ctx, pattern)
		})},
	)
}

// onServer marks mutants that show on a server only.
func onServer(all ...Mutant) []Mutant {
	for i := range all {
		all[i].Server = true
	}
	return all
}

// chatty holds bugs that cost round trips.
func chatty() []Mutant {
	return onServer(
		Mutant{Name: "get-asks-whether-there-is-an-entry-first", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			if found, err := c.Has(ctx, key); !found || err != nil {
				return nil, false, err
			}
			return c.Get(ctx, key)
		})},
		Mutant{Name: "add-asks-whether-there-is-an-entry-first", Break: add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			if found, err := c.Has(ctx, key); found || err != nil {
				return false, err
			}
			return c.Add(ctx, key, value, timeout)
		})},
		Mutant{Name: "incr-asks-whether-there-is-an-entry-first", Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			if found, err := c.Has(ctx, key); !found || err != nil {
				return 0, errors.Join(cachetest.ErrNotFound, err)
			}
			return c.Incr(ctx, key, delta)
		})},
		Mutant{Name: "get_many-gets-one-by-one", Break: getMany(func(c Full, ctx context.Context, keys []string) (map[string]any, error) {
			got := map[string]any{}
			for _, key := range keys {
				v, found, err := c.Get(ctx, key)
				if err != nil {
					return nil, err
				}
				if found {
					got[key] = v
				}
			}
			return got, nil
		})},
		Mutant{Name: "set_many-of-nothing-asks-the-server", Break: setMany(func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error {
			if len(values) == 0 {
				_, err := c.Has(ctx, "x")
				return err
			}
			return c.SetMany(ctx, values, timeout)
		})},
		Mutant{Name: "get_or_set-asks-whether-there-is-an-entry-first", Break: getOrSet(func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
			if _, err := c.Has(ctx, key); err != nil {
				return nil, err
			}
			return c.GetOrSet(ctx, key, compute, timeout)
		})},
		Mutant{Name: "set-expires-in-a-second-command", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			err := c.Set(ctx, key, value, cachetest.Forever())
			if err == nil && timeout != cachetest.Forever() {
				_, err = c.Touch(ctx, key, timeout)
			}
			return err
		})},
		Mutant{Name: "has-reads-the-value", Break: has(func(c Full, ctx context.Context, key string) (bool, error) {
			_, found, err := c.Get(ctx, key)
			return found, err
		})},
		Mutant{Name: "keys-stops-the-server", Break: keys(func(c Full, ctx context.Context, pattern string) ([]string, error) {
			_, _ = c.StoredKeys(ctx)
			return c.Keys(ctx, pattern)
		})},
		Mutant{Name: "delete_pattern-deletes-one-by-one", Break: deletePattern(func(c Full, ctx context.Context, pattern string) (int, error) {
			all, err := c.Keys(ctx, pattern)
			for _, key := range all {
				_, _ = c.Delete(ctx, key)
			}
			return len(all), err
		})},
		Mutant{Name: "ttl-asks-whether-there-is-an-entry-first", Break: ttl(func(c Full, ctx context.Context, key string) (Timeout, bool, error) {
			if found, err := c.Has(ctx, key); !found || err != nil {
				return Timeout{}, false, err
			}
			return c.TTL(ctx, key)
		})},
	)
}

// frail holds bugs that show when the server fails.
func frail() []Mutant {
	lost := func(err error) bool { return errors.Is(err, cachetest.ErrUnavailable) }
	return onServer(
		Mutant{Name: "an-unreachable-server-is-a-miss", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			v, found, err := c.Get(ctx, key)
			if lost(err) {
				return nil, false, nil
			}
			return v, found, err
		})},
		Mutant{Name: "an-unreachable-server-has-nothing", Break: has(func(c Full, ctx context.Context, key string) (bool, error) {
			found, err := c.Has(ctx, key)
			if lost(err) {
				return false, nil
			}
			return found, err
		})},
		Mutant{Name: "a-failure-breaks-the-cache-for-good", Break: stayBroken()},
		Mutant{Name: "a-restart-breaks-the-cache-for-good", Alone: true, Only: "CACHE-FLT-016", Break: stayBroken()},
		Mutant{Name: "a-broken-connection-is-used-again-and-again", Break: func(c Full) Full {
			var left memory[int]
			return get(func(c Full, ctx context.Context, key string) (any, bool, error) {
				if n, _ := left.get(""); n > 0 {
					left.put("", n-1)
					return nil, false, cachetest.ErrUnavailable
				}
				v, found, err := c.Get(ctx, key)
				if err != nil {
					left.put("", 3)
				}
				return v, found, err
			})(c)
		}},
		Mutant{Name: "incr-is-repeated-when-its-reply-is-lost", Must: []conformance.ID{"CACHE-LIN-005"}, Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.Incr(ctx, key, delta)
			for tries := 0; lost(err) && tries < 3; tries++ {
				n, err = c.Incr(ctx, key, delta)
			}
			return n, err
		})},
		Mutant{Name: "set-removes-the-entry-when-its-reply-is-lost", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			err := c.Set(ctx, key, value, timeout)
			if lost(err) {
				_, _ = c.Delete(ctx, key)
			}
			return err
		})},
		Mutant{Name: "add-is-repeated-when-its-reply-is-lost", Break: add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			added, err := c.Add(ctx, key, value, timeout)
			if lost(err) {
				return c.Add(ctx, key, value, timeout)
			}
			return added, err
		})},
		Mutant{Name: "set_many-is-no-transaction", Break: setMany(oneByOne)},
		Mutant{Name: "set-hides-that-the-server-refused", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if err := c.Set(ctx, key, value, timeout); !lost(err) {
				return err
			}
			return nil
		})},
		Mutant{Name: "incr-hides-that-the-server-refused", Break: incr(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.Incr(ctx, key, delta)
			if lost(err) {
				return 0, nil
			}
			return n, err
		})},
		Mutant{Name: "exceptions-are-never-ignored", Break: opening(func(a *cachetest.Alias) { a.IgnoreExceptions = false })},
		Mutant{Name: "touch-does-not-ignore-exceptions", Break: open(func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
			inner, err := c.Open(ctx, alias)
			if err != nil || !alias.IgnoreExceptions {
				return inner, err
			}
			return touch(func(_ Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
				return c.Touch(ctx, key, timeout)
			})(inner.(Full)), nil
		})},
		Mutant{Name: "ignoring-exceptions-ignores-everything", Break: openedWith(func(a cachetest.Alias) bool { return a.IgnoreExceptions },
			get(func(c Full, ctx context.Context, key string) (any, bool, error) {
				v, found, err := c.Get(ctx, key)
				return v, found && err == nil, nil
			}))},
		Mutant{Name: "a-failed-call-keeps-its-connection", Break: func(c Full) Full {
			var used memory[int]
			return get(func(c Full, ctx context.Context, key string) (any, bool, error) {
				if n, _ := used.get(""); n > 50 {
					return nil, false, cachetest.ErrUnavailable
				}
				v, found, err := c.Get(ctx, key)
				if err != nil {
					used.change("", func(n int) int { return n + 1 })
				}
				return v, found, err
			})(c)
		}},
		Mutant{Name: "get-waits-for-the-server-for-ever", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			return c.Get(context.WithoutCancel(ctx), key)
		})},
	)
}

// stayBroken is a breaker that never closes again.
func stayBroken() Break {
	return func(c Full) Full {
		var broken memory[bool]
		return get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			if _, yes := broken.get(""); yes {
				return nil, false, cachetest.ErrUnavailable
			}
			v, found, err := c.Get(ctx, key)
			if errors.Is(err, cachetest.ErrUnavailable) {
				broken.put("", true)
			}
			return v, found, err
		})(c)
	}
}
