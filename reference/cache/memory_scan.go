package cache

import (
	"context"
	"iter"

	"github.com/redkit-dev/redkit/internal/glob"
)

// Keys implements Scanner.
func (m *Memory) Keys(ctx context.Context, pattern string, opts ...Option) ([]string, error) {
	_, keys, err := m.match(ctx, "keys", pattern, opts)
	return keys, err
}

// IterKeys implements Scanner. It walks a snapshot of the keys.
func (m *Memory) IterKeys(ctx context.Context, pattern string, opts ...Option) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		_, keys, err := m.match(ctx, "iter_keys", pattern, opts)
		if err != nil {
			yield("", err)
			return
		}
		for _, key := range keys {
			if err := stop(ctx, "iter_keys", pattern); err != nil {
				yield("", err)
				return
			}
			if !yield(key, nil) {
				return
			}
		}
	}
}

// match finds the live keys of a pattern, as stored and as the caller's.
func (m *Memory) match(ctx context.Context, op, pattern string, opts []Option) (stored, keys []string, err error) {
	if err := stop(ctx, op, pattern); err != nil {
		return nil, nil, err
	}
	c := parse(opts)
	keys = []string{}
	full := m.keys.pattern(pattern, &c)
	for i := range m.store.shards {
		sh := &m.store.shards[i]
		sh.Lock()
		for e := range sh.all {
			if e.live(m.now) && glob.Match(full, e.key) {
				stored = append(stored, e.key)
			}
		}
		sh.Unlock()
	}
	for _, s := range stored {
		key, ok, err := m.keys.unstored(s, &c)
		if err != nil {
			return nil, nil, fail(op, pattern, nil, err)
		}
		if ok {
			keys = append(keys, key)
		}
	}
	return stored, keys, nil
}

// DeletePattern implements Scanner.
func (m *Memory) DeletePattern(ctx context.Context, pattern string, opts ...Option) (int, error) {
	if err := stop(ctx, "delete_pattern", pattern); err != nil {
		return 0, err
	}
	c := parse(opts)
	full := m.keys.pattern(pattern, &c)
	return m.discard(func(e *entry) bool { return glob.Match(full, e.key) }), nil
}

// ClearPrefix implements Clearer.
func (m *Memory) ClearPrefix(ctx context.Context) (int, error) {
	if err := stop(ctx, "clear_prefix", ""); err != nil {
		return 0, err
	}
	if m.keys.custom != nil {
		full := m.keys.custom("*", EscapePattern(m.keys.prefix), "*")
		return m.discard(func(e *entry) bool { return glob.Match(full, e.key) && !lockHeld(e) }), nil
	}
	return m.discard(func(e *entry) bool { return m.keys.owned(e.key) && !lockHeld(e) }), nil
}

func lockHeld(e *entry) bool {
	_, ok := e.value.(token)
	return ok
}

// discard removes the live entries that doomed names and counts them.
func (m *Memory) discard(doomed func(*entry) bool) int {
	removed := 0
	m.store.lockAll()
	defer m.store.unlockAll()
	for i := range m.store.shards {
		for e := range m.store.shards[i].all {
			if e.live(m.now) && doomed(e) {
				m.store.remove(e)
				removed++
			}
		}
	}
	return removed
}
