package mutant

import (
	"context"
	"slices"
	"sync"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// All lists every mutant.
func All() []Mutant {
	return slices.Concat(basic(), timeouts(), touching(), counting(), manyKeys(), filling(), versioning(), keyed(),
		clearingUp(), culling(), expiries(), patterns(), conditions(), locks(), setsOf(), hashesOf(), sortedSets(), values(),
		serializing(), contexts(), racing(), wire(), chatty(), frail(), repeating(), evicting(), placing(), lackingButThere())
}

// remaining is the timeout that would keep the expiry of key as it is.
func remaining(c Full, ctx context.Context, key string) Timeout {
	left, found, err := c.PTTL(ctx, key)
	if err != nil || !found {
		return cachetest.Default()
	}
	return left
}

// memory is what a bug remembers between calls.
type memory[V any] struct {
	mu   sync.Mutex
	seen map[string]V
}

func (m *memory[V]) put(key string, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.seen = map[string]V{}
	}
	m.seen[key] = v
}

func (m *memory[V]) get(key string) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.seen[key]
	return v, ok
}

// change replaces what is remembered in one step.
func (m *memory[V]) change(key string, f func(V) V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.seen = map[string]V{}
	}
	m.seen[key] = f(m.seen[key])
}

func (m *memory[V]) drop(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.seen, key)
}

// merge puts several bugs, or one bug in several methods, into a cache.
func merge(c Full, bugs ...Break) Full {
	for _, b := range bugs {
		c = b(c)
	}
	return c
}
