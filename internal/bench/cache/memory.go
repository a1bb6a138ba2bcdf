package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/reference/cache"
	"github.com/redkit-dev/redkit/reference/plain"
)

// A locked map is what most programs begin with: a map, a sync.RWMutex, an
// expiry, and a copy in and out, so that entries of any plain value are
// snapshots as those of Memory are.
type lockedMap struct {
	mu      sync.RWMutex
	entries map[string]lockedEntry
}

type lockedEntry struct {
	value   any
	expires time.Time
}

func (m *lockedMap) get(key string) (any, bool) {
	m.mu.RLock()
	e, ok := m.entries[key]
	m.mu.RUnlock()
	if !ok || time.Now().After(e.expires) {
		return nil, false
	}
	return plain.Clone(e.value), true
}

func (m *lockedMap) set(key string, value any, ttl time.Duration) {
	e := lockedEntry{plain.Clone(value), time.Now().Add(ttl)}
	m.mu.Lock()
	m.entries[key] = e
	m.mu.Unlock()
}

// memoryRows compare Memory with the locked map, in parallel.
func memoryRows(ctx context.Context) []row {
	const keys = 1024
	names := make([]string, keys)
	simple := &lockedMap{entries: make(map[string]lockedEntry)}
	ours := cache.NewMemory(cache.MemoryOptions{MaxEntries: 1 << 30})
	value := make([]byte, 1024)
	for i := range names {
		names[i] = fmt.Sprint("key:", i)
		simple.set(names[i], value, time.Hour)
		check(ours.Set(ctx, names[i], value))
	}
	var rows []row
	for _, goroutines := range []int{1, 2, 64} {
		rows = append(rows,
			row{"memory get 1 KiB", goroutines, "a map under sync.RWMutex, copying", 1.0, compare(goroutines,
				contender{"map", func(w, n int) {
					for i := range n {
						_, ok := simple.get(names[(i*7+w)%keys])
						sure(ok)
					}
				}},
				contender{"Memory", func(w, n int) {
					for i := range n {
						_, err := ours.Get(ctx, names[(i*7+w)%keys])
						check(err)
					}
				}})},
			row{"memory set 1 KiB", goroutines, "a map under sync.RWMutex, copying", 1.0, compare(goroutines,
				contender{"map", func(w, n int) {
					for i := range n {
						simple.set(names[(i*7+w)%keys], value, time.Hour)
					}
				}},
				contender{"Memory", func(w, n int) {
					for i := range n {
						check(ours.Set(ctx, names[(i*7+w)%keys], value))
					}
				}})},
		)
	}
	return rows
}
