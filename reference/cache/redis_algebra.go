package cache

import (
	"context"
	"maps"
	"slices"

	"github.com/redis/go-redis/v9"
)

// SDiff implements Sets.
func (r *Redis) SDiff(ctx context.Context, keys []string, opts ...Option) ([]any, error) {
	return r.algebra(ctx, "sdiff", keys, opts, difference)
}

// SInter implements Sets.
func (r *Redis) SInter(ctx context.Context, keys []string, opts ...Option) ([]any, error) {
	return r.algebra(ctx, "sinter", keys, opts, intersection)
}

// SUnion implements Sets.
func (r *Redis) SUnion(ctx context.Context, keys []string, opts ...Option) ([]any, error) {
	return r.algebra(ctx, "sunion", keys, opts, union)
}

// algebra is the server's own where all keys are on one, and else ours.
func (r *Redis) algebra(ctx context.Context, op string, keys []string, opts []Option, f combine) ([]any, error) {
	if len(keys) == 0 {
		return []any{}, nil
	}
	c := parse(opts)
	if err := stop(ctx, op, ""); err != nil {
		return nil, err
	}
	stored, err := r.keys.all(keys, &c)
	if err != nil {
		return nil, fail(op, "", nil, err)
	}
	if r.clustered() && !sameSlot(stored...) {
		members, err := r.combined(ctx, op, stored, f)
		if err != nil {
			return nil, err
		}
		return decodeAll(&r.codec, op, "", members)
	}
	cmd, err := send(ctx, r.reader(), op, keys[0], redis.NewStringSliceCmd(ctx, words(op, stored)...))
	if err != nil {
		return nil, err
	}
	return decodeAll(&r.codec, op, keys[0], cmd.Val())
}

// combined reads the sets of several slots and combines them here. It is not
// one moment of the Cluster, which has none.
func (r *Redis) combined(ctx context.Context, op string, stored []string, f combine) ([]string, error) {
	pipe := r.reader().Pipeline()
	cmds := make([]*redis.StringStructMapCmd, len(stored))
	for i, key := range stored {
		cmds[i] = pipe.SMembersMap(ctx, key)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failure(ctx, op, "", err)
	}
	result := maps.Clone(cmds[0].Val())
	for _, cmd := range cmds[1:] {
		result = f(result, cmd.Val())
	}
	return slices.Collect(maps.Keys(result)), nil
}

// SDiffStore implements Sets.
func (r *Redis) SDiffStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error) {
	return r.keep(ctx, "sdiffstore", destination, keys, opts, difference)
}

// SInterStore implements Sets.
func (r *Redis) SInterStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error) {
	return r.keep(ctx, "sinterstore", destination, keys, opts, intersection)
}

// SUnionStore implements Sets.
func (r *Redis) SUnionStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error) {
	return r.keep(ctx, "sunionstore", destination, keys, opts, union)
}

func (r *Redis) keep(ctx context.Context, op, destination string, keys []string, opts []Option, f combine) (int, error) {
	target, c, err := r.begin(ctx, op, destination, opts)
	if err != nil {
		return 0, err
	}
	stored, err := r.keys.all(keys, &c)
	if err != nil {
		return 0, fail(op, "", nil, err)
	}
	if len(stored) == 0 {
		err := r.primary.Del(ctx, target).Err()
		return 0, failure(ctx, op, destination, err)
	}
	if !r.clustered() || sameSlot(append([]string{target}, stored...)...) {
		cmd, err := send(ctx, r.primary, op, destination, redis.NewIntCmd(ctx, words(op, append([]string{target}, stored...))...))
		return int(cmd.Val()), err
	}
	members, err := r.combined(ctx, op, stored, f)
	if err != nil {
		return 0, err
	}
	pipe := r.primary.TxPipeline()
	pipe.Del(ctx, target)
	if len(members) > 0 {
		pipe.Do(ctx, words("sadd", append([]string{target}, members...))...)
	}
	_, err = pipe.Exec(ctx)
	return len(members), failure(ctx, op, destination, err)
}
