package main

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
)

// A proxy stands between clients and the server and breaks connections: it
// cuts them, and it swallows a reply whose command the server has executed.
type proxy struct {
	listener net.Listener
	server   string
	chance   float64 // that a chunk of requests meets a fault

	mu    sync.Mutex
	rng   *rand.Rand
	conns map[net.Conn]bool
	all   sync.WaitGroup // goroutines; end with their connections, and with the listener

	cuts, lost atomic.Int64
	calm       atomic.Bool // no faults any more
	shut       atomic.Bool // nobody gets through: the server is not ready yet
}

func openProxy(server string, chance float64, rng *rand.Rand) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: l, server: server, chance: chance, rng: rng, conns: map[net.Conn]bool{}}
	p.all.Go(p.serve)
	return p, nil
}

func (p *proxy) addr() string { return p.listener.Addr().String() }

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		var server net.Conn
		if err = net.ErrClosed; !p.shut.Load() {
			server, err = net.Dial("tcp", p.server)
		}
		if err != nil { // as refused
			_ = client.Close()
			continue
		}
		swallow := &atomic.Bool{}
		p.keep(client, server)
		p.all.Go(func() { p.requests(client, server, swallow) })
		p.all.Go(func() { p.replies(client, server, swallow) })
	}
}

func (p *proxy) keep(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
}

func (p *proxy) drop(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
		delete(p.conns, c)
	}
}

// requests passes requests on until one meets a fault: it is lost on its way,
// or its reply is.
func (p *proxy) requests(client, server net.Conn, swallow *atomic.Bool) {
	defer p.drop(client, server)
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		if !p.calm.Load() {
			switch r := p.draw(); {
			case r < p.chance/2:
				p.cuts.Add(1)
				return
			case r < p.chance:
				swallow.Store(true)
			}
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// replies passes replies back, unless one is to be swallowed.
func (p *proxy) replies(client, server net.Conn, swallow *atomic.Bool) {
	defer p.drop(client, server)
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		if n > 0 && swallow.Load() {
			p.lost.Add(1)
			return
		}
		if n > 0 {
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *proxy) draw() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rng.Float64()
}

// close ends the proxy and waits for its goroutines.
func (p *proxy) close() error {
	err := p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.all.Wait()
	if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
