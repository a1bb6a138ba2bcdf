package channels

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// PubSubOptions are those of channels_redis' pub/sub layer, and a few of our
// own. The zero value is channels_redis' default but for Capacity.
type PubSubOptions struct {
	Prefix     string     // of new channels and groups; default "asgi"
	Keys       []string   // as in Options; since channels_redis 4.1
	Serializer Serializer // as in Options
	// Capacity is the most messages that are kept for a channel nobody
	// receives from: of more, the oldest are dropped. The default is 100;
	// negative means any number, as with channels_redis.
	Capacity int
	// Strict puts the prefix before general channels, too, so that layers with
	// other prefixes share none. channels_redis does not: with it, a layer
	// that is not strict is needed.
	Strict bool

	// OnDisconnect is called when the connection that listens to a shard is
	// lost, and OnReconnect when it listens again, to all it did before. What
	// was published meanwhile is lost. They must not call the layer.
	OnDisconnect func(shard int, err error)
	OnReconnect  func(shard int)

	Logger *slog.Logger // nil is slog.Default()
}

// PubSub is a layer on publish and subscribe as channels_redis'
// RedisPubSubChannelLayer is. Nothing is stored: a message reaches whoever is
// subscribed at that moment, every one of them for a general channel, and
// there is no capacity that a sender could exceed. A channel is subscribed to
// from NewChannel, or the first Receive, until CloseChannel; memberships live
// in the layer that owns the channel, and do not expire.
type PubSub struct {
	opt         PubSubOptions
	codec       codec
	subscribers []*subscriber

	mu        sync.Mutex
	closed    bool
	mailboxes map[string]*mailbox
	groups    map[string]map[string]bool // members by the name that is subscribed to
	tasks     sync.WaitGroup
	done      chan struct{}

	wire sync.Mutex // held over changes of subscriptions, so that they reach the servers in order
}

type mailbox struct {
	ready   [][]byte
	waiting []chan delivery
}

// NewPubSub returns a layer on one or more servers, as NewRedis does. Each
// shard gets a connection that listens, once there is something to listen to.
func NewPubSub(shards []*redis.Client, opt PubSubOptions) (*PubSub, error) {
	full, err := Options{Prefix: opt.Prefix, Keys: opt.Keys, Serializer: opt.Serializer, Logger: opt.Logger}.withDefaults()
	if len(shards) == 0 {
		err = errors.Join(err, errors.New("no server: want a client for each shard"))
	}
	if err != nil {
		return nil, fmt.Errorf("channel layer: %w", err)
	}
	opt.Prefix, opt.Logger = full.Prefix, full.Logger
	if opt.Capacity == 0 {
		opt.Capacity = full.Capacity
	}
	p := &PubSub{
		opt: opt, codec: codec{serializer: full.Serializer, keys: fernetKeys(opt.Keys)},
		mailboxes: map[string]*mailbox{}, groups: map[string]map[string]bool{}, done: make(chan struct{}),
	}
	for i, c := range shards {
		p.subscribers = append(p.subscribers, &subscriber{layer: p, shard: i, client: c, names: map[string]*subscription{}})
	}
	return p, nil
}

// subscriber returns the one that listens to a name.
func (p *PubSub) subscriber(name string) *subscriber {
	return p.subscribers[Shard(name, len(p.subscribers))]
}

// name is the Redis channel of a channel.
func (p *PubSub) name(channel string) string {
	if p.opt.Strict {
		return p.opt.Prefix + ":" + channel
	}
	return channel
}

func (p *PubSub) group(name string) string { return p.opt.Prefix + "__group__" + name }

// NewChannel implements Layer: <layer's prefix><prefix><unique>, the default
// prefix being "specific.". The channel is subscribed to when it returns.
func (p *PubSub) NewChannel(ctx context.Context, prefix string) (string, error) {
	if prefix == "" {
		prefix = "specific."
	}
	name := p.opt.Prefix + prefix + unique()
	if err := checkChannel(name); err != nil {
		return "", err
	}
	return name, p.own(ctx, name)
}

// own makes a mailbox for a channel and listens to it.
func (p *PubSub) own(ctx context.Context, channel string) error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	name := p.name(channel)
	if p.mailboxes[name] == nil {
		p.mailboxes[name] = &mailbox{}
	}
	p.mu.Unlock()
	return p.listen(ctx, name)
}

// Send implements Layer. It succeeds whether somebody listens or not.
func (p *PubSub) Send(ctx context.Context, channel string, msg Message) error {
	if err := checkChannel(channel); err != nil {
		return err
	}
	return p.publish(ctx, p.name(channel), msg)
}

func (p *PubSub) publish(ctx context.Context, name string, msg Message) error {
	raw, err := p.codec.pack(msg, nil, time.Now())
	if err == nil {
		p.mu.Lock()
		if p.closed {
			err = ErrClosed
		}
		p.mu.Unlock()
	}
	if err == nil {
		err = p.subscriber(name).client.Process(ctx, once{redis.NewIntCmd(ctx, "publish", name, raw)})
	}
	if err != nil {
		return fmt.Errorf("send to %s: %w", name, err)
	}
	return nil
}

// once is a command that the client does not repeat: when the reply to a
// PUBLISH is lost, the message may have arrived.
type once struct{ *redis.IntCmd }

// NoRetry implements redis.Cmder.
func (once) NoRetry() bool { return true }

// Receive implements Layer. The first Receive of a channel that NewChannel did
// not make subscribes to it: what was sent before is lost. A context that
// ends leaves the subscription alone.
func (p *PubSub) Receive(ctx context.Context, channel string) (Message, error) {
	if err := checkChannel(channel); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := p.own(ctx, channel); err != nil {
		return nil, err
	}
	name, got := p.name(channel), make(chan delivery, 1)
	p.mu.Lock()
	box := p.mailboxes[name]
	switch {
	case p.closed || box == nil:
		p.mu.Unlock()
		return nil, fmt.Errorf("receive from %s: %w", channel, ErrClosed)
	case len(box.ready) > 0:
		got <- p.read(box.ready[0])
		box.ready = box.ready[1:]
	default:
		box.waiting = append(box.waiting, got)
	}
	p.mu.Unlock()
	select {
	case d := <-got:
		return d.msg, d.err
	case <-ctx.Done():
	}
	p.mu.Lock()
	i := slices.Index(box.waiting, got)
	if i >= 0 {
		box.waiting = slices.Delete(box.waiting, i, i+1)
	}
	p.mu.Unlock()
	if i >= 0 {
		return nil, ctx.Err()
	}
	d := <-got // it came in the same moment
	return d.msg, d.err
}

func (p *PubSub) read(raw []byte) delivery {
	msg, _, err := p.codec.unpack(raw, time.Now())
	return delivery{msg, err}
}

// deliver hands out what was published under a name. Each member of a group
// reads the message for itself.
func (p *PubSub) deliver(name string, raw []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(p.mailboxes[name], raw)
	for member := range p.groups[name] {
		p.drop(p.mailboxes[member], raw)
	}
}

func (p *PubSub) drop(box *mailbox, raw []byte) {
	switch {
	case box == nil:
	case len(box.waiting) > 0:
		box.waiting[0] <- p.read(raw)
		box.waiting = box.waiting[1:]
	default:
		box.ready = append(box.ready, raw)
		if over := len(box.ready) - p.opt.Capacity; p.opt.Capacity > 0 && over > 0 {
			box.ready = box.ready[over:]
		}
	}
}
