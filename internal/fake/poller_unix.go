//go:build unix && !aix

package fake

import (
	"cmp"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// poller serves listeners of the operating system, and the connections made
// to them, from one goroutine: it waits for all of them at once, reads what
// has come, oldest connection first, and runs it. So what one client sends
// before another connects is run before it, as in Redis; a goroutine for each
// connection would leave that to the scheduler.
type poller struct {
	s     *Server
	sleep *sleeper
	stop  atomic.Bool
	lines map[int]*line // by descriptor; the loop's own
	loop  *loop         // the one that goes on; guarded by the server's lock

	mu     sync.Mutex
	listen map[int]listener // by descriptor
	closed bool
}

type listener struct {
	path string // of a unix socket
	at   string // the address of its connections, if it is the same for all
}

// A loop is one goroutine's work for the poller.
type loop struct {
	*poller
	found []happening
	due   []duty
	buf   []byte
	busy  atomic.Bool // with what has come
}

// A happening is what a sleeper tells of a descriptor, in the bits of poll(2).
type happening struct {
	fd     int
	events int16
}

// A duty is a happening on a line or, without one, on a listener.
type duty struct {
	happening
	line *line
}

// pollListener takes ln over if it is a listener of the operating system.
func (s *Server) pollListener(ln net.Listener) (bool, error) {
	switch ln.(type) {
	case *net.TCPListener, *net.UnixListener:
	default:
		return false, nil
	}
	err := s.startPoller()
	if err == nil {
		err = s.poller.serve(ln)
	}
	if err != nil {
		ln.Close()
		return true, err
	}
	s.closers = append(s.closers, func() { ln.Close() })
	return true, nil
}

func (s *Server) startPoller() error {
	if s.poller != nil {
		return nil
	}
	sleep, err := newSleeper()
	if err != nil {
		return err
	}
	s.poller = &poller{s: s, sleep: sleep, lines: map[int]*line{}, listen: map[int]listener{}}
	s.poller.goOn()
	return nil
}

// goOn starts the loop that goes on from now. The server's lock is held.
func (p *poller) goOn() {
	p.loop = &loop{poller: p, buf: make([]byte, 64<<10)}
	p.s.wg.Go(p.loop.run) // stopped by stopPoller, awaited by Close
}

// standIn is called, under the lock, by a script that runs so long that others
// must be served meanwhile: if it may keep the poller's loop, another goes on.
func (s *Server) standIn() {
	if p := s.poller; p != nil && p.loop.busy.Load() {
		p.goOn()
	}
}

func (s *Server) stopPoller() {
	if p := s.poller; p != nil {
		p.stop.Store(true)
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.closed {
			p.sleep.rouse()
		}
	}
}

// serve makes the loop accept from ln.
func (p *poller) serve(ln net.Listener) error {
	fd, err := dup(ln.(syscall.Conn))
	if err != nil {
		return err
	}
	var l listener
	switch at := ln.Addr().(type) {
	case *net.UnixAddr:
		l.path = at.Name
	case *net.TCPAddr:
		if !at.IP.IsUnspecified() {
			l.at = at.String()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		err = ErrClosed
	} else {
		err = p.sleep.watch(fd, unix.POLLIN, false)
	}
	if err != nil {
		unix.Close(fd)
		return err
	}
	p.listen[fd] = l
	return nil
}

// dup gives the poller a descriptor of its own, that it alone closes.
func dup(c syscall.Conn) (int, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	fd, dupErr := 0, error(nil)
	err = raw.Control(func(of uintptr) { fd, dupErr = unix.FcntlInt(of, unix.F_DUPFD_CLOEXEC, 0) })
	return fd, errors.Join(err, dupErr)
}

// run ends when the server stops, or when another loop goes on in place of l.
func (l *loop) run() {
	for !l.stop.Load() {
		var err error
		if l.found, err = l.sleep.wait(l.found[:0]); err != nil {
			break
		}
		l.sort()
		for _, d := range l.due {
			if d.line == nil {
				l.accept(d.fd)
				continue
			}
			l.busy.Store(true)
			d.line.ready(l.buf, d.events)
			l.busy.Store(false)
			if l.replaced() {
				return
			}
		}
	}
	l.close()
}

// sort puts what has happened in the order it is seen to: lines by age, then
// listeners.
func (l *loop) sort() {
	l.due = l.due[:0]
	for _, h := range l.found {
		l.due = append(l.due, duty{h, l.lines[h.fd]})
	}
	slices.SortFunc(l.due, func(a, b duty) int {
		switch {
		case a.line != nil && b.line != nil:
			return cmp.Compare(a.line.c.id, b.line.c.id)
		case a.line != nil:
			return -1
		case b.line != nil:
			return 1
		}
		return cmp.Compare(a.fd, b.fd)
	})
}

// replaced reports whether another loop goes on.
func (l *loop) replaced() bool {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	return l.loop != l
}

// accept takes all connections that wait.
func (p *poller) accept(from int) {
	p.mu.Lock()
	at, ok := p.listen[from]
	p.mu.Unlock()
	for ok {
		fd, peer, err := acceptFrom(from)
		if err == unix.EINTR || err == unix.ECONNABORTED {
			continue
		}
		if err != nil {
			return
		}
		if at.path == "" {
			unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		}
		l := p.newLine(fd, peer, at)
		p.lines[fd] = l
		if l.attend() != nil {
			l.close()
		}
	}
}

// close ends everything the poller holds.
func (p *poller) close() {
	for _, l := range p.lines {
		l.close()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for fd := range p.listen {
		p.sleep.forget(fd)
		unix.Close(fd)
	}
	p.closed = true
	p.sleep.close()
}
