package cache

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// counted runs a command on key and encoded values whose reply is a count.
func (r *Redis) counted(ctx context.Context, op, key string, opts []Option, values []any) (int, error) {
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return 0, err
	}
	encoded, err := encodeAll(&r.codec, op, key, values)
	if err != nil || len(encoded) == 0 {
		return 0, err
	}
	cmd, err := sendOnce(ctx, r.primary, op, key, redis.NewIntCmd(ctx, words(op, append([]string{stored}, encoded...))...))
	return int(cmd.Val()), err
}

// listed runs a command whose reply is a list of encoded values.
func (r *Redis) listed(ctx context.Context, client redis.UniversalClient, op, key string, opts []Option, args ...any) ([]any, error) {
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return nil, err
	}
	cmd, err := sendOr(ctx, client, op, key, redis.NewStringSliceCmd(ctx, append([]any{op, stored}, args...)...))
	if err != nil {
		return nil, err
	}
	return decodeAll(&r.codec, op, key, cmd.Val())
}

// SAdd implements Sets.
func (r *Redis) SAdd(ctx context.Context, key string, members []any, opts ...Option) (int, error) {
	return r.counted(ctx, "sadd", key, opts, members)
}

// SRem implements Sets.
func (r *Redis) SRem(ctx context.Context, key string, members []any, opts ...Option) (int, error) {
	return r.counted(ctx, "srem", key, opts, members)
}

// size runs a command on key alone whose reply is a count.
func (r *Redis) size(ctx context.Context, op, key string, opts []Option) (int, error) {
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return 0, err
	}
	cmd, err := send(ctx, r.reader(), op, key, redis.NewIntCmd(ctx, op, stored))
	return int(cmd.Val()), err
}

// SCard implements Sets.
func (r *Redis) SCard(ctx context.Context, key string, opts ...Option) (int, error) {
	return r.size(ctx, "scard", key, opts)
}

// SIsMember implements Sets.
func (r *Redis) SIsMember(ctx context.Context, key string, member any, opts ...Option) (bool, error) {
	is, err := r.SMIsMember(ctx, key, []any{member}, opts...)
	return err == nil && is[0], err
}

// SMIsMember implements Sets, with SISMEMBERs in one round trip: SMISMEMBER
// came with Redis 6.2.
func (r *Redis) SMIsMember(ctx context.Context, key string, members []any, opts ...Option) ([]bool, error) {
	const op = "smismember"
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return nil, err
	}
	encoded, err := encodeAll(&r.codec, op, key, members)
	if err != nil || len(encoded) == 0 {
		return []bool{}, err
	}
	pipe := r.reader().Pipeline()
	cmds := make([]*redis.BoolCmd, len(encoded))
	for i, member := range encoded {
		cmds[i] = pipe.SIsMember(ctx, stored, member)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failure(ctx, op, key, err)
	}
	is := make([]bool, len(encoded))
	for i := range cmds {
		is[i] = cmds[i].Val()
	}
	return is, nil
}

// SMembers implements Sets.
func (r *Redis) SMembers(ctx context.Context, key string, opts ...Option) ([]any, error) {
	return r.listed(ctx, r.reader(), "smembers", key, opts)
}

// SPop implements Sets.
func (r *Redis) SPop(ctx context.Context, key string, count int, opts ...Option) ([]any, error) {
	return r.listed(ctx, r.primary, "spop", key, opts, max(count, 0))
}

// SRandMember implements Sets.
func (r *Redis) SRandMember(ctx context.Context, key string, count int, opts ...Option) ([]any, error) {
	return r.listed(ctx, r.reader(), "srandmember", key, opts, count)
}

// SScan implements Sets.
func (r *Redis) SScan(ctx context.Context, key, pattern string, opts ...Option) ([]any, error) {
	const op = "sscan"
	stored, c, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	var all []string
	client := r.reader()
	for cursor := uint64(0); ; {
		var page []string
		if page, cursor, err = client.SScan(ctx, stored, cursor, "", c.scanCount()).Result(); err != nil {
			return nil, failure(ctx, op, key, err)
		}
		for _, member := range page { // SSCAN may return a member twice
			if !seen[member] {
				seen[member] = true
				all = append(all, member)
			}
		}
		if cursor == 0 {
			members, err := decodeAll(&r.codec, op, key, all)
			return texts(members, pattern), err
		}
	}
}

// SMove implements Sets.
func (r *Redis) SMove(ctx context.Context, key, destination string, member any, opts ...Option) (bool, error) {
	const op = "smove"
	stored, c, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return false, err
	}
	target, err := r.keys.stored(destination, &c)
	if err != nil {
		return false, fail(op, destination, nil, err)
	}
	encoded, err := encodeAll(&r.codec, op, key, []any{member})
	if err != nil {
		return false, err
	}
	if !r.clustered() || sameSlot(stored, target) {
		cmd, err := sendOnce(ctx, r.primary, op, key, redis.NewIntCmd(ctx, op, stored, target, encoded[0]))
		return cmd.Val() > 0, err
	}
	// Between slots: remove, then add. Two steps, as Cluster allows no more.
	n, err := r.primary.SRem(ctx, stored, encoded[0]).Result()
	if err == nil && n > 0 {
		err = r.primary.SAdd(ctx, target, encoded[0]).Err()
	}
	return n > 0, failure(ctx, op, key, err)
}
