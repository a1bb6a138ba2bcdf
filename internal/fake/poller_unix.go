//go:build unix

package fake

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// poller serves listeners of the operating system, and the connections made
// to them, from one goroutine: it waits for all of them in one poll(2), reads
// what has come, oldest connection first, and runs it. So what one client
// sends before another connects is run before it, as in Redis; a goroutine
// for each connection would leave that to the scheduler.
type poller struct {
	s      *Server
	wake   [2]int // a pipe: the loop reads from the first
	awake  atomic.Bool
	stop   atomic.Bool
	lines  []*line // in the order of their making; the loop's own
	fds    []unix.PollFd
	buf    []byte
	turn   int // counts loops: a script past its time limit starts another
	mu     sync.Mutex
	listen []listening
	fresh  []listening // not yet seen by the loop
	closed bool        // wake is closed
}

type listening struct {
	fd   int
	path string // of a unix socket
}

// pollListener takes ln over if it is a listener of the operating system.
func (s *Server) pollListener(ln net.Listener) (bool, error) {
	switch ln.(type) {
	case *net.TCPListener, *net.UnixListener:
	default:
		return false, nil
	}
	fd, err := dup(ln.(syscall.Conn))
	if err != nil {
		ln.Close()
		return true, err
	}
	if s.poller == nil {
		p := &poller{s: s, buf: make([]byte, 64<<10)}
		if err := unix.Pipe(p.wake[:]); err != nil {
			unix.Close(fd)
			ln.Close()
			return true, err
		}
		for _, end := range p.wake {
			unix.CloseOnExec(end)
			unix.SetNonblock(end, true)
		}
		s.poller = p
		s.wg.Go(func() { p.loop(0) }) // stopped by stopPoller, awaited by Close
	}
	s.closers = append(s.closers, func() { ln.Close() })
	s.poller.mu.Lock()
	s.poller.fresh = append(s.poller.fresh, listening{fd: fd, path: unixPath(ln.Addr())})
	s.poller.mu.Unlock()
	s.poller.rouse()
	return true, nil
}

func unixPath(a net.Addr) string {
	if a.Network() == "unix" {
		return a.String()
	}
	return ""
}

// dup gives the poller a descriptor of its own, that it alone closes.
func dup(c syscall.Conn) (int, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	fd, dupErr := 0, error(nil)
	err = raw.Control(func(of uintptr) {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		if fd, dupErr = unix.Dup(int(of)); dupErr == nil {
			unix.CloseOnExec(fd)
		}
	})
	return fd, errors.Join(err, dupErr)
}

func (s *Server) stopPoller() {
	if s.poller != nil {
		s.poller.stop.Store(true)
		s.poller.rouse()
	}
}

// rouse makes the loop look at what it waits for anew.
func (p *poller) rouse() {
	if p.awake.Swap(true) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		unix.Write(p.wake[1], []byte{0}) // a full pipe wakes as well
	}
}

// loop is the goroutine of the poller. It ends when the server stops, or when
// another loop has been started in its place.
func (p *poller) loop(turn int) {
	for !p.stop.Load() {
		p.prepare()
		if _, err := unix.Poll(p.fds, -1); err != nil && err != unix.EINTR {
			break
		}
		if !p.serve(turn) {
			return
		}
	}
	p.close()
}

// prepare lists what to wait for: the pipe, the listeners, the connections.
func (p *poller) prepare() {
	p.mu.Lock()
	p.listen, p.fresh = append(p.listen, p.fresh...), nil
	p.mu.Unlock()
	p.fds = append(p.fds[:0], unix.PollFd{Fd: int32(p.wake[0]), Events: unix.POLLIN})
	for _, l := range p.listen {
		p.fds = append(p.fds, unix.PollFd{Fd: int32(l.fd), Events: unix.POLLIN})
	}
	kept := p.lines[:0]
	for _, l := range p.lines {
		if l.closed {
			continue
		}
		kept = append(kept, l)
		p.fds = append(p.fds, unix.PollFd{Fd: int32(l.fd), Events: l.interest()})
	}
	clear(p.lines[len(kept):])
	p.lines = kept
}

// serve handles what poll found. It returns false if this loop has been
// replaced meanwhile.
func (p *poller) serve(turn int) bool {
	if p.fds[0].Revents != 0 {
		p.awake.Store(false)
		for n := 1; n > 0; {
			n, _ = unix.Read(p.wake[0], p.buf)
		}
	}
	conns := p.fds[1+len(p.listen):]
	lines := p.lines
	for i := range conns {
		if conns[i].Revents == 0 {
			continue
		}
		lines[i].ready(p, conns[i].Revents)
		if p.replaced(turn) {
			return false
		}
	}
	for i, l := range p.listen {
		if p.fds[1+i].Revents != 0 {
			p.accept(l)
		}
	}
	return true
}

// replaced reports whether another loop than turn is the poller's now.
func (p *poller) replaced(turn int) bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.turn != turn
}

// accept takes all connections that wait.
func (p *poller) accept(l listening) {
	for {
		syscall.ForkLock.RLock()
		fd, from, err := unix.Accept(l.fd)
		if err == nil {
			unix.CloseOnExec(fd)
		}
		syscall.ForkLock.RUnlock()
		if err == unix.EINTR || err == unix.ECONNABORTED {
			continue
		}
		if err != nil {
			return
		}
		unix.SetNonblock(fd, true)
		if l.path == "" {
			unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		}
		p.lines = append(p.lines, p.newLine(fd, from, l.path))
	}
}

// replace starts another loop, because the caller's is busy with a script. The
// server's lock is held.
func (p *poller) replace() {
	p.turn++
	turn := p.turn
	p.buf = make([]byte, 64<<10)
	p.fds = nil
	p.lines = append([]*line(nil), p.lines...)
	p.s.wg.Go(func() { p.loop(turn) }) // as the loop it replaces
}

// close ends everything the poller holds.
func (p *poller) close() {
	for _, l := range p.lines {
		l.close()
	}
	for _, l := range append(p.listen, p.fresh...) {
		unix.Close(l.fd)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	unix.Close(p.wake[0])
	unix.Close(p.wake[1])
}
