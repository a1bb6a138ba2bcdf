package mutant

import (
	"context"
	"errors"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// setting changes the timeout that set and add apply.
func setting(change func(Timeout) Timeout) Break {
	return set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
		return c.Set(ctx, key, value, change(timeout))
	})
}

func adding(change func(Timeout) Timeout) Break {
	return add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
		return c.Add(ctx, key, value, change(timeout))
	})
}

// swap replaces one kind of timeout by another.
func swap(kind cachetest.TimeoutKind, by Timeout) func(Timeout) Timeout {
	return func(t Timeout) Timeout {
		if t.Kind == kind {
			return by
		}
		return t
	}
}

// lasting changes durations above zero.
func lasting(change func(time.Duration) time.Duration) func(Timeout) Timeout {
	return func(t Timeout) Timeout {
		if t.Kind == cachetest.Lasting && t.D > 0 {
			t.D = change(t.D)
		}
		return t
	}
}

func timeouts() []Mutant {
	return []Mutant{
		{Name: "set-ignores-the-timeout", Break: setting(swap(cachetest.Lasting, cachetest.Default()))},
		{Name: "entries-end-early", Break: setting(lasting(func(d time.Duration) time.Duration { return d - d/50 }))},
		{Name: "entries-end-late", Break: setting(lasting(func(d time.Duration) time.Duration { return d + d/8 + time.Second }))},
		{Name: "set-forever-means-the-default", Break: setting(swap(cachetest.Endless, cachetest.Default()))},
		{Name: "set-without-timeout-means-forever", Break: setting(swap(cachetest.Standard, cachetest.Forever()))},
		{Name: "set-without-timeout-means-an-hour", Break: setting(swap(cachetest.Standard, cachetest.For(time.Hour)))},
		{Name: "set-zero-means-forever", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if timeout == cachetest.For(0) {
				timeout = cachetest.Forever()
			}
			return c.Set(ctx, key, value, timeout)
		})},
		{Name: "set-zero-leaves-the-old-entry", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if timeout == cachetest.For(0) {
				return nil
			}
			return c.Set(ctx, key, value, timeout)
		})},
		{Name: "set-negative-fails", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if timeout.Kind == cachetest.Lasting && timeout.D < 0 {
				return cachetest.ErrInvalid
			}
			return c.Set(ctx, key, value, timeout)
		})},
		{Name: "set-keeps-the-time-left", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if found, _ := c.Has(ctx, key); found && (timeout.Kind != cachetest.Lasting || timeout.D > 0) {
				timeout = remaining(c, ctx, key)
			}
			return c.Set(ctx, key, value, timeout)
		})},
		{Name: "set-without-timeout-keeps-the-time-left", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if found, _ := c.Has(ctx, key); found && timeout == cachetest.Default() {
				timeout = remaining(c, ctx, key)
			}
			return c.Set(ctx, key, value, timeout)
		})},
		{Name: "add-ignores-the-timeout", Break: adding(swap(cachetest.Lasting, cachetest.Default()))},
		{Name: "add-moves-the-expiry-of-what-is-there", Break: add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			added, err := c.Add(ctx, key, value, timeout)
			if !added && err == nil && (timeout.Kind != cachetest.Lasting || timeout.D > 0) {
				_, err = c.Touch(ctx, key, timeout)
			}
			return added, err
		})},
		{Name: "add-forever-means-the-default", Break: adding(swap(cachetest.Endless, cachetest.Default()))},
		{Name: "add-without-timeout-means-forever", Break: adding(swap(cachetest.Standard, cachetest.Forever()))},
		{Name: "add-zero-stores-the-value", Break: adding(func(t Timeout) Timeout {
			if t.Kind == cachetest.Lasting && t.D <= 0 {
				return cachetest.Default()
			}
			return t
		})},
		{Name: "add-zero-removes-what-is-there", Break: add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			added, err := c.Add(ctx, key, value, timeout)
			if timeout.Kind == cachetest.Lasting && timeout.D <= 0 {
				_, _ = c.Delete(ctx, key)
			}
			return added, err
		})},
		{Name: "has-sees-expired-entries", Break: seesExpired(func(seen *memory[bool]) Break {
			return has(func(c Full, ctx context.Context, key string) (bool, error) {
				_, ever := seen.get(key)
				return ever, nil
			})
		})},
		{Name: "delete-sees-expired-entries", Break: seesExpired(func(seen *memory[bool]) Break {
			return del(func(c Full, ctx context.Context, key string) (bool, error) {
				_, ever := seen.get(key)
				_, err := c.Delete(ctx, key)
				seen.drop(key)
				return ever, err
			})
		})},
		{Name: "add-sees-expired-entries", Break: seesExpired(func(seen *memory[bool]) Break {
			return add(func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
				if _, ever := seen.get(key); ever {
					return false, nil
				}
				return c.Add(ctx, key, value, timeout)
			})
		})},
		{Name: "set-on-an-expired-entry-is-lost", Break: seesExpired(func(seen *memory[bool]) Break {
			return set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
				_, ever := seen.get(key)
				if there, _ := c.Has(ctx, key); ever && !there {
					seen.drop(key)
					return nil
				}
				return c.Set(ctx, key, value, timeout)
			})
		})},
		{Name: "the-end-of-an-entry-clears-the-cache", Break: seesExpired(func(seen *memory[bool]) Break {
			return get(func(c Full, ctx context.Context, key string) (any, bool, error) {
				v, found, err := c.Get(ctx, key)
				if _, ever := seen.get(key); ever && !found {
					_ = c.Clear(ctx)
				}
				return v, found, err
			})
		})},
		{Name: "above-30-days-is-a-moment", Break: setting(lasting(func(d time.Duration) time.Duration {
			if d > 30*24*time.Hour && d < 1000*24*time.Hour {
				return -1
			}
			return d
		}))},
		{Name: "a-huge-timeout-wraps-around", Break: setting(lasting(func(d time.Duration) time.Duration {
			if d > 200*365*24*time.Hour {
				return d * 1000
			}
			return d
		}))},
		{Name: "a-timeout-too-large-removes-the-old-entry", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if timeout.D > 200*365*24*time.Hour {
				_, _ = c.Delete(ctx, key)
				return cachetest.ErrInvalid
			}
			return c.Set(ctx, key, value, timeout)
		})},
		{Name: "a-tiny-timeout-fails", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if timeout.Kind == cachetest.Lasting && timeout.D > 0 && timeout.D < time.Millisecond {
				return errors.New("invalid expire time in 'set' command")
			}
			return c.Set(ctx, key, value, timeout)
		})},
		{Name: "timeouts-are-cut-to-seconds", Break: setting(lasting(func(d time.Duration) time.Duration { return d.Truncate(time.Second) }))},
		{Name: "fractions-of-a-second-are-not-claimed", Unclaims: []conformance.Capability{cachetest.SubSecond}},
		{Name: "the-timeout-of-the-alias-is-ignored", Break: opening(func(a *cachetest.Alias) { a.Timeout = cachetest.Default() })},
		{Name: "an-alias-forever-means-the-default", Break: opening(func(a *cachetest.Alias) { a.Timeout = swap(cachetest.Endless, cachetest.Default())(a.Timeout) })},
		{Name: "an-alias-of-zero-means-the-default", Break: opening(func(a *cachetest.Alias) {
			if a.Timeout == cachetest.For(0) {
				a.Timeout = cachetest.Default()
			}
		})},
	}
}

// seesExpired remembers which keys were ever set, for a bug that takes them
// for live ones.
func seesExpired(bug func(seen *memory[bool]) Break) Break {
	return func(c Full) Full {
		seen := &memory[bool]{}
		remember := func(c Full) Full {
			return merge(c,
				set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
					err := c.Set(ctx, key, value, timeout)
					if err == nil && (timeout.Kind != cachetest.Lasting || timeout.D > 0) {
						seen.put(key, true)
					}
					return err
				}),
				del(func(c Full, ctx context.Context, key string) (bool, error) {
					seen.drop(key)
					return c.Delete(ctx, key)
				}))
		}
		return bug(seen)(remember(c))
	}
}

// opening changes the settings of aliases.
func opening(change func(*cachetest.Alias)) Break {
	return open(func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
		change(&alias)
		return c.Open(ctx, alias)
	})
}
