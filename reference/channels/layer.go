package channels

import (
	"context"
	"errors"
)

// A Message is what a channel carries: plain data under text keys. One key is
// reserved, "__asgi_channel__". By convention "type" says which handler of a
// Django consumer is called.
type Message = map[string]any

// A Layer sends messages to channels and groups. Names are at most 99 ASCII
// letters, digits, hyphens, underscores and periods; a channel name may hold
// one exclamation mark, not in front.
//
// Implementations are safe for concurrent use. A message that was sent is not
// shared: what the sender changes afterwards nobody sees, and each receiver
// has a copy of its own.
type Layer interface {
	// Send puts a message on a channel. The error wraps ErrFull when the
	// channel has as many messages as its capacity; nothing is written then.
	Send(ctx context.Context, channel string, msg Message) error
	// Receive waits for the next message of a channel. A context that ends
	// while it waits loses no message: the next Receive gets it.
	Receive(ctx context.Context, channel string) (Message, error)
	// NewChannel returns a name that nobody else has, to be read by this
	// layer alone; prefix "" means the original's default.
	NewChannel(ctx context.Context, prefix string) (string, error)
	// GroupAdd makes a channel a member of a group, or refreshes it.
	GroupAdd(ctx context.Context, group, channel string) error
	// GroupDiscard ends a membership; it is no error if there was none.
	GroupDiscard(ctx context.Context, group, channel string) error
	// GroupSend sends a message to every member. Members that are full are
	// passed over, and a group without members is no error.
	GroupSend(ctx context.Context, group string, msg Message) error
	// Flush forgets all messages and groups.
	Flush(ctx context.Context) error
	// Close ends waiting receivers with ErrClosed and returns when nothing
	// of the layer runs any more. Redis clients stay open: they are the
	// caller's.
	Close() error
}

var (
	// ErrFull: the channel is at its capacity.
	ErrFull = errors.New("channel is full")
	// ErrName: a channel or group has a name that is not allowed.
	ErrName = errors.New("invalid name")
	// ErrMessage: the message holds what cannot be sent.
	ErrMessage = errors.New("invalid message")
	// ErrForeign: the channel is local to another layer.
	ErrForeign = errors.New("channel belongs to another layer")
	// ErrCorrupt: a message was received that cannot be read. It is gone.
	ErrCorrupt = errors.New("unreadable message")
	// ErrClosed: the layer has been closed.
	ErrClosed = errors.New("channel layer is closed")
)
