package cachetest

import (
	"context"
	"fmt"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

func lockRows() []row {
	return []row{
		{ID: "CACHE-LCK-001", Needs: needs{locking}, Says: "An acquire of a free lock MUST succeed, and another one fail while it is held.",
			Why: "B/test_lock", Check: check(func(k *kit) {
				one, two := k.lock("l", quick(k)), k.lock("l", quick(k))
				one.acquire().is(true)
				two.acquire().is(false)
				one.acquire().is(false)
			})},
		{ID: "CACHE-LCK-002", Needs: needs{locking}, Says: "A release MUST let another holder acquire.",
			Why: "B/test_lock", Check: check(func(k *kit) {
				one, two := k.lock("l", quick(k)), k.lock("l", quick(k))
				one.acquire().is(true)
				one.release().ok()
				two.acquire().is(true)
				two.release().ok()
			})},
		{ID: "CACHE-LCK-003", Needs: needs{locking}, Says: "A release by one who does not hold the lock MUST fail as not owned and leave it held.",
			Why: "redis-py: LockNotOwnedError", Check: check(func(k *kit) {
				one, two := k.lock("l", quick(k)), k.lock("l", quick(k))
				two.release().fails(ErrNotOwned)
				one.acquire().is(true)
				two.release().fails(ErrNotOwned)
				one.owned().is(true)
				two.acquire().is(false)
			})},
		{ID: "CACHE-LCK-004", Needs: needs{locking}, Says: "A second release MUST fail as not owned.",
			Why: "redis-py: cannot release an unlocked lock", Check: check(func(k *kit) {
				l := k.lock("l", quick(k))
				l.acquire().is(true)
				l.release().ok()
				l.release().fails(ErrNotOwned)
			})},
		{ID: "CACHE-LCK-005", Needs: needs{locking}, Says: "A lock MUST be free again after its timeout.",
			Why: "redis-py: Lock", Check: check(func(k *kit) {
				one, two := k.lock("l", quick(k)), k.lock("l", quick(k))
				d := k.Deadline(k.Unit())
				one.acquire().is(true)
				d.Before()
				two.acquire().until(d, false)
				d.After()
				two.acquire().is(true)
			})},
		{ID: "CACHE-LCK-006", Needs: needs{locking}, Says: "A release after the timeout MUST fail as not owned and leave the lock to its new holder.",
			Why: "redis-py: compare and delete in one step", Check: check(func(k *kit) {
				one, two := k.lock("l", quick(k)), k.lock("l", quick(k))
				one.acquire().is(true)
				k.Advance(k.Unit() + k.Margin())
				two.acquire().is(true)
				one.release().fails(ErrNotOwned)
				two.owned().is(true)
				two.release().ok()
				one.acquire().is(true)
				k.Advance(k.Unit() + k.Margin())
				one.release().fails(ErrNotOwned)
			})},
		{ID: "CACHE-LCK-007", Needs: needs{locking}, Says: "A lock without a timeout MUST be held until it is released.",
			Why: "redis-py: Lock", Check: check(func(k *kit) {
				one, two := k.lock("l", LockOptions{Wait: -1}), k.lock("l", quick(k))
				one.acquire().is(true)
				k.Advance(400 * 24 * time.Hour)
				two.acquire().is(false)
				one.release().ok()
				two.acquire().is(true)
			})},
		{ID: "CACHE-LCK-008", Needs: needs{locking, expiring}, Says: "An extend MUST add to the time left.",
			Why: "redis-py: Lock.extend", Check: check(func(k *kit) {
				l := k.lock("l", quick(k))
				l.acquire().is(true)
				l.extend(2 * k.Unit()).ok()
				k.pttl("l").about(3 * k.Unit())
			})},
		{ID: "CACHE-LCK-009", Needs: needs{locking, expiring}, Says: "An extend that replaces MUST set the time left, and a reacquire reset it to the timeout.",
			Why: "redis-py: Lock.extend, Lock.reacquire", Check: check(func(k *kit) {
				l := k.lock("l", quick(k))
				l.acquire().is(true)
				l.extendTo(2 * k.Unit()).ok()
				k.pttl("l").about(2 * k.Unit())
				l.reacquire().ok()
				k.pttl("l").about(k.Unit())
			})},
		{ID: "CACHE-LCK-010", Needs: needs{locking}, Says: "An extend or a reacquire of a lock without a timeout MUST be refused.",
			Why: "redis-py: cannot extend a lock with no timeout", Check: check(func(k *kit) {
				l := k.lock("l", LockOptions{Wait: -1})
				l.acquire().is(true)
				l.extend(k.Unit()).fails(ErrInvalid)
				l.extendTo(k.Unit()).fails(ErrInvalid)
				l.reacquire().fails(ErrInvalid)
				l.owned().is(true)
			})},
		{ID: "CACHE-LCK-011", Needs: needs{locking}, Says: "An extend or a reacquire of a lock that is lost MUST fail as not owned and leave the lock to its new holder.",
			Why: "redis-py: compare the token first", Check: check(func(k *kit) {
				one, two := k.lock("l", quick(k)), k.lock("l", quick(k))
				one.extend(k.Unit()).fails(ErrNotOwned)
				one.acquire().is(true)
				k.Advance(k.Unit() + k.Margin())
				one.extend(k.Unit()).fails(ErrNotOwned)
				d := k.Deadline(k.Unit())
				two.acquire().is(true)
				one.extendTo(5 * k.Unit()).fails(ErrNotOwned)
				one.reacquire().fails(ErrNotOwned)
				d.After()
				two.owned().is(false)
			})},
		{ID: "CACHE-LCK-012", Needs: needs{locking}, Says: "Locked MUST report whether anybody holds the lock, and owned whether this holder does.",
			Why: "redis-py: Lock.locked, Lock.owned", Check: check(func(k *kit) {
				one, two := k.lock("l", quick(k)), k.lock("l", quick(k))
				one.locked().is(false)
				one.owned().is(false)
				one.acquire().is(true)
				one.locked().is(true)
				two.locked().is(true)
				one.owned().is(true)
				two.owned().is(false)
				k.Advance(k.Unit() + k.Margin())
				one.owned().is(false)
				two.locked().is(false)
			})},
		{ID: "CACHE-LCK-013", Needs: needs{locking, looking}, Says: "A lock MUST live at the normal key: has reports it, a value blocks it, a delete frees it.",
			Why: "B/test_lock: SET NX at the cache key", Check: check(func(k *kit) {
				l := k.lock("l", quick(k))
				l.acquire().is(true)
				k.has("l").is(true)
				k.del("l").is(true)
				l.owned().is(false)
				k.set("v", "v", Default())
				k.lock("v", quick(k)).acquire().is(false)
				k.get("v").is("v")
			})},
		{ID: "CACHE-LCK-014", Needs: needs{locking, clearing}, Says: "A release after a clear MUST fail as not owned.",
			Why: "B/test_lock; data loss looks the same", Check: check(func(k *kit) {
				l := k.lock("l", quick(k))
				l.acquire().is(true)
				k.clear()
				l.release().fails(ErrNotOwned)
			})},
		{ID: "CACHE-LCK-015", Needs: needs{locking, versions}, Says: "Locks of different keys or versions MUST be independent.",
			Why: "the lock's key is a cache key", Check: check(func(k *kit) {
				k.lock("l", quick(k)).acquire().is(true)
				k.lock("m", quick(k)).acquire().is(true)
				k.at("2").lock("l", quick(k)).acquire().is(true)
			})},
		{ID: "CACHE-LCK-016", Needs: needs{locking}, Says: "An acquire that waits MUST give up with false within its wait.",
			Why: "B/test_lock_not_blocking", Check: check(func(k *kit) {
				const wait, poll = 30 * time.Millisecond, 5 * time.Millisecond
				k.lock("l", LockOptions{Wait: -1}).acquire().is(true)
				start := time.Now()
				k.lock("l", LockOptions{Wait: wait, Poll: poll}).acquire().is(false)
				limit := wait + 2*time.Second // what a busy machine may add
				if _, exact := k.Clock().(conformance.Bubble); exact {
					limit = wait
				}
				if took := time.Since(start); took > limit {
					k.Errorf("Acquire with a wait of %v gave up after %v", wait, took)
				}
			})},
		{ID: "CACHE-LCK-017", Needs: needs{locking}, Says: "An acquire that waits MUST succeed when the lock comes free.",
			Why: "redis-py: blocking", Check: check(func(k *kit) {
				first := k.lock("l", quick(k))
				first.acquire().is(true)
				waiting := k.lock("l", LockOptions{Timeout: k.Unit(), Poll: time.Millisecond})
				got := make(chan outcome)
				go func() { got <- waiting.acquire() }() // ends when the lock is free, or with the check
				first.release().ok()
				o := <-got
				o.is(true)
				waiting.owned().is(true)
			})},
		{ID: "CACHE-LCK-018", Needs: needs{locking}, Says: "An acquire that waits MUST end with its context, with the context's error.",
			Why: "a Go call honours its context", Check: check(func(k *kit) {
				k.lock("l", LockOptions{Wait: -1}).acquire().is(true)
				ctx, cancel := context.WithCancel(k.ctx)
				waiting := k.within(ctx).lock("l", LockOptions{Poll: time.Millisecond})
				go cancel() // ends at once; the acquire below sees it before, or while it waits
				waiting.acquire().fails(context.Canceled)
			})},
	}
}

// quick is a lock that is held for a while and not waited for.
func quick(k *kit) LockOptions { return LockOptions{Timeout: k.Unit(), Wait: -1} }

// A holder is a lock whose calls are recorded.
type holder struct {
	k    *kit
	name string
	lock Lock
}

func (k *kit) lock(key string, opts LockOptions) holder {
	return holder{k: k, name: fmt.Sprintf("Lock(%q).", key), lock: k.c.(Locker).Lock(key, opts)}
}

func (h holder) did(name string, args ...any) outcome { return h.k.did(h.name+name, args...) }

func (h holder) acquire() outcome { return h.did("Acquire").got(h.lock.Acquire(h.k.ctx)) }
func (h holder) release() outcome { return h.did("Release").got(nil, h.lock.Release(h.k.ctx)) }
func (h holder) locked() outcome  { return h.did("Locked").got(h.lock.Locked(h.k.ctx)) }
func (h holder) owned() outcome   { return h.did("Owned").got(h.lock.Owned(h.k.ctx)) }

func (h holder) reacquire() outcome {
	return h.did("Reacquire").got(nil, h.lock.Reacquire(h.k.ctx))
}

func (h holder) extend(d time.Duration) outcome {
	return h.did("Extend", d).got(nil, h.lock.Extend(h.k.ctx, d))
}

func (h holder) extendTo(d time.Duration) outcome {
	return h.did("ExtendTo", d).got(nil, h.lock.ExtendTo(h.k.ctx, d))
}
