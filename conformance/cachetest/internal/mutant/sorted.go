package mutant

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// flagged changes the flags of zadd.
func flagged(change func(*cachetest.ZFlags)) Break {
	return zAdd(func(c Full, ctx context.Context, key string, flags cachetest.ZFlags, members ...Scored) (int, error) {
		change(&flags)
		return c.ZAdd(ctx, key, flags, members...)
	})
}

func sortedSets() []Mutant {
	return []Mutant{
		{Name: "zadd-counts-what-it-was-given", Break: zAdd(func(c Full, ctx context.Context, key string, flags cachetest.ZFlags, members ...Scored) (int, error) {
			_, err := c.ZAdd(ctx, key, flags, members...)
			return len(members), err
		})},
		{Name: "zadd-of-new-members-changes-scores", Break: flagged(func(f *cachetest.ZFlags) { f.NX = false })},
		{Name: "zadd-of-present-members-adds", Break: flagged(func(f *cachetest.ZFlags) { f.XX = false })},
		{Name: "zadd-raises-when-it-should-lower", Break: flagged(func(f *cachetest.ZFlags) { f.GT, f.LT = f.LT, f.GT })},
		{Name: "zadd-that-raises-adds-nothing", Break: flagged(func(f *cachetest.ZFlags) { f.XX = f.XX || f.GT })},
		{Name: "zadd-does-not-count-changes", Break: flagged(func(f *cachetest.ZFlags) { f.CH = false })},
		{Name: "zcount-leaves-out-the-ends", Break: zCount(func(c Full, ctx context.Context, key string, within ScoreRange) (int, error) {
			within.Max = math.Nextafter(within.Max, math.Inf(-1))
			return c.ZCount(ctx, key, within)
		})},
		{Name: "zcard-counts-scores", Break: zCard(func(c Full, ctx context.Context, key string) (int, error) {
			n, err := c.ZCard(ctx, key)
			return min(n, 1), err
		})},
		{Name: "zincrby-sets", Break: zIncrBy(func(c Full, ctx context.Context, key string, delta float64, member any) (float64, error) {
			_, err := c.ZAdd(ctx, key, cachetest.ZFlags{}, Scored{Member: member, Score: delta})
			return delta, err
		})},
		{Name: "zpopmax-pops-the-lowest", Break: zPopMax(func(c Full, ctx context.Context, key string, count int) ([]Scored, error) {
			return c.ZPopMin(ctx, key, count)
		})},
		{Name: "zpopmin-leaves-the-members", Break: zPopMin(func(c Full, ctx context.Context, key string, count int) ([]Scored, error) {
			return c.ZRange(ctx, key, 0, count-1)
		})},
		{Name: "zrange-leaves-out-the-stop", Break: zRange(func(c Full, ctx context.Context, key string, start, stop int) ([]Scored, error) {
			if stop > 0 {
				stop--
			}
			return c.ZRange(ctx, key, start, stop)
		})},
		{Name: "zrevrange-counts-from-the-lowest", Break: zRevRange(func(c Full, ctx context.Context, key string, start, stop int) ([]Scored, error) {
			got, err := c.ZRange(ctx, key, start, stop)
			slices.Reverse(got)
			return got, err
		})},
		{Name: "zrangebyscore-ignores-the-page", Break: zRangeByScore(func(c Full, ctx context.Context, key string, within ScoreRange) ([]Scored, error) {
			within.Offset, within.Count = 0, 0
			return c.ZRangeByScore(ctx, key, within)
		})},
		{Name: "zrevrangebyscore-counts-upwards", Break: zRevRangeByScore(func(c Full, ctx context.Context, key string, within ScoreRange) ([]Scored, error) {
			return c.ZRangeByScore(ctx, key, within)
		})},
		{Name: "zrank-counts-from-one", Break: zRank(func(c Full, ctx context.Context, key string, member any) (int, bool, error) {
			rank, found, err := c.ZRank(ctx, key, member)
			return rank + 1, found, err
		})},
		{Name: "zscore-of-absent-members-is-zero", Break: zScore(func(c Full, ctx context.Context, key string, member any) (float64, bool, error) {
			score, _, err := c.ZScore(ctx, key, member)
			return score, true, err
		})},
		{Name: "zrem-counts-what-it-was-given", Break: zRem(func(c Full, ctx context.Context, key string, members ...any) (int, error) {
			_, err := c.ZRem(ctx, key, members...)
			return len(members), err
		})},
		{Name: "zremrangebyscore-removes-everything", Break: zRemRangeByScore(func(c Full, ctx context.Context, key string, within ScoreRange) (int, error) {
			n, err := c.ZRemRangeByScore(ctx, key, within)
			_, _ = c.Delete(ctx, key)
			return n, err
		})},
		{Name: "scores-are-cut-to-integers", Break: zAdd(func(c Full, ctx context.Context, key string, flags cachetest.ZFlags, members ...Scored) (int, error) {
			members = slices.Clone(members)
			for i := range members {
				members[i].Score = math.Trunc(members[i].Score)
			}
			return c.ZAdd(ctx, key, flags, members...)
		})},
		{Name: "zadd-replaces-a-plain-value", Break: zAdd(func(c Full, ctx context.Context, key string, flags cachetest.ZFlags, members ...Scored) (int, error) {
			n, err := c.ZAdd(ctx, key, flags, members...)
			if errors.Is(err, cachetest.ErrWrongType) {
				_, _ = c.Delete(ctx, key)
				return c.ZAdd(ctx, key, flags, members...)
			}
			return n, err
		})},
		{Name: "zcard-forgets-the-version", Break: inVersionOne(func(one func() Full) Break {
			return zCard(func(_ Full, ctx context.Context, key string) (int, error) { return one().ZCard(ctx, key) })
		})},
	}
}
