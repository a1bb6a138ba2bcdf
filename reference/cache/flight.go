package cache

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/redkit-dev/redkit/reference/plain"
)

// A flight lets callers of one process that want the same work share it. The
// first runs the work itself, in its own goroutine and context; the others
// wait. If the first gave up or panicked, one of the others starts over.
type flight struct {
	mu    sync.Mutex
	calls map[string]*joint

	seed  maphash.Seed
	ended [64]atomic.Uint32 // pieces of work that ended, by a hash of their keys
}

// A joint is one piece of work under way.
type joint struct {
	done  chan struct{}
	value any
	err   error
	again bool // the result is not for others
}

func newFlight() *flight {
	return &flight{calls: make(map[string]*joint), seed: maphash.MakeSeed()}
}

// past counts the work on key that has ended: who finds that it has grown since
// it last looked at the entry has to look again.
func (f *flight) past(key string) *atomic.Uint32 {
	return &f.ended[maphash.String(f.seed, key)%uint64(len(f.ended))]
}

// do returns the result of work, whoever runs it. since is what past counted
// before the caller looked at the entry; work is told if some has ended after
// that. shared is true for a result that another caller has, too.
func (f *flight) do(ctx context.Context, key string, since uint32, work func(late bool) (any, error)) (value any, shared bool, err error) {
	for {
		f.mu.Lock()
		if j, ok := f.calls[key]; ok {
			f.mu.Unlock()
			select {
			case <-j.done:
				if j.again {
					continue
				}
				return j.value, true, j.err
			case <-ctx.Done():
				return nil, false, ctx.Err()
			}
		}
		j := &joint{done: make(chan struct{}), again: true}
		f.calls[key] = j
		f.mu.Unlock()
		value, err = f.run(ctx, key, j, func() (any, error) { return work(f.past(key).Load() != since) })
		return value, false, err
	}
}

// run does the work and hands the result over, even when work panics.
func (f *flight) run(ctx context.Context, key string, j *joint, work func() (any, error)) (any, error) {
	defer func() {
		f.past(key).Add(1) // before the next one can begin
		f.mu.Lock()
		delete(f.calls, key)
		f.mu.Unlock()
		close(j.done)
	}()
	v, err := work()
	j.again = err != nil && ctx.Err() != nil
	j.value, j.err = v, err
	return v, err
}

// An adder is what getOrSet needs of a cache.
type adder interface {
	Get(ctx context.Context, key string, opts ...Option) (any, error)
	Add(ctx context.Context, key string, value any, opts ...Option) (bool, error)
	own(v any) (any, error)
}

// getOrSet is GetOrSet after Django's: get, add, and if another writer was
// faster get again. id names the entry among all of the process.
func getOrSet(ctx context.Context, c adder, f *flight, id, key string, compute func(context.Context) (any, error), opts []Option) (any, error) {
	since := f.past(id).Load()
	v, err := c.Get(ctx, key, opts...)
	if !errors.Is(err, ErrNotFound) {
		return v, err
	}
	v, shared, err := f.do(ctx, id, since, func(late bool) (any, error) {
		if late { // another caller may have stored it after the miss
			if v, err := c.Get(ctx, key, opts...); !errors.Is(err, ErrNotFound) {
				return v, err
			}
		}
		v, err := compute(ctx)
		if err != nil {
			return nil, err
		}
		added, err := c.Add(ctx, key, v, opts...)
		if err != nil {
			return nil, err
		}
		if !added {
			theirs, err := c.Get(ctx, key, opts...)
			if !errors.Is(err, ErrNotFound) {
				return theirs, err
			}
		}
		return c.own(v)
	})
	if shared && err == nil {
		v = plain.Clone(v)
	}
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil, fail("get_or_set", key, nil, err)
	}
	return v, err
}
