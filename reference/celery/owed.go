package celery

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// debt is what a worker owes the broker since a call failed: an
// acknowledgement if the task is done, or else the message itself.
type debt struct {
	d    broker.Delivery
	done bool
}

// owe notes a delivery that could not be settled. Until settleLoop has settled
// it, it is held and its claim is extended: the outage makes no other worker
// run it again.
func (w *Worker) owe(debts ...debt) {
	w.mu.Lock()
	for _, b := range debts {
		w.owed[b.d.Field] = b
		w.held[b.d.Field] = b.d // again, if its run has let go of it
	}
	w.mu.Unlock()
	select {
	case w.owing <- struct{}{}:
	default:
	}
}

// giveUp makes a message available again that this worker could not finish.
func (w *Worker) giveUp(ctx context.Context, d broker.Delivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := w.app.set.Broker.Requeue(ctx, d)
	if err != nil && !errors.Is(err, broker.ErrStale) {
		w.owe(debt{d: d})
		return
	}
	w.release(d)
}

// settleLoop settles what is owed, with growing pauses until the broker takes it.
func (w *Worker) settleLoop(ctx context.Context) {
	for {
		select {
		case <-w.owing:
		case <-ctx.Done():
			return
		}
		for failures := 1; ctx.Err() == nil; failures++ {
			w.pause(ctx, failures) // the broker has just refused
			if ctx.Err() != nil || w.settleOwed(ctx) == nil {
				break
			}
		}
	}
}

// settleOwed settles all that is owed; what fails is still owed afterwards.
func (w *Worker) settleOwed(ctx context.Context) error {
	w.mu.Lock()
	owed := slices.Collect(maps.Values(w.owed))
	w.mu.Unlock()
	var done, undone []broker.Delivery
	for _, b := range owed {
		if b.done {
			done = append(done, b.d)
		} else {
			undone = append(undone, b.d)
		}
	}
	slices.SortFunc(undone, compareTokens)
	return errors.Join(
		w.settle(ctx, done, w.app.set.Broker.Ack),
		w.settle(ctx, undone, w.app.set.Broker.Requeue),
	)
}

// settle settles deliveries by one call. Whose claims are no longer held were
// settled by a call whose reply was lost, or are another worker's.
func (w *Worker) settle(ctx context.Context, all []broker.Delivery, by func(context.Context, ...broker.Delivery) error) error {
	if len(all) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := by(ctx, all...); err != nil && !errors.Is(err, broker.ErrStale) {
		w.app.set.Logger.Warn("cannot settle messages yet", "messages", len(all), "err", err)
		return err
	}
	w.mu.Lock()
	for _, d := range all {
		delete(w.owed, d.Field)
	}
	w.mu.Unlock()
	w.release(all...)
	return nil
}
