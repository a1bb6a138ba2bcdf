package tap

import (
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A Conn is a connection that its tap watches. Like any net.Conn it may be
// used by several goroutines.
type Conn struct {
	net.Conn
	tap    *Tap
	id     int
	addr   string
	opened time.Time
	upkeep bool // the client uses it on its own account

	wmu   sync.Mutex // one writer at a time; guards the fields below
	req   requestScanner
	held  []byte // what has come of a request that a judge must see whole
	begun bool   // part of the current request has been sent: too late to judge it
	setup bool   // nothing but setting up has been seen
	plain bool   // what is written is not RESP; it passes unseen
	mute  int    // requests to come that get no reply (CLIENT REPLY); -1 for all

	rmu sync.Mutex // one reader at a time; guards the fields below
	rep replyScanner
	cut int // bytes of the current reply that have passed

	mu      sync.Mutex // guards the fields below; never held over I/O or a callback
	queue   queue
	special int // entries with a verdict
	answers int // entries of them that the tap answers
	tripNow uint64
	fresh   bool // nothing was read since the last write: the next write shares its round trip
	last    packed
	pubsub  bool // messages may come in the shape of replies (RESP2)
	subs    [2]int
	deaf    bool      // what is read is no reply to anything (MONITOR); it passes unseen
	out     []segment // bytes for the client that are not its server's latest
	broken  error
	readBy  time.Time // the client's read deadline
	waking  bool      // the read deadline of the inner connection is in the past, to wake its reader

	once   sync.Once
	closed chan struct{} // closed when the connection has ended
	kick   chan struct{} // tells a waiting reader of a new deadline
}

// A segment is a piece of the stream towards the client: bytes not to be read
// before due, unless free is closed earlier, or the end of the connection.
type segment struct {
	data []byte
	due  time.Time
	free <-chan struct{}
	end  error
}

// waits reports whether the segment may not be read yet.
func (s *segment) waits() bool {
	select {
	case <-s.free:
		return false
	default:
		return time.Now().Before(s.due)
	}
}

// sysConn is a Conn over a socket. A client looks at the socket of an idle
// connection to learn that its server has gone (go-redis does); hiding the
// socket would make watched connections behave unlike others.
type sysConn struct {
	*Conn
	socket syscall.Conn
}

// SyscallConn returns the raw socket.
func (c *sysConn) SyscallConn() (syscall.RawConn, error) { return c.socket.SyscallConn() }

func (c *Conn) outer() net.Conn {
	if s, ok := c.Conn.(syscall.Conn); ok {
		return &sysConn{c, s}
	}
	return c
}

// A faultError is a broken connection that says who broke it.
type faultError struct {
	fault string
	errno syscall.Errno
}

func (e *faultError) Error() string { return e.errno.Error() + " (fault: " + e.fault + ")" }
func (e *faultError) Unwrap() error { return e.errno }

// Reset is the error of a connection that fault broke while doing op: a
// *net.OpError around syscall.ECONNRESET.
func (c *Conn) reset(op, fault string) error {
	return &net.OpError{Op: op, Net: c.network(), Addr: c.RemoteAddr(), Err: &faultError{fault, syscall.ECONNRESET}}
}

// Refused is the error of a dial that fault refused: a *net.OpError around
// syscall.ECONNREFUSED.
func Refused(addr, fault string) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: name(addr), Err: &faultError{fault, syscall.ECONNREFUSED}}
}

type name string

func (name) Network() string  { return "tcp" }
func (n name) String() string { return string(n) }

func (c *Conn) network() string {
	if a := c.RemoteAddr(); a != nil {
		return a.Network()
	}
	return ""
}

// Cut breaks the connection in the name of fault, as a reset by the peer does.
// The client must still close it.
func (c *Conn) Cut(fault string) { c.sever(c.reset("read", fault)) }

func (c *Conn) sever(err error) {
	c.mu.Lock()
	if c.broken == nil {
		c.broken = err
	}
	c.mu.Unlock()
	c.end()
}

// end closes the inner connection once and reports the commands whose replies will not come.
func (c *Conn) end() (err error) {
	c.once.Do(func() {
		close(c.closed)
		err = c.Conn.Close()
		for c.finish(nil, time.Time{}) {
		}
	})
	return err
}

// Close closes the connection to the server.
func (c *Conn) Close() error {
	c.tap.detach(c)
	return c.end()
}

// SetDeadline sets the read and write deadlines.
func (c *Conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// SetReadDeadline bounds waiting for the server and for delayed replies alike.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readBy = t
	if len(c.out) > 0 {
		select {
		case c.kick <- struct{}{}:
		default:
		}
	}
	if c.waking || c.broken != nil {
		return nil
	}
	return c.Conn.SetReadDeadline(t)
}

// wake makes a reader that waits for the server look at the queue again; the
// caller holds c.mu.
func (c *Conn) wake() {
	c.waking = true
	_ = c.Conn.SetReadDeadline(time.Unix(1, 0)) // fails only when closed, which wakes as well
}

// await waits until s may be read, the read deadline or the end of the connection.
func (c *Conn) await(s segment) error {
	for {
		c.mu.Lock()
		until, late := s.due, false
		if !c.readBy.IsZero() && c.readBy.Before(s.due) {
			until, late = c.readBy, true
		}
		c.mu.Unlock()
		left := time.Until(until)
		if left <= 0 && late {
			return &net.OpError{Op: "read", Net: c.network(), Addr: c.RemoteAddr(), Err: os.ErrDeadlineExceeded}
		}
		if left <= 0 {
			return nil
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-c.kick:
		case <-s.free:
			timer.Stop()
			return nil
		case <-c.closed:
			timer.Stop()
			return nil // the next look at the connection tells why
		}
		timer.Stop()
	}
}
