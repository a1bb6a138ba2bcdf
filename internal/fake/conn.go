package fake

import (
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/internal/resp"
)

// link carries the bytes of one connection.
type link interface {
	// flush writes the connection's output without blocking for long, and
	// closes the link once a connection that has ended has none left. It is
	// called without the server's lock, by any goroutine.
	flush()
	// unsent is the number of bytes taken from the output and not yet written.
	unsent() int
	remote() string
	local() string
}

// conn is one client. But for drop, everything in it is guarded by the
// server's lock.
type conn struct {
	s      *Server
	id     int64
	link   link
	parser resp.Parser
	out    resp.Writer // replies on the way to the link
	queued bool        // is in Server.dirty
	busy   bool        // its request is being run
	over   bool        // no more requests; the link is closed when out is empty
	drop   atomic.Bool // the rest of the output is of no interest

	db       int
	user     *user
	authed   bool
	tx       *transaction
	watched  watched
	subs     subscriptions
	waits    *waiter
	monitor  bool
	mute     mute
	asking   bool
	noEvict  bool
	noTouch  bool
	name     string
	libName  string
	libVer   string
	since    time.Time
	last     time.Time // of the last request
	lastName string
	slowOut  time.Time // since when the output is above the soft limit
}

// connect makes the record of a new client.
func (s *Server) connect(l link) *conn {
	s.lastID++
	c := &conn{s: s, id: s.lastID, link: l, since: s.clock.now(), last: s.clock.now()}
	c.user, c.authed = s.users.greet()
	s.conns[c.id] = c
	s.stats.connections++
	if limit := s.settings.number("maxclients"); len(s.conns) > limit {
		s.stats.rejected++
		c.out.Error("ERR max number of clients reached")
		c.end()
	}
	return c
}

// forget removes a client whose link is gone.
func (s *Server) forget(c *conn) {
	c.over = true
	delete(s.conns, c.id)
	s.unwatch(c)
	s.unsubscribeAll(c)
	s.unmonitor(c)
	if c.waits != nil {
		s.stopWaiting(c)
	}
}

// touch makes release flush the connection.
func (c *conn) touch() {
	if !c.queued {
		c.queued = true
		c.s.dirty = append(c.s.dirty, c)
	}
}

// end closes the connection once its output is written.
func (c *conn) end() {
	c.over = true
	c.touch()
}

// kill closes the connection without waiting for its output.
func (c *conn) kill() {
	c.drop.Store(true)
	c.end()
}

// takeOutput hands all output to the link, in exchange for an empty buffer,
// and tells whether the connection ends behind it.
func (c *conn) takeOutput(spare []byte) (out []byte, last bool) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.drop.Load() {
		return nil, true
	}
	return c.out.Swap(spare), c.over
}

// output is the number of bytes the client has not read.
func (c *conn) output() int { return c.out.Len() + c.link.unsent() }

// runnable reports whether the next request of the connection may be run.
func (c *conn) runnable() bool {
	return !c.over && !c.busy && c.waits == nil && !c.s.pause.holds(c)
}

// input takes bytes received and runs the requests they complete.
func (s *Server) input(c *conn, b []byte) {
	s.mu.Lock()
	defer s.release()
	if c.over {
		return
	}
	s.stats.bytesIn += len(b)
	c.parser.Feed(b)
	s.drain(c)
	s.settle()
}

// drain runs the requests of a connection until one is incomplete or blocks.
func (s *Server) drain(c *conn) {
	for c.runnable() {
		cmd, ok, err := c.parser.Next()
		if err != nil {
			c.out.Error("ERR " + err.Error())
			c.end()
			return
		}
		if !ok {
			return
		}
		c.busy = true
		s.execute(c, cmd.Args)
		c.busy = false
		c.touch()
	}
}

// settle goes on with connections that others have unblocked.
func (s *Server) settle() {
	for len(s.resume) > 0 {
		c := s.resume[0]
		s.resume = s.resume[1:]
		s.drain(c)
	}
}
