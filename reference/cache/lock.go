package cache

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A holder is where a lock lives. Its methods are atomic; ok is false when the
// token is not the one that is stored, for take when anything is.
type holder interface {
	take(ctx context.Context, token string, hold time.Duration) (ok bool, err error)
	drop(ctx context.Context, token string) (ok bool, err error)
	// extend adds d to the time left or, with replace, sets it.
	extend(ctx context.Context, token string, d time.Duration, replace bool) (ok bool, err error)
	current(ctx context.Context) (token string, err error) // "" if free
}

// mutex is the Lock of every cache, after redis-py's.
type mutex struct {
	holder  holder
	key     string
	options LockOptions

	mu    sync.Mutex
	token string // "" while not held
}

func newMutex(h holder, key string, o LockOptions) Lock {
	if o.Poll <= 0 {
		o.Poll = 100 * time.Millisecond
	}
	return &mutex{holder: h, key: key, options: o}
}

// newToken is 32 hexadecimal digits with a letter among them, so that it is
// never taken for an integer.
func newToken() string {
	var b [16]byte
	rand.Read(b[:])
	b[0] |= 0xa0
	return hex.EncodeToString(b[:])
}

func (l *mutex) held() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.token
}

// Acquire implements Lock.
func (l *mutex) Acquire(ctx context.Context) (bool, error) {
	if l.options.Timeout < 0 {
		return false, fail("acquire", l.key, nil, fmt.Errorf("%w: a lock of %v: want 0 or more", ErrInvalidTimeout, l.options.Timeout))
	}
	t := newToken()
	var deadline time.Time
	if l.options.Wait > 0 {
		deadline = time.Now().Add(l.options.Wait)
	}
	for {
		ok, err := l.holder.take(ctx, t, l.options.Timeout)
		if err != nil {
			return false, err
		}
		if ok {
			l.mu.Lock()
			l.token = t
			l.mu.Unlock()
			return true, nil
		}
		if l.options.Wait < 0 || !deadline.IsZero() && time.Now().Add(l.options.Poll).After(deadline) {
			return false, nil
		}
		if err := pause(ctx, l.options.Poll); err != nil {
			return false, fail("acquire", l.key, nil, err)
		}
	}
}

// Release implements Lock.
func (l *mutex) Release(ctx context.Context) error {
	l.mu.Lock()
	t := l.token
	l.token = ""
	l.mu.Unlock()
	if t == "" {
		return fail("release", l.key, ErrLockNotOwned, errors.New("it was not acquired, or was released before"))
	}
	ok, err := l.holder.drop(ctx, t)
	if err == nil && !ok {
		err = fail("release", l.key, ErrLockNotOwned, nil)
	}
	return err
}

// Extend implements Lock.
func (l *mutex) Extend(ctx context.Context, d time.Duration) error {
	return l.prolong(ctx, "extend", d, false)
}

// ExtendTo implements Lock.
func (l *mutex) ExtendTo(ctx context.Context, d time.Duration) error {
	return l.prolong(ctx, "extend", d, true)
}

// Reacquire implements Lock.
func (l *mutex) Reacquire(ctx context.Context) error {
	return l.prolong(ctx, "reacquire", l.options.Timeout, true)
}

func (l *mutex) prolong(ctx context.Context, op string, d time.Duration, replace bool) error {
	t := l.held()
	if t == "" {
		return fail(op, l.key, ErrLockNotOwned, errors.New("it was not acquired, or was released before"))
	}
	if l.options.Timeout == 0 {
		return fail(op, l.key, ErrInvalidOption, errors.New("a lock without a timeout has no time to extend"))
	}
	ok, err := l.holder.extend(ctx, t, d, replace)
	if err == nil && !ok {
		err = fail(op, l.key, ErrLockNotOwned, nil)
	}
	return err
}

// Locked implements Lock.
func (l *mutex) Locked(ctx context.Context) (bool, error) {
	t, err := l.holder.current(ctx)
	return t != "", err
}

// Owned implements Lock.
func (l *mutex) Owned(ctx context.Context) (bool, error) {
	mine := l.held()
	if mine == "" {
		return false, nil
	}
	t, err := l.holder.current(ctx)
	return err == nil && t == mine, err
}

// Do implements Lock.
func (l *mutex) Do(ctx context.Context, work func(context.Context) error) (err error) {
	ok, err := l.Acquire(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return fail("acquire", l.key, ErrLockNotAcquired, nil)
	}
	defer func() {
		// The work may have ended because ctx did; the lock must go all the same.
		release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = errors.Join(err, l.Release(release))
	}()
	return work(ctx)
}
