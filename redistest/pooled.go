package redistest

import (
	"net"
	"sync"
	"syscall"
)

// A lent connection goes back to conns when it is closed.
type lent struct {
	net.Conn
	of    *conns
	begin *greeting // nil on a connection that was opened for this client

	mu      sync.Mutex
	closed  bool
	busy    int  // calls of Read and Write under way
	waiting bool // something was written and nothing read since
}

func (l *lent) Read(p []byte) (int, error) {
	if !l.enter() {
		return 0, net.ErrClosed
	}
	var n int
	var err error
	if l.begin == nil {
		n, err = l.Conn.Read(p)
	} else {
		n, err = l.begin.read(l.Conn, p)
	}
	l.leave(n == 0)
	return n, err
}

func (l *lent) Write(p []byte) (int, error) {
	if !l.enter() {
		return 0, net.ErrClosed
	}
	var n int
	var err error
	if l.begin == nil {
		n, err = l.Conn.Write(p)
	} else {
		n, err = l.begin.write(l.Conn, p)
	}
	l.leave(true)
	return n, err
}

func (l *lent) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.busy++
	return true
}

func (l *lent) leave(waiting bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy--
	l.waiting = waiting
}

// Close gives the connection back. It is closed for good while a call is under
// way, which could take the next test's bytes, and while a reply is due: the
// client may be blocked in the server, where RESET would wait too.
func (l *lent) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return net.ErrClosed
	}
	l.closed = true
	clean := l.busy == 0 && !l.waiting
	l.mu.Unlock()
	if clean && !l.of.off.Load() && l.of.put(l.Conn) {
		return nil
	}
	return l.Conn.Close()
}

// SyscallConn lets clients look whether the connection is alive. Like Read, it
// refuses once the connection is closed: the socket may be another's by then.
func (l *lent) SyscallConn() (syscall.RawConn, error) {
	sc, ok := l.Conn.(syscall.Conn)
	if !ok {
		return nil, syscall.EINVAL
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil, err
	}
	return lentSocket{raw, l}, nil
}

// A lentSocket is the raw socket of a lent connection while that is open.
type lentSocket struct {
	raw syscall.RawConn
	of  *lent
}

func (s lentSocket) Control(f func(fd uintptr)) error {
	return s.while(func() error { return s.raw.Control(f) })
}

func (s lentSocket) Read(f func(fd uintptr) bool) error {
	return s.while(func() error { return s.raw.Read(f) })
}

func (s lentSocket) Write(f func(fd uintptr) bool) error {
	return s.while(func() error { return s.raw.Write(f) })
}

func (s lentSocket) while(call func() error) error {
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

var _ syscall.Conn = (*lent)(nil)
