package cachetest

import (
	"context"
	"errors"
	"iter"
	"math/big"
	"time"
)

// A Cache is the least an implementation has. Values are plain data: nil,
// bool, int64, *big.Int for integers beyond 64 bits, float64, string, []byte,
// []any and map[string]any of these; they come back in the same types. Every
// method is safe for concurrent use.
type Cache interface {
	// Get returns the value under key and whether there is one: a stored nil
	// is found.
	Get(ctx context.Context, key string) (value any, found bool, err error)
	// Set stores value, replacing value and expiry. A timeout of zero or less
	// removes the entry.
	Set(ctx context.Context, key string, value any, timeout Timeout) error
	// Delete reports whether it removed a live entry.
	Delete(ctx context.Context, key string) (bool, error)
}

// An Adder stores what is not there yet.
type Adder interface {
	// Add reports whether it stored value: false, and no error, if there is a
	// live entry, which it leaves as it is.
	Add(ctx context.Context, key string, value any, timeout Timeout) (bool, error)
}

// A Toucher moves the expiry of an entry.
type Toucher interface {
	// Touch reports whether there was a live entry, whose timeout is now this
	// one; zero or less removes it.
	Touch(ctx context.Context, key string, timeout Timeout) (bool, error)
}

// A Haser looks for an entry without reading it.
type Haser interface {
	// Has reports whether there is a live entry, a stored nil among them.
	Has(ctx context.Context, key string) (bool, error)
}

// A Many works on several entries in one call.
type Many interface {
	// GetMany returns what there is of keys; what is missing is not in the map,
	// which is never nil.
	GetMany(ctx context.Context, keys []string) (map[string]any, error)
	// SetMany stores all values with one timeout, as Set does, or none if one
	// cannot be serialized.
	SetMany(ctx context.Context, values map[string]any, timeout Timeout) error
	// DeleteMany returns how many live entries it removed, a key that is named
	// twice counted once, or 0 where [CountsDeletes] is not claimed.
	DeleteMany(ctx context.Context, keys []string) (int, error)
}

// A Filler stores what compute returns if there is no entry.
type Filler interface {
	// GetOrSet returns the live entry, else what compute returns, stored. An
	// error of compute is returned as it is, and nothing is stored.
	GetOrSet(ctx context.Context, key string, compute func(context.Context) (any, error), timeout Timeout) (any, error)
}

// A Counter changes integers in place. A missing entry is ErrNotFound.
type Counter interface {
	// Incr adds delta, which may be negative, and returns the sum; the expiry
	// stays. What is no integer is ErrNotInteger, a sum beyond 64 bits
	// ErrOverflow, and both leave the entry as it is.
	Incr(ctx context.Context, key string, delta int64) (int64, error)
	// Decr is Incr of -delta.
	Decr(ctx context.Context, key string, delta int64) (int64, error)
}

// A Creator counts from a missing entry as from zero.
type Creator interface {
	// IncrCreate is Incr, except that a missing entry is created from zero,
	// without expiry.
	IncrCreate(ctx context.Context, key string, delta int64) (int64, error)
}

// A BigCounter counts without a limit of size.
type BigCounter interface {
	// IncrBig is Incr without ErrOverflow.
	IncrBig(ctx context.Context, key string, delta *big.Int) (*big.Int, error)
}

// A FloatCounter adds to integers and floats and stores a float.
type FloatCounter interface {
	// IncrFloat is Incr with a sum that is a float, even a whole one.
	IncrFloat(ctx context.Context, key string, delta float64) (float64, error)
}

// A Versioned cache keeps entries of several versions apart.
type Versioned interface {
	// At is the same cache with another version: a number such as "2", or a
	// text such as "beta". It has all capabilities of the cache.
	At(version string) Cache
	// IncrVersion moves an entry delta versions up and returns the new one.
	IncrVersion(ctx context.Context, key string, delta int64) (int64, error)
	// DecrVersion is IncrVersion of -delta. A missing entry is ErrNotFound.
	DecrVersion(ctx context.Context, key string, delta int64) (int64, error)
}

// An Expirer shows and changes expiries.
type Expirer interface {
	// TTL is the time left in whole seconds, and found is false for a missing
	// entry. An entry without expiry has Forever left.
	TTL(ctx context.Context, key string) (left Timeout, found bool, err error)
	// PTTL is TTL in milliseconds.
	PTTL(ctx context.Context, key string) (left Timeout, found bool, err error)
	// Persist takes the expiry away and reports whether it did: false for a
	// missing entry, and for one without an expiry.
	Persist(ctx context.Context, key string) (bool, error)
	// Expire gives a live entry d to live and reports whether there is one;
	// zero or less removes it. It may round to whole seconds.
	Expire(ctx context.Context, key string, d time.Duration) (bool, error)
	// PExpire is Expire, exact to the millisecond with [SubSecond].
	PExpire(ctx context.Context, key string, d time.Duration) (bool, error)
	// ExpireAt is Expire at a moment of the clock, see [conformance.Teller]; one
	// that is past removes the entry.
	ExpireAt(ctx context.Context, key string, t time.Time) (bool, error)
	// PExpireAt is to ExpireAt what PExpire is to Expire.
	PExpireAt(ctx context.Context, key string, t time.Time) (bool, error)
}

