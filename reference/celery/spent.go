package celery

import (
	"context"
	"errors"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// lost is what becomes of a task whose workers die over it. Celery gives the
// same error where a process of its pool does.
func lost(reason string) error {
	return &result.Error{Type: "WorkerLostError", Module: "billiard.exceptions", Args: []any{reason}}
}

// start counts a run of a message that came back without an acknowledgement.
func (x *executor) start(ctx context.Context, d broker.Delivery) error {
	if b, ok := x.app.set.Broker.(broker.Starter); ok {
		return b.Start(ctx, d)
	}
	return nil
}

// spent ends a message that was delivered too often, so that whoever waits
// for its task learns of it.
func (w *Worker) spent(ctx context.Context, d broker.Delivery, reason string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second) // what has begun ends
	defer cancel()
	t, err := w.x.read(d)
	if err == nil {
		t.handler = w.app.handler(t.Name)
		err = lost(reason)
	}
	if t != nil && w.x.succeeded(ctx, t) {
		err = w.app.set.Broker.Ack(ctx, d)
	} else {
		err = w.x.bury(ctx, t, d, err)
	}
	if err == nil || errors.Is(err, broker.ErrStale) {
		return
	}
	w.app.set.Logger.Warn("cannot bury a message, giving it back", "err", err)
	if err := w.app.set.Broker.Requeue(ctx, d); err != nil {
		w.app.set.Logger.Warn("cannot give a message back; it returns when its claim runs out", "err", err)
	}
}
