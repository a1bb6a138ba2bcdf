package fake

import "time"

// grain is how often a running clock is looked at when nothing else does.
const grain = 10 * time.Millisecond

// clock is the server's: a source, or a moment that stands still, moved by
// Advance.
type clock struct {
	source func() time.Time
	still  time.Time
	moved  time.Duration
}

func (c *clock) init(source func() time.Time) {
	c.source = source
	c.still = time.Now()
}

func (c *clock) now() time.Time {
	if c.source != nil {
		return c.source().Add(c.moved)
	}
	return c.still.Add(c.moved)
}

// run lets real time drive the clock.
func (c *clock) run() { c.source = time.Now }

// stop lets the clock stand still at the time it shows.
func (c *clock) stop() {
	if c.source != nil {
		c.still, c.source = c.source(), nil
	}
}

// setNow gives miniredis the time, which it puts into stream entries.
func (s *Server) setNow() (ms int64) {
	now := s.clock.now()
	if ms = now.UnixMilli(); ms != s.expiry.now {
		s.expiry.now = ms
		s.redis.SetTime(now)
	}
	return ms
}

// tick brings keys up to the time: those whose time is over go.
func (s *Server) tick() {
	if s.scripts.busy() {
		return // a script sees no time pass
	}
	ms := s.setNow()
	for len(s.expiry.heap) > 0 && s.expiry.heap[0].at <= ms {
		s.expireNext()
	}
	s.armExpiry()
}
