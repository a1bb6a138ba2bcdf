package redistest

import (
	"net"
	"sync"
	"syscall"
)

// A pooledConn is a connection that goes back to conns when it is closed.
type pooledConn struct {
	net.Conn
	of    *conns
	begin *greeting // nil on a connection that was opened for this client

	mu      sync.Mutex
	closed  bool
	busy    int  // calls of Read and Write under way
	waiting bool // something was written and nothing read since
}

func (c *pooledConn) Read(p []byte) (int, error) {
	if !c.enter() {
		return 0, net.ErrClosed
	}
	var n int
	var err error
	if c.begin == nil {
		n, err = c.Conn.Read(p)
	} else {
		n, err = c.begin.read(c.Conn, p)
	}
	c.leave(n == 0)
	return n, err
}

func (c *pooledConn) Write(p []byte) (int, error) {
	if !c.enter() {
		return 0, net.ErrClosed
	}
	var n int
	var err error
	if c.begin == nil {
		n, err = c.Conn.Write(p)
	} else {
		n, err = c.begin.write(c.Conn, p)
	}
	c.leave(true)
	return n, err
}

func (c *pooledConn) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.busy++
	return true
}

func (c *pooledConn) leave(waiting bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	c.waiting = waiting
}

// Close gives the connection back. It is closed for good while a call is under
// way, which could take the next test's bytes, and while a reply is due: the
// client may be blocked in the server, where RESET would wait too.
func (c *pooledConn) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return net.ErrClosed
	}
	c.closed = true
	clean := c.busy == 0 && !c.waiting
	c.mu.Unlock()
	if clean && !c.of.off.Load() && c.of.put(c.Conn) {
		return nil
	}
	return c.Conn.Close()
}

// SyscallConn lets clients look whether the connection is alive. Like Read, it
// refuses once the connection is closed: the socket may be another's by then.
func (c *pooledConn) SyscallConn() (syscall.RawConn, error) {
	sc, ok := c.Conn.(syscall.Conn)
	if !ok {
		return nil, syscall.EINVAL
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil, err
	}
	return pooledSocket{raw, c}, nil
}

// A pooledSocket is the raw socket of a pooledConn while that is open.
type pooledSocket struct {
	raw syscall.RawConn
	of  *pooledConn
}

func (s pooledSocket) Control(f func(fd uintptr)) error {
	return s.while(func() error { return s.raw.Control(f) })
}

func (s pooledSocket) Read(f func(fd uintptr) bool) error {
	return s.while(func() error { return s.raw.Read(f) })
}

func (s pooledSocket) Write(f func(fd uintptr) bool) error {
	return s.while(func() error { return s.raw.Write(f) })
}

func (s pooledSocket) while(call func() error) error {
	if !s.of.enter() {
		return net.ErrClosed
	}
	defer func() {
		s.of.mu.Lock()
		s.of.busy--
		s.of.mu.Unlock()
	}()
	return call()
}

var _ syscall.Conn = (*pooledConn)(nil)
