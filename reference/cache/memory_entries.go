package cache

import (
	"context"
	"errors"
)

// Get implements Getter. It counts as a use of the entry.
func (m *Memory) Get(ctx context.Context, key string, opts ...Option) (any, error) {
	if err := stop(ctx, "get", key); err != nil {
		return nil, err
	}
	c := parse(opts)
	var buf [128]byte
	stored, err := m.keys.bytes(buf[:0], key, &c)
	if err != nil {
		return nil, fail("get", key, nil, err)
	}
	e := m.load(stored)
	if e == nil {
		return nil, fail("get", key, ErrNotFound, nil)
	}
	m.store.use(e)
	v, err := m.thaw(e.content)
	if err != nil {
		return nil, fail("get", key, nil, err)
	}
	return v, nil
}

// load finds a live entry, and removes an expired one.
func (m *Memory) load(key []byte) *entry {
	e := m.store.read(key)
	if e != nil && !e.live(m.now) {
		m.sweep(key)
		return nil
	}
	return e
}

// sweep removes an entry that was found expired, unless it was renewed since.
func (m *Memory) sweep(key []byte) {
	sh := m.store.shard(key)
	sh.Lock()
	defer sh.Unlock()
	if e, ok := sh.live(key, m.now); e != nil && !ok {
		m.store.remove(e)
	}
}

// drop removes whatever is under key while every shard is locked.
func (m *Memory) drop(key []byte) {
	h := hash(key)
	_, e := m.store.at(h).find(h, key)
	m.store.remove(e)
}

// GetMany implements Getter. It sees either none or all of a SetMany.
func (m *Memory) GetMany(ctx context.Context, keys []string, opts ...Option) (map[string]any, error) {
	if err := stop(ctx, "get_many", ""); err != nil {
		return nil, err
	}
	c := parse(opts)
	stored, err := m.keys.all(keys, &c)
	if err != nil {
		return nil, fail("get_many", "", nil, err)
	}
	entries := make(map[string]*entry, len(keys))
	m.store.holdAll()
	for i, key := range stored {
		k := []byte(key)
		if e, ok := m.store.shard(k).live(k, m.now); ok {
			m.store.use(e)
			entries[keys[i]] = e
		}
	}
	m.store.releaseAll()
	found := make(map[string]any, len(entries))
	for key, e := range entries {
		v, err := m.thaw(e.content)
		switch {
		case errors.Is(err, ErrWrongType): // as Redis, whose MGET knows no such entries
		case err != nil:
			return nil, fail("get_many", key, nil, err)
		default:
			found[key] = v
		}
	}
	return found, nil
}

// Has implements Getter. It does not count as a use.
func (m *Memory) Has(ctx context.Context, key string, opts ...Option) (bool, error) {
	if err := stop(ctx, "has", key); err != nil {
		return false, err
	}
	c := parse(opts)
	stored, err := m.keys.bytes(nil, key, &c)
	if err != nil {
		return false, fail("has", key, nil, err)
	}
	return m.load(stored) != nil, nil
}

// Set implements Setter.
func (m *Memory) Set(ctx context.Context, key string, value any, opts ...Option) error {
	c := parse(opts)
	if err := c.condition(); err != nil {
		return fail("set", key, nil, err)
	}
	stored, err := m.set(ctx, "set", key, value, &c)
	if err == nil && !stored {
		return fail("set", key, ErrNotStored, nil)
	}
	return err
}

// Add implements Setter.
func (m *Memory) Add(ctx context.Context, key string, value any, opts ...Option) (bool, error) {
	c := parse(opts)
	c.flags = c.flags&^XX | NX
	return m.set(ctx, "add", key, value, &c)
}

