package cache

import (
	"context"
	"maps"
	"slices"
)

func newHash() *memoryHash         { return &memoryHash{make(map[string]content)} }
func emptyHash(h *memoryHash) bool { return len(h.fields) == 0 }
func (m *Memory) readHash(ctx context.Context, op, key string, opts []Option, use func(*memoryHash)) error {
	return collection(ctx, m, op, key, opts, nil, emptyHash, use)
}

// HSet implements Hashes.
func (m *Memory) HSet(ctx context.Context, key string, fields map[string]any, opts ...Option) (added int, err error) {
	frozen := make(map[string]content, len(fields))
	for field, value := range fields {
		e, err := m.freeze(value)
		if err != nil {
			return 0, fail("hset", key, nil, err)
		}
		frozen[field] = e.content
	}
	err = collection(ctx, m, "hset", key, opts, newHash, emptyHash, func(h *memoryHash) {
		before := len(h.fields)
		maps.Copy(h.fields, frozen)
		added = len(h.fields) - before
	})
	return added, err
}

// HGet implements Hashes.
func (m *Memory) HGet(ctx context.Context, key, field string, opts ...Option) (any, error) {
	var frozen content
	var found bool
	err := m.readHash(ctx, "hget", key, opts, func(h *memoryHash) { frozen, found = h.fields[field] })
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fail("hget", key, ErrNotFound, nil)
	}
	v, err := m.thaw(frozen)
	if err != nil {
		return nil, fail("hget", key, nil, err)
	}
	return v, nil
}

// HGetAll implements Hashes.
func (m *Memory) HGetAll(ctx context.Context, key string, opts ...Option) (map[string]any, error) {
	stored := make(map[string]content)
	err := m.readHash(ctx, "hgetall", key, opts, func(h *memoryHash) { maps.Copy(stored, h.fields) })
	if err != nil {
		return nil, err
	}
	all := make(map[string]any, len(stored))
	for field, frozen := range stored {
		v, err := m.thaw(frozen)
		if err != nil {
			return nil, fail("hgetall", key, nil, err)
		}
		all[field] = v
	}
	return all, nil
}

// HDel implements Hashes.
func (m *Memory) HDel(ctx context.Context, key string, fields []string, opts ...Option) (removed int, err error) {
	err = m.readHash(ctx, "hdel", key, opts, func(h *memoryHash) {
		before := len(h.fields)
		for _, field := range fields {
			delete(h.fields, field)
		}
		removed = before - len(h.fields)
	})
	return removed, err
}

// HLen implements Hashes.
func (m *Memory) HLen(ctx context.Context, key string, opts ...Option) (n int, err error) {
	err = m.readHash(ctx, "hlen", key, opts, func(h *memoryHash) { n = len(h.fields) })
	return n, err
}

// HKeys implements Hashes.
func (m *Memory) HKeys(ctx context.Context, key string, opts ...Option) (fields []string, err error) {
	err = m.readHash(ctx, "hkeys", key, opts, func(h *memoryHash) { fields = slices.Collect(maps.Keys(h.fields)) })
	return fields, err
}

// HExists implements Hashes.
func (m *Memory) HExists(ctx context.Context, key, field string, opts ...Option) (exists bool, err error) {
	err = m.readHash(ctx, "hexists", key, opts, func(h *memoryHash) { _, exists = h.fields[field] })
	return exists, err
}
