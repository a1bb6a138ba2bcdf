package fake

import (
	"errors"
	"os"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// sleeper waits for descriptors without keeping a thread: it is an epoll(7) of
// its own that the runtime waits for as for any socket, so a goroutine sleeps
// in it as in a Read. A thread blocked in the kernel would have to be woken,
// and its processor with it, for each request of a client in this process.
// Descriptors stay ready until all they have was taken.
type sleeper struct {
	fd     int
	file   *os.File
	raw    syscall.RawConn
	look   func(uintptr) bool
	events []unix.EpollEvent // what look found
	err    error             // why it found nothing
}

func newSleeper() (*sleeper, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFL, unix.O_NONBLOCK); err != nil { // else NewFile keeps it from the runtime
		unix.Close(fd)
		return nil, err
	}
	s := &sleeper{fd: fd, file: os.NewFile(uintptr(fd), "epoll"), events: make([]unix.EpollEvent, 16)}
	s.look = s.poll
	if s.raw, err = s.file.SyscallConn(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// watch makes wait tell of events on fd, in the bits of poll(2), and of its
// hang-up and errors. known says that it is being watched already.
func (s *sleeper) watch(fd int, events int16, known bool) error {
	op := unix.EPOLL_CTL_ADD
	if known {
		op = unix.EPOLL_CTL_MOD
	}
	return unix.EpollCtl(s.fd, op, fd, &unix.EpollEvent{Fd: int32(fd), Events: uint32(events)}) // the bits are the same
}

// forget ends the watch of fd, which the caller closes next.
func (s *sleeper) forget(fd int) { _ = unix.EpollCtl(s.fd, unix.EPOLL_CTL_DEL, fd, nil) }

// wait sleeps until something has happened or rouse is called, and appends
// all that has happened to found.
func (s *sleeper) wait(found []happening) ([]happening, error) {
	err := s.raw.Read(s.look)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return found, s.file.SetReadDeadline(time.Time{})
	}
	if err = errors.Join(err, s.err); err != nil {
		return found, err
	}
	for _, e := range s.events {
		found = append(found, happening{int(e.Fd), int16(e.Events)})
	}
	return found, nil
}

// poll looks at what has happened, and reports whether there is anything.
func (s *sleeper) poll(uintptr) bool {
	for {
		all := s.events[:cap(s.events)]
		n, err := unix.EpollWait(s.fd, all, 0)
		switch {
		case err == unix.EINTR:
		case err == nil && n == len(all): // there may be more, and it counts who was first
			s.events = slices.Grow(all, 1)
		default:
			s.events, s.err = all[:max(n, 0)], err
			return n != 0
		}
	}
}

// rouse ends the wait that is on, or the next.
func (s *sleeper) rouse() { _ = s.file.SetReadDeadline(time.Unix(1, 0)) } // it fails only when closed

// close ends the sleeper once nobody waits.
func (s *sleeper) close() { _ = s.file.Close() }

// acceptFrom takes a connection that waits.
func acceptFrom(listener int) (int, unix.Sockaddr, error) {
	return unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
}
