//go:build unix && !linux && !aix

package fake

import (
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// sleeper waits for descriptors by poll(2), on a thread.
type sleeper struct {
	pipe  [2]int // written to wake the one who waits
	awake atomic.Bool
	now   []unix.PollFd // what is waited for

	mu  sync.Mutex
	fds []unix.PollFd // the first is the pipe's
}

func newSleeper() (*sleeper, error) {
	s := &sleeper{}
	if err := unix.Pipe(s.pipe[:]); err != nil {
		return nil, err
	}
	for _, end := range s.pipe {
		unix.CloseOnExec(end)
		unix.SetNonblock(end, true)
	}
	s.fds = append(s.fds, unix.PollFd{Fd: int32(s.pipe[0]), Events: unix.POLLIN})
	return s, nil
}

// watch makes wait tell of events on fd, in the bits of poll(2), and of its
// hang-up and errors. known says that it is being watched already.
func (s *sleeper) watch(fd int, events int16, known bool) error {
	s.mu.Lock()
	if known {
		s.fds[s.find(fd)].Events = events
	} else {
		s.fds = append(s.fds, unix.PollFd{Fd: int32(fd), Events: events})
	}
	s.mu.Unlock()
	s.rouse()
	return nil
}

// forget ends the watch of fd, which the caller closes next.
func (s *sleeper) forget(fd int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, last := s.find(fd), len(s.fds)-1
	s.fds[i] = s.fds[last]
	s.fds = s.fds[:last]
}

func (s *sleeper) find(fd int) int {
	for i := range s.fds {
		if s.fds[i].Fd == int32(fd) {
			return i
		}
	}
	return -1
}

// wait sleeps until something has happened or rouse is called, and appends
// all that has happened to found.
func (s *sleeper) wait(found []happening) ([]happening, error) {
	s.mu.Lock()
	s.now = append(s.now[:0], s.fds...)
	s.mu.Unlock()
	if _, err := unix.Poll(s.now, -1); err == unix.EINTR {
		return found, nil
	} else if err != nil {
		return found, err
	}
	for _, fd := range s.now[1:] {
		if fd.Revents != 0 {
			found = append(found, happening{int(fd.Fd), fd.Revents})
		}
	}
	if s.now[0].Revents != 0 {
		s.awake.Store(false)
		var b [64]byte
		for n := 1; n > 0; {
			n, _ = unix.Read(s.pipe[0], b[:])
		}
	}
	return found, nil
}

// rouse ends the wait that is on, or the next.
func (s *sleeper) rouse() {
	if !s.awake.Swap(true) {
		unix.Write(s.pipe[1], []byte{0}) // a full pipe wakes as well
	}
}

// close ends the sleeper once nobody waits.
func (s *sleeper) close() {
	unix.Close(s.pipe[0])
	unix.Close(s.pipe[1])
}

// acceptFrom takes a connection that waits.
func acceptFrom(listener int) (int, unix.Sockaddr, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, from, err := unix.Accept(listener)
	if err == nil {
		unix.CloseOnExec(fd)
		err = unix.SetNonblock(fd, true)
	}
	return fd, from, err
}
