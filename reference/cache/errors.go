package cache

import (
	"errors"
	"strconv"
	"strings"
)

// The kinds of failure a caller may branch on with [errors.Is]. Every error of
// a cache is an [*Error] that wraps one of them, the driver's error, or both.
// A capability that an implementation does not have is reported as
// [errors.ErrUnsupported].
var (
	// ErrNotFound: no live entry under the key. Python's caches return the
	// default from get, and raise ValueError from incr and incr_version.
	ErrNotFound = errors.New("not found")
	// ErrNotStored: the condition NX or XX of a Set did not hold.
	ErrNotStored = errors.New("not stored: the condition did not hold")
	// ErrNotInteger: the stored value, or the result, is not an integer.
	ErrNotInteger = errors.New("value is not an integer")
	// ErrOverflow: the result does not fit 64 bits; IncrBig has no such limit.
	ErrOverflow = errors.New("integer overflows 64 bits")
	// ErrSerialize: the value cannot be written by the alias's serializer.
	ErrSerialize = errors.New("cannot serialize")
	// ErrDeserialize: the stored bytes were not written by the alias's
	// serializer and compressor. Such an entry is not a miss.
	ErrDeserialize = errors.New("cannot deserialize")
	// ErrUnavailable: the server was not reached, timed out, refused the login,
	// is loading, read-only or out of memory. The write may have happened.
	ErrUnavailable = errors.New("cache unavailable")
	// ErrWrongType: the key holds another kind of entry, such as a set.
	ErrWrongType = errors.New("entry has another type")
	// ErrLockNotOwned: the lock expired, was cleared, or was never acquired.
	ErrLockNotOwned = errors.New("lock not owned")
	// ErrLockNotAcquired: somebody else held the lock for the whole wait.
	ErrLockNotAcquired = errors.New("lock not acquired")
	// ErrInvalidKey: the key breaks the alias's [KeyPolicy].
	ErrInvalidKey = errors.New("invalid key")
	// ErrInvalidTimeout: not a number, infinite, or beyond what Redis stores.
	ErrInvalidTimeout = errors.New("invalid timeout")
	// ErrInvalidOption: options that contradict each other or the operation.
	ErrInvalidOption = errors.New("invalid option")
	// ErrClosed: the cache or its Caches was closed.
	ErrClosed = errors.New("cache is closed")
)

// An Error says which operation failed on which key, and why.
type Error struct {
	Op   string // the operation, such as "get"
	Key  string // the caller's key, "" for operations on the whole cache
	Kind error  // one of the sentinels of this package, nil when Cause says it all
	// Cause is the underlying error, such as the driver's, or nil.
	Cause error
}

// Error implements error: operation, key, kind, cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Key != "" {
		b.WriteByte(' ')
		b.WriteString(quote(e.Key))
	}
	if e.Kind != nil {
		b.WriteString(": ")
		b.WriteString(e.Kind.Error())
	}
	if e.Cause != nil {
		b.WriteString(": ")
		b.WriteString(e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives errors.Is and errors.As both the kind and the cause.
func (e *Error) Unwrap() []error {
	switch {
	case e.Kind == nil && e.Cause == nil:
		return nil
	case e.Cause == nil:
		return []error{e.Kind}
	case e.Kind == nil:
		return []error{e.Cause}
	}
	return []error{e.Kind, e.Cause}
}

// fail builds the error of an operation.
func fail(op, key string, kind, cause error) *Error {
	return &Error{Op: op, Key: key, Kind: kind, Cause: cause}
}

// quote shows a key in an error without flooding the log with it.
func quote(key string) string {
	const most = 80
	if len(key) > most {
		return strconv.Quote(key[:most]) + "… (" + strconv.Itoa(len(key)) + " bytes)"
	}
	return strconv.Quote(key)
}
