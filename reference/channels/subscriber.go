package channels

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// A subscriber is the connection on which a layer listens to one shard.
type subscriber struct {
	layer  *PubSub
	shard  int
	client *redis.Client

	once sync.Once
	sub  *redis.PubSub

	mu    sync.Mutex
	names map[string]*subscription // that are subscribed to, or asked for
}

// A subscription is done once the server has confirmed it, or refused it with
// err.
type subscription struct {
	done chan struct{}
	err  error
}

func (s *subscription) pending() bool {
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

// listen subscribes to a name, if the layer is not yet, and returns when the
// server has confirmed or refused it.
func (p *PubSub) listen(ctx context.Context, name string) error {
	s := p.subscriber(name)
	asked, err := s.ask(ctx, name)
	if err != nil {
		return fmt.Errorf("subscribe to %s: %w", name, err)
	}
	select {
	case <-asked.done:
		if asked.err != nil {
			return fmt.Errorf("subscribe to %s: %w", name, asked.err)
		}
		return nil
	case <-p.done:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *subscriber) ask(ctx context.Context, name string) (*subscription, error) {
	s.layer.wire.Lock()
	defer s.layer.wire.Unlock()
	s.mu.Lock()
	asked, known := s.names[name]
	if !known {
		asked = &subscription{done: make(chan struct{})}
		s.names[name] = asked
	}
	s.mu.Unlock()
	if known {
		return asked, nil
	}
	if err := s.open(ctx, name); err != nil {
		s.mu.Lock()
		delete(s.names, name)
		s.mu.Unlock()
		return nil, err
	}
	return asked, nil
}

// open sends the subscription, the first time over a new connection.
func (s *subscriber) open(ctx context.Context, name string) error {
	s.layer.mu.Lock()
	closed := s.layer.closed
	if !closed {
		s.once.Do(func() {
			s.sub = s.client.Subscribe(context.WithoutCancel(ctx)) // to nothing yet
			s.layer.tasks.Go(s.run)                                // ends with Close, which waits for it
		})
	}
	s.layer.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if err := s.sub.Subscribe(context.WithoutCancel(ctx), name); err != nil {
		return errors.Join(err, s.sub.Unsubscribe(context.WithoutCancel(ctx), name)) // or it would be subscribed to on the next connection
	}
	return nil
}

// forget ends the subscription to a name.
func (p *PubSub) forget(ctx context.Context, name string) error {
	s := p.subscriber(name)
	p.wire.Lock()
	defer p.wire.Unlock()
	s.confirm(name) // nobody is to wait for it any more
	s.mu.Lock()
	_, known := s.names[name]
	delete(s.names, name)
	s.mu.Unlock()
	if !known || s.sub == nil {
		return nil
	}
	return s.sub.Unsubscribe(ctx, name)
}

// confirm lets those go on who wait until the server listens for a name.
func (s *subscriber) confirm(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if asked := s.names[name]; asked != nil && asked.pending() {
		close(asked.done)
	}
}

// refuse ends what the server has not confirmed yet with its error, which does
// not say what it refuses.
func (s *subscriber) refuse(ctx context.Context, err error) {
	var names []string
	s.mu.Lock()
	for name, asked := range s.names {
		if asked.pending() {
			asked.err = err
			close(asked.done)
			delete(s.names, name)
			names = append(names, name)
		}
	}
	s.mu.Unlock()
	if len(names) > 0 {
		_ = s.sub.Unsubscribe(ctx, names...) // or they would be subscribed to on the next connection
	}
}

const (
	silence = 30 * time.Second // after which the connection is asked whether it lives
	pause   = 50 * time.Millisecond
)

// run hands out what the server sends until the layer is closed. A lost
// connection is dialled again; go-redis then subscribes to all names anew.
func (s *subscriber) run() {
	ctx, down := context.Background(), false
	for {
		v, err := s.sub.ReceiveTimeout(ctx, silence)
		select {
		case <-s.layer.done:
			return
		default:
		}
		var refused redis.Error
		if errors.As(err, &refused) {
			s.refuse(ctx, err)
			continue
		}
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			_ = s.sub.Ping(ctx) // if it fails, so does the next receive
			continue
		}
		if err != nil {
			if !down {
				down = true
				s.layer.opt.Logger.Warn("channel layer: a connection that listens is lost", "shard", s.shard, "err", err)
				if f := s.layer.opt.OnDisconnect; f != nil {
					f(s.shard, err)
				}
			}
			select {
			case <-s.layer.done:
				return
			case <-time.After(pause):
			}
			continue
		}
		switch v := v.(type) {
		case *redis.Subscription:
			if v.Kind == "subscribe" {
				s.confirm(v.Channel)
			}
		case *redis.Message:
			s.layer.deliver(v.Channel, []byte(v.Payload))
		}
		if down {
			down = false
			if f := s.layer.opt.OnReconnect; f != nil {
				f(s.shard)
			}
		}
	}
}
