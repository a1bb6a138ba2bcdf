package cache

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// Get implements Getter.
func (r *Redis) Get(ctx context.Context, key string, opts ...Option) (any, error) {
	stored, _, err := r.begin(ctx, "get", key, opts)
	if err != nil {
		return nil, err
	}
	cmd := redis.NewStringCmd(ctx, "get", stored)
	if r.coalesce != nil {
		err = r.coalesce.get(ctx, cmd)
	} else {
		err = r.reader().Process(ctx, cmd)
	}
	if err != nil {
		return nil, failure(ctx, "get", key, err)
	}
	b, _ := cmd.Bytes()
	return r.value("get", key, b)
}

// value decodes bytes that nobody else has.
func (r *Redis) value(op, key string, b []byte) (any, error) {
	v, err := r.codec.decodeOwned(b)
	if err != nil {
		return nil, fail(op, key, nil, err)
	}
	return v, nil
}

// Has implements Getter.
func (r *Redis) Has(ctx context.Context, key string, opts ...Option) (bool, error) {
	stored, _, err := r.begin(ctx, "has", key, opts)
	if err != nil {
		return false, err
	}
	cmd, err := send(ctx, r.reader(), "has", key, redis.NewIntCmd(ctx, "exists", stored))
	return cmd.Val() > 0, err
}

// Set implements Setter.
func (r *Redis) Set(ctx context.Context, key string, value any, opts ...Option) error {
	c := parse(opts)
	held, err := r.set(ctx, "set", key, value, &c)
	if err == nil && !held {
		return fail("set", key, ErrNotStored, nil)
	}
	return err
}

// Add implements Setter.
func (r *Redis) Add(ctx context.Context, key string, value any, opts ...Option) (bool, error) {
	c := parse(opts)
	c.flags = c.flags&^XX | NX
	return r.set(ctx, "add", key, value, &c)
}

// set reports whether the condition of c held.
func (r *Redis) set(ctx context.Context, op, key string, value any, c *call) (bool, error) {
	if err := stop(ctx, op, key); err != nil {
		return false, err
	}
	stored, encoded, err := r.prepare(op, key, value, c)
	if err != nil {
		return false, err
	}
	cmd, held := r.setCommand(ctx, stored, encoded, c)
	if c.flags&(NX|XX) != 0 {
		cmd = once{cmd}
	}
	if err := r.primary.Process(ctx, cmd); err != nil && !errors.Is(err, redis.Nil) {
		return false, failure(ctx, op, key, err)
	}
	return held(), nil
}

// prepare does what can fail before anything is sent.
func (r *Redis) prepare(op, key string, value any, c *call) (stored string, encoded []byte, err error) {
	if err = c.condition(); err == nil {
		if stored, err = r.keys.stored(key, c); err == nil {
			encoded, err = r.codec.encode(value)
		}
	}
	if err != nil {
		return "", nil, fail(op, key, nil, err)
	}
	return stored, encoded, nil
}

// setCommand is the one command of a write, and how to read its reply: SET with
// its expiry; for Discard a DEL or, with NX, only a look, as in django-redis.
func (r *Redis) setCommand(ctx context.Context, stored string, encoded []byte, c *call) (redis.Cmder, func() bool) {
	t := c.timeout.or(r.timeout)
	if t < 0 {
		if c.has(NX) {
			cmd := redis.NewIntCmd(ctx, "exists", stored)
			return cmd, func() bool { return cmd.Val() == 0 }
		}
		cmd := redis.NewIntCmd(ctx, "del", stored)
		return cmd, func() bool { return !c.has(XX) || cmd.Val() > 0 }
	}
	var cmd *redis.StatusCmd
	switch {
	case t == Forever && c.flags&(NX|XX) == 0:
		cmd = redis.NewStatusCmd(ctx, "set", stored, encoded)
	case t == Forever:
		cmd = redis.NewStatusCmd(ctx, "set", stored, encoded, c.word())
	case c.flags&(NX|XX) == 0:
		cmd = redis.NewStatusCmd(ctx, "set", stored, encoded, "px", t.millis())
	default:
		cmd = redis.NewStatusCmd(ctx, "set", stored, encoded, "px", t.millis(), c.word())
	}
	return cmd, func() bool { return cmd.Err() == nil }
}

// word is the condition as SET spells it.
func (c *call) word() string {
	if c.has(NX) {
		return "nx"
	}
	return "xx"
}

// GetOrSet implements Setter.
func (r *Redis) GetOrSet(ctx context.Context, key string, compute func(context.Context) (any, error), opts ...Option) (any, error) {
	c := parse(opts)
	stored, err := r.keys.stored(key, &c)
	if err != nil {
		return nil, fail("get_or_set", key, nil, err)
	}
	return getOrSet(ctx, r, r.flight, stored, key, compute, opts)
}

// own is v as a Get after a Set would return it.
func (r *Redis) own(v any) (any, error) {
	b, err := r.codec.encode(v)
	if err != nil {
		return nil, err
	}
	return r.codec.decode(b)
}

// Delete implements Deleter.
func (r *Redis) Delete(ctx context.Context, key string, opts ...Option) (bool, error) {
	stored, _, err := r.begin(ctx, "delete", key, opts)
	if err != nil {
		return false, err
	}
	cmd, err := sendOnce(ctx, r.primary, "delete", key, redis.NewIntCmd(ctx, "del", stored))
	return cmd.Val() > 0, err
}

// Touch implements Toucher.
func (r *Redis) Touch(ctx context.Context, key string, opts ...Option) (bool, error) {
	stored, c, err := r.begin(ctx, "touch", key, opts)
	if err != nil {
		return false, err
	}
	t := c.timeout.or(r.timeout)
	if t != Forever {
		cmd, err := sendOnce(ctx, r.primary, "touch", key, redis.NewIntCmd(ctx, "pexpire", stored, t.millis()))
		return cmd.Val() > 0, err
	}
	// PERSIST says 0 for an entry that never expired, too.
	p := r.primary.Pipeline()
	p.Persist(ctx, stored)
	exists := p.Exists(ctx, stored)
	_, err = p.Exec(ctx)
	return exists.Val() > 0, failure(ctx, "touch", key, err)
}
