package cache

import (
	"context"
	"fmt"
	"time"
)

// alter runs change on a live entry under its lock; found is false for none.
func (m *Memory) alter(ctx context.Context, op, key string, opts []Option, change func(*entry)) (found bool, err error) {
	if err := stop(ctx, op, key); err != nil {
		return false, err
	}
	c := parse(opts)
	stored, err := m.keys.bytes(nil, key, &c)
	if err != nil {
		return false, fail(op, key, nil, err)
	}
	m.write(stored, false, func(sh *shard) {
		e, ok := sh.live(stored, m.now)
		if found = ok; ok {
			change(e)
		}
	})
	return found, nil
}

// Touch implements Toucher. It does not count as a use.
func (m *Memory) Touch(ctx context.Context, key string, opts ...Option) (bool, error) {
	c := parse(opts)
	t := c.timeout.or(m.timeout)
	return m.alter(ctx, "touch", key, opts, func(e *entry) {
		if t < 0 {
			m.store.remove(e)
		} else {
			m.store.expire(e, m.expiry(t))
		}
	})
}

// TTL implements Expirer.
func (m *Memory) TTL(ctx context.Context, key string, opts ...Option) (time.Duration, error) {
	left, err := m.left(ctx, "ttl", key, opts)
	if left < 0 {
		return left, err
	}
	return (left + 500*time.Millisecond).Truncate(time.Second), err
}

// PTTL implements Expirer.
func (m *Memory) PTTL(ctx context.Context, key string, opts ...Option) (time.Duration, error) {
	left, err := m.left(ctx, "pttl", key, opts)
	if left < 0 {
		return left, err
	}
	return left.Truncate(time.Millisecond), err
}

func (m *Memory) left(ctx context.Context, op, key string, opts []Option) (time.Duration, error) {
	left := NoExpiry
	found, err := m.alter(ctx, op, key, opts, func(e *entry) {
		if e.expires != 0 {
			left = time.Duration(e.expires - m.now())
		}
	})
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, fail(op, key, ErrNotFound, nil)
	}
	return left, nil
}

// Persist implements Expirer.
func (m *Memory) Persist(ctx context.Context, key string, opts ...Option) (bool, error) {
	had := false
	_, err := m.alter(ctx, "persist", key, opts, func(e *entry) {
		had = e.expires != 0
		m.store.expire(e, 0)
	})
	return had, err
}

// Expire implements Expirer.
func (m *Memory) Expire(ctx context.Context, key string, d time.Duration, opts ...Option) (bool, error) {
	if err := wholeSeconds(d); err != nil {
		return false, fail("expire", key, nil, err)
	}
	return m.expire(ctx, "expire", key, d, opts)
}

// PExpire implements Expirer.
func (m *Memory) PExpire(ctx context.Context, key string, d time.Duration, opts ...Option) (bool, error) {
	return m.expire(ctx, "pexpire", key, d, opts)
}

func (m *Memory) expire(ctx context.Context, op, key string, d time.Duration, opts []Option) (bool, error) {
	return m.alter(ctx, op, key, opts, func(e *entry) {
		if d <= 0 {
			m.store.remove(e)
		} else {
			m.store.expire(e, m.deadline(d))
		}
	})
}

// ExpireAt implements Expirer.
func (m *Memory) ExpireAt(ctx context.Context, key string, t time.Time, opts ...Option) (bool, error) {
	return m.expireAt(ctx, "expire_at", key, time.Unix(t.Unix(), 0), opts)
}

// PExpireAt implements Expirer.
func (m *Memory) PExpireAt(ctx context.Context, key string, t time.Time, opts ...Option) (bool, error) {
	return m.expireAt(ctx, "pexpire_at", key, time.UnixMilli(t.UnixMilli()), opts)
}

func (m *Memory) expireAt(ctx context.Context, op, key string, t time.Time, opts []Option) (bool, error) {
	return m.alter(ctx, op, key, opts, func(e *entry) {
		if left := t.Sub(time.Unix(0, m.now())); left <= 0 {
			m.store.remove(e)
		} else {
			m.store.expire(e, m.deadline(left))
		}
	})
}

// wholeSeconds refuses a fraction, which Redis's EXPIRE does not take.
func wholeSeconds(d time.Duration) error {
	if d%time.Second != 0 {
		return fmt.Errorf("%w: %v has a fraction of a second: use PExpire", ErrInvalidTimeout, d)
	}
	return nil
}
