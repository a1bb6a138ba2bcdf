package cache

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// A hashPlace is where a hash lives: the key, and what stands before a field.
type hashPlace struct{ key, head string }

func (r *Redis) hash(ctx context.Context, op, key string, opts []Option) (hashPlace, error) {
	stored, c, err := r.begin(ctx, op, key, opts)
	if err != nil || !r.hashV6 {
		return hashPlace{key: stored}, err
	}
	head, err := r.keys.stored("", &c)
	return hashPlace{key, head}, err
}

func (p hashPlace) fields(fields []string) []string {
	out := make([]string, len(fields))
	for i, field := range fields {
		out[i] = p.head + field
	}
	return out
}

// HSet implements Hashes.
func (r *Redis) HSet(ctx context.Context, key string, fields map[string]any, opts ...Option) (int, error) {
	const op = "hset"
	at, err := r.hash(ctx, op, key, opts)
	if err != nil || len(fields) == 0 {
		return 0, err
	}
	args := make([]any, 0, 2+2*len(fields))
	args = append(args, op, at.key)
	for field, value := range fields {
		encoded, err := r.codec.encode(value)
		if err != nil {
			return 0, fail(op, key, nil, err)
		}
		args = append(args, at.head+field, encoded)
	}
	cmd, err := sendOnce(ctx, r.primary, op, key, redis.NewIntCmd(ctx, args...))
	return int(cmd.Val()), err
}

// HGet implements Hashes.
func (r *Redis) HGet(ctx context.Context, key, field string, opts ...Option) (any, error) {
	const op = "hget"
	at, err := r.hash(ctx, op, key, opts)
	if err != nil {
		return nil, err
	}
	cmd, err := send(ctx, r.reader(), op, key, redis.NewStringCmd(ctx, op, at.key, at.head+field))
	if err != nil {
		return nil, err
	}
	return r.value(op, key, bytesOf(cmd.Val()))
}

// HGetAll implements Hashes.
func (r *Redis) HGetAll(ctx context.Context, key string, opts ...Option) (map[string]any, error) {
	const op = "hgetall"
	at, err := r.hash(ctx, op, key, opts)
	if err != nil {
		return nil, err
	}
	cmd, err := send(ctx, r.reader(), op, key, redis.NewMapStringStringCmd(ctx, op, at.key))
	if err != nil {
		return nil, err
	}
	all := make(map[string]any, len(cmd.Val()))
	for name, encoded := range cmd.Val() {
		field, ok := at.field(name)
		if !ok {
			continue
		}
		if all[field], err = r.value(op, key, bytesOf(encoded)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// field is the caller's name of a stored field.
func (p hashPlace) field(stored string) (string, bool) {
	if len(stored) < len(p.head) || stored[:len(p.head)] != p.head {
		return "", false
	}
	return stored[len(p.head):], true
}

// HDel implements Hashes.
func (r *Redis) HDel(ctx context.Context, key string, fields []string, opts ...Option) (int, error) {
	at, err := r.hash(ctx, "hdel", key, opts)
	if err != nil || len(fields) == 0 {
		return 0, err
	}
	cmd, err := sendOnce(ctx, r.primary, "hdel", key, redis.NewIntCmd(ctx, words("hdel", append([]string{at.key}, at.fields(fields)...))...))
	return int(cmd.Val()), err
}

// HLen implements Hashes.
func (r *Redis) HLen(ctx context.Context, key string, opts ...Option) (int, error) {
	at, err := r.hash(ctx, "hlen", key, opts)
	if err != nil {
		return 0, err
	}
	cmd, err := send(ctx, r.reader(), "hlen", key, redis.NewIntCmd(ctx, "hlen", at.key))
	return int(cmd.Val()), err
}

// HKeys implements Hashes.
func (r *Redis) HKeys(ctx context.Context, key string, opts ...Option) ([]string, error) {
	at, err := r.hash(ctx, "hkeys", key, opts)
	if err != nil {
		return nil, err
	}
	cmd, err := send(ctx, r.reader(), "hkeys", key, redis.NewStringSliceCmd(ctx, "hkeys", at.key))
	var fields []string
	for _, name := range cmd.Val() {
		if field, ok := at.field(name); ok {
			fields = append(fields, field)
		}
	}
	return fields, err
}

// HExists implements Hashes.
func (r *Redis) HExists(ctx context.Context, key, field string, opts ...Option) (bool, error) {
	at, err := r.hash(ctx, "hexists", key, opts)
	if err != nil {
		return false, err
	}
	cmd, err := send(ctx, r.reader(), "hexists", key, redis.NewIntCmd(ctx, "hexists", at.key, at.head+field))
	return cmd.Val() > 0, err
}
