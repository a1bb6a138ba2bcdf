package cache

import (
	"context"
	"time"
)

// A Locker makes locks that Go and Python processes share.
type Locker interface {
	// Lock returns a handle on the lock called key; it acquires nothing. The
	// lock lives at the normal cache key, as django-redis keeps it, so Has is
	// true while it is held and a value under the same key blocks it.
	Lock(key string, lock LockOptions, opts ...Option) Lock
}

// LockOptions say how long a lock is held and waited for.
type LockOptions struct {
	// Timeout bounds the hold. Zero means until released: such a lock
	// survives the death of its holder.
	Timeout time.Duration
	// Wait bounds the wait of Acquire: zero means until the context is done,
	// negative means not to wait at all.
	Wait time.Duration
	// Poll is the time between two attempts. Zero means 100 ms.
	Poll time.Duration
}

// A Lock is one holder's view of a lock, compatible with redis-py's Lock. It is
// safe for concurrent use and may be handed from one goroutine to another.
type Lock interface {
	// Acquire waits for the lock and reports whether it got it. It stops early
	// when the next attempt would come after the end of the wait.
	Acquire(ctx context.Context) (bool, error)
	// Release gives the lock back; ErrLockNotOwned if it is not held any more.
	// It never removes another holder's lock.
	Release(ctx context.Context) error
	// Extend adds d to the time left. ErrInvalidOption for a lock without
	// Timeout, ErrLockNotOwned if it is lost.
	Extend(ctx context.Context, d time.Duration) error
	// ExtendTo replaces the time left by d.
	ExtendTo(ctx context.Context, d time.Duration) error
	// Reacquire resets the time left to the Timeout.
	Reacquire(ctx context.Context) error
	// Locked reports whether anybody holds the lock.
	Locked(ctx context.Context) (bool, error)
	// Owned reports whether this handle holds it.
	Owned(ctx context.Context) (bool, error)
	// Do runs work while holding the lock. ErrLockNotAcquired if it was not
	// to be had; the error of Release is joined to that of work.
	Do(ctx context.Context, work func(context.Context) error) error
}
