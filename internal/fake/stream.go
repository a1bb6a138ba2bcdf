package fake

import (
	"net"
	"sync"
	"sync/atomic"
)

// stream is the link over a net.Conn: one goroutine reads; another writes,
// from the first time the connection has no room for output.
type stream struct {
	c       *conn
	nc      net.Conn
	pending atomic.Int64

	mu      sync.Mutex // serialises writing
	buf     []byte     // lent to the connection in turn with its own
	rest    []byte     // of buf, not yet written
	writing bool       // the goroutine that writes is at work
	last    bool       // the connection ends behind rest
	ended   bool       // nc is closed
}

// trier is a connection that can write as much as fits without blocking, as
// those of package pipe.
type trier interface {
	TryWrite(b []byte) (int, error)
}

// serveStream starts serving nc. The server's lock is held.
func (s *Server) serveStream(nc net.Conn) {
	l := &stream{nc: nc}
	l.c = s.connect(l)
	s.wg.Go(l.read) // ends when nc is closed; awaited by Close
}

func (l *stream) read() {
	buf := make([]byte, 16<<10)
	for {
		n, err := l.nc.Read(buf)
		if n > 0 {
			l.c.s.input(l.c, buf[:n])
		}
		if err != nil {
			break
		}
	}
	l.nc.Close()
	s := l.c.s
	s.mu.Lock()
	s.forget(l.c)
	s.settle()
	s.release()
}

// flush writes what fits, and leaves the rest to a goroutine.
func (l *stream) flush() {
	if l.c.drop.Load() {
		l.nc.Close() // also ends a write that blocks
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.writing || l.ended {
		return // what is there now is taken by the goroutine when it is done
	}
	if !l.take() {
		return
	}
	if t, ok := l.nc.(trier); ok {
		n, err := t.TryWrite(l.rest)
		l.wrote(n)
		if len(l.rest) == 0 || err != nil {
			l.finish(err)
			return
		}
	}
	l.writing = true
	l.c.s.wg.Go(l.write) // ends with the output or nc; awaited by Close
}

// take fetches output from the connection and reports whether there is any;
// it closes nc after the last.
func (l *stream) take() bool {
	var last bool
	l.buf, last = l.c.takeOutput(l.buf)
	l.rest = l.buf
	l.pending.Store(int64(len(l.rest)))
	l.last = last
	if len(l.rest) == 0 {
		l.finish(nil)
	}
	return len(l.rest) > 0
}

func (l *stream) wrote(n int) {
	l.rest = l.rest[n:]
	l.pending.Store(int64(len(l.rest)))
}

// finish closes nc if all output is written and was the last, or writing it
// failed. The reading goroutine then ends.
func (l *stream) finish(err error) {
	if err != nil || l.last && len(l.rest) == 0 {
		l.ended = true
		l.nc.Close()
	}
}

// write is the goroutine that may block.
func (l *stream) write() {
	for {
		n, err := l.nc.Write(l.rest)
		l.mu.Lock()
		l.wrote(n)
		l.finish(err)
		if l.ended || !l.take() {
			l.writing = false
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
	}
}

func (l *stream) unsent() int    { return int(l.pending.Load()) }
func (l *stream) remote() string { return l.nc.RemoteAddr().String() }
func (l *stream) local() string  { return l.nc.LocalAddr().String() }
