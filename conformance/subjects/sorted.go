package subjects

import (
	"context"

	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/reference/cache"
)

// scored turns members of the reference into those of the port.
func scored(members []cache.Scored, err error) ([]cachetest.Scored, error) {
	out := make([]cachetest.Scored, len(members))
	for i, m := range members {
		out[i] = cachetest.Scored(m)
	}
	return out, translate(err)
}

func rangeOf(r cachetest.ScoreRange) cache.ScoreRange {
	return cache.ScoreRange{Min: r.Min, Max: r.Max, Offset: r.Offset, Count: r.Count}
}

func (a *Adapter) ZAdd(ctx context.Context, key string, flags cachetest.ZFlags, members ...cachetest.Scored) (int, error) {
	opts := a.with()
	for flag, on := range map[cache.Flag]bool{cache.NX: flags.NX, cache.XX: flags.XX, cache.GT: flags.GT, cache.LT: flags.LT, cache.CH: flags.CH} {
		if on {
			opts = append(opts, flag)
		}
	}
	in := make([]cache.Scored, len(members))
	for i, m := range members {
		in[i] = cache.Scored(m)
	}
	return answer(a.Cache.ZAdd(ctx, key, in, opts...))
}

func (a *Adapter) ZCard(ctx context.Context, key string) (int, error) {
	return answer(a.Cache.ZCard(ctx, key, a.version...))
}

func (a *Adapter) ZCount(ctx context.Context, key string, within cachetest.ScoreRange) (int, error) {
	return answer(a.Cache.ZCount(ctx, key, rangeOf(within), a.version...))
}

func (a *Adapter) ZIncrBy(ctx context.Context, key string, delta float64, member any) (float64, error) {
	return answer(a.Cache.ZIncrBy(ctx, key, delta, member, a.version...))
}

func (a *Adapter) ZPopMin(ctx context.Context, key string, count int) ([]cachetest.Scored, error) {
	return scored(a.Cache.ZPopMin(ctx, key, count, a.version...))
}

func (a *Adapter) ZPopMax(ctx context.Context, key string, count int) ([]cachetest.Scored, error) {
	return scored(a.Cache.ZPopMax(ctx, key, count, a.version...))
}

func (a *Adapter) ZRange(ctx context.Context, key string, start, stop int) ([]cachetest.Scored, error) {
	return scored(a.Cache.ZRange(ctx, key, start, stop, a.version...))
}

func (a *Adapter) ZRevRange(ctx context.Context, key string, start, stop int) ([]cachetest.Scored, error) {
	return scored(a.Cache.ZRevRange(ctx, key, start, stop, a.version...))
}

func (a *Adapter) ZRangeByScore(ctx context.Context, key string, within cachetest.ScoreRange) ([]cachetest.Scored, error) {
	return scored(a.Cache.ZRangeByScore(ctx, key, rangeOf(within), a.version...))
}

func (a *Adapter) ZRevRangeByScore(ctx context.Context, key string, within cachetest.ScoreRange) ([]cachetest.Scored, error) {
	return scored(a.Cache.ZRevRangeByScore(ctx, key, rangeOf(within), a.version...))
}

func (a *Adapter) ZRank(ctx context.Context, key string, member any) (int, bool, error) {
	return found(a.Cache.ZRank(ctx, key, member, a.version...))
}

func (a *Adapter) ZScore(ctx context.Context, key string, member any) (float64, bool, error) {
	return found(a.Cache.ZScore(ctx, key, member, a.version...))
}

func (a *Adapter) ZRem(ctx context.Context, key string, members ...any) (int, error) {
	return answer(a.Cache.ZRem(ctx, key, members, a.version...))
}

func (a *Adapter) ZRemRangeByScore(ctx context.Context, key string, within cachetest.ScoreRange) (int, error) {
	return answer(a.Cache.ZRemRangeByScore(ctx, key, rangeOf(within), a.version...))
}
