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
