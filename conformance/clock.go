package conformance

import (
	"context"
	"fmt"
	"sync"
	"testing/synctest"
	"time"
)

// A Clock moves the time of an instance. *redistest.Server is one, and a
// [Teller]. What else a clock can do is found by assertion: see [Teller] and
// [Frozen].
type Clock interface {
	// Advance moves time on by d: what was due by then has happened when it
	// returns.
	Advance(ctx context.Context, d time.Duration) error
	// Grain is the finest step the clock keeps. Checks look at a deadline
	// minus and plus a grain, never at the instant.
	Grain() time.Duration
	// Blocking reports whether calls that wait (a blocking receive, a lock
	// with a timeout) see Advance too.
	Blocking() bool
}

// A Frozen clock stands still between two Advances, so that checks may look
// closer at a deadline. Without this method a clock runs by itself.
type Frozen interface {
	Frozen() bool
}

// A Teller is a clock that tells the instance's time, from which moments count
// that are handed to it: an expiry at Now plus d is d away. A clock without
// this method leaves the world's time to be the instance's, however far it has
// moved expiries; one that moves what the instance takes the time to be must
// have it, or absolute expiries are asked for at the wrong moment.
type Teller interface {
	Now() time.Time
}

// Manual is a clock for an implementation that takes its time from a
// function: give it [Manual.Now]. The zero value starts at the year 2000. It
// is safe for concurrent use.
type Manual struct {
	mu     sync.Mutex
	passed time.Duration
}

// Now is the time of the clock.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(m.passed)
}

// Advance moves Now on by d at once.
func (m *Manual) Advance(_ context.Context, d time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.passed += d
	return nil
}

// Grain is a nanosecond.
func (*Manual) Grain() time.Duration { return 1 }

// Frozen is true: nothing but Advance moves the clock.
func (*Manual) Frozen() bool { return true }

// Blocking is false: a call that waits on a timer does not see this clock.
func (*Manual) Blocking() bool { return false }

// Bubble is the clock of testing/synctest. With it Test runs each requirement
// in a bubble of its own; the constructor must build all of the instance
// inside, without a network.
type Bubble struct{}

// Advance sleeps d of the bubble's time, which takes none of ours, and lets
// every goroutine of the bubble come to rest.
func (Bubble) Advance(ctx context.Context, d time.Duration) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("advance the bubble: %v: a Bubble clock needs Test, or a Check inside synctest.Test", r)
		}
	}()
	synctest.Wait() // panics outside a bubble, where sleeping would be real
	if err := sleep(ctx, d); err != nil {
		return err
	}
	synctest.Wait()
	return nil
}

// Grain is a nanosecond.
func (Bubble) Grain() time.Duration { return 1 }

// Frozen is true: a bubble's time moves only when all of it waits.
func (Bubble) Frozen() bool { return true }

// Blocking is true: timers inside the bubble follow it.
func (Bubble) Blocking() bool { return true }

// Wall is real time: Advance waits. A requirement that would wait longer than
// Budget in all is Unproven. It is the last resort, for what has no other clock.
type Wall struct {
	Step   time.Duration // grain of the subject and of the machine; 0 means 100 ms
	Budget time.Duration // for the waits of one requirement; 0 means 3 s
}

// Advance waits d, or until ctx is done.
func (w Wall) Advance(ctx context.Context, d time.Duration) error { return sleep(ctx, d) }

// Grain is Step.
func (w Wall) Grain() time.Duration {
	if w.Step <= 0 {
		return 100 * time.Millisecond
	}
	return w.Step
}

// Blocking is true: all of the world sees real time.
func (Wall) Blocking() bool { return true }

func (w Wall) budget() time.Duration {
	if w.Budget <= 0 {
		return 3 * time.Second
	}
	return w.Budget
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
