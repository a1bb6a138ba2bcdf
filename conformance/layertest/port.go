package layertest

import (
	"context"
	"errors"
	"time"
)

// A Message is plain data under text keys: nil, bool, int64, float64, string,
// []byte, []any, map[string]any.
type Message = map[string]any

// A Layer is what is judged: the channel layer of one process. Its methods
// are safe for concurrent use.
type Layer interface {
	// Limits are those of the layer, for every channel.
	Limits() Limits
	Send(ctx context.Context, channel string, msg Message) error
	// Receive waits for a message until ctx ends.
	Receive(ctx context.Context, channel string) (Message, error)
	// NewChannel returns a name of the layer's own.
	NewChannel(ctx context.Context) (string, error)
	GroupAdd(ctx context.Context, group, channel string) error
	GroupDiscard(ctx context.Context, group, channel string) error
	GroupSend(ctx context.Context, group string, msg Message) error
	Flush(ctx context.Context) error
}

// Limits are the limits of a layer.
type Limits struct {
	Capacity    int           // most messages of a channel, 2 or more
	Expiry      time.Duration // how long a message lives
	GroupExpiry time.Duration // how long a membership lives
}

// The errors that callers branch on. An adapter wraps them.
var (
	// ErrFull: the channel is at its capacity.
	ErrFull = errors.New("channel is full")
	// ErrInvalid: the name or the message is not allowed.
	ErrInvalid = errors.New("invalid")
)
