package pipe

import (
	"context"
	"net"
	"sync"
)

// Listener hands out connections dialed in the same process.
type Listener struct {
	addr  Addr
	queue chan *Conn
	done  chan struct{}
	once  sync.Once
}

var _ net.Listener = (*Listener)(nil)

// Listen returns a Listener that names itself addr. The caller closes it.
func Listen(addr string) *Listener {
	return &Listener{addr: Addr(addr), queue: make(chan *Conn), done: make(chan struct{})}
}

// Accept waits for the next Dial. It fails with net.ErrClosed after Close.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.queue:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Dial connects to the listener: it waits for an Accept, for ctx to end, or
// fails with net.ErrClosed after Close.
func (l *Listener) Dial(ctx context.Context) (net.Conn, error) {
	client, server := New()
	server.local, client.remote = l.addr, l.addr
	select {
	case l.queue <- server:
		return client, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close ends Accept and Dial; connections handed out live on. Closing again
// does nothing.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr is the name given to Listen.
func (l *Listener) Addr() net.Addr { return l.addr }
