package redistest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
)

// A relay is a loopback port that leads to a server through the watch of its
// test, for clients that dial themselves.
type relay struct {
	listener net.Listener
	dial     DialFunc
	work     sync.WaitGroup
	cancel   context.CancelFunc

	mu   sync.Mutex
	open map[net.Conn]struct{} // nil once closed
}

// newRelay opens the port, with TLS if secure is not nil. The caller closes
// the relay.
func newRelay(dial DialFunc, secure *tls.Config) (*relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &relay{listener: l, dial: dial, cancel: cancel, open: map[net.Conn]struct{}{}}
	r.work.Go(func() { r.accept(ctx) }) // ends when close closes the listener, and is awaited there
	return r, nil
}

func (r *relay) addr() string { return r.listener.Addr().String() }

func (r *relay) accept(ctx context.Context) {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		if !r.keep(client) {
			return
		}
		r.work.Go(func() { r.serve(ctx, client) }) // ends with client, which close closes
	}
}

// serve carries one connection until either side ends.
func (r *relay) serve(ctx context.Context, client net.Conn) {
	defer r.drop(client)
	server, err := r.dial(ctx, "tcp", "")
	if err != nil {
		reset(client)
		return
	}
	if !r.keep(server) {
		return
	}
	defer r.drop(server)
	r.work.Go(func() {
		_, _ = io.Copy(server, client) // its end is told to the server by closing
		_ = server.Close()
	})
	if _, err := io.Copy(client, server); err != nil && !errors.Is(err, net.ErrClosed) {
		reset(client) // what broke here must not look like an orderly end there
	}
}

// reset makes the client see a reset instead of an end.
func reset(client net.Conn) {
	inner := client
	if secure, ok := client.(*tls.Conn); ok {
		inner = secure.NetConn() // the client shall see no orderly end of TLS either
	}
	if tcp, ok := inner.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = inner.Close()
}

func (r *relay) keep(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open == nil {
		_ = c.Close()
		return false
	}
	r.open[c] = struct{}{}
	return true
}

func (r *relay) drop(c net.Conn) {
	_ = c.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, c)
}

// close ends all connections and waits for them.
func (r *relay) close() {
	r.cancel()
	_ = r.listener.Close()
	r.mu.Lock()
	open := r.open
	r.open = nil
	r.mu.Unlock()
	for c := range open {
		_ = c.Close()
	}
	r.work.Wait()
}
