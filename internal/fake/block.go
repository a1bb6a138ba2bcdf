package fake

import (
	"slices"
	"time"
)

// waiter is a blocked command. Those that wait for a key are served first
// come, first served.
type waiter struct {
	c        *conn
	keys     []dbKey
	serve    func(key string) bool // tries to answer, now that key has changed
	expire   func()                // answers that the time is over
	timer    *time.Timer
	deadline time.Time // on the server's clock; zero: never
}

// block lets the connection wait until serve has answered for one of the
// keys, or the timeout (0: none) is over. Where a command must not block,
// expire answers at once.
//
// The timeout runs in real time, or in that of a bubble, and ends also when
// Advance has moved the server's clock that far.
func (x *call) block(keys []string, timeout time.Duration, serve func(key string) bool, expire func()) {
	if x.mustNotBlock() {
		expire()
		return
	}
	s, w := x.s, &waiter{c: x.c, serve: serve, expire: expire}
	for _, key := range keys {
		k := dbKey{*x.db, key}
		if slices.Contains(w.keys, k) {
			continue
		}
		w.keys = append(w.keys, k)
		s.waiting[k] = append(s.waiting[k], w)
	}
	if timeout > 0 {
		w.deadline = s.clock.now().Add(timeout)
		w.timer = time.AfterFunc(timeout, func() { // stopped by stopWaiting
			s.mu.Lock()
			defer s.release()
			if w.c.waits == w {
				s.endWait(w)
				s.settle()
			}
		})
	}
	x.c.waits = w
}

// endWait answers a waiter whose time is over.
func (s *Server) endWait(w *waiter) {
	s.stopWaiting(w.c)
	w.expire()
	s.goOn(w.c)
}

// goOn lets a connection that waited run its next request.
func (s *Server) goOn(c *conn) {
	c.touch()
	s.resume = append(s.resume, c)
}

// stopWaiting takes the connection's waiter off all queues.
func (s *Server) stopWaiting(c *conn) {
	w := c.waits
	c.waits = nil
	if w.timer != nil {
		w.timer.Stop()
	}
	for _, k := range w.keys {
		queue := s.waiting[k]
		i := slices.Index(queue, w)
		if queue = slices.Delete(queue, i, i+1); len(queue) == 0 {
			delete(s.waiting, k)
		} else {
			s.waiting[k] = queue
		}
	}
}

// timeOut ends the waits whose deadline the clock has been moved past, in
// the order of their deadlines.
func (s *Server) timeOut() {
	now := s.clock.now()
	var over []*waiter
	for _, c := range s.conns {
		if w := c.waits; w != nil && !w.deadline.IsZero() && !w.deadline.After(now) {
			over = append(over, w)
		}
	}
	slices.SortFunc(over, func(a, b *waiter) int { return a.deadline.Compare(b.deadline) })
	for _, w := range over {
		s.endWait(w)
	}
}

// changed notes that keys may have what waiters wait for.
func (s *Server) changed(keys ...dbKey) {
	for _, k := range keys {
		if len(s.waiting[k]) > 0 && !slices.Contains(s.ready, k) {
			s.ready = append(s.ready, k)
		}
	}
}

// serveReady answers the waiters for changed keys. It runs between commands:
// what MULTI or a script changes is handed out when it is done.
func (s *Server) serveReady() {
	for len(s.ready) > 0 {
		k := s.ready[0]
		s.ready = s.ready[1:]
		for _, w := range slices.Clone(s.waiting[k]) {
			if w.c.waits == w && w.serve(k.key) {
				s.stopWaiting(w.c)
				s.goOn(w.c)
			}
		}
	}
}
