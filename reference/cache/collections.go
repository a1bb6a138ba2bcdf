package cache

import "context"

// Sets holds unordered sets of plain values. Members are encoded like values,
// so 1 and "1" differ and two members are equal exactly if their encodings
// are. A missing set is empty. None of these sets an expiry.
type Sets interface {
	// SAdd returns how many members were new.
	SAdd(ctx context.Context, key string, members []any, opts ...Option) (int, error)
	// SRem returns how many members were there.
	SRem(ctx context.Context, key string, members []any, opts ...Option) (int, error)
	SCard(ctx context.Context, key string, opts ...Option) (int, error)
	SIsMember(ctx context.Context, key string, member any, opts ...Option) (bool, error)
	// SMIsMember answers in the order of members.
	SMIsMember(ctx context.Context, key string, members []any, opts ...Option) ([]bool, error)
	SMembers(ctx context.Context, key string, opts ...Option) ([]any, error)
	// SPop removes and returns up to count random members.
	SPop(ctx context.Context, key string, count int, opts ...Option) ([]any, error)
	// SRandMember returns up to count distinct random members, or exactly
	// -count with repetitions.
	SRandMember(ctx context.Context, key string, count int, opts ...Option) ([]any, error)
	// SMove reports whether member was moved from key to destination.
	SMove(ctx context.Context, key, destination string, member any, opts ...Option) (bool, error)
	// SScan returns the members that are texts or bytes and match the Redis
	// glob; an empty pattern matches all, of every type. It reads the set step
	// by step and matches here, where the members are decoded. (django-redis
	// encodes the pattern too, and with pickle finds texts of its length only.)
	SScan(ctx context.Context, key, pattern string, opts ...Option) ([]any, error)
	SDiff(ctx context.Context, keys []string, opts ...Option) ([]any, error)
	SInter(ctx context.Context, keys []string, opts ...Option) ([]any, error)
	SUnion(ctx context.Context, keys []string, opts ...Option) ([]any, error)
	// SDiffStore and its siblings replace destination and return its size.
	SDiffStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error)
	SInterStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error)
	SUnionStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error)
}

// Hashes holds maps of text fields to plain values. A missing hash is empty.
type Hashes interface {
	// HSet returns how many fields were new.
	HSet(ctx context.Context, key string, fields map[string]any, opts ...Option) (int, error)
	// HGet returns ErrNotFound for a missing field.
	HGet(ctx context.Context, key, field string, opts ...Option) (any, error)
	HGetAll(ctx context.Context, key string, opts ...Option) (map[string]any, error)
	// HDel returns how many fields were there.
	HDel(ctx context.Context, key string, fields []string, opts ...Option) (int, error)
	HLen(ctx context.Context, key string, opts ...Option) (int, error)
	HKeys(ctx context.Context, key string, opts ...Option) ([]string, error)
	HExists(ctx context.Context, key, field string, opts ...Option) (bool, error)
}

// A Scored is a member of a sorted set.
type Scored struct {
	Member any
	Score  float64
}

// A ScoreRange selects scores; use math.Inf for an open end.
type ScoreRange struct {
	Min, Max float64
	// ExcludeMin and ExcludeMax leave out the ends themselves.
	ExcludeMin, ExcludeMax bool
	// Offset skips members; Count limits them, 0 means all.
	Offset, Count int
}

// SortedSets holds sets ordered by score, equal scores by encoded member. A
// missing set is empty.
type SortedSets interface {
	// ZAdd returns how many members were new, with CH also the changed ones.
	// It takes NX, XX, GT, LT.
	ZAdd(ctx context.Context, key string, members []Scored, opts ...Option) (int, error)
	ZCard(ctx context.Context, key string, opts ...Option) (int, error)
	ZCount(ctx context.Context, key string, within ScoreRange, opts ...Option) (int, error)
	// ZIncrBy adds to the score of member, from 0 if it is missing.
	ZIncrBy(ctx context.Context, key string, delta float64, member any, opts ...Option) (float64, error)
	// ZPopMin and ZPopMax remove and return up to count members, the most
	// extreme first.
	ZPopMin(ctx context.Context, key string, count int, opts ...Option) ([]Scored, error)
	ZPopMax(ctx context.Context, key string, count int, opts ...Option) ([]Scored, error)
	// ZRange returns ranks start to stop, both included, negative from the end.
	ZRange(ctx context.Context, key string, start, stop int, opts ...Option) ([]Scored, error)
	ZRevRange(ctx context.Context, key string, start, stop int, opts ...Option) ([]Scored, error)
	ZRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) ([]Scored, error)
	ZRevRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) ([]Scored, error)
	// ZRank is the rank from the lowest score, or ErrNotFound.
	ZRank(ctx context.Context, key string, member any, opts ...Option) (int, error)
	// ZScore is the member's score, or ErrNotFound.
	ZScore(ctx context.Context, key string, member any, opts ...Option) (float64, error)
	ZRem(ctx context.Context, key string, members []any, opts ...Option) (int, error)
	ZRemRangeByScore(ctx context.Context, key string, within ScoreRange, opts ...Option) (int, error)
}
