//go:build unix && !aix

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

	mu   sync.Mutex // serialises writing, and closing with it
	buf  []byte     // lent to the connection in turn with its own
	rest []byte     // of buf, not yet written
	last bool       // the connection ends behind rest
	gone bool       // fd is closed

	watch   sync.Mutex // guards the fields below
	watched int16      // what the sleeper looks for
	known   bool       // to the sleeper
	over    bool       // no longer
}

func (p *poller) newLine(fd int, peer unix.Sockaddr, at listener) *line {
	l := &line{p: p, fd: fd, peer: at.path + ":0", at: at.path + ":0"}
	if at.path == "" {
		l.peer, l.at = addrText(peer), at.at
		if l.at == "" {
			own, _ := unix.Getsockname(fd)
			l.at = addrText(own)
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

// attend tells the sleeper what the line waits for. A line that cannot be
// watched is ended.
func (l *line) attend() error {
	l.watch.Lock()
	defer l.watch.Unlock()
	events := int16(unix.POLLIN)
	if l.stuck.Load() {
		events |= unix.POLLOUT
	}
	if l.over || l.known && l.watched == events {
		return nil
	}
	if err := l.p.sleep.watch(l.fd, events, l.known); err != nil {
		unix.Shutdown(l.fd, unix.SHUT_RDWR)
		return err
	}
	l.watched, l.known = events, true
	return nil
}

// ready handles what has happened on the line.
func (l *line) ready(buf []byte, events int16) {
	if events&unix.POLLOUT != 0 {
		l.stuck.Store(false)
		l.flush()
		l.attend()
	}
	if events&(unix.POLLIN|unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) == 0 {
		return
	}
	n, err := unix.Read(l.fd, buf)
	switch {
	case n > 0:
		l.p.s.input(l.c, buf[:n])
	case err == unix.EAGAIN || err == unix.EINTR:
	default: // the client, or shutdown by one of us, has ended it
		l.close()
	}
}

// close ends the line. Only the loop that goes on calls it, and may be
// replaced meanwhile.
func (l *line) close() {
	delete(l.p.lines, l.fd)
	l.watch.Lock()
	l.over = true
	if l.known {
		l.p.sleep.forget(l.fd)
	}
	l.watch.Unlock()
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
		l.attend()
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

func (l *line) unsent() int    { return int(l.pending.Load()) }
func (l *line) remote() string { return l.peer }
func (l *line) local() string  { return l.at }
