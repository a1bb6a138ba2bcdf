package conformance

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
)

// bench is where one requirement is judged: the TB of the constructor, the
// ground under the probe, and the clean-up after both.
type bench struct {
	name      string
	ctx       context.Context
	equipment Equipment
	logf      func(format string, args ...any)

	gate  chan struct{} // told at the begin and the end of Advance: the watchdog stops meanwhile
	phase atomic.Value  // string: what the watchdog names when it gives up

	mu       sync.Mutex
	broken   []string // what is wrong with the harness
	skipped  string   // why the constructor gave up without an error
	cleanups []func()
}

// The methods below make *bench a TB. They tell of the harness, not of the
// subject: a failure here is an Error.

func (b *bench) Helper()      {}
func (b *bench) Name() string { return b.name }

func (b *bench) Logf(format string, args ...any)   { b.logf(format, args...) }
func (b *bench) Errorf(format string, args ...any) { b.broke(format, args...) }

func (b *bench) Fatalf(format string, args ...any) {
	b.broke(format, args...)
	runtime.Goexit()
}

func (b *bench) Skipf(format string, args ...any) {
	b.mu.Lock()
	b.skipped = fmt.Sprintf(format, args...)
	b.mu.Unlock()
	runtime.Goexit()
}

func (b *bench) Failed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.broken) > 0
}

func (b *bench) Cleanup(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cleanups = append(b.cleanups, f)
}

func (b *bench) Context() context.Context { return b.ctx }

func (b *bench) Equip(e Equipment) { b.equipment = e.over(b.equipment) }

// broke records that the harness is broken.
func (b *bench) broke(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = append(b.broken, fmt.Sprintf(format, args...))
}

// pass goes through the watchdog's gate, into Advance or out of it. In a
// bubble an Advance may take years, all of them awake to the watchdog.
func (b *bench) pass() {
	select {
	case b.gate <- struct{}{}:
	case <-b.ctx.Done(): // nobody watches any more
	}
}

// clean runs the clean-ups, last one first, each of them even if another
// panics or ends its goroutine.
func (b *bench) clean() {
	for {
		b.mu.Lock()
		n := len(b.cleanups)
		if n == 0 {
			b.mu.Unlock()
			return
		}
		f := b.cleanups[n-1]
		b.cleanups = slices.Delete(b.cleanups, n-1, n)
		b.mu.Unlock()
		b.guard(f, func(r any, stack []byte) { b.broke("clean-up panicked: %v\n%s", r, stack) })
	}
}

// guard runs f on a goroutine of its own and waits for it, so that f may end
// the goroutine; a panic goes to caught.
func (b *bench) guard(f func(), caught func(r any, stack []byte)) {
	done := make(chan struct{})
	go func() { // ended by f, or abandoned with the whole requirement
		defer close(done)
		defer func() {
			if r := recover(); r != nil {
				caught(r, debug.Stack())
			}
		}()
		f()
	}()
	<-done
}
