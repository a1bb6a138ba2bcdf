package remote

import (
	"context"
	"fmt"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

var _ cachetest.SortedSets = (*Cache)(nil)

// scored reads a list of pairs.
func scored(v any, err error) ([]cachetest.Scored, error) {
	all, err := list(v, err)
	out := make([]cachetest.Scored, len(all))
	for i := range all {
		pair, ok := all[i].([]any)
		if !ok || len(pair) != 2 {
			return nil, fmt.Errorf("the child answers %v, want a member and its score", all[i])
		}
		out[i].Member = pair[0]
		out[i].Score, _ = pair[1].(float64)
	}
	return out, err
}

// ZAdd implements cachetest.SortedSets, as the methods below do.
func (c *Cache) ZAdd(ctx context.Context, key string, flags cachetest.ZFlags, members ...cachetest.Scored) (int, error) {
	pairs := make([]any, len(members))
	for i, m := range members {
		pairs[i] = []any{m.Member, m.Score}
	}
	return number(c, ctx, "zadd", arg{"key", key}, arg{"mapping", pairs},
		arg{"nx", flags.NX}, arg{"xx", flags.XX}, arg{"gt", flags.GT}, arg{"lt", flags.LT}, arg{"ch", flags.CH})
}

func (c *Cache) ZCard(ctx context.Context, key string) (int, error) {
	return number(c, ctx, "zcard", arg{"key", key})
}

func (c *Cache) ZCount(ctx context.Context, key string, within cachetest.ScoreRange) (int, error) {
	return number(c, ctx, "zcount", arg{"key", key}, arg{"min", within.Min}, arg{"max", within.Max})
}

func (c *Cache) ZIncrBy(ctx context.Context, key string, delta float64, member any) (float64, error) {
	return typed[float64](c, ctx, "zincrby", arg{"key", key}, arg{"amount", delta}, arg{"value", member})
}

func (c *Cache) ZPopMin(ctx context.Context, key string, count int) ([]cachetest.Scored, error) {
	return scored(c.plain(ctx, "zpopmin", arg{"key", key}, arg{"count", count}))
}

func (c *Cache) ZPopMax(ctx context.Context, key string, count int) ([]cachetest.Scored, error) {
	return scored(c.plain(ctx, "zpopmax", arg{"key", key}, arg{"count", count}))
}

func (c *Cache) ZRange(ctx context.Context, key string, start, stop int) ([]cachetest.Scored, error) {
	return scored(c.plain(ctx, "zrange", arg{"key", key}, arg{"start", start}, arg{"end", stop}, arg{"withscores", true}))
}

func (c *Cache) ZRevRange(ctx context.Context, key string, start, stop int) ([]cachetest.Scored, error) {
	return scored(c.plain(ctx, "zrevrange", arg{"key", key}, arg{"start", start}, arg{"end", stop}, arg{"withscores", true}))
}

func (c *Cache) ZRangeByScore(ctx context.Context, key string, within cachetest.ScoreRange) ([]cachetest.Scored, error) {
	return c.byScore(ctx, "zrangebyscore", key, within)
}

func (c *Cache) ZRevRangeByScore(ctx context.Context, key string, within cachetest.ScoreRange) ([]cachetest.Scored, error) {
	return c.byScore(ctx, "zrevrangebyscore", key, within)
}

func (c *Cache) byScore(ctx context.Context, op, key string, within cachetest.ScoreRange) ([]cachetest.Scored, error) {
	args := []arg{{"key", key}, {"min", within.Min}, {"max", within.Max}, {"withscores", true}}
	if within.Offset != 0 || within.Count != 0 {
		count := within.Count
		if count == 0 {
			count = -1
		}
		args = append(args, arg{"start", within.Offset}, arg{"num", count})
	}
	return scored(c.plain(ctx, op, args...))
}

func (c *Cache) ZRank(ctx context.Context, key string, member any) (int, bool, error) {
	v, err := c.plain(ctx, "zrank", arg{"key", key}, arg{"value", member})
	n, found := v.(int64)
	return int(n), found, err
}

func (c *Cache) ZScore(ctx context.Context, key string, member any) (float64, bool, error) {
	v, err := c.plain(ctx, "zscore", arg{"key", key}, arg{"value", member})
	score, found := v.(float64)
	return score, found, err
}

func (c *Cache) ZRem(ctx context.Context, key string, members ...any) (int, error) {
	return number(c, ctx, "zrem", arg{"key", key}, arg{"values", members})
}

func (c *Cache) ZRemRangeByScore(ctx context.Context, key string, within cachetest.ScoreRange) (int, error) {
	return number(c, ctx, "zremrangebyscore", arg{"key", key}, arg{"min", within.Min}, arg{"max", within.Max})
}
