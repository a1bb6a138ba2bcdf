package remote

import (
	"context"
	"fmt"
	"time"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// TTL implements cachetest.Expirer.
func (c *Cache) TTL(ctx context.Context, key string) (cachetest.Timeout, bool, error) {
	return c.left(ctx, "ttl", time.Second, key)
}

// PTTL implements cachetest.Expirer.
func (c *Cache) PTTL(ctx context.Context, key string) (cachetest.Timeout, bool, error) {
	return c.left(ctx, "pttl", time.Millisecond, key)
}

func (c *Cache) left(ctx context.Context, op string, unit time.Duration, key string) (cachetest.Timeout, bool, error) {
	var answer struct {
		Found bool
		Left  any
	}
	if err := c.call(ctx, op, &answer, arg{"key", key}); err != nil || !answer.Found {
		return cachetest.Timeout{}, false, err
	}
	v, err := decode(answer.Left)
	if n, ok := v.(int64); ok {
		return cachetest.Timeout{Kind: cachetest.Lasting, D: time.Duration(n) * unit}, true, err
	}
	return cachetest.Forever(), true, err
}

// Persist implements cachetest.Expirer.
func (c *Cache) Persist(ctx context.Context, key string) (bool, error) {
	return typed[bool](c, ctx, "persist", arg{"key", key})
}

// Expire implements cachetest.Expirer.
func (c *Cache) Expire(ctx context.Context, key string, d time.Duration) (bool, error) {
	if d%time.Second != 0 {
		return false, fmt.Errorf("expire: %w: %v has a fraction of a second", cachetest.ErrInvalid, d)
	}
	return typed[bool](c, ctx, "expire", arg{"key", key}, arg{"timeout", int64(d / time.Second)})
}

// PExpire implements cachetest.Expirer.
func (c *Cache) PExpire(ctx context.Context, key string, d time.Duration) (bool, error) {
	return typed[bool](c, ctx, "pexpire", arg{"key", key}, arg{"timeout", d.Milliseconds()})
}

// ExpireAt implements cachetest.Expirer.
func (c *Cache) ExpireAt(ctx context.Context, key string, t time.Time) (bool, error) {
	return typed[bool](c, ctx, "expire_at", arg{"key", key}, arg{"when", t.Unix()})
}

// PExpireAt implements cachetest.Expirer.
func (c *Cache) PExpireAt(ctx context.Context, key string, t time.Time) (bool, error) {
	return typed[bool](c, ctx, "pexpire_at", arg{"key", key}, arg{"when", float64(t.UnixMilli()) / 1000})
}

// Lock implements cachetest.Locker.
func (c *Cache) Lock(key string, o cachetest.LockOptions) cachetest.Lock {
	return &lock{c: c, key: key, options: o}
}

// A lock is a handle in the child, made when it is first used.
type lock struct {
	c       *Cache
	key     string
	options cachetest.LockOptions
	handle  string
}

func (l *lock) open(ctx context.Context) error {
	if l.handle != "" {
		return nil
	}
	args := []arg{{"key", l.key}, {"wait", any(nil)}}
	if l.options.Wait >= 0 {
		args[1].value = l.options.Wait.Seconds()
	}
	if l.options.Timeout > 0 {
		args = append(args, arg{"timeout", l.options.Timeout.Seconds()})
	}
	if l.options.Poll > 0 {
		args = append(args, arg{"sleep", l.options.Poll.Seconds()})
	}
	return l.c.call(ctx, "lock", &l.handle, args...)
}

// use performs an operation of the handle.
func (l *lock) use(ctx context.Context, op string, args map[string]any) (is bool, err error) {
	if err := l.open(ctx); err != nil {
		return false, err
	}
	sent := map[string]any{"lock": l.handle}
	for k, v := range args {
		sent[k] = v
	}
	var answer any
	err = l.c.p.ask(ctx, l.c.name, op, sent, nil, &answer)
	is, _ = answer.(bool)
	return is, err
}

func (l *lock) Acquire(ctx context.Context) (bool, error) { return l.use(ctx, "acquire", nil) }
func (l *lock) Locked(ctx context.Context) (bool, error)  { return l.use(ctx, "locked", nil) }
func (l *lock) Owned(ctx context.Context) (bool, error)   { return l.use(ctx, "owned", nil) }

func (l *lock) Release(ctx context.Context) error { return l.only(l.use(ctx, "release", nil)) }

func (l *lock) Reacquire(ctx context.Context) error { return l.only(l.use(ctx, "reacquire", nil)) }

func (l *lock) Extend(ctx context.Context, d time.Duration) error {
	return l.only(l.use(ctx, "extend", map[string]any{"additional_time": d.Seconds()}))
}

func (l *lock) ExtendTo(ctx context.Context, d time.Duration) error {
	return l.only(l.use(ctx, "extend", map[string]any{"additional_time": d.Seconds(), "replace_ttl": true}))
}

func (l *lock) only(_ bool, err error) error { return err }
