package cache_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/reference/cache"
)

// A Get takes no lock, so it must look out for changes of many keys itself: who
// has seen one key of a SetMany changed sees the others changed, too.
func TestMemoryReadsNoPartOfASetMany(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := cache.NewMemory(cache.MemoryOptions{})
	names := make([]string, 40)
	for i := range names {
		names[i] = fmt.Sprint("k", i)
	}
	set := func(n int) error {
		values := make(map[string]any, len(names))
		for _, name := range names {
			values[name] = n
		}
		return m.SetMany(ctx, values)
	}
	if err := set(0); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				newest := int64(0)
				for _, name := range names {
					v, err := m.Get(ctx, name)
					if err != nil {
						t.Error(err)
						return
					}
					if v.(int64) < newest {
						t.Errorf("Get(%s) = %d after another key of the same SetMany was %d", name, v, newest)
						return
					}
					newest = v.(int64)
				}
			}
		})
	}
	for n := range 2000 {
		if err := set(n); err != nil {
			t.Fatal(err)
		}
	}
	close(done)
	all.Wait()
}

// Readers meet entries that are replaced, removed, expired and moved to larger
// tables, and see either a whole value or none.
func TestMemoryReadsWholeValuesWhileTheyChange(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	now := newClock()
	m := cache.NewMemory(cache.MemoryOptions{MaxEntries: math.MaxInt, Now: now.Now})
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for w := range 2 {
		writing.Go(func() {
			for i := range 20_000 {
				key := fmt.Sprint("k", i%9) // few, so that readers meet them
				var err error
				switch (i + w) % 25 {
				case 0:
					_, err = m.Delete(ctx, key)
				case 1:
					_, err = m.Touch(ctx, key)
				case 2:
					now.Advance(10 * time.Second)
				case 3:
					err = m.Set(ctx, fmt.Sprint("other", i), nil) // until the table is too small
				default:
					err = m.Set(ctx, key, bytes.Repeat([]byte{byte(1 + i%200)}, 1+i%200))
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
		reading.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				v, err := m.Get(ctx, fmt.Sprint("k", i%9))
				if errors.Is(err, cache.ErrNotFound) {
					continue
				}
				got, _ := v.([]byte)
				if err != nil || len(got) == 0 || int(got[0]) != len(got) || got[len(got)-1] != got[0] {
					t.Errorf("Get = %v, %v, want a whole value", v, err)
					return
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
}

func TestMemoryFreesThePlacesOfRemovedEntries(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := cache.NewStore()
	m := cache.NewMemory(cache.MemoryOptions{Store: store, MaxEntries: math.MaxInt})
	for i := range 20_000 {
		key := fmt.Sprint("k", i)
		if err := m.Set(ctx, key, i); err != nil {
			t.Fatal(err)
		}
		if ok := must[bool](t)(m.Delete(ctx, key)); !ok {
			t.Fatalf("Delete(%s) = false, want true", key)
		}
	}
	few := 8 * cache.Slots(cache.NewStore())
	if got := cache.Slots(store); got > few {
		t.Errorf("a store without entries has %d slots, want at most %d", got, few)
	}
	fill(t, m, 5000)
	if err := m.Clear(ctx); err != nil {
		t.Fatal(err)
	}
	if got := cache.Slots(store); got > few {
		t.Errorf("a cleared store has %d slots, want at most %d", got, few)
	}
	if got := fill(t, m, 5000); got != 5000 {
		t.Errorf("%d of 5000 entries are there after Clear", got)
	}
}
