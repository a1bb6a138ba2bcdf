package cachetest

import (
	"context"
	"strings"
	"time"
)

// A Locker makes locks.
type Locker interface {
	// Lock returns a handle on the lock called key; it acquires nothing.
	Lock(key string, opts LockOptions) Lock
}

// LockOptions say how long a lock is held and waited for.
type LockOptions struct {
	Timeout time.Duration // of the hold; 0 means until released
	Wait    time.Duration // of Acquire; 0 until the context ends, negative not at all
	Poll    time.Duration // between attempts; 0 means 100 ms
}

// A Lock is one holder's view of a lock.
type Lock interface {
	Acquire(ctx context.Context) (bool, error)
	Release(ctx context.Context) error
	Extend(ctx context.Context, d time.Duration) error
	ExtendTo(ctx context.Context, d time.Duration) error
	Reacquire(ctx context.Context) error
	Locked(ctx context.Context) (bool, error)
	Owned(ctx context.Context) (bool, error)
}

// Sets holds unordered sets of values. A missing set is empty.
type Sets interface {
	SAdd(ctx context.Context, key string, members ...any) (int, error)
	SRem(ctx context.Context, key string, members ...any) (int, error)
	SCard(ctx context.Context, key string) (int, error)
	SIsMember(ctx context.Context, key string, member any) (bool, error)
	SMIsMember(ctx context.Context, key string, members ...any) ([]bool, error)
	SMembers(ctx context.Context, key string) ([]any, error)
	SPop(ctx context.Context, key string, count int) ([]any, error)
	SRandMember(ctx context.Context, key string, count int) ([]any, error)
	SMove(ctx context.Context, from, to string, member any) (bool, error)
	SScan(ctx context.Context, key, pattern string) ([]any, error)
	SDiff(ctx context.Context, keys ...string) ([]any, error)
	SInter(ctx context.Context, keys ...string) ([]any, error)
	SUnion(ctx context.Context, keys ...string) ([]any, error)
	SDiffStore(ctx context.Context, to string, keys ...string) (int, error)
	SInterStore(ctx context.Context, to string, keys ...string) (int, error)
	SUnionStore(ctx context.Context, to string, keys ...string) (int, error)
}

// Hashes holds maps of text to values. A missing hash is empty.
type Hashes interface {
	HSet(ctx context.Context, key string, fields map[string]any) (int, error)
	HGet(ctx context.Context, key, field string) (value any, found bool, err error)
	HGetAll(ctx context.Context, key string) (map[string]any, error)
	HDel(ctx context.Context, key string, fields ...string) (int, error)
	HLen(ctx context.Context, key string) (int, error)
	HKeys(ctx context.Context, key string) ([]string, error)
	HExists(ctx context.Context, key, field string) (bool, error)
}

// A Scored is a member of a sorted set.
type Scored struct {
	Member any
	Score  float64
}

// A ScoreRange selects scores from Min to Max, both included.
type ScoreRange struct {
	Min, Max      float64
	Offset, Count int // skip and limit; a Count of 0 means all
}

// ZFlags change what ZAdd does; they combine.
type ZFlags struct{ NX, XX, GT, LT, CH bool }

// String is the flags that are set, as ZADD spells them.
func (f ZFlags) String() string {
	var words []string
	for _, flag := range []struct {
		set  bool
		word string
	}{{f.NX, "nx"}, {f.XX, "xx"}, {f.GT, "gt"}, {f.LT, "lt"}, {f.CH, "ch"}} {
		if flag.set {
			words = append(words, flag.word)
		}
	}
	if words == nil {
		return "no flags"
	}
	return strings.Join(words, " ")
}

// SortedSets holds sets ordered by score. A missing set is empty.
type SortedSets interface {
	ZAdd(ctx context.Context, key string, flags ZFlags, members ...Scored) (int, error)
	ZCard(ctx context.Context, key string) (int, error)
	ZCount(ctx context.Context, key string, within ScoreRange) (int, error)
	ZIncrBy(ctx context.Context, key string, delta float64, member any) (float64, error)
	ZPopMin(ctx context.Context, key string, count int) ([]Scored, error)
	ZPopMax(ctx context.Context, key string, count int) ([]Scored, error)
	ZRange(ctx context.Context, key string, start, stop int) ([]Scored, error)
	ZRevRange(ctx context.Context, key string, start, stop int) ([]Scored, error)
	ZRangeByScore(ctx context.Context, key string, within ScoreRange) ([]Scored, error)
	ZRevRangeByScore(ctx context.Context, key string, within ScoreRange) ([]Scored, error)
	// ZRank is the rank from the lowest score; found is false if absent.
	ZRank(ctx context.Context, key string, member any) (rank int, found bool, err error)
	ZScore(ctx context.Context, key string, member any) (score float64, found bool, err error)
	ZRem(ctx context.Context, key string, members ...any) (int, error)
	ZRemRangeByScore(ctx context.Context, key string, within ScoreRange) (int, error)
}
