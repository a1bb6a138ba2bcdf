package fake

import (
	"math"
	"strings"
)

func streamClaimCommands() map[string]handler {
	return map[string]handler{"xclaim": (*call).xclaim, "xautoclaim": (*call).xautoclaim}
}

// claim is what XCLAIM is asked for.
type claim struct {
	minIdle       int64
	ids           []streamID
	delivered     int64 // -1: now
	retries       int64 // -1: one more
	force, justID bool
	lastID        streamID
}

func (x *call) readClaim() (c claim, ok bool) {
	c.delivered, c.retries = -1, -1
	n, err := parseInt(x.args[4])
	if err != nil {
		x.err("ERR Invalid min-idle-time argument for XCLAIM")
		return c, false
	}
	c.minIdle = max(n, 0)
	i := 5
	for ; i < len(x.args); i++ {
		id, ok := readStreamID(x.args[i], 0)
		if !ok {
			break
		}
		c.ids = append(c.ids, id)
	}
	for ; i < len(x.args); i++ {
		more := i+1 < len(x.args)
		switch option := strings.ToLower(x.args[i]); {
		case option == "force":
			c.force = true
		case option == "justid":
			c.justID = true
		case (option == "idle" || option == "time" || option == "retrycount") && more:
			n, err := parseInt(x.args[i+1])
			if err != nil {
				x.err("ERR Invalid " + strings.ToUpper(option) + " option argument for XCLAIM")
				return c, false
			}
			switch option {
			case "idle":
				c.delivered = x.s.expiry.now - n
			case "time":
				c.delivered = n
			default:
				c.retries = n
			}
			i++
		case option == "lastid" && more:
			if c.lastID, ok = readStreamID(x.args[i+1], 0); !ok {
				x.err(errStreamID)
				return c, false
			}
			i++
		default:
			x.err("ERR Unrecognized XCLAIM option '" + x.args[i] + "'")
			return c, false
		}
	}
	return c, true
}

func (x *call) xclaim() {
	s, g, ok := x.knownGroup(x.args[1], x.args[2])
	if !ok {
		return
	}
	c, ok := x.readClaim()
	if !ok {
		return
	}
	if g.last.less(c.lastID) {
		g.last = c.lastID
	}
	now := x.s.expiry.now
	if c.delivered < 0 || c.delivered > now {
		c.delivered = now
	}
	to, _ := g.consumer(x.args[3], now)
	var claimed []streamEntry
	for _, id := range c.ids {
		p := g.pending[id]
		e, exists := s.get(id)
		if !exists {
			delete(g.pending, id)
			continue
		}
		if p == nil {
			if !c.force {
				continue
			}
			p = &pendingEntry{id: id}
			g.pending[id] = p
		} else if now-p.delivered < c.minIdle {
			continue
		}
		p.give(to, c.delivered, c.retries, c.justID)
		claimed = append(claimed, e)
	}
	x.answerClaim(to, claimed, c.justID)
	if len(claimed) > 0 {
		x.data().slotChanged(x.args[1], s)
	}
}

// give makes a pending entry another consumer's.
func (p *pendingEntry) give(to *streamConsumer, delivered, retries int64, justID bool) {
	p.consumer, p.delivered = to, delivered
	switch {
	case retries >= 0:
		p.count = retries
	case !justID:
		p.count++
	}
}

func (x *call) answerClaim(to *streamConsumer, claimed []streamEntry, justID bool) {
	if len(claimed) > 0 {
		to.active = x.s.expiry.now
	}
	if !justID {
		x.writeStreamEntries(claimed)
		return
	}
	x.w.Array(len(claimed))
	for _, e := range claimed {
		x.w.Bulk(e.id.String())
	}
}

func (x *call) xautoclaim() {
	minIdle, err := parseInt(x.args[4])
	if err != nil {
		x.err("ERR Invalid min-idle-time argument for XAUTOCLAIM")
		return
	}
	start, why := streamEnd(x.args[5], false)
	if why != "" {
		x.err(why)
		return
	}
	count, justID := 100, false
	for i := 6; i < len(x.args); i++ {
		switch option := strings.ToLower(x.args[i]); {
		case option == "justid":
			justID = true
		case option == "count" && i+1 < len(x.args):
			if count, err = atoi(x.args[i+1]); err != nil || count < 1 || count > math.MaxInt/16 {
				x.err("ERR COUNT must be > 0")
				return
			}
			i++
		default:
			x.err(errSyntax)
			return
		}
	}
	s, g, ok := x.knownGroup(x.args[1], x.args[2])
	if !ok {
		return
	}
	now := x.s.expiry.now
	to, _ := g.consumer(x.args[3], now)
	var (
		claimed []streamEntry
		deleted []string
		next    streamID
	)
	looked := 0
	for _, p := range g.sortedPending(start, maxStreamID) {
		if looked == count*10 || len(claimed)+len(deleted) == count {
			next = p.id
			break
		}
		looked++
		e, exists := s.get(p.id)
		if !exists {
			delete(g.pending, p.id)
			deleted = append(deleted, p.id.String())
			continue
		}
		if now-p.delivered >= minIdle {
			p.give(to, now, -1, justID)
			claimed = append(claimed, e)
		}
	}
	x.w.Array(3)
	x.w.Bulk(next.String())
	x.answerClaim(to, claimed, justID)
	x.w.Bulks(deleted...)
	if len(claimed)+len(deleted) > 0 {
		x.data().slotChanged(x.args[1], s)
	}
}
