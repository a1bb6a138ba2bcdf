package fake

import (
	"container/heap"
	"time"
)

// expiry knows when keys end. The end itself, in Unix milliseconds, is kept
// where miniredis keeps a time to live, so that it goes along when a key is
// renamed, copied or deleted; miniredis' own clock for it never runs. The
// heap holds a hint for every end that has been set: a hint whose key has
// another end by now is stale and passed over.
type expiry struct {
	now   int64 // Unix milliseconds of the turn
	heap  hints
	sweep int // size of the heap at which stale hints are thrown out
	timer *time.Timer
	armed int64 // what the timer waits for
}

type hint struct {
	at     int64
	key    dbKey
	field  string // of a hash, if inside
	inside bool
}

type hints []hint

func (h hints) Len() int           { return len(h) }
func (h hints) Less(i, j int) bool { return h[i].at < h[j].at }
func (h hints) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *hints) Push(v any)        { *h = append(*h, v.(hint)) }
func (h *hints) Pop() any {
	old := *h
	v := old[len(old)-1]
	*h = old[:len(old)-1]
	return v
}

// hintAt remembers to look at a key at a time.
func (s *Server) hintAt(h hint) {
	e := &s.expiry
	heap.Push(&e.heap, h)
	if len(e.heap) > max(e.sweep, 1024) {
		seen := make(map[hint]struct{}, len(e.heap))
		kept := e.heap[:0]
		for _, h := range e.heap {
			if _, twice := seen[h]; !twice && s.holds(h) {
				seen[h] = struct{}{}
				kept = append(kept, h)
			}
		}
		clear(e.heap[len(kept):])
		e.heap, e.sweep = kept, 2*len(kept)
		heap.Init(&e.heap)
	}
	s.armExpiry()
}

// holds reports whether the hint still tells the truth.
func (s *Server) holds(h hint) bool {
	db := s.database(h.key.db)
	if h.inside {
		return db.fieldEnd(h.key.key, h.field) == h.at
	}
	return db.end(h.key.key) == h.at
}

// expireNext takes the first hint and removes what ends by it.
func (s *Server) expireNext() {
	h := heap.Pop(&s.expiry.heap).(hint)
	if !s.holds(h) {
		return
	}
	db := s.database(h.key.db)
	if h.inside {
		db.removeField(h.key.key, h.field)
		s.stats.expiredFields++
		s.notify('h', "hexpired", h.key)
		if !db.exists(h.key.key) {
			s.notify('g', "del", h.key)
		}
	} else {
		db.remove(h.key.key)
		s.stats.expired++
		s.notify('x', "expired", h.key)
	}
	s.changed(h.key)
}

// armExpiry lets a timer of a running clock look at the next end.
func (s *Server) armExpiry() {
	e := &s.expiry
	if s.clock.source == nil || len(e.heap) == 0 || s.closed || e.armed == e.heap[0].at && e.timer != nil {
		return
	}
	e.stop()
	e.armed = e.heap[0].at
	wait := max(time.Duration(e.armed-e.now)*time.Millisecond, time.Millisecond)
	e.timer = time.AfterFunc(wait, func() { // stopped by Close or the next arming
		s.mu.Lock()
		defer s.release()
		if !s.closed {
			s.expiry.timer = nil
			s.tick()
			s.settle()
		}
	})
}

func (e *expiry) stop() {
	if e.timer != nil {
		e.timer.Stop()
		e.timer = nil
	}
}