// set reports whether the conditions of c held.
func (m *Memory) set(ctx context.Context, op, key string, value any, c *call) (held bool, err error) {
	if err := stop(ctx, op, key); err != nil {
		return false, err
	}
	var buf [128]byte
	stored, err := m.keys.bytes(buf[:0], key, c)
	if err != nil {
		return false, fail(op, key, nil, err)
	}
	frozen, err := m.freeze(value)
	if err != nil {
		return false, fail(op, key, nil, err)
	}
	t := c.timeout.or(m.timeout)
	if c.flags == 0 && t > 0 && int(m.store.count.Load()) < m.limit { // the common case, without a closure
		frozen.expires = m.expiry(t)
		h := hash(stored)
		sh := m.store.at(h)
		sh.Lock()
		m.store.set(sh, h, stored, frozen)
		sh.Unlock()
		return true, nil
	}
	m.write(stored, t > 0 && (!c.has(NX) || !m.peek(stored)), func(sh *shard) {
		held = m.place(sh, stored, frozen, t, c)
	})
	return held, nil
}

// peek reports whether key is live, for the decision to cull.
func (m *Memory) peek(key []byte) bool {
	e := m.store.read(key)
	return e != nil && e.live(m.now)
}

// place stores a frozen value under the lock if the conditions hold.
func (m *Memory) place(sh *shard, key []byte, frozen *entry, t Timeout, c *call) bool {
	e, ok := sh.live(key, m.now)
	if (c.has(NX) || c.has(XX)) && ok == c.has(NX) {
		return false
	}
	if t < 0 {
		if !c.has(NX) {
			m.store.remove(e)
		}
		return true
	}
	frozen.expires = m.expiry(t)
	m.store.set(sh, hash(key), key, frozen)
	return true
}

// SetMany implements Setter.
func (m *Memory) SetMany(ctx context.Context, values map[string]any, opts ...Option) error {
	if err := stop(ctx, "set_many", ""); err != nil {
		return err
	}
	c := parse(opts)
	type pair struct {
		key   []byte
		value *entry
	}
	all := make([]pair, 0, len(values))
	for key, value := range values {
		stored, err := m.keys.bytes(nil, key, &c)
		if err != nil {
			return fail("set_many", key, nil, err)
		}
		frozen, err := m.freeze(value)
		if err != nil {
			return fail("set_many", key, nil, err)
		}
		all = append(all, pair{stored, frozen})
	}
	t := c.timeout.or(m.timeout)
	m.store.lockAll()
	defer m.store.unlockAll()
	for _, p := range all {
		if t > 0 {
			m.store.cull(m.limit, m.frequency)
		}
		m.place(m.store.shard(p.key), p.key, p.value, t, &call{})
	}
	return nil
}

// GetOrSet implements Setter.
func (m *Memory) GetOrSet(ctx context.Context, key string, compute func(context.Context) (any, error), opts ...Option) (any, error) {
	c := parse(opts)
	stored, err := m.keys.stored(key, &c)
	if err != nil {
		return nil, fail("get_or_set", key, nil, err)
	}
	return getOrSet(ctx, m, m.flight, stored, key, compute, opts)
}

// own is v as a Get after a Set would return it.
func (m *Memory) own(v any) (any, error) {
	frozen, err := m.freeze(v)
	if err != nil {
		return nil, err
	}
	return m.thaw(frozen.content)
}

// Delete implements Deleter.
func (m *Memory) Delete(ctx context.Context, key string, opts ...Option) (bool, error) {
	n, err := m.delete(ctx, "delete", []string{key}, opts)
	return n > 0, err
}

// DeleteMany implements Deleter.
func (m *Memory) DeleteMany(ctx context.Context, keys []string, opts ...Option) (int, error) {
	return m.delete(ctx, "delete_many", keys, opts)
}

func (m *Memory) delete(ctx context.Context, op string, keys []string, opts []Option) (removed int, err error) {
	if err := stop(ctx, op, ""); err != nil {
		return 0, err
	}
	c := parse(opts)
	stored, err := m.keys.all(keys, &c)
	if err != nil {
		return 0, fail(op, "", nil, err)
	}
	for _, key := range stored {
		m.write([]byte(key), false, func(sh *shard) {
			e, ok := sh.live([]byte(key), m.now)
			if ok {
				removed++
			}
			m.store.remove(e)
		})
	}
	return removed, nil
}

// Clear implements Clearer: it empties the whole store.
func (m *Memory) Clear(ctx context.Context) error {
	if err := stop(ctx, "clear", ""); err != nil {
		return err
	}
	m.store.lockAll()
	defer m.store.unlockAll()
	m.store.wipe()
	return nil
}
