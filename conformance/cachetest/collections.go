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
	// Acquire reports whether the lock is held now by this handle; false if
	// another holds it for all of LockOptions.Wait. An ended context is its error.
	Acquire(ctx context.Context) (bool, error)
	// Release frees the lock, or is ErrNotOwned if this handle does not hold it.
	Release(ctx context.Context) error
	// Extend adds d to what is left of the hold; a lock that is lost is
	// ErrNotOwned, one without a timeout any error.
	Extend(ctx context.Context, d time.Duration) error
	// ExtendTo is Extend with d in place of what is left.
	ExtendTo(ctx context.Context, d time.Duration) error
	// Reacquire is ExtendTo with LockOptions.Timeout.
	Reacquire(ctx context.Context) error
	// Locked reports whether anybody holds the lock.
	Locked(ctx context.Context) (bool, error)
	// Owned reports whether this handle does.
	Owned(ctx context.Context) (bool, error)
}

// Sets holds unordered sets of values. A missing set is empty. What is under the
// key and no set is ErrWrongType; results come in any order.
type Sets interface {
	// SAdd and SRem return how many members were new, or were there.
	SAdd(ctx context.Context, key string, members ...any) (int, error)
	SRem(ctx context.Context, key string, members ...any) (int, error)
	SCard(ctx context.Context, key string) (int, error)
	// SIsMember and SMIsMember report each member in the order asked.
	SIsMember(ctx context.Context, key string, member any) (bool, error)
	SMIsMember(ctx context.Context, key string, members ...any) ([]bool, error)
	SMembers(ctx context.Context, key string) ([]any, error)
	// SPop removes and returns at most count different members.
	SPop(ctx context.Context, key string, count int) ([]any, error)
	// SRandMember returns at most count different members, or -count that may
	// repeat if it is negative, and leaves them.
	SRandMember(ctx context.Context, key string, count int) ([]any, error)
	// SMove reports whether member was in from; then it is in to.
	SMove(ctx context.Context, from, to string, member any) (bool, error)
	// SScan returns each member that matches a glob once; "" is all.
	SScan(ctx context.Context, key, pattern string) ([]any, error)
	// SDiff, SInter and SUnion are of the first set and all others.
	SDiff(ctx context.Context, keys ...string) ([]any, error)
	SInter(ctx context.Context, keys ...string) ([]any, error)
	SUnion(ctx context.Context, keys ...string) ([]any, error)
	// SDiffStore, SInterStore and SUnionStore replace to by the result, and
	// return its size.
	SDiffStore(ctx context.Context, to string, keys ...string) (int, error)
	SInterStore(ctx context.Context, to string, keys ...string) (int, error)
	SUnionStore(ctx context.Context, to string, keys ...string) (int, error)
}

// Hashes holds maps of text to values. A missing hash is empty; what is no hash
// is ErrWrongType.
type Hashes interface {
	// HSet sets fields and returns how many were new.
	HSet(ctx context.Context, key string, fields map[string]any) (int, error)
	// HGet returns a field and whether there is one.
	HGet(ctx context.Context, key, field string) (value any, found bool, err error)
	HGetAll(ctx context.Context, key string) (map[string]any, error)
	// HDel returns how many fields there were.
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

// SortedSets holds sets ordered by score. A missing set is empty; what is no
// sorted set is ErrWrongType.
type SortedSets interface {
	// ZAdd returns how many members were new, with CH how many were new or
	// have another score.
	ZAdd(ctx context.Context, key string, flags ZFlags, members ...Scored) (int, error)
	ZCard(ctx context.Context, key string) (int, error)
	// ZCount counts those within; it heeds no Offset and Count.
	ZCount(ctx context.Context, key string, within ScoreRange) (int, error)
	// ZIncrBy adds to a score, from 0 for a new member, and returns the sum.
	ZIncrBy(ctx context.Context, key string, delta float64, member any) (float64, error)
	// ZPopMin and ZPopMax remove and return count members, the lowest or the
	// highest first.
	ZPopMin(ctx context.Context, key string, count int) ([]Scored, error)
	ZPopMax(ctx context.Context, key string, count int) ([]Scored, error)
	// ZRange and ZRevRange take ranks from start to stop, both included, from
	// the lowest or the highest score; -1 is the last.
	ZRange(ctx context.Context, key string, start, stop int) ([]Scored, error)
	ZRevRange(ctx context.Context, key string, start, stop int) ([]Scored, error)
	// ZRangeByScore and ZRevRangeByScore go upwards and downwards.
	ZRangeByScore(ctx context.Context, key string, within ScoreRange) ([]Scored, error)
	ZRevRangeByScore(ctx context.Context, key string, within ScoreRange) ([]Scored, error)
	// ZRank is the rank from the lowest score; found is false if absent.
	ZRank(ctx context.Context, key string, member any) (rank int, found bool, err error)
	// ZScore is the score; found is false if absent.
	ZScore(ctx context.Context, key string, member any) (score float64, found bool, err error)
	// ZRem and ZRemRangeByScore return how many members they removed.
	ZRem(ctx context.Context, key string, members ...any) (int, error)
	ZRemRangeByScore(ctx context.Context, key string, within ScoreRange) (int, error)
}
