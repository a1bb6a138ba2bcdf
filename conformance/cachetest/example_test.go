package cachetest_test

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// mapCache is a whole cache: a map whose entries expire by the clock it is
// given. It has the three methods of the port and one capability, Add.
type mapCache struct {
	now func() time.Time

	mu      sync.Mutex
	entries map[string]mapEntry
}

type mapEntry struct {
	value any
	until time.Time // zero: for good
}

func (c *mapCache) Get(ctx context.Context, key string) (any, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.live(key)
	if ctx.Err() != nil || !found {
		return nil, false, ctx.Err()
	}
	v, err := copied(e.value)
	return v, true, err
}

func (c *mapCache) Set(ctx context.Context, key string, value any, timeout cachetest.Timeout) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.put(ctx, key, value, timeout)
}

func (c *mapCache) Delete(ctx context.Context, key string) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, found := c.live(key)
	if ctx.Err() == nil {
		delete(c.entries, key)
	}
	return found, ctx.Err()
}

// Add is found by assertion: this makes mapCache a cachetest.Adder.
func (c *mapCache) Add(ctx context.Context, key string, value any, timeout cachetest.Timeout) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, found := c.live(key); found {
		return false, ctx.Err()
	}
	err := c.put(ctx, key, value, timeout)
	return err == nil, err
}

// live is the entry under key unless its time is over; the caller holds c.mu.
func (c *mapCache) live(key string) (mapEntry, bool) {
	e, found := c.entries[key]
	if found && !e.until.IsZero() && !c.now().Before(e.until) {
		delete(c.entries, key)
		return mapEntry{}, false
	}
	return e, found
}

// put stores a copy; the caller holds c.mu.
func (c *mapCache) put(ctx context.Context, key string, value any, timeout cachetest.Timeout) error {
	own, err := copied(value)
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return err
	}
	e := mapEntry{value: own}
	switch timeout.Kind {
	case cachetest.Standard:
		e.until = c.now().Add(5 * time.Minute)
	case cachetest.Lasting:
		e.until = c.now().Add(timeout.D)
	}
	c.entries[key] = e
	return nil
}

// copied is a deep copy: what a caller changes later is not the cache's. What
// is no plain data cannot be stored.
func copied(v any) (_ any, err error) {
	switch v := v.(type) {
	case nil, bool, int64, float64, string:
		return v, nil
	case []byte:
		return append([]byte{}, v...), nil
	case *big.Int:
		return new(big.Int).Set(v), nil
	case []any:
		list := make([]any, len(v))
		for i := range v {
			if list[i], err = copied(v[i]); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		m := make(map[string]any, len(v))
		for k := range v {
			if m[k], err = copied(v[k]); err != nil {
				return nil, err
			}
		}
		return m, nil
	}
	return nil, fmt.Errorf("%w: %T", cachetest.ErrSerialize, v)
}

func mapSubject() cachetest.Subject {
	return cachetest.Subject{
		Name: "map cache",
		New: func(tb conformance.TB) cachetest.Cache {
			clock := &conformance.Manual{} // nobody sleeps: checks move this clock
			tb.Equip(conformance.Equipment{Clock: clock})
			return &mapCache{now: clock.Now, entries: map[string]mapEntry{}}
		},
		// What is a method needs no claim; these are behaviours.
		Claims: []conformance.Capability{cachetest.SubSecond, cachetest.AnyKey, cachetest.AnyFloat, cachetest.Bytes},
	}
}

// A cache in a map, judged. In a test
//
//	func TestMapCache(t *testing.T) { cachetest.Test(t, mapSubject()) }
//
// does the same in a subtest per requirement. What needs a server to be broken
// is unproven, what needs a capability that the cache lacks is skipped.
func ExampleCheck() {
	report := cachetest.Check(context.Background(), mapSubject())
	fmt.Println(report.Err())
	for _, r := range report.Results {
		switch r.ID {
		case "CACHE-BAS-001", "CACHE-CNT-001", "CACHE-FLT-001":
			fmt.Println(r.ID, r.Status)
		}
	}
	// Output:
	// <nil>
	// CACHE-BAS-001 pass
	// CACHE-CNT-001 skip
	// CACHE-FLT-001 unproven
}
