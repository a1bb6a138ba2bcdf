package cache

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// Ignoring makes an unreachable cache behave as an empty one that forgets what
// is written (django-redis: IGNORE_EXCEPTIONS), for every operation: reads
// miss, writes report nothing done, counters are ErrNotFound, locks are not
// acquired. It swallows ErrUnavailable and ErrWrongType, and counts what it
// swallowed. It never hides a caller's mistake, a value that cannot be
// decoded, or the end of the caller's context. It is safe for concurrent use.
type Ignoring struct {
	cache Cache
	log   *slog.Logger

	mu      sync.Mutex
	ignored map[string]int
}

var _ Cache = (*Ignoring)(nil)

// NewIgnoring wraps c. log gets a record of every swallowed error; nil means
// none.
func NewIgnoring(c Cache, log *slog.Logger) *Ignoring {
	return &Ignoring{cache: c, log: log, ignored: make(map[string]int)}
}

// Ignored returns how many errors were swallowed, by operation.
func (g *Ignoring) Ignored() map[string]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.ignored)
}

// swallow reports whether err is to be ignored, and counts it if so.
func (g *Ignoring) swallow(err error) bool {
	if !errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrWrongType) {
		return false
	}
	op := "operation"
	var own *Error
	if errors.As(err, &own) {
		op = own.Op
	}
	g.mu.Lock()
	g.ignored[op]++
	g.mu.Unlock()
	if g.log != nil {
		g.log.Error("cache error ignored", "op", op, "error", err)
	}
	return true
}

// orZero swallows an error; the result is then the zero value.
func orZero[T any](g *Ignoring, v T, err error) (T, error) {
	if err != nil && g.swallow(err) {
		var zero T
		return zero, nil
	}
	return v, err
}

// orEmpty is orZero for slices and maps: the result is then empty instead of nil.
func orEmpty[T any](g *Ignoring, v, empty T, err error) (T, error) {
	if err != nil && g.swallow(err) {
		return empty, nil
	}
	return v, err
}

// orMissing swallows an error and says that there is nothing.
func orMissing[T any](g *Ignoring, op, key string, v T, err error) (T, error) {
	if err != nil && g.swallow(err) {
		var zero T
		return zero, fail(op, key, ErrNotFound, nil)
	}
	return v, err
}

func (g *Ignoring) orNil(err error) error {
	if err != nil && g.swallow(err) {
		return nil
	}
	return err
}

// GetOrSet implements Setter: while the cache is away it computes.
func (g *Ignoring) GetOrSet(ctx context.Context, key string, compute func(context.Context) (any, error), opts ...Option) (any, error) {
	var made any
	var failed error
	computed := false
	v, err := g.cache.GetOrSet(ctx, key, func(ctx context.Context) (any, error) {
		computed = true
		made, failed = compute(ctx)
		return made, failed
	}, opts...)
	switch {
	case err == nil || computed && failed != nil || !g.swallow(err):
		return v, err
	case computed:
		return made, nil
	}
	return compute(ctx)
}

// IterKeys implements Scanner.
func (g *Ignoring) IterKeys(ctx context.Context, pattern string, opts ...Option) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for key, err := range g.cache.IterKeys(ctx, pattern, opts...) {
			if err != nil && g.swallow(err) || !yield(key, err) {
				return
			}
		}
	}
}

// Pipeline implements Pipeliner: each Future is swallowed like its operation.
func (g *Ignoring) Pipeline(ctx context.Context, queue func(Pipe) error) error {
	p := &ignoringPipe{}
	err := g.cache.Pipeline(ctx, func(inner Pipe) error {
		p.inner = inner
		return queue(p)
	})
	for _, settle := range p.settle {
		settle(g)
	}
	return g.orNil(err)
}

// An ignoringPipe remembers how to settle the futures it gave out.
type ignoringPipe struct {
	inner  Pipe
	settle []func(*Ignoring)
}

func soften[T any](p *ignoringPipe, f *Future[T], instead error) *Future[T] {
	p.settle = append(p.settle, func(g *Ignoring) {
		if f.err != nil && g.swallow(f.err) {
			var zero T
			f.settle(zero, instead)
		}
	})
	return f
}

func (p *ignoringPipe) Get(key string, opts ...Option) *Future[any] {
	return soften(p, p.inner.Get(key, opts...), fail("get", key, ErrNotFound, nil))
}

func (p *ignoringPipe) Has(key string, opts ...Option) *Future[bool] {
	return soften(p, p.inner.Has(key, opts...), nil)
}

func (p *ignoringPipe) PTTL(key string, opts ...Option) *Future[time.Duration] {
	return soften(p, p.inner.PTTL(key, opts...), fail("pttl", key, ErrNotFound, nil))
}

func (p *ignoringPipe) Set(key string, value any, opts ...Option) *Future[bool] {
	return soften(p, p.inner.Set(key, value, opts...), nil)
}

func (p *ignoringPipe) Add(key string, value any, opts ...Option) *Future[bool] {
	return soften(p, p.inner.Add(key, value, opts...), nil)
}

func (p *ignoringPipe) Delete(key string, opts ...Option) *Future[bool] {
	return soften(p, p.inner.Delete(key, opts...), nil)
}

func (p *ignoringPipe) Touch(key string, opts ...Option) *Future[bool] {
	return soften(p, p.inner.Touch(key, opts...), nil)
}

func (p *ignoringPipe) Incr(key string, delta int64, opts ...Option) *Future[int64] {
	return soften(p, p.inner.Incr(key, delta, opts...), fail("incr", key, ErrNotFound, nil))
}
