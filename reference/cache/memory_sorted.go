package cache

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// A memorySorted holds scores by encoded member. Ranges sort it anew: it is
// made for tests, not for leaderboards.
type memorySorted struct{ scores map[string]float64 }

// ranked is a member and its score.
type ranked struct {
	member string
	score  float64
}

func newSorted() *memorySorted         { return &memorySorted{make(map[string]float64)} }
func emptySorted(z *memorySorted) bool { return len(z.scores) == 0 }
func (m *Memory) readSorted(ctx context.Context, op, key string, opts []Option, use func(*memorySorted)) error {
	return collection(ctx, m, op, key, opts, nil, emptySorted, use)
}

// ascending lists the members by score, equal scores by bytes, as Redis does.
func (z *memorySorted) ascending() []ranked {
	all := make([]ranked, 0, len(z.scores))
	for member, score := range z.scores {
		all = append(all, ranked{member, score})
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.member, b.member))
	})
	return all
}

func (r ScoreRange) holds(score float64) bool {
	return (score > r.Min || score == r.Min && !r.ExcludeMin) && (score < r.Max || score == r.Max && !r.ExcludeMax)
}

// window cuts Offset and Count out of what matched; a negative offset is
// nothing, as in Redis.
func (r ScoreRange) window(all []ranked) []ranked {
	if r.Offset < 0 {
		return nil
	}
	all = all[min(r.Offset, len(all)):]
	if r.Count > 0 {
		all = all[:min(r.Count, len(all))]
	}
	return all
}

func (m *Memory) scored(op, key string, all []ranked) ([]Scored, error) {
	out := make([]Scored, len(all))
	for i, r := range all {
		v, err := m.codec.decode([]byte(r.member))
		if err != nil {
			return nil, fail(op, key, nil, err)
		}
		out[i] = Scored{v, r.score}
	}
	return out, nil
}

// sortedFlags refuses the flags that Redis refuses.
func (c *call) sortedFlags() error {
	if err := c.condition(); err != nil {
		return err
	}
	if c.has(GT) && c.has(LT) || c.has(NX) && (c.has(GT) || c.has(LT)) {
		return fmt.Errorf("%w: NX, GT and LT exclude each other", ErrInvalidOption)
	}
	return nil
}

// ZAdd implements SortedSets.
func (m *Memory) ZAdd(ctx context.Context, key string, members []Scored, opts ...Option) (n int, err error) {
	c := parse(opts)
	if err := c.sortedFlags(); err != nil {
		return 0, fail("zadd", key, nil, err)
	}
	encoded, err := encodeScored(&m.codec, "zadd", key, members)
	if err != nil {
		return 0, err
	}
	err = collection(ctx, m, "zadd", key, opts, newSorted, emptySorted, func(z *memorySorted) {
		for i, member := range encoded {
			score := members[i].Score
			old, there := z.scores[member]
			if there && c.has(NX) || !there && c.has(XX) || there && (c.has(GT) && score <= old || c.has(LT) && score >= old) {
				continue
			}
			z.scores[member] = score
			if !there || c.has(CH) && old != score {
				n++
			}
		}
	})
	return n, err
}

// encodeScored encodes members and refuses scores that are no numbers.
func encodeScored(c *codec, op, key string, members []Scored) ([]string, error) {
	values := make([]any, len(members))
	for i, s := range members {
		if math.IsNaN(s.Score) {
			return nil, fail(op, key, nil, fmt.Errorf("%w: score NaN of member %v", ErrInvalidOption, s.Member))
		}
		values[i] = s.Member
	}
	return encodeAll(c, op, key, values)
}

// ZCard implements SortedSets.
func (m *Memory) ZCard(ctx context.Context, key string, opts ...Option) (n int, err error) {
	err = m.readSorted(ctx, "zcard", key, opts, func(z *memorySorted) { n = len(z.scores) })
	return n, err
}

// ZCount implements SortedSets.
func (m *Memory) ZCount(ctx context.Context, key string, within ScoreRange, opts ...Option) (n int, err error) {
	err = m.readSorted(ctx, "zcount", key, opts, func(z *memorySorted) {
		for _, score := range z.scores {
			if within.holds(score) {
				n++
			}
		}
	})
	return n, err
}

// ZIncrBy implements SortedSets.
func (m *Memory) ZIncrBy(ctx context.Context, key string, delta float64, member any, opts ...Option) (sum float64, err error) {
	encoded, err := encodeScored(&m.codec, "zincrby", key, []Scored{{member, delta}})
	if err != nil {
		return 0, err
	}
	err = collection(ctx, m, "zincrby", key, opts, newSorted, emptySorted, func(z *memorySorted) {
		sum = z.scores[encoded[0]] + delta
		z.scores[encoded[0]] = sum
	})
	return sum, err
}

// ZRank implements SortedSets.
func (m *Memory) ZRank(ctx context.Context, key string, member any, opts ...Option) (int, error) {
	rank := -1
	encoded, err := encodeAll(&m.codec, "zrank", key, []any{member})
	if err != nil {
		return 0, err
	}
	err = m.readSorted(ctx, "zrank", key, opts, func(z *memorySorted) {
		rank = slices.IndexFunc(z.ascending(), func(r ranked) bool { return r.member == encoded[0] })
	})
	if err == nil && rank < 0 {
		return 0, fail("zrank", key, ErrNotFound, nil)
	}
	return rank, err
}

// ZScore implements SortedSets.
func (m *Memory) ZScore(ctx context.Context, key string, member any, opts ...Option) (score float64, err error) {
	encoded, err := encodeAll(&m.codec, "zscore", key, []any{member})
	if err != nil {
		return 0, err
	}
	found := false
	err = m.readSorted(ctx, "zscore", key, opts, func(z *memorySorted) { score, found = z.scores[encoded[0]] })
	if err == nil && !found {
		return 0, fail("zscore", key, ErrNotFound, nil)
	}
	return score, err
}

// ZRem implements SortedSets.
func (m *Memory) ZRem(ctx context.Context, key string, members []any, opts ...Option) (removed int, err error) {
	encoded, err := encodeAll(&m.codec, "zrem", key, members)
	if err != nil {
		return 0, err
	}
	err = m.readSorted(ctx, "zrem", key, opts, func(z *memorySorted) {
		before := len(z.scores)
		for _, member := range encoded {
			delete(z.scores, member)
		}
		removed = before - len(z.scores)
	})
	return removed, err
}
