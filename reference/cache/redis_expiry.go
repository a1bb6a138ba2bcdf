package cache

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// TTL implements Expirer.
func (r *Redis) TTL(ctx context.Context, key string, opts ...Option) (time.Duration, error) {
	return r.left(ctx, "ttl", time.Second, key, opts)
}

// PTTL implements Expirer.
func (r *Redis) PTTL(ctx context.Context, key string, opts ...Option) (time.Duration, error) {
	return r.left(ctx, "pttl", time.Millisecond, key, opts)
}

func (r *Redis) left(ctx context.Context, op string, unit time.Duration, key string, opts []Option) (time.Duration, error) {
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return 0, err
	}
	cmd, err := send(ctx, r.reader(), op, key, redis.NewIntCmd(ctx, op, stored))
	if err != nil {
		return 0, err
	}
	return remaining(op, key, unit, cmd)
}

// remaining reads the reply of TTL and PTTL: -1 is no expiry, -2 no entry.
func remaining(op, key string, unit time.Duration, cmd *redis.IntCmd) (time.Duration, error) {
	switch {
	case cmd.Err() != nil:
		return 0, cmd.Err()
	case cmd.Val() == -2:
		return 0, fail(op, key, ErrNotFound, nil)
	case cmd.Val() < 0:
		return NoExpiry, nil
	}
	return time.Duration(cmd.Val()) * unit, nil
}

// affects runs a command whose reply is 1 if it changed the entry.
func (r *Redis) affects(ctx context.Context, op, key string, opts []Option, command string, args ...any) (bool, error) {
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return false, err
	}
	cmd, err := sendOnce(ctx, r.primary, op, key, redis.NewIntCmd(ctx, append([]any{command, stored}, args...)...))
	return cmd.Val() > 0, err
}

// Persist implements Expirer.
func (r *Redis) Persist(ctx context.Context, key string, opts ...Option) (bool, error) {
	return r.affects(ctx, "persist", key, opts, "persist")
}

// Expire implements Expirer.
func (r *Redis) Expire(ctx context.Context, key string, d time.Duration, opts ...Option) (bool, error) {
	if err := wholeSeconds(d); err != nil {
		return false, fail("expire", key, nil, err)
	}
	return r.affects(ctx, "expire", key, opts, "expire", int64(d/time.Second))
}

// PExpire implements Expirer.
func (r *Redis) PExpire(ctx context.Context, key string, d time.Duration, opts ...Option) (bool, error) {
	return r.affects(ctx, "pexpire", key, opts, "pexpire", d.Milliseconds())
}

// ExpireAt implements Expirer.
func (r *Redis) ExpireAt(ctx context.Context, key string, t time.Time, opts ...Option) (bool, error) {
	return r.affects(ctx, "expire_at", key, opts, "expireat", t.Unix())
}

// PExpireAt implements Expirer.
func (r *Redis) PExpireAt(ctx context.Context, key string, t time.Time, opts ...Option) (bool, error) {
	return r.affects(ctx, "pexpire_at", key, opts, "pexpireat", t.UnixMilli())
}
