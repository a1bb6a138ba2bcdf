package redistest

import (
	"bytes"
	"context"
	"crypto/rand"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// idleConns is how many connections wait for the next test.
	idleConns = 64
	// resetLimit is how long a connection may take to become clean; it takes
	// one round trip unless the server is busy.
	resetLimit = 20 * time.Millisecond
	// resetBytes is how much unread data may be thrown away on the way.
	resetBytes = 1 << 20
)

// conns lends connections to a server that many tests use one after another.
// Opening one costs about ten round trips, so one that a client closes is
// made as new by RESET (Redis 6.2) and lent to the next client. With RESET goes
// the HELLO by which most clients begin, so that theirs costs no round trip
// (see greeting). One that does not answer as expected is closed, and nobody is
// the wiser.
type conns struct {
	end Endpoint
	off atomic.Bool // the server knows no RESET, or asks for credentials after it
	on  atomic.Bool // the server has shown that it knows RESET

	mu   sync.Mutex
	idle []resetting
}

// A resetting connection was sent RESET, HELLO 3, and then PING with a mark, so
// that the end of the answer can be told from whatever was unread before.
type resetting struct {
	net.Conn
	mark string
}

func newConns(end Endpoint) *conns {
	c := &conns{end: end}
	c.off.Store(end.Password != "" || end.TLS != nil || end.Dial != nil)
	return c
}

// open returns a connection in the state of a new one, for clients that most
// often want database db.
func (c *conns) open(ctx context.Context, db int) (net.Conn, error) {
	for r, ok := c.pop(); ok; r, ok = c.pop() {
		if hello := c.clean(r); hello != nil {
			return &pooledConn{Conn: r.Conn, of: c, begin: &greeting{hello: hello, db: db}}, nil
		}
		_ = r.Close()
	}
	conn, err := c.end.open(ctx)
	if err != nil || c.off.Load() {
		return conn, err
	}
	return &pooledConn{Conn: conn, of: c}, nil
}

func (c *conns) pop() (resetting, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.idle)
	if n == 0 {
		return resetting{}, false
	}
	r := c.idle[n-1]
	c.idle = c.idle[:n-1]
	return r, true
}

// put sends RESET and keeps the connection for the next test, if there is
// room. The answer is read then.
func (c *conns) put(conn net.Conn) bool {
	r := resetting{conn, rand.Text()}
	if conn.SetDeadline(time.Now().Add(resetLimit)) != nil {
		return false
	}
	if _, err := conn.Write([]byte(anew + "PING " + r.mark + "\r\n")); err != nil {
		return false
	}
	if !c.on.Load() {
		// An old server would leave the connection where it was meanwhile:
		// in the database of a test that has ended.
		if c.clean(r) == nil {
			return false
		}
		c.on.Store(true)
		return c.put(conn)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.idle) >= idleConns {
		return false
	}
	c.idle = append(c.idle, r)
	return true
}

// anew makes a connection as new, and has it say HELLO.
const anew = "RESET\r\nHELLO 3\r\n"

// clean reads the answer to anew, and returns the reply to HELLO, nil if
// something is wrong. After it no transaction, subscription, tracking, name or
// user is left, and nothing of an earlier reply.
func (c *conns) clean(r resetting) []byte {
	if r.SetDeadline(time.Now().Add(resetLimit)) != nil {
		return nil
	}
	end := []byte("$26\r\n" + r.mark + "\r\n")
	buf := make([]byte, 0, 512)
	for !bytes.HasSuffix(buf, end) {
		if len(buf) == cap(buf) {
			if cap(buf) >= resetBytes {
				return nil
			}
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		if buf = buf[:len(buf)+n]; err != nil {
			return nil
		}
	}
	buf = buf[:len(buf)-len(end)]
	done := []byte("+RESET\r\n")
	i := bytes.LastIndex(buf, done)
	if i < 0 {
		c.off.Store(true) // before Redis 6.2
		return nil
	}
	hello := buf[i+len(done):]
	if len(hello) == 0 || hello[0] != '%' || r.SetDeadline(time.Time{}) != nil {
		return nil
	}
	return hello
}
