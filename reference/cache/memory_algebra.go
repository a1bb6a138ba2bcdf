package cache

import (
	"context"
	"maps"
	"slices"
)

// locked finds the set under key while every shard is locked; a missing one
// is nil.
func (m *Memory) locked(op, key string, c *call) (stored []byte, set *memorySet, err error) {
	stored, err = m.keys.bytes(nil, key, c)
	if err != nil {
		return nil, nil, fail(op, key, nil, err)
	}
	e, ok := m.store.shard(stored).live(stored, m.now)
	if !ok {
		return stored, nil, nil
	}
	set, ok = e.value.(*memorySet)
	if !ok {
		return nil, nil, fail(op, key, ErrWrongType, nil)
	}
	return stored, set, nil
}

// SMove implements Sets.
func (m *Memory) SMove(ctx context.Context, key, destination string, member any, opts ...Option) (bool, error) {
	encoded, err := encodeAll(&m.codec, "smove", key, []any{member})
	if err != nil {
		return false, err
	}
	if err := stop(ctx, "smove", key); err != nil {
		return false, err
	}
	c := parse(opts)
	m.store.lockAll()
	defer m.store.unlockAll()
	stored, from, err := m.locked("smove", key, &c)
	if err != nil {
		return false, err
	}
	target, to, err := m.locked("smove", destination, &c)
	if err != nil {
		return false, err
	}
	if from == nil {
		return false, nil
	}
	if _, ok := from.members[encoded[0]]; !ok {
		return false, nil
	}
	delete(from.members, encoded[0])
	if len(from.members) == 0 && from != to {
		m.drop(stored)
	}
	if to == nil {
		to = newSet()
		m.store.put(target, content{value: to}, 0)
	}
	to.members[encoded[0]] = struct{}{}
	return true, nil
}

// A combine makes the result of set algebra out of two sets.
type combine func(a, b map[string]struct{}) map[string]struct{}

func difference(a, b map[string]struct{}) map[string]struct{} {
	maps.DeleteFunc(a, func(k string, _ struct{}) bool { _, in := b[k]; return in })
	return a
}

func intersection(a, b map[string]struct{}) map[string]struct{} {
	maps.DeleteFunc(a, func(k string, _ struct{}) bool { _, in := b[k]; return !in })
	return a
}

func union(a, b map[string]struct{}) map[string]struct{} {
	maps.Copy(a, b)
	return a
}

// algebra combines the sets under keys and stores the result if destination is
// not nil. It holds every lock, so it sees and leaves one moment.
func (m *Memory) algebra(ctx context.Context, op string, destination *string, keys []string, opts []Option, f combine) (map[string]struct{}, error) {
	if err := stop(ctx, op, ""); err != nil {
		return nil, err
	}
	c := parse(opts)
	m.store.lockAll()
	defer m.store.unlockAll()
	var result map[string]struct{}
	for i, key := range keys {
		_, set, err := m.locked(op, key, &c)
		if err != nil {
			return nil, err
		}
		var members map[string]struct{}
		if set != nil {
			members = set.members
		}
		if i == 0 {
			result = make(map[string]struct{}, len(members))
			maps.Copy(result, members)
		} else {
			result = f(result, members)
		}
	}
	if destination == nil {
		return result, nil
	}
	stored, err := m.keys.bytes(nil, *destination, &c)
	if err != nil {
		return nil, fail(op, *destination, nil, err)
	}
	m.drop(stored)
	if len(result) > 0 {
		m.store.put(stored, content{value: &memorySet{maps.Clone(result)}}, 0)
	}
	return result, nil
}

func (m *Memory) members(ctx context.Context, op string, keys []string, opts []Option, f combine) ([]any, error) {
	result, err := m.algebra(ctx, op, nil, keys, opts, f)
	if err != nil {
		return nil, err
	}
	return decodeAll(&m.codec, op, "", slices.Collect(maps.Keys(result)))
}

func (m *Memory) keep(ctx context.Context, op, destination string, keys []string, opts []Option, f combine) (int, error) {
	result, err := m.algebra(ctx, op, &destination, keys, opts, f)
	return len(result), err
}

// SDiff implements Sets.
func (m *Memory) SDiff(ctx context.Context, keys []string, opts ...Option) ([]any, error) {
	return m.members(ctx, "sdiff", keys, opts, difference)
}

// SInter implements Sets.
func (m *Memory) SInter(ctx context.Context, keys []string, opts ...Option) ([]any, error) {
	return m.members(ctx, "sinter", keys, opts, intersection)
}

// SUnion implements Sets.
func (m *Memory) SUnion(ctx context.Context, keys []string, opts ...Option) ([]any, error) {
	return m.members(ctx, "sunion", keys, opts, union)
}

// SDiffStore implements Sets.
func (m *Memory) SDiffStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error) {
	return m.keep(ctx, "sdiffstore", destination, keys, opts, difference)
}

// SInterStore implements Sets.
func (m *Memory) SInterStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error) {
	return m.keep(ctx, "sinterstore", destination, keys, opts, intersection)
}

// SUnionStore implements Sets.
func (m *Memory) SUnionStore(ctx context.Context, destination string, keys []string, opts ...Option) (int, error) {
	return m.keep(ctx, "sunionstore", destination, keys, opts, union)
}
