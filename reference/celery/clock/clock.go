// Package clock is the time that an App, its workers and its schedules go by,
// so that a test can move it.
package clock

import (
	"sync"
	"time"
)

// A Clock tells the time and waits. Implementations are safe for concurrent use.
type Clock interface {
	Now() time.Time
	// After returns a channel that gets one value once d has passed; at once
	// if d is not positive.
	After(d time.Duration) <-chan time.Time
}

// System is the clock of the machine, and of a testing/synctest bubble.
type System struct{}

// Now returns time.Now().
func (System) Now() time.Time { return time.Now() }

// After returns time.After(d).
func (System) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Manual is a clock that moves when told to.
type Manual struct {
	mu      sync.Mutex
	now     time.Time
	waiting []waiter
}

type waiter struct {
	at time.Time
	ch chan time.Time
}

// NewManual returns a clock that stands at now.
func NewManual(now time.Time) *Manual { return &Manual{now: now} }

// Now returns the time the clock stands at.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// After implements Clock.
func (m *Manual) After(d time.Duration) <-chan time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	ch := make(chan time.Time, 1)
	if d <= 0 {
		ch <- m.now
		return ch
	}
	m.waiting = append(m.waiting, waiter{m.now.Add(d), ch})
	return ch
}

// Advance moves the clock forward by d and ends the waits that fall due.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	left := m.waiting[:0]
	for _, w := range m.waiting {
		if w.at.After(m.now) {
			left = append(left, w)
			continue
		}
		w.ch <- m.now
	}
	m.waiting = left
}
