package cache

import "context"

// SAdd implements Sets.
func (g *Ignoring) SAdd(ctx context.Context, key string, members []any, opts ...Option) (int, error) {
	v, err := g.cache.SAdd(ctx, key, members, opts...)
	return orZero(g, v, err)
}

// SRem implements Sets.
func (g *Ignoring) SRem(ctx context.Context, key string, members []any, opts ...Option) (int, error) {
	v, err := g.cache.SRem(ctx, key, members, opts...)
	return orZero(g, v, err)
}

// SCard implements Sets.
func (g *Ignoring) SCard(ctx context.Context, key string, opts ...Option) (int, error) {
	v, err := g.cache.SCard(ctx, key, opts...)
	return orZero(g, v, err)
}

// SIsMember implements Sets.
func (g *Ignoring) SIsMember(ctx context.Context, key string, member any, opts ...Option) (bool, error) {
	v, err := g.cache.SIsMember(ctx, key, member, opts...)
	return orZero(g, v, err)
}

// SMIsMember implements Sets.
func (g *Ignoring) SMIsMember(ctx context.Context, key string, members []any, opts ...Option) ([]bool, error) {
	v, err := g.cache.SMIsMember(ctx, key, members, opts...)
	return orEmpty(g, v, make([]bool, len(members)), err)
}

// SMembers implements Sets.
func (g *Ignoring) SMembers(ctx context.Context, key string, opts ...Option) ([]any, error) {
	v, err := g.cache.SMembers(ctx, key, opts...)
	return orEmpty(g, v, []any{}, err)
}

// SPop implements Sets.
func (g *Ignoring) SPop(ctx context.Context, key string, count int, opts ...Option) ([]any, error) {
	v, err := g.cache.SPop(ctx, key, count, opts...)
	return orEmpty(g, v, []any{}, err)
}

// SRandMember implements Sets.
func (g *Ignoring) SRandMember(ctx context.Context, key string, count int, opts ...Option) ([]any, error) {
	v, err := g.cache.SRandMember(ctx, key, count, opts...)
	return orEmpty(g, v, []any{}, err)
}

// SMove implements Sets.
func (g *Ignoring) SMove(ctx context.Context, key, destination string, member any, opts ...Option) (bool, error) {
	v, err := g.cache.SMove(ctx, key, destination, member, opts...)
	return orZero(g, v, err)
}

// SScan implements Sets.
func (g *Ignoring) SScan(ctx context.Context, key, pattern string, opts ...Option) ([]any, error) {
	v, err := g.cache.SScan(ctx, key, pattern, opts...)
	return orEmpty(g, v, []any{}, err)
}

// SDiff implements Sets.
func (g *Ignoring) SDiff(ctx context.Context, keys []string, opts ...Option) ([]any, error) {
	v, err := g.cache.SDiff(ctx, keys, opts...)
	return orEmpty(g, v, []any{}, err)
}

// SInter implements Sets.
func (g *Ignoring) SInter(ctx context.Context, keys []string, opts ...Option) ([]any, error) {
	v, err := g.cache.SInter(ctx, keys, opts...)
	return orEmpty(g, v, []any{}, err)
}

// SUnion implements Sets.
func (g *Ignoring) SUnion(ctx context.Context, keys []string, opts ...Option) ([]any, error) {
	v, err := g.cache.SUnion(ctx, keys, opts...)
	return orEmpty(g, v, []any{}, err)
}

// SDiffStore implements Sets.
func (g *Ignoring) SDiffStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error) {
	v, err := g.cache.SDiffStore(ctx, destination, keys, opts...)
	return orZero(g, v, err)
}

// SInterStore implements Sets.
func (g *Ignoring) SInterStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error) {
	v, err := g.cache.SInterStore(ctx, destination, keys, opts...)
	return orZero(g, v, err)
}

// SUnionStore implements Sets.
func (g *Ignoring) SUnionStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error) {
	v, err := g.cache.SUnionStore(ctx, destination, keys, opts...)
	return orZero(g, v, err)
}

// HSet implements Hashes.
func (g *Ignoring) HSet(ctx context.Context, key string, fields map[string]any, opts ...Option) (int, error) {
	v, err := g.cache.HSet(ctx, key, fields, opts...)
	return orZero(g, v, err)
}

// HGet implements Hashes.
func (g *Ignoring) HGet(ctx context.Context, key, field string, opts ...Option) (any, error) {
	v, err := g.cache.HGet(ctx, key, field, opts...)
	return orMissing(g, "hget", key, v, err)
}

// HGetAll implements Hashes.
func (g *Ignoring) HGetAll(ctx context.Context, key string, opts ...Option) (map[string]any, error) {
	v, err := g.cache.HGetAll(ctx, key, opts...)
	return orEmpty(g, v, map[string]any{}, err)
}

