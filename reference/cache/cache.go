package cache

import (
	"context"
	"iter"
	"math/big"
	"time"
)

// A Cache is every operation of django-redis. [Memory] and [Redis] implement
// it. A cache is safe for concurrent use; values are snapshots: what is changed
// after Set, or in what Get returned, does not change the cache. Functions
// should ask for the smallest of the interfaces below that serves them.
//
// Values are plain data: nil, bool, every integer type and [*big.Int], float64,
// string, []byte, []any, map[string]any, [time.Time], and the types of package
// plain (tuples, sets, ordered dictionaries). They come back as nil, bool,
// int64 or *big.Int, float64, string, []byte, []any, map[string]any and so on.
type Cache interface {
	Getter
	Setter
	Deleter
	Toucher
	Counter
	Versioner
	Expirer
	Scanner
	Clearer
	Locker
	Sets
	Hashes
	SortedSets
	Pipeliner

	// Close may be called at any time and any number of times. Connections
	// live until the Caches or the client they belong to is closed, and the
	// cache stays usable as long.
	Close() error
}

// A Getter reads entries.
type Getter interface {
	// Get returns the value under key, or ErrNotFound. A stored nil is a hit:
	// nil without an error.
	Get(ctx context.Context, key string, opts ...Option) (any, error)
	// GetMany returns the live entries among keys, by the caller's keys, in one
	// round trip per server. An entry that cannot be decoded fails the call.
	GetMany(ctx context.Context, keys []string, opts ...Option) (map[string]any, error)
	// Has reports whether key has a live entry, without reading its value.
	Has(ctx context.Context, key string, opts ...Option) (bool, error)
}

// A Setter writes entries.
type Setter interface {
	// Set stores value under key in one step with its expiry. With NX or XX it
	// returns ErrNotStored when the condition does not hold. Discard removes
	// the entry; with NX it does nothing but check.
	Set(ctx context.Context, key string, value any, opts ...Option) error
	// Add stores value only if key has no live entry, and reports whether it
	// did. It never changes an entry that is there, nor its expiry.
	Add(ctx context.Context, key string, value any, opts ...Option) (bool, error)
	// SetMany stores all values or, on an error before the write, none. On one
	// Redis server it is atomic; on a Cluster each slot is.
	SetMany(ctx context.Context, values map[string]any, opts ...Option) error
	// GetOrSet returns the entry or else what compute returns, which it stores
	// with Add semantics: if another writer was faster its value is returned.
	// compute runs at most once per call; its error stores nothing. Callers in
	// one process that miss together share one compute.
	GetOrSet(ctx context.Context, key string, compute func(context.Context) (any, error), opts ...Option) (any, error)
}

// A Deleter removes entries.
type Deleter interface {
	// Delete reports whether a live entry was removed.
	Delete(ctx context.Context, key string, opts ...Option) (bool, error)
	// DeleteMany removes the named entries and returns how many there were.
	DeleteMany(ctx context.Context, keys []string, opts ...Option) (int, error)
}

// A Toucher moves the expiry of entries.
type Toucher interface {
	// Touch gives an existing entry a new timeout and reports whether it was
	// there. Discard removes it and reports true.
	Touch(ctx context.Context, key string, opts ...Option) (bool, error)
}

// A Counter counts atomically. It never changes the remaining time to live and,
// without Create, never makes an entry: a missing one is ErrNotFound. A value
// that is no number is ErrNotInteger. After an error the entry is unchanged.
type Counter interface {
	// Incr adds delta and returns the sum; a result beyond 64 bits is
	// ErrOverflow.
	Incr(ctx context.Context, key string, delta int64, opts ...Option) (int64, error)
	// Decr subtracts delta.
	Decr(ctx context.Context, key string, delta int64, opts ...Option) (int64, error)
	// IncrBig adds without a limit, as Python does.
	IncrBig(ctx context.Context, key string, delta *big.Int, opts ...Option) (*big.Int, error)
	// IncrFloat adds to an integer or a float and stores a float.
	IncrFloat(ctx context.Context, key string, delta float64, opts ...Option) (float64, error)
}

// A Versioner moves an entry to another version, atomically and with its
// remaining time to live. It overwrites what is there.
type Versioner interface {
	// IncrVersion moves the entry delta versions up and returns the new version.
	IncrVersion(ctx context.Context, key string, delta int64, opts ...Option) (int64, error)
	// DecrVersion moves it delta versions down.
	DecrVersion(ctx context.Context, key string, delta int64, opts ...Option) (int64, error)
}

