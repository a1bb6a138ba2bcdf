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
	// Send puts a copy of msg at the end of a channel: ErrFull if that is at its
	// capacity, ErrInvalid if name or message is not allowed.
	Send(ctx context.Context, channel string, msg Message) error
	// Receive waits for a message until ctx ends.
	Receive(ctx context.Context, channel string) (Message, error)
	// NewChannel returns a name of the layer's own.
	NewChannel(ctx context.Context) (string, error)
	// GroupAdd makes a channel a member until it is discarded or the membership
	// expires; to add it again prolongs that.
	GroupAdd(ctx context.Context, group, channel string) error
	// GroupDiscard ends a membership; that there is none is no error.
	GroupDiscard(ctx context.Context, group, channel string) error
	// GroupSend sends to every member that has room; a group without members
	// is no error, nor is a member that is full.
	GroupSend(ctx context.Context, group string, msg Message) error
	// Flush removes all messages and memberships.
	Flush(ctx context.Context) error
}

// Limits are the limits of a layer. A layer that lacks one says what a large
// one would be.
type Limits struct {
	Capacity    int           // most messages of a channel, 2 or more
	Expiry      time.Duration // how long a message lives
	GroupExpiry time.Duration // how long a membership lives
}

// An Opener opens another layer on the same servers, as another process would.
type Opener interface {
	Open(ctx context.Context, settings Settings) (Layer, error)
}

// Settings are those of a layer that is opened. The zero value of a field
// means that of the first layer.
type Settings struct {
	Prefix     string   // before every key; see [Configurable]
	Keys       []string // symmetric encryption keys; see [Encrypts]
	Serializer string   // "msgpack" or "json"; see [Serializes]
	Shards     int      // how many servers it is spread over; see [Shards]
}

// A Server is the Redis below the layer.
type Server interface {
	// Do performs a command on a shard, counted from 0, and returns nil, an
	// int64, a string, or a []any of these.
	Do(ctx context.Context, shard int, command ...string) (any, error)
	// Subscribe returns what is published from now on.
	Subscribe(ctx context.Context, channels ...string) (Subscription, error)
}

// A Subscription hears what is published until it is closed.
type Subscription interface {
	// Next waits for what is published until ctx ends.
	Next(ctx context.Context) (channel, payload string, err error)
	Close() error
}

// A ChannelCloser gives channels of the layer up.
type ChannelCloser interface {
	// CloseChannel ends the subscription to a channel and its memberships.
	CloseChannel(ctx context.Context, channel string) error
}

// The errors that callers branch on. An adapter wraps them.
var (
	// ErrFull: the channel is at its capacity.
	ErrFull = errors.New("channel is full")
	// ErrInvalid: the name or the message is not allowed.
	ErrInvalid = errors.New("invalid")
	// ErrCorrupt: a message was received that cannot be read.
	ErrCorrupt = errors.New("corrupt")
)
