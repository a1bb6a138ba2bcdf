package kombu

import (
	"context"
	"fmt"
	"strings"

	"github.com/redkit-dev/redkit/internal/glob"
	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// Broadcast implements broker.Broadcaster.
func (t *Transport) Broadcast(ctx context.Context, exchange, routingKey string, raw []byte) error {
	if err := t.client.Publish(ctx, t.channel(exchange, routingKey), raw).Err(); err != nil {
		return fmt.Errorf("broadcast to %s: %w", exchange, err)
	}
	return nil
}

// Listen implements broker.Broadcaster. Like kombu it subscribes by pattern,
// with # for any text; unlike kombu it quotes what else Redis would read as a
// pattern, and takes the subscription back.
func (t *Transport) Listen(ctx context.Context, bindings []broker.Binding, ready func(), each func(broker.Fanout)) error {
	patterns := make([]string, len(bindings))
	for i, b := range bindings {
		patterns[i] = strings.ReplaceAll(glob.Escape(t.channel(b.Exchange, b.RoutingKey)), "#", "*")
	}
	sub := t.client.PSubscribe(ctx, patterns...)
	defer sub.Close()
	for range patterns {
		if _, err := sub.Receive(ctx); err != nil {
			return fmt.Errorf("subscribe: %w", err)
		}
	}
	if ready != nil {
		ready()
	}
	// Receiving ends with the context: nothing else would wake it.
	stop := context.AfterFunc(ctx, func() { _ = sub.Close() })
	defer stop()
	for {
		m, err := sub.ReceiveMessage(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("receive broadcast: %w", err)
		}
		_, rest, _ := strings.Cut(strings.TrimPrefix(m.Channel, t.opt.Prefix), ".")
		exchange, key, _ := strings.Cut(rest, "/")
		each(broker.Fanout{Exchange: exchange, RoutingKey: key, Raw: []byte(m.Payload)})
	}
}
