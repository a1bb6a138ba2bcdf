package pipe

import (
	"io"
	"os"
	"sync"
	"time"
)

// stream is one direction of a connection.
type stream struct {
	mu             sync.Mutex
	changed        *sync.Cond // bytes, room, an end or a deadline
	buf            []byte
	off            int   // bytes of buf already read
	rerr, werr     error // why reads (once drained) and writes fail
	reader, writer deadline
}

func newStream() *stream {
	s := &stream{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *stream) read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.rerr == io.ErrClosedPipe:
			return 0, s.rerr
		case s.reader.passed:
			return 0, os.ErrDeadlineExceeded
		case len(b) == 0:
			return 0, nil
		case s.off < len(s.buf):
			return s.take(b), nil
		case s.rerr != nil:
			return 0, s.rerr
		}
		s.changed.Wait()
	}
}

// take moves buffered bytes to b. The buffer is kept for the next write
// unless it has grown large.
func (s *stream) take(b []byte) int {
	full := len(s.buf)-s.off >= Size
	n := copy(b, s.buf[s.off:])
	s.off += n
	if s.off == len(s.buf) {
		s.off, s.buf = 0, s.buf[:0]
		if cap(s.buf) > 64<<10 {
			s.buf = nil
		}
	}
	if full {
		s.changed.Broadcast()
	}
	return n
}

func (s *stream) write(b []byte, wait bool) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	written := 0
	for {
		switch {
		case s.werr != nil:
			return written, s.werr
		case s.writer.passed:
			return written, os.ErrDeadlineExceeded
		}
		n := min(len(b), Size-(len(s.buf)-s.off))
		if n > 0 {
			s.push(b[:n])
			written, b = written+n, b[n:]
		}
		if len(b) == 0 || !wait {
			return written, nil
		}
		s.changed.Wait()
	}
}

func (s *stream) push(b []byte) {
	if s.off > 0 && s.off >= len(s.buf)/2 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.off:])]
		s.off = 0
	}
	s.buf = append(s.buf, b...)
	s.changed.Broadcast()
}

// close ends the stream: reads fail with rerr, writes with io.ErrClosedPipe.
// The side that reads drops what it has not read.
func (s *stream) close(rerr error, drop bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rerr == nil || drop {
		s.rerr = rerr
	}
	s.werr = io.ErrClosedPipe
	if drop {
		s.buf, s.off = nil, 0
	}
	s.reader.stop()
	s.writer.stop()
	s.changed.Broadcast()
}

// deadline is one of the two deadlines of a stream, guarded by its lock.
type deadline struct {
	timer  *time.Timer
	passed bool
	epoch  int // counts changes, so that a timer already running is ignored
}

func (d *deadline) stop() {
	d.epoch++
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

func (d *deadline) set(s *stream, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.stop()
	d.passed = false
	if t.IsZero() {
		return
	}
	wait := time.Until(t)
	if wait <= 0 {
		d.passed = true
		s.changed.Broadcast()
		return
	}
	epoch := d.epoch
	d.timer = time.AfterFunc(wait, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if d.epoch == epoch {
			d.passed = true
			s.changed.Broadcast()
		}
	})
}
