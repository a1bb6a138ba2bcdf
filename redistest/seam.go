package redistest

import (
	"context"
	"crypto/tls"
	"net"
)

// A DialFunc opens a connection; it has the shape of redis.Options.Dialer.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// dial is the Dialer of all clients of s: the way to the endpoint, under the
// watch through which faults and traces work. Its arguments are ignored but
// for ctx, since some clients resolve and rewrite the address.
func (s *Server) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	return s.watch.tap.Wrap(s.bare)(ctx, s.end.Network, s.end.Addr)
}

// bare opens a connection with no layer in between.
func (s *Server) bare(ctx context.Context, _, _ string) (net.Conn, error) {
	return s.held.open(ctx)
}

// open opens a connection, with TLS where the server speaks it.
func (e Endpoint) open(ctx context.Context) (net.Conn, error) {
	if e.Dial != nil {
		return e.Dial(ctx, e.Network, e.Addr)
	}
	if e.TLS != nil {
		return (&tls.Dialer{Config: e.TLS}).DialContext(ctx, e.Network, e.Addr)
	}
	return (&net.Dialer{}).DialContext(ctx, e.Network, e.Addr)
}

// atEnd registers check to run first when the test ends, last one first,
// while clients, data and server are still there: guards live here. The
// context is good for the clean-up's time limit.
func (s *Server) atEnd(check func(ctx context.Context)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks = append(s.checks, check)
}

// onFailure registers section to be asked for text when the test has failed,
// in the order of registration, after the checks. Empty text is left out.
func (s *Server) onFailure(section func(ctx context.Context) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sections = append(s.sections, section)
}

// onClose registers stop to run after the client was closed and before the
// server goes, last one first: proxies end here.
func (s *Server) onClose(stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closers = append(s.closers, stop)
}
