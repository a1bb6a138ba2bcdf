package cache

import (
	"context"
	"maps"
	"slices"
)

// ranked reads the members that pick selects from the ascending list.
func (m *Memory) ranked(ctx context.Context, op, key string, opts []Option, pick func([]ranked) []ranked) ([]Scored, error) {
	var all []ranked
	err := m.readSorted(ctx, op, key, opts, func(z *memorySorted) { all = pick(z.ascending()) })
	if err != nil {
		return nil, err
	}
	return m.scored(op, key, all)
}

// ranks cuts start to stop out, both included, negative from the end.
func ranks(all []ranked, start, stop int) []ranked {
	if start < 0 {
		start = max(start+len(all), 0)
	}
	if stop < 0 {
		stop += len(all)
	}
	stop = min(stop, len(all)-1)
	if start > stop {
		return nil
	}
	return all[start : stop+1]
}

func reversed(all []ranked) []ranked {
	slices.Reverse(all)
	return all
}

func matching(all []ranked, within ScoreRange) []ranked {
	return slices.DeleteFunc(all, func(r ranked) bool { return !within.holds(r.score) })
}

// ZRange implements SortedSets.
func (m *Memory) ZRange(ctx context.Context, key string, start, stop int, opts ...Option) ([]Scored, error) {
	return m.ranked(ctx, "zrange", key, opts, func(all []ranked) []ranked { return ranks(all, start, stop) })
}

// ZRevRange implements SortedSets.
func (m *Memory) ZRevRange(ctx context.Context, key string, start, stop int, opts ...Option) ([]Scored, error) {
	return m.ranked(ctx, "zrevrange", key, opts, func(all []ranked) []ranked { return ranks(reversed(all), start, stop) })
}

// ZRangeByScore implements SortedSets.
func (m *Memory) ZRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) ([]Scored, error) {
	return m.ranked(ctx, "zrangebyscore", key, opts, func(all []ranked) []ranked {
		return within.window(matching(all, within))
	})
}

// ZRevRangeByScore implements SortedSets.
func (m *Memory) ZRevRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) ([]Scored, error) {
	return m.ranked(ctx, "zrevrangebyscore", key, opts, func(all []ranked) []ranked {
		return within.window(matching(reversed(all), within))
	})
}

// ZPopMin implements SortedSets.
func (m *Memory) ZPopMin(ctx context.Context, key string, count int, opts ...Option) ([]Scored, error) {
	return m.popped(ctx, "zpopmin", key, count, opts, func(all []ranked) []ranked { return all })
}

// ZPopMax implements SortedSets.
func (m *Memory) ZPopMax(ctx context.Context, key string, count int, opts ...Option) ([]Scored, error) {
	return m.popped(ctx, "zpopmax", key, count, opts, reversed)
}

func (m *Memory) popped(ctx context.Context, op, key string, count int, opts []Option, order func([]ranked) []ranked) ([]Scored, error) {
	var all []ranked
	err := m.readSorted(ctx, op, key, opts, func(z *memorySorted) {
		all = order(z.ascending())
		all = all[:min(max(count, 0), len(all))]
		for _, r := range all {
			delete(z.scores, r.member)
		}
	})
	if err != nil {
		return nil, err
	}
	return m.scored(op, key, all)
}

// ZRemRangeByScore implements SortedSets.
func (m *Memory) ZRemRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) (removed int, err error) {
	err = m.readSorted(ctx, "zremrangebyscore", key, opts, func(z *memorySorted) {
		before := len(z.scores)
		maps.DeleteFunc(z.scores, func(_ string, score float64) bool { return within.holds(score) })
		removed = before - len(z.scores)
	})
	return removed, err
}
