package celery

import (
	"errors"
	"sync"
	"sync/atomic"
)

// poolMost bounds what remote control can grow a pool to.
const poolMost = 1 << 16

// pool is the runs of a worker, whose number changes while they run.
type pool struct {
	fewer   chan struct{} // wakes an idle run to see whether it leaves; holds one
	leaving atomic.Int32  // runs too many, which end after what they do
	count   atomic.Int32
	held    atomic.Int32 // messages held at once
	each    int32        // of held, for each run

	mu    sync.Mutex
	spawn func() // adds a run; nil before the worker runs and when it stops
	all   sync.WaitGroup
}

func (p *pool) init(runs, prefetch int) {
	p.fewer = make(chan struct{}, 1)
	p.count.Store(int32(min(runs, poolMost)))
	p.held.Store(int32(min(prefetch, 1<<30)))
	p.each = max(1, p.held.Load()/p.count.Load())
}

func (p *pool) size() int     { return int(p.count.Load()) }
func (p *pool) prefetch() int { return int(p.held.Load()) }

// start begins the runs.
func (p *pool) start(run func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spawn = func() { p.all.Go(run) }
	for range p.size() {
		p.spawn()
	}
}

// wait returns when all runs have ended; none is added after.
func (p *pool) wait() {
	p.mu.Lock()
	p.spawn = nil
	p.mu.Unlock()
	p.all.Wait()
}

// resize adds n runs, or takes away -n: idle ones at once, others as they end
// their tasks. One is always left.
func (p *pool) resize(n int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	size := int64(p.size()) + n
	switch {
	case p.spawn == nil:
		return errors.New("the worker shuts down")
	case size < 1:
		return errors.New("a pool keeps one run")
	case size > poolMost:
		return errors.New("a pool has at most 65536 runs")
	}
	p.count.Store(int32(size))
	p.held.Add(int32(n) * p.each)
	for range n {
		p.spawn()
	}
	if n < 0 {
		p.leaving.Add(int32(-n))
		p.wake()
	}
	return nil
}

// leave reports whether the run that asks is one too many, and is to end.
func (p *pool) leave() bool {
	for {
		n := p.leaving.Load()
		if n == 0 {
			return false
		}
		if p.leaving.CompareAndSwap(n, n-1) {
			if n > 1 {
				p.wake()
			}
			return true
		}
	}
}

func (p *pool) wake() {
	select {
	case p.fewer <- struct{}{}:
	default:
	}
}

func (w *Worker) poolGrow(n any) any {
	by, ok := poolStep(n)
	if !ok {
		return bad("ValueError('n is a number from 1 to %d')", poolMost)
	}
	if err := w.runs.resize(by); err != nil {
		return bad("ValueError('%v')", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.reload != nil {
		w.reload() // there is more room
	}
	return good("pool will grow")
}

func (w *Worker) poolShrink(n any) any {
	by, ok := poolStep(n)
	if !ok {
		return bad("ValueError('n is a number from 1 to %d')", poolMost)
	}
	if err := w.runs.resize(-by); err != nil {
		return bad("ValueError('%v')", err)
	}
	return good("pool will shrink")
}

// poolStep is the argument n of pool_grow and pool_shrink; none is 1.
func poolStep(v any) (n int64, ok bool) {
	if v == nil {
		return 1, true
	}
	n, ok = v.(int64)
	return n, ok && n >= 1 && n <= poolMost
}