// NoExpiry is the time to live of an entry that never expires.
const NoExpiry time.Duration = -1

// An Expirer looks at and changes expiries. It works on every type of entry.
type Expirer interface {
	// TTL is the time left, rounded to seconds as Redis does (so 0 does not
	// mean absent), NoExpiry, or ErrNotFound.
	TTL(ctx context.Context, key string, opts ...Option) (time.Duration, error)
	// PTTL is TTL in milliseconds.
	PTTL(ctx context.Context, key string, opts ...Option) (time.Duration, error)
	// Persist removes the expiry and reports whether there was one.
	Persist(ctx context.Context, key string, opts ...Option) (bool, error)
	// Expire lets an existing entry live for d, whole seconds, and reports
	// whether it was there. Zero and negative remove it. A fraction of a
	// second is ErrInvalidTimeout: use PExpire.
	Expire(ctx context.Context, key string, d time.Duration, opts ...Option) (bool, error)
	// PExpire is Expire in milliseconds.
	PExpire(ctx context.Context, key string, d time.Duration, opts ...Option) (bool, error)
	// ExpireAt lets an existing entry live until t, cut to whole seconds. What
	// is past removes it and reports true.
	ExpireAt(ctx context.Context, key string, t time.Time, opts ...Option) (bool, error)
	// PExpireAt is ExpireAt in milliseconds.
	PExpireAt(ctx context.Context, key string, t time.Time, opts ...Option) (bool, error)
}

// A Scanner finds entries of any type by a Redis glob over the caller's keys:
// * ? [abc] [^a] [a-z] and backslash. Only the own prefix and one version are
// looked at. Escape user text with [EscapePattern].
type Scanner interface {
	// Keys returns the matching keys, each once, in no order.
	Keys(ctx context.Context, pattern string, opts ...Option) ([]string, error)
	// IterKeys walks the matching keys lazily. A key may come twice; one that
	// is there the whole time is never missed. After an error it stops.
	IterKeys(ctx context.Context, pattern string, opts ...Option) iter.Seq2[string, error]
	// DeletePattern removes the matching entries, locks too, and returns how
	// many were removed.
	DeletePattern(ctx context.Context, pattern string, opts ...Option) (int, error)
}

// A Clearer empties the cache.
type Clearer interface {
	// Clear removes everything in the store: other prefixes, locks and foreign
	// data of the same Redis database too (FLUSHDB), as Django documents.
	Clear(ctx context.Context) error
	// ClearPrefix removes the entries of the own prefix and returns how many:
	// in every version that is a number, and in those that are texts and that
	// this cache was given. A text that only other processes use cannot be told
	// from the rest of a longer prefix, as prod in app:prod, and stays until
	// DeletePattern(ctx, "*", VersionName("prod")). Held locks and other
	// prefixes stay, unless one goes on with a number, as app:7 after app. With
	// a KeyFunction it removes what the function's keys of "*" match.
	ClearPrefix(ctx context.Context) (int, error)
}

// A Pipeliner sends many operations in one round trip per server.
type Pipeliner interface {
	// Pipeline collects the operations that queue asks for and runs them. It
	// returns the first error that is not ErrNotFound; each Future has its own.
	// The operations are not a transaction. An error of queue sends nothing.
	// All of them go to the primary, reads too, so that a read sees what the
	// pipeline wrote before it: Get itself reads from a replica if there is one.
	Pipeline(ctx context.Context, queue func(Pipe) error) error
}

// A Pipe queues operations; each result is ready when Pipeline returns.
type Pipe interface {
	Get(key string, opts ...Option) *Future[any]
	Has(key string, opts ...Option) *Future[bool]
	PTTL(key string, opts ...Option) *Future[time.Duration]
	// Set is false where NX or XX did not hold.
	Set(key string, value any, opts ...Option) *Future[bool]
	Add(key string, value any, opts ...Option) *Future[bool]
	Delete(key string, opts ...Option) *Future[bool]
	Touch(key string, opts ...Option) *Future[bool]
	Incr(key string, delta int64, opts ...Option) *Future[int64]
}

// A Future is the result of one operation of a pipeline.
type Future[T any] struct {
	value T
	err   error
}

// Result returns the value, or why there is none. Before the pipeline has run
// it is the zero value and an error.
func (f *Future[T]) Result() (T, error) { return f.value, f.err }
