package tap

import "time"

// finish takes the first command off the queue with its reply, nil if none will
// come, and reports whether there was one.
func (c *Conn) finish(r *replyScanner, now time.Time) bool {
	c.mu.Lock()
	e := c.queue.first()
	if e == nil {
		c.mu.Unlock()
		return false
	}
	if v := e.verdict; v != nil {
		c.special--
		if v.Answer != nil {
			c.answers--
		}
		if v.Hide {
			r = nil
		}
		if r != nil && v.Delay < Forever {
			now = now.Add(v.Delay)
		}
		e.verdict = nil
	}
	cmd := c.record(&e.packed, e.note, r, now)
	e.packed, c.last = c.last, e.packed
	c.queue.pop()
	c.mu.Unlock()
	c.report(cmd)
	return true
}

// record puts a command in the ring, and into words if an observer wants it.
func (c *Conn) record(p *packed, n note, r *replyScanner, now time.Time) *Command {
	var took time.Duration
	if r != nil {
		took = now.Sub(n.sent)
	}
	c.tap.ring.add(p, n, r, took)
	if w := c.tap.watch.Load(); w == nil || len(w.observers) == 0 {
		return nil
	}
	cmd := n.command(p)
	cmd.Took = took
	if r != nil {
		cmd.Reply = r.reply()
	}
	return &cmd
}

// report tells the observers; the caller holds no lock of theirs.
func (c *Conn) report(cmd *Command) {
	if cmd == nil {
		return
	}
	if w := c.tap.watch.Load(); w != nil {
		for _, f := range w.observers {
			(*f)(cmd)
		}
	}
}

// message reports whether the reply just scanned is a pub/sub message of RESP2.
func (c *Conn) message() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.pubsub || c.rep.typ != '*' {
		return false
	}
	switch string(c.rep.word) {
	case "message", "pmessage", "smessage", "pong",
		"subscribe", "psubscribe", "ssubscribe", "unsubscribe", "punsubscribe", "sunsubscribe":
		return true
	}
	return false
}

// tally follows how many channels the connection is subscribed to; Redis counts
// sharded channels apart from the others.
func (c *Conn) tally() {
	kind := -1
	switch string(c.rep.word) {
	case "subscribe", "psubscribe", "unsubscribe", "punsubscribe":
		kind = 0
	case "ssubscribe", "sunsubscribe":
		kind = 1
	}
	if kind < 0 {
		return
	}
	c.mu.Lock()
	c.subs[kind] = c.rep.tally
	c.mu.Unlock()
}

// State describes an open connection.
type State struct {
	ID         int
	Addr       string
	Opened     time.Time
	Upkeep     bool      // the client uses it on its own account only
	Subscribed int       // channels and patterns
	Waiting    []Command // commands without a reply yet
	Last       []string  // the last command that was answered, shortened; nil if none
}

// State returns what c is doing.
func (c *Conn) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := State{ID: c.id, Addr: c.addr, Opened: c.opened, Upkeep: c.upkeep, Subscribed: c.subs[0] + c.subs[1]}
	for i := range c.queue.n {
		e := c.queue.at(i)
		s.Waiting = append(s.Waiting, e.note.command(&e.packed))
	}
	if c.last.args > 0 {
		s.Last = c.last.strings()
	}
	return s
}
