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

func now() time.Time { return time.Now() } // of tokens, which PubSub reads at any age

// An ear is the connection on which a layer listens to one shard.
type ear struct {
	layer  *PubSub
	shard  int
	client *redis.Client

	once sync.Once
	sub  *redis.PubSub

	mu    sync.Mutex
	heard map[string]*hearing // by name that is subscribed to
}

// hearing is a subscription; done is closed once the server has confirmed or
// refused it, which err says then.
type hearing struct {
	done chan struct{}
	err  error
}

func (h *hearing) pending() bool {
	select {
	case <-h.done:
		return false
	default:
		return true
	}
}

// listen subscribes to a name, if the layer is not yet, and returns when the
// server has confirmed or refused it.
func (p *PubSub) listen(ctx context.Context, name string) error {
	e := p.ear(name)
	h, err := e.ask(ctx, name)
	if err != nil {
		return fmt.Errorf("subscribe to %s: %w", name, err)
	}
	select {
	case <-h.done:
		if h.err != nil {
			return fmt.Errorf("subscribe to %s: %w", name, h.err)
		}
		return nil
	case <-p.done:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *ear) ask(ctx context.Context, name string) (*hearing, error) {
	e.layer.wire.Lock()
	defer e.layer.wire.Unlock()
	e.mu.Lock()
	h, known := e.heard[name]
	if !known {
		h = &hearing{done: make(chan struct{})}
		e.heard[name] = h
	}
	e.mu.Unlock()
	if known {
		return h, nil
	}
	if err := e.open(ctx, name); err != nil {
		e.mu.Lock()
		delete(e.heard, name)
		e.mu.Unlock()
		return nil, err
	}
	return h, nil
}

// open sends the subscription, the first time over a new connection.
func (e *ear) open(ctx context.Context, name string) error {
	e.layer.mu.Lock()
	closed := e.layer.closed
	if !closed {
		e.once.Do(func() {
			e.sub = e.client.Subscribe(context.WithoutCancel(ctx)) // to nothing yet
			e.layer.tasks.Go(e.run)                                // ends with Close, which waits for it
		})
	}
	e.layer.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if err := e.sub.Subscribe(context.WithoutCancel(ctx), name); err != nil {
		return errors.Join(err, e.sub.Unsubscribe(context.WithoutCancel(ctx), name)) // or it would be subscribed to on the next connection
	}
	return nil
}

// forget ends the subscription to a name.
func (p *PubSub) forget(ctx context.Context, name string) error {
	e := p.ear(name)
	p.wire.Lock()
	defer p.wire.Unlock()
	e.confirm(name) // nobody is to wait for it any more
	e.mu.Lock()
	_, known := e.heard[name]
	delete(e.heard, name)
	e.mu.Unlock()
	if !known || e.sub == nil {
		return nil
	}
	return e.sub.Unsubscribe(ctx, name)
}

// confirm lets those go on who wait until the server listens for a name.
func (e *ear) confirm(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if h := e.heard[name]; h != nil && h.pending() {
		close(h.done)
	}
}

// refuse ends what the server has not confirmed yet with its error, which does
// not say what it refuses.
func (e *ear) refuse(ctx context.Context, err error) {
	var names []string
	e.mu.Lock()
	for name, h := range e.heard {
		if h.pending() {
			h.err = err
			close(h.done)
			delete(e.heard, name)
			names = append(names, name)
		}
	}
	e.mu.Unlock()
	if len(names) > 0 {
		_ = e.sub.Unsubscribe(ctx, names...) // or they would be subscribed to on the next connection
	}
}

const (
	silence = 30 * time.Second // after which the connection is asked whether it lives
	pause   = 50 * time.Millisecond
)

// run hands out what the server sends until the layer is closed. A lost
// connection is dialled again; go-redis then subscribes to all names anew.
func (e *ear) run() {
	ctx, down := context.Background(), false
	for {
		v, err := e.sub.ReceiveTimeout(ctx, silence)
		select {
		case <-e.layer.done:
			return
		default:
		}
		var refused redis.Error
		if errors.As(err, &refused) {
			e.refuse(ctx, err)
			continue
		}
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			_ = e.sub.Ping(ctx) // if it fails, so does the next receive
			continue
		}
		if err != nil {
			if !down {
				down = true
				e.layer.opt.Logger.Warn("channel layer: a connection that listens is lost", "shard", e.shard, "err", err)
				if f := e.layer.opt.OnDisconnect; f != nil {
					f(e.shard, err)
				}
			}
			select {
			case <-e.layer.done:
				return
			case <-time.After(pause):
			}
			continue
		}
		switch v := v.(type) {
		case *redis.Subscription:
			if v.Kind == "subscribe" {
				e.confirm(v.Channel)
			}
		case *redis.Message:
			e.layer.deliver(v.Channel, []byte(v.Payload))
		}
		if down {
			down = false
			if f := e.layer.opt.OnReconnect; f != nil {
				f(e.shard)
			}
		}
	}
}
