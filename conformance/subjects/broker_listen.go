package subjects

import (
	"context"
	"sync"

	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// Broadcast implements brokertest.Broadcaster.
func (b *Broker) Broadcast(ctx context.Context, exchange, routingKey string, body []byte) error {
	return brokerErr(b.Broker.Broadcast(ctx, exchange, routingKey, body))
}

// Listen implements brokertest.Broadcaster.
func (b *Broker) Listen(ctx context.Context, bindings ...brokertest.Binding) (brokertest.Listener, error) {
	ctx, stop := context.WithCancel(ctx)
	l := &listener{stop: stop, heard: make(chan brokertest.Heard, 256)}
	ready, ended := make(chan struct{}), make(chan error, 1)
	l.wait.Go(func() { // ended by stop, waited for by Close
		ended <- b.Broker.Listen(ctx, bindingsOf(bindings), func() { close(ready) }, func(f broker.Fanout) {
			select {
			case l.heard <- brokertest.Heard{Exchange: f.Exchange, RoutingKey: f.RoutingKey, Body: f.Raw}:
			case <-ctx.Done():
			}
		})
	})
	select {
	case <-ready:
		return l, nil
	case err := <-ended:
		stop()
		return nil, brokerErr(err)
	}
}

type listener struct {
	stop  func()
	wait  sync.WaitGroup
	heard chan brokertest.Heard
}

// Next implements brokertest.Listener.
func (l *listener) Next(ctx context.Context) (brokertest.Heard, error) {
	select {
	case h := <-l.heard:
		return h, nil
	case <-ctx.Done():
		return brokertest.Heard{}, ctx.Err()
	}
}

// Close implements brokertest.Listener.
func (l *listener) Close() error {
	l.stop()
	l.wait.Wait()
	return nil
}
