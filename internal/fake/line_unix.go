//go:build unix

package fake

import (
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// line is the link over a socket of the poller. The poller's goroutine reads
// and closes; any goroutine writes.
type line struct {
	p        *poller
	c        *conn
	fd       int
	peer, at string
	pending  atomic.Int64
	stuck    atomic.Bool // output waits for room
	busy     atomic.Bool // a replaced loop still runs its requests
	closed   bool        // the poller's own

	mu   sync.Mutex // serialises writing, and closing with it
	buf  []byte     // lent to the connection in turn with its own
	rest []byte     // of buf, not yet written
	last bool       // the connection ends behind rest
	gone bool       // fd is closed
}

func (p *poller) newLine(fd int, from unix.Sockaddr, path string) *line {
	l := &line{p: p, fd: fd, peer: path + ":0", at: path + ":0"}
	if path == "" {
		l.peer = addrText(from)
		if at, err := unix.Getsockname(fd); err == nil {
			l.at = addrText(at)
		}
	}
	p.s.mu.Lock()
	l.c = p.s.connect(l)
	p.s.release()
	return l
}

func addrText(a unix.Sockaddr) string {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port)).String()
	case *unix.SockaddrInet6:
		return netip.AddrFrom16(a.Addr).String() + ":" + strconv.Itoa(a.Port)
	default:
		return "?:0"
	}
}

// interest is what the poller waits for on the line.
func (l *line) interest() int16 {
	var events int16
	if !l.busy.Load() {
		events |= unix.POLLIN
	}
	if l.stuck.Load() {
		events |= unix.POLLOUT
	}
	return events
}

// ready handles what poll found.
func (l *line) ready(p *poller, events int16) {
	if events&unix.POLLOUT != 0 {
		l.stuck.Store(false)
		l.flush()
	}
	if events&(unix.POLLIN|unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) == 0 {
		return
	}
	n, err := unix.Read(l.fd, p.buf)
	switch {
	case n > 0:
		p.s.input(l.c, p.buf[:n])
		if l.busy.Swap(false) {
			p.rouse()
		}
	case err == unix.EAGAIN || err == unix.EINTR:
	default: // the client, or shutdown by one of us, has ended it
		l.close()
	}
}

// close ends the line. Only the poller's goroutine calls it.
func (l *line) close() {
	if l.closed {
		return
	}
	l.closed = true
	s := l.c.s
	s.mu.Lock()
	s.forget(l.c)
	s.settle()
	s.release()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gone = true
	unix.Close(l.fd)
}

func (l *line) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.gone && !l.stuck.Load() {
		if len(l.rest) == 0 {
			l.buf, l.last = l.c.takeOutput(l.buf)
			l.rest = l.buf
		}
		if len(l.rest) > 0 {
			l.write()
		}
		l.pending.Store(int64(len(l.rest)))
		if len(l.rest) == 0 {
			if l.last {
				l.hangUp()
			}
			return
		}
	}
	if l.c.drop.Load() {
		l.hangUp()
	}
}

// write writes what the socket takes.
func (l *line) write() {
	n, err := unix.Write(l.fd, l.rest)
	switch {
	case n > 0:
		l.rest = l.rest[n:]
	case err == unix.EINTR:
	case err == unix.EAGAIN:
		l.stuck.Store(true)
		l.p.rouse()
	default:
		l.rest, l.last = nil, true
	}
}

// hangUp makes the poller find the end of the line, which it then closes.
func (l *line) hangUp() {
	if !l.gone {
		unix.Shutdown(l.fd, unix.SHUT_RDWR)
	}
}

// handOver lets another goroutine poll while this one runs a script.
func (l *line) handOver() {
	l.busy.Store(true)
	l.p.replace()
}

func (l *line) unsent() int    { return int(l.pending.Load()) }
func (l *line) remote() string { return l.peer }
func (l *line) local() string  { return l.at }