// A Scanner finds entries by a Redis glob over the caller's keys.
type Scanner interface {
	// Keys returns the caller's keys, without prefix and version, that match,
	// in any order; those of other versions and prefixes never do.
	Keys(ctx context.Context, pattern string) ([]string, error)
	// IterKeys walks lazily, looking at about step keys at a time; 0 means the
	// implementation's own step.
	IterKeys(ctx context.Context, pattern string, step int) iter.Seq2[string, error]
	// DeletePattern removes what Keys would return, and returns how many.
	DeletePattern(ctx context.Context, pattern string) (int, error)
}

// A Quoter makes text match only itself as a pattern.
type Quoter interface {
	// QuotePattern returns a pattern that matches text alone.
	QuotePattern(text string) string
}

// A Clearer empties the whole store.
type Clearer interface {
	// Clear removes all entries, those of other prefixes and versions, too.
	Clear(ctx context.Context) error
}

// A PrefixClearer removes the entries of the own prefix, in every version, and
// returns how many.
type PrefixClearer interface {
	// ClearPrefix leaves entries of other prefixes, and what is no entry.
	ClearPrefix(ctx context.Context) (int, error)
}

// A Condition restricts a write.
type Condition string

// The conditions.
const (
	IfAbsent  Condition = "nx" // write only what is not there
	IfPresent Condition = "xx" // write only what is there
	IfBoth    Condition = "nx xx"
)

// A Conditional writes if a condition holds, and reports whether it did.
type Conditional interface {
	// SetIf is Set under a condition; false leaves entry and expiry as they
	// are. IfBoth is ErrInvalid.
	SetIf(ctx context.Context, key string, value any, timeout Timeout, cond Condition) (bool, error)
}

// A Closer can be closed, more than once, and used again afterwards.
type Closer interface {
	// Close frees connections.
	Close() error
}

// An Opener opens another cache on the same store, as another alias would.
type Opener interface {
	Open(ctx context.Context, alias Alias) (Cache, error)
}

// An Alias is what configures a cache. The zero value of a field means the
// default of Django: prefix "", version "1", timeout 300 s.
type Alias struct {
	Prefix, Version string
	Timeout         Timeout
	Serializer      string // "", pickle, json, msgpack
	PickleVersion   int    // 0, 2 to 5
	Compressor      string // "", zlib, gzip, lz4, zstd, lzma
	// KeyFunction replaces prefix:version:key.
	KeyFunction func(key, prefix, version string) string
	// StrictKeys refuses what memcached would: see Keys and validation.
	StrictKeys bool
	// MaxEntries bounds a cache in memory; 0 means 300.
	MaxEntries int
	// CullFrequency is one in how many entries a full cache drops; 0 means 3.
	CullFrequency int
	// IgnoreExceptions makes an unreachable cache look empty.
	IgnoreExceptions bool
}

// CullAll as Alias.CullFrequency empties a full cache: Django's 0.
const CullAll = -1

// An Inspector reads and writes the store itself, below keys and serializers.
type Inspector interface {
	// Stored returns what is kept under a stored key such as ":1:a". Its kind
	// is that of Redis (string, set, hash, zset) or "" for none.
	Stored(ctx context.Context, stored string) (Entry, error)
	// StoreRaw puts bytes under a stored key, without expiry.
	StoreRaw(ctx context.Context, stored string, raw []byte) error
	// StoredKeys lists every stored key.
	StoredKeys(ctx context.Context) ([]string, error)
}

// An Entry is what the store keeps under one key.
type Entry struct {
	Kind   string
	Bytes  []byte            // of a string
	Fields map[string][]byte // of a hash; the members of a set, or of a sorted set with their scores
	Left   Timeout           // Forever without an expiry
}

// The kinds of failure a caller may branch on. An implementation's errors wrap
// them; errors.ErrUnsupported says that an operation is not there.
var (
	ErrNotFound    = errors.New("not found")
	ErrNotInteger  = errors.New("not an integer")
	ErrOverflow    = errors.New("integer overflow")
	ErrSerialize   = errors.New("cannot serialize")
	ErrDeserialize = errors.New("cannot deserialize")
	ErrUnavailable = errors.New("unavailable")
	ErrWrongType   = errors.New("wrong type")
	ErrNotOwned    = errors.New("lock not owned")
	ErrInvalid     = errors.New("invalid argument")
)
