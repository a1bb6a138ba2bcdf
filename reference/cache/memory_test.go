package cache_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/reference/cache"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A clock moves only when told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// fill stores keys 0 to n-1 and returns how many are left.
func fill(t *testing.T, c cache.Cache, n int) int {
	t.Helper()
	for i := range n {
		if err := c.Set(t.Context(), fmt.Sprint("k", i), i); err != nil {
			t.Fatal(err)
		}
	}
	return len(must[[]string](t)(c.Keys(t.Context(), "*")))
}

func TestMemoryCullsAsLocMemCache(t *testing.T) {
	t.Parallel()
	tests := []struct {
		limit, frequency, keys, want int
	}{
		{30, 3, 49, 29},
		{30, cache.CullAll, 49, 19},
		{0, 0, 301, 201}, // Django's defaults: 300 and 3
		{math.MaxInt, 0, 1000, 1000},
	}
	for _, tt := range tests {
		m := cache.NewMemory(cache.MemoryOptions{MaxEntries: tt.limit, CullFrequency: tt.frequency})
		if got := fill(t, m, tt.keys); got != tt.want {
			t.Errorf("%d keys into %d/%d leave %d, want %d", tt.keys, tt.limit, tt.frequency, got, tt.want)
		}
	}
	m := cache.NewMemory(cache.MemoryOptions{MaxEntries: -1})
	fill(t, m, 3)
	if got := must[any](t)(m.Get(t.Context(), "k2")); got != int64(2) {
		t.Errorf("the newest entry of a cache without room = %v, want 2", got)
	}
}

func TestMemoryCullsTheLeastRecentlyUsed(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	uses := map[string]func(c cache.Cache) error{
		"get":   func(c cache.Cache) error { _, err := c.Get(ctx, "k0"); return err },
		"set":   func(c cache.Cache) error { return c.Set(ctx, "k0", 0) },
		"incr":  func(c cache.Cache) error { _, err := c.Incr(ctx, "k0", 1); return err },
		"has":   func(c cache.Cache) error { _, err := c.Has(ctx, "k0"); return err },
		"touch": func(c cache.Cache) error { _, err := c.Touch(ctx, "k0"); return err },
		"add":   func(c cache.Cache) error { _, err := c.Add(ctx, "k0", 1); return err },
	}
	for name, use := range uses {
		m := cache.NewMemory(cache.MemoryOptions{MaxEntries: 10})
		fill(t, m, 9)
		if err := use(m); err != nil {
			t.Fatal(err)
		}
		if err := m.Set(ctx, "k9", 9); err != nil {
			t.Fatal(err)
		}
		if err := m.Set(ctx, "k10", 10); err != nil {
			t.Fatal(err)
		}
		got := must[bool](t)(m.Has(ctx, "k0"))
		if want := name == "get" || name == "set" || name == "incr"; got != want {
			t.Errorf("after %s the oldest entry is kept: %v, want %v", name, got, want)
		}
	}
}

func TestMemorySharesAStoreByHandle(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := cache.NewStore()
	a := cache.NewMemory(cache.MemoryOptions{Store: store})
	b := cache.NewMemory(cache.MemoryOptions{Store: store})
	other := cache.NewMemory(cache.MemoryOptions{Store: store, KeyPrefix: "other"})
	if err := a.Set(ctx, "k", "v"); err != nil {
		t.Fatal(err)
	}
	if got := must[any](t)(b.Get(ctx, "k")); got != "v" {
		t.Errorf("the other handle reads %v, want v", got)
	}
	if _, err := other.Get(ctx, "k"); !errors.Is(err, cache.ErrNotFound) {
		t.Errorf("another prefix reads %v, want ErrNotFound", err)
	}
}

func TestMemoryUsesItsClock(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	now := newClock()
	m := cache.NewMemory(cache.MemoryOptions{Now: now.Now})
	if err := m.Set(ctx, "k", "v", cache.For(10*time.Second)); err != nil {
		t.Fatal(err)
	}
	now.Advance(9600 * time.Millisecond)
	if got := must[time.Duration](t)(m.TTL(ctx, "k")); got != 0 {
		t.Errorf("TTL of 400 ms = %v, want 0s", got)
	}
	if got := must[time.Duration](t)(m.PTTL(ctx, "k")); got != 400*time.Millisecond {
		t.Errorf("PTTL = %v, want 400ms", got)
	}
	now.Advance(time.Second)
	if _, err := m.Get(ctx, "k"); !errors.Is(err, cache.ErrNotFound) {
		t.Errorf("after its time the entry is %v, want ErrNotFound", err)
	}
	if n := must[bool](t)(m.Delete(ctx, "k")); n {
		t.Error("Delete of an expired entry reports true")
	}
}

