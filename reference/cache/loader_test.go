package cache_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redkit-dev/redkit/reference/cache"
)

// counting is a computation that takes a while and counts its runs.
type counting struct {
	runs atomic.Int64
	took time.Duration
	fail error
}

func (c *counting) compute(ctx context.Context) (any, error) {
	n := c.runs.Add(1)
	select {
	case <-time.After(c.took):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return n, c.fail
}

// processes are loaders that share nothing but the store, as processes do.
func processes(n int, o cache.LoaderOptions) []*cache.Loader {
	store := cache.NewStore()
	all := make([]*cache.Loader, n)
	for i := range all {
		all[i] = cache.NewLoader(cache.NewMemory(cache.MemoryOptions{Store: store}), o)
	}
	return all
}

func TestLoaderComputesOnceAmongProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		work := &counting{took: time.Second}
		var all sync.WaitGroup
		for _, l := range processes(5, cache.LoaderOptions{Lock: 10 * time.Second}) {
			for range 5 {
				all.Go(func() {
					if v, err := l.Get(t.Context(), "k", work.compute); err != nil || v != int64(1) {
						t.Errorf("Get = %v, %v, want 1", v, err)
					}
				})
			}
		}
		all.Wait()
		if n := work.runs.Load(); n != 1 {
			t.Errorf("25 callers in 5 processes computed %d times, want 1", n)
		}
	})
}

func TestLoaderGoesOnWhenTheHolderDies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all := processes(2, cache.LoaderOptions{Lock: time.Second, Wait: time.Minute})
		work := &counting{took: time.Hour}
		ctx, die := context.WithCancel(t.Context())
		var first sync.WaitGroup
		first.Go(func() {
			if _, err := all[0].Get(ctx, "k", work.compute); !errors.Is(err, context.Canceled) {
				t.Errorf("the first = %v, want context.Canceled", err)
			}
		})
		synctest.Wait()
		begin := time.Now()
		v, err := all[1].Get(t.Context(), "k", (&counting{}).compute)
		if err != nil || v != int64(1) || time.Since(begin) > 2*time.Second {
			t.Errorf("the second = %v, %v after %v, want 1 soon after the lock's second", v, err, time.Since(begin))
		}
		die()
		first.Wait()
	})
}

func TestLoaderRenewsEarly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := cache.NewLoader(cache.NewMemory(cache.MemoryOptions{}), cache.LoaderOptions{Beta: 1})
		work := &counting{took: 10 * time.Second}
		read := func() any {
			v, err := l.Get(t.Context(), "k", work.compute, cache.For(100*time.Second))
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		read()
		for range 99 {
			read()
			<-time.After(time.Second)
			if work.runs.Load() > 1 {
				return // renewed before its hundred seconds were over
			}
		}
		t.Errorf("read every second, an entry of 100 s that takes 10 s was never renewed early")
	})
}

// TestLoaderRenewsWhatAnotherComputed reads in a process that computed nothing.
func TestLoaderRenewsWhatAnotherComputed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		both := processes(2, cache.LoaderOptions{Lock: time.Minute, Beta: 1, Cost: 10 * time.Second})
		work, idle := &counting{took: 10 * time.Second}, &counting{}
		if _, err := both[0].Get(t.Context(), "k", work.compute, cache.For(100*time.Second)); err != nil {
			t.Fatal(err)
		}
		for range 99 {
			if _, err := both[1].Get(t.Context(), "k", idle.compute, cache.For(100*time.Second)); err != nil {
				t.Fatal(err)
			}
			<-time.After(time.Second)
			if idle.runs.Load() > 0 {
				return // renewed before its hundred seconds were over
			}
		}
		t.Error("read every second, an entry of 100 s that another process computed in 10 s was never renewed early")
	})
}

// TestLoaderKnowsTheCostOfEachVersion: one that takes an hour says nothing of
// another that was never computed.
func TestLoaderKnowsTheCostOfEachVersion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := cache.NewMemory(cache.MemoryOptions{})
		l := cache.NewLoader(c, cache.LoaderOptions{Beta: 1})
		work, idle := &counting{took: time.Hour}, &counting{}
		if _, err := l.Get(t.Context(), "k", work.compute, cache.For(time.Minute)); err != nil {
			t.Fatal(err)
		}
		for _, opt := range []cache.Option{cache.Version(2), cache.VersionName("beta"), cache.Prefix("p")} {
			if err := c.Set(t.Context(), "k", 7, cache.For(time.Minute), opt); err != nil {
				t.Fatal(err)
			}
			if v, err := l.Get(t.Context(), "k", idle.compute, cache.For(time.Minute), opt); err != nil || v != int64(7) {
				t.Errorf("Get with %v = %v, %v, want 7, which is a minute old at most", opt, v, err)
			}
		}
	})
}

func TestLoaderForgetsCosts(t *testing.T) {
	t.Parallel()
	l := cache.NewLoader(cache.NewMemory(cache.MemoryOptions{}), cache.LoaderOptions{Beta: 1})
	for i := range cache.MostCosts + 10 {
		if _, err := l.Get(t.Context(), strconv.Itoa(i), (&counting{}).compute); err != nil {
			t.Fatal(err)
		}
	}
	if n := l.Costs(); n != cache.MostCosts {
		t.Errorf("the loader remembers %d computations, want %d", n, cache.MostCosts)
	}
}

func TestLoaderPassesErrorsOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	c := cache.NewMemory(cache.MemoryOptions{})
	l := cache.NewLoader(c, cache.LoaderOptions{Lock: time.Second})
	if _, err := l.Get(t.Context(), "k", (&counting{fail: broken}).compute); !errors.Is(err, broken) {
		t.Errorf("Get = %v, want the error of the computation", err)
	}
	if ok := must[bool](t)(c.Has(t.Context(), "k")); ok {
		t.Error("a failed computation stored something")
	}
	if v, err := l.Get(t.Context(), "k", (&counting{}).compute); err != nil || v != int64(1) {
		t.Errorf("the next Get = %v, %v, want 1: the lock was released", v, err)
	}
}
