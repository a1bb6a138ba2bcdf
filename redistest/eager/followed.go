package eager

import (
	"context"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// followed is a broker whose queues a threaded app's worker follows: it takes
// from each that a message was put into, as the other modes do, and heeds
// remote control before the call that asked for it returns.
type followed struct {
	*broker.Memory
	app *App
}

// Publish implements broker.Publisher.
func (f followed) Publish(ctx context.Context, messages ...broker.Message) error {
	err := f.Memory.Publish(ctx, messages...)
	if err == nil && f.app.worker != nil {
		f.app.worker.Consume(slices.DeleteFunc(f.Queues(), isReplies)...)
	}
	return err
}

// Broadcast implements broker.Broadcaster.
func (f followed) Broadcast(ctx context.Context, exchange, routingKey string, raw []byte) error {
	err := f.Memory.Broadcast(ctx, exchange, routingKey, raw)
	if err == nil && f.app.worker != nil && exchange == pidbox {
		f.app.worker.Heed(ctx, raw)
	}
	return err
}

// pidbox is the exchange of Celery's remote control.
const pidbox = "celery.pidbox"

// isReply tells answers to remote control from tasks, by their exchange.
func isReply(exchange string) bool { return exchange == "reply."+pidbox }

// isReplies tells the queues that they wait in.
func isReplies(queue string) bool { return strings.HasSuffix(queue, ".reply."+pidbox) }
