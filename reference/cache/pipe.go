package cache

import (
	"context"
	"errors"
	"time"
)

// errNotRun is the result of a Future before its pipeline ran.
var errNotRun = errors.New("the pipeline has not run yet")

func pending[T any]() *Future[T] { return &Future[T]{err: errNotRun} }

// settle fills in the result.
func (f *Future[T]) settle(v T, err error) { f.value, f.err = v, err }

// A serial pipe runs its operations one after the other.
type serialPipe struct {
	cache Cache
	ctx   context.Context
	ops   []func() error
}

func runSerial(ctx context.Context, c Cache, queue func(Pipe) error) error {
	p := &serialPipe{cache: c, ctx: ctx}
	if err := queue(p); err != nil {
		return err
	}
	var first error
	for _, op := range p.ops {
		if err := op(); err != nil && first == nil && !errors.Is(err, ErrNotFound) {
			first = err
		}
	}
	return first
}

func later[T any](p *serialPipe, op func() (T, error)) *Future[T] {
	f := pending[T]()
	p.ops = append(p.ops, func() error {
		v, err := op()
		f.settle(v, err)
		return err
	})
	return f
}

func (p *serialPipe) Get(key string, opts ...Option) *Future[any] {
	return later(p, func() (any, error) { return p.cache.Get(p.ctx, key, opts...) })
}

func (p *serialPipe) Has(key string, opts ...Option) *Future[bool] {
	return later(p, func() (bool, error) { return p.cache.Has(p.ctx, key, opts...) })
}

func (p *serialPipe) PTTL(key string, opts ...Option) *Future[time.Duration] {
	return later(p, func() (time.Duration, error) { return p.cache.PTTL(p.ctx, key, opts...) })
}

func (p *serialPipe) Set(key string, value any, opts ...Option) *Future[bool] {
	return later(p, func() (bool, error) {
		err := p.cache.Set(p.ctx, key, value, opts...)
		if errors.Is(err, ErrNotStored) {
			return false, nil
		}
		return err == nil, err
	})
}

func (p *serialPipe) Add(key string, value any, opts ...Option) *Future[bool] {
	return later(p, func() (bool, error) { return p.cache.Add(p.ctx, key, value, opts...) })
}

func (p *serialPipe) Delete(key string, opts ...Option) *Future[bool] {
	return later(p, func() (bool, error) { return p.cache.Delete(p.ctx, key, opts...) })
}

func (p *serialPipe) Touch(key string, opts ...Option) *Future[bool] {
	return later(p, func() (bool, error) { return p.cache.Touch(p.ctx, key, opts...) })
}

func (p *serialPipe) Incr(key string, delta int64, opts ...Option) *Future[int64] {
	return later(p, func() (int64, error) { return p.cache.Incr(p.ctx, key, delta, opts...) })
}

// Pipeline implements Pipeliner.
func (m *Memory) Pipeline(ctx context.Context, queue func(Pipe) error) error {
	return runSerial(ctx, m, queue)
}
