package cache

import (
	"context"
	"math"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// bounds are the ends of a range as Redis spells them.
func (r ScoreRange) bounds() (low, high string) {
	spell := func(f float64, exclude bool) string {
		text := strconv.FormatFloat(f, 'g', -1, 64)
		switch {
		case math.IsInf(f, 1):
			text = "+inf"
		case math.IsInf(f, -1):
			text = "-inf"
		}
		if exclude {
			return "(" + text
		}
		return text
	}
	return spell(r.Min, r.ExcludeMin), spell(r.Max, r.ExcludeMax)
}

// ZCard implements SortedSets.
func (r *Redis) ZCard(ctx context.Context, key string, opts ...Option) (int, error) {
	return r.size(ctx, "zcard", key, opts)
}

// ZCount implements SortedSets.
func (r *Redis) ZCount(ctx context.Context, key string, within ScoreRange, opts ...Option) (int, error) {
	stored, _, err := r.begin(ctx, "zcount", key, opts)
	if err != nil {
		return 0, err
	}
	low, high := within.bounds()
	cmd, err := send(ctx, r.reader(), "zcount", key, redis.NewIntCmd(ctx, "zcount", stored, low, high))
	return int(cmd.Val()), err
}

// ZIncrBy implements SortedSets.
func (r *Redis) ZIncrBy(ctx context.Context, key string, delta float64, member any, opts ...Option) (float64, error) {
	const op = "zincrby"
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return 0, err
	}
	encoded, err := encodeScored(&r.codec, op, key, []Scored{{member, delta}})
	if err != nil {
		return 0, err
	}
	cmd, err := sendOnce(ctx, r.primary, op, key, redis.NewFloatCmd(ctx, op, stored, delta, encoded[0]))
	return cmd.Val(), err
}

// scoredList runs a command that answers members with scores.
func (r *Redis) scoredList(ctx context.Context, client redis.UniversalClient, op, key string, opts []Option, args ...any) ([]Scored, error) {
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return nil, err
	}
	cmd, err := sendOr(ctx, client, op, key, redis.NewZSliceCmd(ctx, append([]any{op, stored}, args...)...))
	if err != nil {
		return nil, err
	}
	out := make([]Scored, len(cmd.Val()))
	for i, z := range cmd.Val() {
		text, _ := z.Member.(string)
		v, err := r.value(op, key, bytesOf(text))
		if err != nil {
			return nil, err
		}
		out[i] = Scored{v, z.Score}
	}
	return out, nil
}

// ZPopMin implements SortedSets.
func (r *Redis) ZPopMin(ctx context.Context, key string, count int, opts ...Option) ([]Scored, error) {
	return r.scoredList(ctx, r.primary, "zpopmin", key, opts, max(count, 0))
}

// ZPopMax implements SortedSets.
func (r *Redis) ZPopMax(ctx context.Context, key string, count int, opts ...Option) ([]Scored, error) {
	return r.scoredList(ctx, r.primary, "zpopmax", key, opts, max(count, 0))
}

// ZRange implements SortedSets.
func (r *Redis) ZRange(ctx context.Context, key string, start, stop int, opts ...Option) ([]Scored, error) {
	return r.scoredList(ctx, r.reader(), "zrange", key, opts, start, stop, "withscores")
}

// ZRevRange implements SortedSets.
func (r *Redis) ZRevRange(ctx context.Context, key string, start, stop int, opts ...Option) ([]Scored, error) {
	return r.scoredList(ctx, r.reader(), "zrevrange", key, opts, start, stop, "withscores")
}

// ZRangeByScore implements SortedSets.
func (r *Redis) ZRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) ([]Scored, error) {
	low, high := within.bounds()
	return r.byScore(ctx, "zrangebyscore", key, low, high, within, opts)
}

// ZRevRangeByScore implements SortedSets.
func (r *Redis) ZRevRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) ([]Scored, error) {
	low, high := within.bounds()
	return r.byScore(ctx, "zrevrangebyscore", key, high, low, within, opts)
}

func (r *Redis) byScore(ctx context.Context, op, key, from, to string, within ScoreRange, opts []Option) ([]Scored, error) {
	args := []any{from, to, "withscores"}
	if within.Offset != 0 || within.Count > 0 {
		count := within.Count
		if count <= 0 {
			count = -1
		}
		args = append(args, "limit", within.Offset, count)
	}
	return r.scoredList(ctx, r.reader(), op, key, opts, args...)
}

// ZRank implements SortedSets.
func (r *Redis) ZRank(ctx context.Context, key string, member any, opts ...Option) (int, error) {
	const op = "zrank"
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return 0, err
	}
	encoded, err := encodeAll(&r.codec, op, key, []any{member})
	if err != nil {
		return 0, err
	}
	cmd, err := send(ctx, r.reader(), op, key, redis.NewIntCmd(ctx, op, stored, encoded[0]))
	return int(cmd.Val()), err
}

// ZScore implements SortedSets.
func (r *Redis) ZScore(ctx context.Context, key string, member any, opts ...Option) (float64, error) {
	const op = "zscore"
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return 0, err
	}
	encoded, err := encodeAll(&r.codec, op, key, []any{member})
	if err != nil {
		return 0, err
	}
	cmd, err := send(ctx, r.reader(), op, key, redis.NewFloatCmd(ctx, op, stored, encoded[0]))
	return cmd.Val(), err
}

// ZRem implements SortedSets.
func (r *Redis) ZRem(ctx context.Context, key string, members []any, opts ...Option) (int, error) {
	return r.counted(ctx, "zrem", key, opts, members)
}

// ZRemRangeByScore implements SortedSets.
func (r *Redis) ZRemRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) (int, error) {
	const op = "zremrangebyscore"
	stored, _, err := r.begin(ctx, op, key, opts)
	if err != nil {
		return 0, err
	}
	low, high := within.bounds()
	cmd, err := sendOnce(ctx, r.primary, op, key, redis.NewIntCmd(ctx, op, stored, low, high))
	return int(cmd.Val()), err
}
