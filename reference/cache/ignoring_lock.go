package cache

import (
	"context"
	"errors"
	"time"
)

// Lock implements Locker: while the cache is away nobody acquires the lock.
func (g *Ignoring) Lock(key string, lock LockOptions, opts ...Option) Lock {
	return &ignoringLock{g, key, g.cache.Lock(key, lock, opts...)}
}

type ignoringLock struct {
	g    *Ignoring
	key  string
	lock Lock
}

func (l *ignoringLock) Acquire(ctx context.Context) (bool, error) {
	held, err := l.lock.Acquire(ctx)
	return orZero(l.g, held, err)
}

func (l *ignoringLock) Release(ctx context.Context) error { return l.g.orNil(l.lock.Release(ctx)) }

func (l *ignoringLock) Extend(ctx context.Context, d time.Duration) error {
	return l.g.orNil(l.lock.Extend(ctx, d))
}

func (l *ignoringLock) ExtendTo(ctx context.Context, d time.Duration) error {
	return l.g.orNil(l.lock.ExtendTo(ctx, d))
}

func (l *ignoringLock) Reacquire(ctx context.Context) error { return l.g.orNil(l.lock.Reacquire(ctx)) }

func (l *ignoringLock) Locked(ctx context.Context) (bool, error) {
	locked, err := l.lock.Locked(ctx)
	return orZero(l.g, locked, err)
}

func (l *ignoringLock) Owned(ctx context.Context) (bool, error) {
	owned, err := l.lock.Owned(ctx)
	return orZero(l.g, owned, err)
}

// Do swallows the failures of the lock, never those of work: without the lock
// the work is not done.
func (l *ignoringLock) Do(ctx context.Context, work func(context.Context) error) error {
	held, err := l.Acquire(ctx)
	if err != nil {
		return err
	}
	if !held {
		return fail("acquire", l.key, ErrLockNotAcquired, nil)
	}
	err = work(ctx)
	release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, l.Release(release))
}
