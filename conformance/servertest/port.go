package servertest

import "context"

// A Server is what is judged: a way to reach an empty database of it. Its
// methods are safe for concurrent use.
type Server interface {
	// Dial opens a connection of its own: authenticated, on the database that
	// is judged, speaking RESP2, with nothing sent to it but that. The caller
	// closes it.
	Dial(ctx context.Context) (Conn, error)
}

// A Conn is one connection. It is not safe for concurrent use, but one
// goroutine may send while another receives.
type Conn interface {
	// Send writes one command and does not wait for its reply.
	Send(ctx context.Context, args ...string) error
	// Receive returns what the server sends next, a reply or a message: a
	// string, an int64, nil, a []any of these, or an [Error]. Maps of RESP3
	// are lists of keys and values. The error is that of the connection.
	Receive(ctx context.Context) (any, error)
	Close() error
}

// An Error is an error reply, as in "WRONGTYPE Operation against a key…".
type Error string

// Error is the text of the reply.
func (e Error) Error() string { return string(e) }
