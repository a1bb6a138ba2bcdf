package tap

import (
	"errors"
	"os"
	"time"
)

// Read hands out what the server sends, and what judges ordered instead.
func (c *Conn) Read(p []byte) (int, error) {
	c.rmu.Lock()
	defer c.rmu.Unlock()
	for {
		n, held, err := c.ready(p)
		switch {
		case n > 0 || err != nil:
			return n, err
		case held != nil:
			if err := c.await(*held); err != nil {
				return 0, err
			}
			continue
		}
		n, err = c.Conn.Read(p)
		if n == 0 && c.woken(err) {
			continue
		}
		if c.pass(p[:n]) {
			return n, c.why(err)
		}
		if err != nil {
			c.mu.Lock()
			c.out = append(c.out, segment{end: err})
			c.mu.Unlock()
		}
	}
}

// ready hands out bytes that wait in the tap, or tells what they wait for.
// Neither means that the server must be read.
func (c *Conn) ready(p []byte) (n int, held *segment, err error) {
	c.answer()
	c.mu.Lock()
	if c.waking && c.broken == nil {
		c.waking = false
		_ = c.Conn.SetReadDeadline(c.readBy) // fails only when closed: the read will say so
	}
	if c.broken != nil || len(c.out) == 0 {
		defer c.mu.Unlock()
		return 0, nil, c.broken
	}
	s := &c.out[0]
	switch {
	case s.waits():
		held := *s
		defer c.mu.Unlock()
		return 0, &held, nil
	case s.end != nil:
		c.mu.Unlock()
		c.sever(s.end)
		return 0, nil, s.end
	}
	defer c.mu.Unlock()
	n = copy(p, s.data)
	if s.data = s.data[n:]; len(s.data) == 0 {
		c.out = c.out[1:]
	}
	return n, nil, nil
}

// woken reports whether err is the tap's own doing, by wake.
func (c *Conn) woken(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waking
}

// why replaces the error of a connection that a fault closed under its user.
func (c *Conn) why(err error) error {
	if err == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken != nil {
		return c.broken
	}
	return err
}

// pass notes the replies in b and reports whether b may go to the client as it
// is; if not, it has moved what may be read to c.out.
func (c *Conn) pass(b []byte) bool {
	c.mu.Lock()
	deaf, special := c.deaf, c.special
	c.fresh = c.fresh && len(b) == 0
	c.mu.Unlock()
	if deaf {
		return true
	}
	now := time.Now()
	for rest := b; len(rest) > 0; {
		n, done, err := c.rep.scan(rest)
		if err != nil {
			c.mu.Lock()
			c.deaf = true
			if special > 0 {
				c.put(rest, nil, now)
			}
			c.mu.Unlock()
			return special == 0
		}
		if special > 0 {
			c.order(rest[:n], done, now)
		}
		rest = rest[n:]
		if !done {
			break
		}
		if c.rep.typ == '>' || c.message() {
			c.tally()
		} else {
			c.finish(&c.rep, now)
		}
		c.rep.forget()
		c.cut = 0
		if special > 0 {
			c.answer()
		}
	}
	return special == 0
}

// order puts a piece of the current reply where the verdict on its request wants it.
func (c *Conn) order(piece []byte, whole bool, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.queue.first()
	if e == nil || e.verdict == nil || c.rep.typ == '>' || c.pubsub {
		c.put(piece, nil, now)
		return
	}
	v := e.verdict
	switch {
	case v.Hide:
		if whole {
			c.out = append(c.out, segment{end: c.reset("read", v.Name)})
		}
	case v.Cut:
		left := max(0, v.After-c.cut)
		c.cut += len(piece)
		if left >= len(piece) && !whole {
			c.put(piece, nil, now)
			return
		}
		c.put(piece[:min(left, len(piece))], nil, now)
		c.out = append(c.out, segment{end: c.reset("read", v.Name)})
	default:
		c.put(piece, v, now)
	}
}

// put copies b behind what the client is to read, delayed as v wants it; the
// caller holds c.mu.
func (c *Conn) put(b []byte, v *Verdict, now time.Time) {
	if len(b) == 0 {
		return
	}
	s := segment{data: append([]byte(nil), b...)}
	if v != nil && v.Delay > 0 {
		s.due, s.free = now.Add(v.Delay), v.Free
	}
	c.out = append(c.out, s)
}

// answer hands out the replies that judges gave instead of the server, as far
// as it is their turn.
func (c *Conn) answer() {
	for {
		c.mu.Lock()
		e := c.queue.first()
		if c.answers == 0 || e.verdict == nil || e.verdict.Answer == nil || !c.rep.idle() {
			c.mu.Unlock()
			return
		}
		v := e.verdict
		now := time.Now()
		c.put(v.Answer, v, now)
		c.fresh = false
		c.mu.Unlock()
		var s replyScanner
		_, _, _ = s.scan(v.Answer) // our own words; a malformed one is for the client to refuse
		c.finish(&s, now)
	}
}
