package cache

import (
	"context"
	"time"
)

// Lock implements Locker. Its hold is measured by the clock of the cache, the
// wait of Acquire by time itself.
func (m *Memory) Lock(key string, lock LockOptions, opts ...Option) Lock {
	c := parse(opts)
	stored, err := m.keys.stored(key, &c)
	return newMutex(&memoryHolder{m, key, []byte(stored), err}, key, lock)
}

type memoryHolder struct {
	m      *Memory
	key    string
	stored []byte
	err    error // the key is invalid
}

func (h *memoryHolder) ready(ctx context.Context, op string) error {
	if h.err != nil {
		return fail(op, h.key, nil, h.err)
	}
	return stop(ctx, op, h.key)
}

func (h *memoryHolder) take(ctx context.Context, t string, hold time.Duration) (ok bool, err error) {
	if err := h.ready(ctx, "acquire"); err != nil {
		return false, err
	}
	h.m.write(h.stored, !h.m.peek(h.stored), func(sh *shard) {
		if _, live := sh.live(h.stored, h.m.now); live {
			return
		}
		var expires int64
		if hold > 0 {
			expires = h.m.deadline(hold)
		}
		h.m.store.put(h.stored, content{value: token(t)}, expires)
		ok = true
	})
	return ok, nil
}

// mine runs change if the lock is live and has the token t.
func (h *memoryHolder) mine(ctx context.Context, op, t string, change func(*entry)) (ok bool, err error) {
	if err := h.ready(ctx, op); err != nil {
		return false, err
	}
	h.m.write(h.stored, false, func(sh *shard) {
		e, live := sh.live(h.stored, h.m.now)
		if ok = live && e.value == any(token(t)); ok {
			change(e)
		}
	})
	return ok, nil
}

func (h *memoryHolder) drop(ctx context.Context, t string) (bool, error) {
	return h.mine(ctx, "release", t, h.m.store.remove)
}

func (h *memoryHolder) extend(ctx context.Context, t string, d time.Duration, replace bool) (bool, error) {
	return h.mine(ctx, "extend", t, func(e *entry) {
		if !replace && e.expires != 0 {
			d += time.Duration(e.expires - h.m.now())
		}
		h.m.store.expire(e, h.m.deadline(d))
	})
}

func (h *memoryHolder) current(ctx context.Context) (string, error) {
	if err := h.ready(ctx, "locked"); err != nil {
		return "", err
	}
	e := h.m.store.read(h.stored)
	if e == nil || !e.live(h.m.now) {
		return "", nil
	}
	if t, ok := e.value.(token); ok {
		return string(t), nil
	}
	return "a value, not a lock", nil
}