// HDel implements Hashes.
func (g *Ignoring) HDel(ctx context.Context, key string, fields []string, opts ...Option) (int, error) {
	v, err := g.cache.HDel(ctx, key, fields, opts...)
	return orZero(g, v, err)
}

// HLen implements Hashes.
func (g *Ignoring) HLen(ctx context.Context, key string, opts ...Option) (int, error) {
	v, err := g.cache.HLen(ctx, key, opts...)
	return orZero(g, v, err)
}

// HKeys implements Hashes.
func (g *Ignoring) HKeys(ctx context.Context, key string, opts ...Option) ([]string, error) {
	v, err := g.cache.HKeys(ctx, key, opts...)
	return orEmpty(g, v, []string{}, err)
}

// HExists implements Hashes.
func (g *Ignoring) HExists(ctx context.Context, key, field string, opts ...Option) (bool, error) {
	v, err := g.cache.HExists(ctx, key, field, opts...)
	return orZero(g, v, err)
}

// ZAdd implements SortedSets.
func (g *Ignoring) ZAdd(ctx context.Context, key string, members []Scored, opts ...Option) (int, error) {
	v, err := g.cache.ZAdd(ctx, key, members, opts...)
	return orZero(g, v, err)
}

// ZCard implements SortedSets.
func (g *Ignoring) ZCard(ctx context.Context, key string, opts ...Option) (int, error) {
	v, err := g.cache.ZCard(ctx, key, opts...)
	return orZero(g, v, err)
}

// ZCount implements SortedSets.
func (g *Ignoring) ZCount(ctx context.Context, key string, within ScoreRange, opts ...Option) (int, error) {
	v, err := g.cache.ZCount(ctx, key, within, opts...)
	return orZero(g, v, err)
}

// ZIncrBy implements SortedSets.
func (g *Ignoring) ZIncrBy(ctx context.Context, key string, delta float64, member any, opts ...Option) (float64, error) {
	v, err := g.cache.ZIncrBy(ctx, key, delta, member, opts...)
	return orZero(g, v, err)
}

// ZPopMin implements SortedSets.
func (g *Ignoring) ZPopMin(ctx context.Context, key string, count int, opts ...Option) ([]Scored, error) {
	v, err := g.cache.ZPopMin(ctx, key, count, opts...)
	return orEmpty(g, v, []Scored{}, err)
}

// ZPopMax implements SortedSets.
func (g *Ignoring) ZPopMax(ctx context.Context, key string, count int, opts ...Option) ([]Scored, error) {
	v, err := g.cache.ZPopMax(ctx, key, count, opts...)
	return orEmpty(g, v, []Scored{}, err)
}

// ZRange implements SortedSets.
func (g *Ignoring) ZRange(ctx context.Context, key string, start, stop int, opts ...Option) ([]Scored, error) {
	v, err := g.cache.ZRange(ctx, key, start, stop, opts...)
	return orEmpty(g, v, []Scored{}, err)
}

// ZRevRange implements SortedSets.
func (g *Ignoring) ZRevRange(ctx context.Context, key string, start, stop int, opts ...Option) ([]Scored, error) {
	v, err := g.cache.ZRevRange(ctx, key, start, stop, opts...)
	return orEmpty(g, v, []Scored{}, err)
}

// ZRangeByScore implements SortedSets.
func (g *Ignoring) ZRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) ([]Scored, error) {
	v, err := g.cache.ZRangeByScore(ctx, key, within, opts...)
	return orEmpty(g, v, []Scored{}, err)
}

// ZRevRangeByScore implements SortedSets.
func (g *Ignoring) ZRevRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) ([]Scored, error) {
	v, err := g.cache.ZRevRangeByScore(ctx, key, within, opts...)
	return orEmpty(g, v, []Scored{}, err)
}

// ZRank implements SortedSets.
func (g *Ignoring) ZRank(ctx context.Context, key string, member any, opts ...Option) (int, error) {
	v, err := g.cache.ZRank(ctx, key, member, opts...)
	return orMissing(g, "zrank", key, v, err)
}

// ZScore implements SortedSets.
func (g *Ignoring) ZScore(ctx context.Context, key string, member any, opts ...Option) (float64, error) {
	v, err := g.cache.ZScore(ctx, key, member, opts...)
	return orMissing(g, "zscore", key, v, err)
}

// ZRem implements SortedSets.
func (g *Ignoring) ZRem(ctx context.Context, key string, members []any, opts ...Option) (int, error) {
	v, err := g.cache.ZRem(ctx, key, members, opts...)
	return orZero(g, v, err)
}

// ZRemRangeByScore implements SortedSets.
func (g *Ignoring) ZRemRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) (int, error) {
	v, err := g.cache.ZRemRangeByScore(ctx, key, within, opts...)
	return orZero(g, v, err)
}
