package redistest

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"sync"
)

// A greeting is what a client says first on a lent connection: HELLO 3, and
// SELECT of the database of its lease. The reply to the former is known, since
// the connection has said HELLO when it was given back; so is that to the
// latter, OK, so the SELECT waits for the client's first command and goes out
// with it. That spares two round trips of five. Before the first words of a
// client that begins in another way, the HELLO is taken back.
type greeting struct {
	hello []byte // the reply to HELLO 3
	db    int

	mu    sync.Mutex
	stage stage
	reads int    // calls that wait for the server: a known reply could not reach them
	ready []byte // replies that the client has not read yet
	held  []byte // what goes out before the client's next words
	skip  []byte // what will be replied to that, which the client must not see
}

type stage int

const (
	silent   stage = iota // nothing was said
	greeted               // HELLO 3
	selected              // SELECT
	begun                 // the rest is the client's and the server's
)

var (
	hello3   = []byte("*2\r\n$5\r\nhello\r\n$1\r\n3\r\n")
	helloAny = []byte("\r\n$5\r\nhello\r\n$1\r\n") // with a version, whatever comes then
)

// write takes what a client says, or passes it on.
func (g *greeting) write(conn net.Conn, p []byte) (int, error) {
	g.mu.Lock()
	taken := g.take(p)
	first := g.held
	if !taken {
		g.held = nil
	}
	g.mu.Unlock()
	if taken {
		return len(p), nil
	}
	if len(first) == 0 {
		return conn.Write(p)
	}
	n, err := conn.Write(append(first, p...))
	return max(n-len(first), 0), err
}

// take reports whether p is answered without the server, and prepares what
// goes out before it if not; the caller holds g.mu.
func (g *greeting) take(p []byte) bool {
	was := g.stage
	switch {
	case was == begun:
		return false
	case was == silent && !bytes.Contains(bytes.ToLower(p[:min(len(p), 24)]), helloAny):
		g.held, g.skip = []byte("RESET\r\n"), []byte("+RESET\r\n")
	case g.reads > 0:
	case was == silent && bytes.Equal(p, hello3):
		g.stage, g.ready = greeted, append(g.ready, g.hello...)
		return true
	case was == greeted && bytes.Equal(p, appendRequest(nil, []string{"select", strconv.Itoa(g.db)})):
		g.stage, g.ready = selected, append(g.ready, "+OK\r\n"...)
		g.held, g.skip = bytes.Clone(p), []byte("+OK\r\n")
		return true
	}
	g.stage = begun
	return false
}

// read hands out replies: those that are known, then the server's, but for the
// one to skip.
func (g *greeting) read(conn net.Conn, p []byte) (int, error) {
	g.mu.Lock()
	if len(g.ready) > 0 {
		defer g.mu.Unlock()
		n := copy(p, g.ready)
		g.ready = g.ready[n:]
		return n, nil
	}
	g.reads++
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.reads--
	}()
	for {
		n, err := conn.Read(p)
		g.mu.Lock()
		less := min(n, len(g.skip))
		as := bytes.Equal(p[:less], g.skip[:less])
		g.skip = g.skip[less:]
		g.mu.Unlock()
		if !as {
			return 0, fmt.Errorf("begin on database %d: the server answered %q", g.db, p[:n])
		}
		if n = copy(p, p[less:n]); n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
}