func TestMemoryKeepsSerializedForm(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := cache.NewMemory(cache.MemoryOptions{Serializer: cache.Raw{}})
	value := []byte("abc")
	if err := m.Set(ctx, "k", value); err != nil {
		t.Fatal(err)
	}
	value[0] = 'X'
	if diff := cmp.Diff([]byte("abc"), must[any](t)(m.Get(ctx, "k"))); diff != "" {
		t.Errorf("the raw value changed with its origin (-want +got):\n%s", diff)
	}
	if err := m.Set(ctx, "k", 1.5); !errors.Is(err, cache.ErrSerialize) {
		t.Errorf("raw float: %v, want ErrSerialize", err)
	}
}

func TestMemoryInParallel(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := cache.NewMemory(cache.MemoryOptions{MaxEntries: 50})
	if err := m.Set(ctx, "n", 0, cache.Forever); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	winners := make(chan int, 8)
	for w := range 8 {
		all.Go(func() {
			for i := range 200 {
				if _, err := m.Incr(ctx, "n", 1); err != nil {
					t.Error(err)
				}
				if err := m.SetMany(ctx, map[string]any{"a": i, "b": i}); err != nil {
					t.Error(err)
				}
				got, err := m.GetMany(ctx, []string{"a", "b"})
				if err != nil || got["a"] != got["b"] {
					t.Errorf("GetMany saw a part of a SetMany: %v, %v", got, err)
				}
				if err := m.Set(ctx, fmt.Sprint("w", w, "-", i%3), i); err != nil {
					t.Error(err)
				}
			}
			if ok, err := m.Add(ctx, "first", w); err == nil && ok {
				winners <- w
			}
		})
	}
	all.Wait()
	if got := must[any](t)(m.Get(ctx, "n")); got != int64(1600) {
		t.Errorf("8 times 200 increments = %v, want 1600", got)
	}
	if len(winners) != 1 {
		t.Errorf("%d of 8 adds won, want 1", len(winners))
	}
}

func TestGetOrSetSharesOneComputation(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := cache.NewMemory(cache.MemoryOptions{})
	begun, release := make(chan struct{}), make(chan struct{})
	var calls int
	var all sync.WaitGroup
	results := make([]any, 5)
	run := func(i int) {
		v, err := m.GetOrSet(ctx, "k", func(context.Context) (any, error) {
			calls++
			close(begun)
			<-release
			return []any{"made"}, nil
		})
		if err != nil {
			t.Error(err)
		}
		results[i] = v
	}
	all.Go(func() { run(0) })
	<-begun
	for i := 1; i < len(results); i++ {
		all.Go(func() { run(i) })
	}
	close(release)
	all.Wait()
	if calls != 1 {
		t.Errorf("computed %d times, want 1", calls)
	}
	results[0].([]any)[0] = "changed"
	for _, v := range results[1:] {
		if diff := cmp.Diff([]any{"made"}, v); diff != "" {
			t.Errorf("a follower got another value (-want +got):\n%s", diff)
		}
	}
}

func TestGetOrSetStartsOverWhenTheFirstGaveUp(t *testing.T) {
	t.Parallel()
	m := cache.NewMemory(cache.MemoryOptions{})
	first, giveUp := context.WithCancel(t.Context())
	begun := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_, err := m.GetOrSet(first, "k", func(ctx context.Context) (any, error) {
			close(begun)
			<-ctx.Done()
			return nil, ctx.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the first got %v, want context.Canceled", err)
		}
	})
	<-begun
	all.Go(func() {
		v, err := m.GetOrSet(t.Context(), "k", func(context.Context) (any, error) { return "second", nil })
		if err != nil || v != "second" {
			t.Errorf("the second got %v, %v, want its own value", v, err)
		}
	})
	giveUp()
	all.Wait()
}
