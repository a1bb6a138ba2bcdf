// Package pipe is an in-memory network: connections with a buffer in each
// direction, and a listener that hands them out.
//
// It differs from [net.Pipe] in the buffer. Over net.Pipe a client that
// writes a long pipeline and a server that answers each command block each
// other for good; here a Write returns once its bytes are buffered. Nothing
// touches the network, so both ends work inside a testing/synctest bubble,
// where deadlines follow the clock of the bubble. Both ends must be made in
// the bubble that uses them.
package pipe

import (
	"io"
	"net"
	"time"
)

// Size is the number of bytes each direction buffers before Write blocks.
const Size = 4 << 20

// Conn is one end of a connection. All methods are safe for concurrent use;
// Close unblocks the others.
type Conn struct {
	in, out       *stream
	local, remote Addr
}

var _ net.Conn = (*Conn)(nil)

// New returns the two ends of a connection. Bytes buffered when one end is
// closed can still be read at the other, which then gets io.EOF.
func New() (*Conn, *Conn) {
	a, b := newStream(), newStream()
	return &Conn{in: a, out: b, local: "client", remote: "server"},
		&Conn{in: b, out: a, local: "server", remote: "client"}
}

// Read blocks until there are bytes, the other end is closed (io.EOF), this
// end is closed (io.ErrClosedPipe) or the deadline has passed
// (os.ErrDeadlineExceeded).
func (c *Conn) Read(b []byte) (int, error) { return c.in.read(b) }

// Write blocks while the buffer is full. It fails with io.ErrClosedPipe when
// either end is closed and os.ErrDeadlineExceeded after the deadline; what it
// had buffered by then is delivered.
func (c *Conn) Write(b []byte) (int, error) { return c.out.write(b, true) }

// TryWrite buffers as much of b as there is room for and never blocks.
func (c *Conn) TryWrite(b []byte) (int, error) { return c.out.write(b, false) }

// Close ends both directions. Closing again does nothing.
func (c *Conn) Close() error {
	c.in.close(io.ErrClosedPipe, true)
	c.out.close(io.EOF, false)
	return nil
}

// LocalAddr is an [Addr].
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is an [Addr].
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline bounds reads and writes, present and future. Zero means none.
func (c *Conn) SetDeadline(t time.Time) error {
	c.in.reader.set(c.in, t)
	c.out.writer.set(c.out, t)
	return nil
}

// SetReadDeadline bounds reads alone.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.in.reader.set(c.in, t)
	return nil
}

// SetWriteDeadline bounds writes alone.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.out.writer.set(c.out, t)
	return nil
}

// Addr names an end of a connection or a listener.
type Addr string

// Network is "pipe".
func (Addr) Network() string { return "pipe" }

// String is the name.
func (a Addr) String() string { return string(a) }
