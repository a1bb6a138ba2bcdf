package celery

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// ackBatch is the most acknowledgements sent in one call.
const ackBatch = 200

type ackRequest struct {
	d     broker.Delivery
	reply chan error // nil: nobody waits
}

// ack acknowledges a delivery, together with others that come at the same
// time. If wait is false it returns at once; what fails then is owed.
func (w *Worker) ack(ctx context.Context, d broker.Delivery, wait bool) error {
	if !wait && w.mischief != nil && w.mischief.loses(d) {
		w.giveUp(ctx, d)
		return nil
	}
	if !wait {
		w.acks <- ackRequest{d: d}
		return nil
	}
	reply := make(chan error, 1)
	w.acks <- ackRequest{d, reply}
	return <-reply
}

// ackLoop serves ack until acks is closed.
func (w *Worker) ackLoop() {
	for first := range w.acks {
		batch := []ackRequest{first}
		yielded := false
	more:
		for len(batch) < ackBatch {
			select {
			case r, ok := <-w.acks:
				if !ok {
					break more
				}
				batch = append(batch, r)
			default:
				if yielded {
					break more
				}
				// Whoever is about to ask too, asks now: one call for all of them.
				yielded = true
				runtime.Gosched()
			}
		}
		w.ackAll(batch)
	}
}

// ackAll acknowledges a batch. If the broker does not answer, those who wait
// are told after five tries; the rest is owed from the first.
func (w *Worker) ackAll(batch []ackRequest) {
	for failures := 0; len(batch) > 0; {
		err := w.ackOnce(batch)
		if err == nil || errors.Is(err, broker.ErrStale) {
			w.acked(batch, err)
			return
		}
		failures++
		w.app.set.Logger.Warn("cannot acknowledge messages", "messages", len(batch), "err", err)
		batch = w.oweUnwaited(batch)
		if failures == 5 {
			for _, r := range batch {
				r.reply <- err
			}
			return
		}
		if len(batch) > 0 {
			w.pause(context.Background(), failures)
		}
	}
}

func (w *Worker) ackOnce(batch []ackRequest) error {
	deliveries := make([]broker.Delivery, len(batch))
	for i, r := range batch {
		deliveries[i] = r.d
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return w.app.set.Broker.Ack(ctx, deliveries...)
}

// oweUnwaited owes the acknowledgements nobody waits for and returns the others.
func (w *Worker) oweUnwaited(batch []ackRequest) (waited []ackRequest) {
	var debts []debt
	for _, r := range batch {
		if r.reply == nil {
			debts = append(debts, debt{d: r.d, done: true})
		} else {
			waited = append(waited, r)
		}
	}
	if debts != nil {
		w.owe(debts...)
	}
	return waited
}

// acked tells those who wait, and lets go of what nobody waits for; err is nil
// or says which claims were no longer held.
func (w *Worker) acked(batch []ackRequest, err error) {
	stale := staleFields(err, batch)
	for _, r := range batch {
		switch {
		case r.reply == nil:
			w.release(r.d)
		case stale[r.d.Field]:
			r.reply <- err
		default:
			r.reply <- nil
		}
	}
}

// staleFields tells which of a batch an error of Ack is about.
func staleFields(err error, batch []ackRequest) map[string]bool {
	if err == nil {
		return nil
	}
	fields := map[string]bool{}
	if s, ok := errors.AsType[*broker.StaleError](err); ok {
		for _, d := range s.Deliveries {
			fields[d.Field] = true
		}
		return fields
	}
	for _, r := range batch {
		fields[r.d.Field] = true
	}
	return fields
}

// extendLoop tells the broker that the worker lives, and keeps its claims. It
// calls announce when the broker knows of the worker, or did not answer.
func (w *Worker) extendLoop(ctx context.Context, announce func()) {
	for failures := 0; ; {
		w.mu.Lock()
		held := make([]broker.Delivery, 0, len(w.held))
		for _, d := range w.held {
			held = append(held, d)
		}
		w.mu.Unlock()
		err := w.app.set.Broker.Extend(ctx, w.opt.Name, held...)
		announce()
		var lost *broker.StaleError
		switch {
		case errors.As(err, &lost):
			failures = 0
			w.release(lost.Deliveries...) // settled a moment ago, or another's now: not started any more
		case err != nil && ctx.Err() == nil:
			failures++
			w.pause(ctx, failures)
			continue
		default:
			failures = 0
		}
		select {
		case <-w.app.set.Clock.After(w.opt.Lease / 3):
		case <-ctx.Done():
			return
		}
	}
}

// sweepLoop returns messages of workers that died to their queues.
func (w *Worker) sweepLoop(ctx context.Context) {
	for failures := 0; ; {
		n, err := w.app.set.Broker.Restore(ctx)
		if n > 0 {
			w.app.set.Logger.Info("restored messages whose claims ran out", "messages", n)
		}
		if err != nil && ctx.Err() == nil {
			failures++
			w.pause(ctx, failures)
			continue
		}
		failures = 0
		select {
		case <-w.app.set.Clock.After(w.opt.Sweep):
		case <-ctx.Done():
			return
		}
	}
}
