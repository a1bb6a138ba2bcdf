package fake

import (
	"strings"
	"time"
)

// pause is the state CLIENT PAUSE has set.
type pause struct {
	on     bool
	all    bool // not only writes
	epoch  int
	timer  *time.Timer
	held   []*conn
	parked map[*conn][]string // the request each held connection waits with
}

// writesThrough are commands that count as writes to CLIENT PAUSE WRITE.
func (p *pause) catches(c *command) bool {
	if !p.on || c.name == "client|unpause" || c.name == "client|pause" {
		return false
	}
	return p.all || c.write || c.name == "exec" || c.name == "publish" || strings.HasPrefix(c.name, "eval") && !strings.HasSuffix(c.name, "_ro")
}

// hold lets a connection wait with a request until the pause is over.
func (p *pause) hold(c *conn, args []string) {
	if p.parked == nil {
		p.parked = map[*conn][]string{}
	}
	p.held = append(p.held, c)
	p.parked[c] = args
}

func (p *pause) holds(c *conn) bool { return p.parked[c] != nil }

func (x *call) clientPause() {
	if len(x.args) > 4 {
		x.errMisused()
		return
	}
	all := true
	if len(x.args) > 3 {
		switch strings.ToLower(x.args[3]) {
		case "all":
		case "write":
			all = false
		default:
			x.err("ERR CLIENT PAUSE mode must be WRITE or ALL")
			return
		}
	}
	ms, ok := x.milliseconds(2)
	if !ok {
		return
	}
	x.s.startPause(time.Duration(ms)*time.Millisecond, all)
	x.w.OK()
}

// startPause holds commands for a while of real time, or that of a bubble.
func (s *Server) startPause(d time.Duration, all bool) {
	p := &s.pause
	if p.timer != nil {
		p.timer.Stop()
	}
	p.on, p.all = true, all
	p.epoch++
	epoch := p.epoch
	p.timer = time.AfterFunc(d, func() { // stopped by unpause
		s.mu.Lock()
		defer s.release()
		if s.pause.epoch == epoch {
			s.unpause()
			s.settle()
		}
	})
}

// unpause runs what has been held, in its order.
func (s *Server) unpause() {
	p := &s.pause
	if !p.on {
		return
	}
	p.timer.Stop()
	held, parked := p.held, p.parked
	p.on, p.held, p.parked = false, nil, nil
	p.epoch++
	for _, c := range held {
		if c.over {
			continue
		}
		c.busy = true
		s.execute(c, parked[c])
		c.busy = false
		s.goOn(c)
	}
}
