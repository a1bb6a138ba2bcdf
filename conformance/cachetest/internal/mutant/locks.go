package mutant

import (
	"context"
	"errors"
	"time"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// A badLock is a lock some of whose methods are replaced.
type badLock struct {
	cachetest.Lock
	acquire   func(ctx context.Context) (bool, error)
	release   func(ctx context.Context) error
	extend    func(ctx context.Context, d time.Duration) error
	extendTo  func(ctx context.Context, d time.Duration) error
	reacquire func(ctx context.Context) error
	locked    func(ctx context.Context) (bool, error)
	owned     func(ctx context.Context) (bool, error)
}

func (l badLock) Acquire(ctx context.Context) (bool, error) {
	if l.acquire != nil {
		return l.acquire(ctx)
	}
	return l.Lock.Acquire(ctx)
}

func (l badLock) Release(ctx context.Context) error {
	if l.release != nil {
		return l.release(ctx)
	}
	return l.Lock.Release(ctx)
}

func (l badLock) Extend(ctx context.Context, d time.Duration) error {
	if l.extend != nil {
		return l.extend(ctx, d)
	}
	return l.Lock.Extend(ctx, d)
}

func (l badLock) ExtendTo(ctx context.Context, d time.Duration) error {
	if l.extendTo != nil {
		return l.extendTo(ctx, d)
	}
	return l.Lock.ExtendTo(ctx, d)
}

func (l badLock) Reacquire(ctx context.Context) error {
	if l.reacquire != nil {
		return l.reacquire(ctx)
	}
	return l.Lock.Reacquire(ctx)
}

func (l badLock) Locked(ctx context.Context) (bool, error) {
	if l.locked != nil {
		return l.locked(ctx)
	}
	return l.Lock.Locked(ctx)
}

func (l badLock) Owned(ctx context.Context) (bool, error) {
	if l.owned != nil {
		return l.owned(ctx)
	}
	return l.Lock.Owned(ctx)
}

// locked breaks the locks of a cache.
func locked(change func(c Full, key string, opts cachetest.LockOptions, l cachetest.Lock) cachetest.Lock) Break {
	return lock(func(c Full, key string, opts cachetest.LockOptions) cachetest.Lock {
		return change(c, key, opts, c.Lock(key, opts))
	})
}

func locks() []Mutant {
	return []Mutant{
		{Name: "locks-exclude-nobody", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, acquire: func(ctx context.Context) (bool, error) { _, err := l.Acquire(ctx); return true, err }}
		})},
		{Name: "release-keeps-the-lock", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, release: func(ctx context.Context) error {
				if owned, err := l.Owned(ctx); !owned {
					return errors.Join(cachetest.ErrNotOwned, err)
				}
				return nil
			}}
		})},
		{Name: "release-removes-anybodys-lock", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, release: func(ctx context.Context) error {
				if removed, err := c.Delete(ctx, key); !removed {
					return errors.Join(cachetest.ErrNotOwned, err)
				}
				return nil
			}}
		})},
		{Name: "a-second-release-succeeds", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			released := false
			return badLock{Lock: l, release: func(ctx context.Context) error {
				if released {
					return nil
				}
				err := l.Release(ctx)
				released = err == nil
				return err
			}}
		})},
		{Name: "locks-ignore-the-timeout", Break: lock(func(c Full, key string, opts cachetest.LockOptions) cachetest.Lock {
			if opts.Timeout > 0 {
				opts.Timeout *= 10
			}
			return c.Lock(key, opts)
		})},
		{Name: "release-after-the-timeout-succeeds", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			held := false
			return badLock{Lock: l,
				acquire: func(ctx context.Context) (bool, error) {
					ok, err := l.Acquire(ctx)
					held = held || ok
					return ok, err
				},
				release: func(ctx context.Context) error {
					err := l.Release(ctx)
					if there, _ := c.Has(ctx, key); held && !there {
						err = nil
					}
					if err == nil && !held {
						err = cachetest.ErrNotOwned
					}
					held = false
					return err
				}}
		})},
		{Name: "a-lock-without-timeout-gets-the-default", Break: lock(func(c Full, key string, opts cachetest.LockOptions) cachetest.Lock {
			if opts.Timeout == 0 {
				opts.Timeout = 300 * time.Second
			}
			return c.Lock(key, opts)
		})},
		{Name: "extend-replaces", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, extend: l.ExtendTo}
		})},
		{Name: "extend-to-adds", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, extendTo: l.Extend}
		})},
		{Name: "reacquire-does-nothing", Break: locked(func(c Full, key string, opts cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, reacquire: func(ctx context.Context) error {
				if opts.Timeout == 0 {
					return cachetest.ErrInvalid
				}
				if owned, err := l.Owned(ctx); !owned {
					return errors.Join(cachetest.ErrNotOwned, err)
				}
				return nil
			}}
		})},
		{Name: "a-lock-without-timeout-can-be-extended", Break: locked(func(c Full, key string, opts cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, extend: func(ctx context.Context, d time.Duration) error {
				if opts.Timeout > 0 {
					return l.Extend(ctx, d)
				}
				_, err := c.Expire(ctx, key, d)
				return err
			}}
		})},
		{Name: "extend-works-on-anybodys-lock", Break: locked(func(c Full, key string, opts cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, extendTo: func(ctx context.Context, d time.Duration) error {
				if opts.Timeout == 0 {
					return cachetest.ErrInvalid
				}
				if found, err := c.Expire(ctx, key, d); !found {
					return errors.Join(cachetest.ErrNotOwned, err)
				}
				return nil
			}}
		})},
		{Name: "owned-means-locked", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, owned: l.Locked}
		})},
		{Name: "locked-means-owned", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, locked: l.Owned}
		})},
		{Name: "locks-live-beside-the-keys", Break: lock(func(c Full, key string, opts cachetest.LockOptions) cachetest.Lock {
			return c.Lock("lock."+key, opts)
		})},
		{Name: "locks-survive-a-clear", Break: wipe(func(c Full, ctx context.Context) error {
			_, err := c.ClearPrefix(ctx)
			return err
		})},
		{Name: "locks-forget-the-version", Break: inVersionOne(func(one func() Full) Break {
			return lock(func(_ Full, key string, opts cachetest.LockOptions) cachetest.Lock { return one().Lock(key, opts) })
		})},
		{Name: "locks-share-one-key", Break: lock(func(c Full, key string, opts cachetest.LockOptions) cachetest.Lock {
			if key == "m" {
				key = "l"
			}
			return c.Lock(key, opts)
		})},
		{Name: "a-wait-for-a-lock-lasts-twice-as-long", Bubble: true, Break: lock(func(c Full, key string, opts cachetest.LockOptions) cachetest.Lock {
			if opts.Wait > 0 {
				opts.Wait *= 2
			}
			return c.Lock(key, opts)
		})},
		{Name: "a-lock-is-not-waited-for", Break: lock(func(c Full, key string, opts cachetest.LockOptions) cachetest.Lock {
			opts.Wait = -1
			return c.Lock(key, opts)
		})},
		{Name: "a-wait-for-a-lock-hides-the-end-of-its-context", Break: locked(func(c Full, key string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, acquire: func(ctx context.Context) (bool, error) {
				ok, err := l.Acquire(ctx)
				if errors.Is(err, context.Canceled) {
					return false, nil
				}
				return ok, err
			}}
		})},
	}
}
