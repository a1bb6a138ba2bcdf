package tap

import "time"

// Write sends p, less what a judge keeps back. It reports p as written once
// the connection has taken charge of it.
func (c *Conn) Write(p []byte) (int, error) {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	c.mu.Lock()
	broken := c.broken
	c.mu.Unlock()
	if broken != nil {
		return 0, broken
	}
	n, err := c.send(p)
	return n, c.why(err) // a fault may have broken the connection under its writer
}

func (c *Conn) send(p []byte) (int, error) {
	if c.plain {
		return c.Conn.Write(p)
	}
	w := c.tap.watch.Load()
	if len(c.held) == 0 && (w == nil || len(w.judges) == 0) {
		c.follow(p, w)
		return c.Conn.Write(p)
	}
	return c.judged(p, w)
}

// follow notes the requests in p, which is sent as it is.
func (c *Conn) follow(p []byte, w *watchers) {
	for len(p) > 0 {
		n, done, err := c.req.scan(p, w != nil)
		if err != nil {
			c.unknown()
			return
		}
		p = p[n:]
		if done {
			c.enqueue(c.describe(w), nil)
		}
	}
	c.begun = !c.req.idle()
}

// unknown gives up on a stream that is not RESP.
func (c *Conn) unknown() {
	c.plain = true
	c.mu.Lock()
	c.deaf = true
	c.mu.Unlock()
}

// judged sends p request by request, as the judges order.
func (c *Conn) judged(p []byte, w *watchers) (int, error) {
	var run []byte // what goes out together
	total := len(p)
	for len(p) > 0 {
		n, done, err := c.req.scan(p, true)
		if err != nil {
			run = append(append(run, c.held...), p...)
			c.held = nil
			c.unknown()
			break
		}
		piece := p[:n]
		p = p[n:]
		if !done {
			if c.begun {
				run = append(run, piece...)
			} else {
				c.held = append(c.held, piece...)
			}
			break
		}
		note := c.describe(w)
		var v *Verdict
		if !c.begun {
			v = c.verdict(w, note)
		}
		c.begun = false
		if v != nil && v.Lose {
			note.fault = v.Name
			if len(run) > 0 {
				_, _ = c.Conn.Write(run) // the connection breaks either way
			}
			c.lose(note, v)
			return total, nil
		}
		c.enqueue(note, v)
		if v == nil || v.Answer == nil {
			run = append(append(run, c.held...), piece...)
		}
		c.held = c.held[:0]
	}
	if len(run) == 0 {
		return total, nil
	}
	if _, err := c.Conn.Write(run); err != nil {
		return 0, err
	}
	return total, nil
}

// verdict asks the judges about the request just scanned.
func (c *Conn) verdict(w *watchers, n note) *Verdict {
	if w == nil || len(w.judges) == 0 {
		return nil
	}
	cmd := n.command(&c.req.packed)
	for _, j := range w.judges {
		v := (*j).Judge(&cmd)
		if v.Lose || v.Answer != nil || v.Hide || v.Cut || v.Delay > 0 {
			return &v
		}
	}
	return nil
}

// describe notes the request just scanned. A round trip begins with the first
// write after a read.
func (c *Conn) describe(w *watchers) note {
	p := &c.req.packed
	upkeep := c.upkeep || isUpkeep(p)
	c.setup = c.setup && (upkeep || isSetup(p))
	n := note{seq: c.tap.seq.Add(1), conn: c.id, sent: time.Now(), setup: c.setup || upkeep}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.fresh {
		c.tripNow = c.tap.trip.Add(1)
		c.fresh = true
	}
	n.trip = c.tripNow
	return n
}

// enqueue lets the request just scanned wait for its reply.
func (c *Conn) enqueue(n note, v *Verdict) {
	p := &c.req.packed
	if v != nil {
		n.fault = v.Name
	}
	answered := v != nil && v.Answer != nil
	if !c.replies(p) && !answered {
		c.report(c.record(p, n, nil, time.Time{}))
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.queue.push()
	e.note, e.verdict = n, v
	e.packed, c.req.packed = c.req.packed, e.packed
	if v != nil {
		c.special++
	}
	if answered {
		c.answers++
		c.wake()
	}
}

// lose ends the connection instead of sending the request just scanned.
func (c *Conn) lose(n note, v *Verdict) {
	c.held = nil
	c.report(c.record(&c.req.packed, n, nil, time.Time{}))
	c.sever(c.reset("read", v.Name))
}

// isSetup tells the requests by which clients prepare a connection from the
// ones that their users asked for.
func isSetup(p *packed) bool {
	switch {
	case p.is(0, "HELLO"), p.is(0, "AUTH"), p.is(0, "SELECT"), p.is(0, "READONLY"):
		return true
	case p.is(0, "CLIENT"):
		for _, word := range []string{"SETINFO", "SETNAME", "MAINT_NOTIFICATIONS", "TRACKING", "CAPA", "ID", "NO-EVICT", "NO-TOUCH"} {
			if p.is(1, word) {
				return true
			}
		}
	}
	return false
}

// isUpkeep tells the requests that cluster clients send on their own account at
// any time, to learn which node serves what.
func isUpkeep(p *packed) bool {
	return p.is(0, "COMMAND") && p.args == 1 ||
		p.is(0, "CLUSTER") && (p.is(1, "SLOTS") || p.is(1, "SHARDS"))
}

// replies reports whether the request just scanned gets a reply of its own, and
// notes what changes the meaning of what is read later.
func (c *Conn) replies(p *packed) bool {
	for _, word := range []string{"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"} {
		if p.is(0, word) { // confirmed channel by channel, in the shape of messages
			c.mu.Lock()
			c.pubsub = true
			c.mu.Unlock()
			return false
		}
	}
	switch {
	case p.is(0, "MONITOR"), p.is(0, "SYNC"), p.is(0, "PSYNC"):
		c.mu.Lock()
		c.deaf = true
		c.mu.Unlock()
		return false
	case p.is(0, "CLIENT") && p.is(1, "REPLY"):
		switch {
		case p.is(2, "OFF"):
			c.mute = -1
		case p.is(2, "SKIP"):
			c.mute = 2
		case p.is(2, "ON"):
			c.mute = 0
		}
	}
	if c.mute > 0 {
		c.mute--
		return false
	}
	return c.mute == 0
}
