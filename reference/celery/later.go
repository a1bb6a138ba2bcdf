package celery

import (
	"context"
	"errors"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// laterMax bounds what a worker remembers of tasks it parked. It is a
// courtesy to inspect and revoke; the tasks themselves are in the broker.
const laterMax = 10_000

// parkedTask is a task that waits in the broker.
type parkedTask struct {
	t     *Task
	d     broker.Delivery // as it is parked
	until time.Time
}

// park puts a delivery aside and remembers its task.
func (w *Worker) park(ctx context.Context, t *Task, d broker.Delivery, until time.Time) error {
	if err := w.app.set.Broker.Park(ctx, d, until); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.later) >= laterMax {
		now := w.app.now()
		for id, p := range w.later {
			if !p.until.After(now) || len(w.later) >= laterMax {
				delete(w.later, id)
			}
		}
	}
	w.later[t.ID] = parkedTask{t, d.Parked(), until}
	return nil
}

// forget is called when a parked task comes back.
func (w *Worker) forget(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.later, id)
}

// end revokes a task that this worker parked, unless it has come back since.
// Parked once more, for a lease, it is this worker's alone; should that die
// over it the message comes back, and admission finds what is stored.
func (w *Worker) end(ctx context.Context, p parkedTask) error {
	w.forget(p.t.ID)
	b := w.app.set.Broker
	err := b.Park(ctx, p.d, w.app.now().Add(w.opt.Lease))
	switch {
	case errors.Is(err, broker.ErrStale):
		return nil // another worker has it, or had it, and heard of the revocation as well
	case err != nil:
		return err
	}
	if err := w.x.concludeRevoked(ctx, p.t, "revoked"); err != nil {
		return err
	}
	return b.Ack(ctx, p.d.Parked())
}

// keep holds a delivery until its time in this worker, for a broker that
// cannot park it, as Celery's workers do. Its goroutine ends with ctx or when
// the task is offered; fetchers waits for it.
func (w *Worker) keep(ctx context.Context, t *Task, d broker.Delivery, until time.Time) {
	w.mu.Lock()
	w.keeping++
	w.mu.Unlock()
	w.keepers.Go(func() {
		select {
		case <-w.app.set.Clock.After(until.Sub(d.At)):
		case <-ctx.Done():
			w.flying.add(-1)
			return // held: given back at the end
		}
		w.mu.Lock()
		w.keeping--
		w.mu.Unlock()
		select {
		case w.work <- item{d: d, t: t, seen: w.app.now()}:
		case <-ctx.Done():
			w.flying.add(-1)
		}
	})
}
