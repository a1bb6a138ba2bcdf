package celery

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// waitLimit is how long a worker waits for messages before it looks by itself.
const waitLimit = 30 * time.Second

// fetchLoop claims messages while there is room, until ctx ends.
func (w *Worker) fetchLoop(ctx context.Context) {
	var consumer broker.Consumer
	var queues []string
	done := func() {
		if consumer != nil {
			_ = consumer.Close() // its messages are held by the worker, not by it
		}
		consumer = nil
	}
	defer func() { done() }()
	for failures := 0; ctx.Err() == nil; {
		waitCtx, interrupt := context.WithCancel(ctx)
		w.mu.Lock()
		w.reload = interrupt
		if consumer == nil || !slices.Equal(queues, w.queues) {
			done()
			queues = slices.Clone(w.queues)
			consumer = w.app.set.Broker.Consume(w.opt.Name, queues...)
			if b, ok := consumer.(broker.Burier); ok {
				b.BuryWith(w.spent)
			}
		}
		free := w.runs.prefetch() - len(w.held) + w.keeping
		w.mu.Unlock()
		err := w.fetch(ctx, waitCtx, consumer, free)
		interrupted := waitCtx.Err() != nil
		interrupt()
		if err == nil || interrupted {
			failures = 0
			continue
		}
		if failures++; failures == 1 || failures%20 == 0 {
			w.app.set.Logger.Warn("cannot claim messages, trying again", "err", err)
		}
		w.pause(ctx, failures)
	}
}

func (w *Worker) fetch(ctx, waitCtx context.Context, consumer broker.Consumer, free int) error {
	// While enough waits to keep all runs busy, room is left to grow: many
	// messages are claimed in one step rather than one in each.
	if free <= 0 || len(w.work) > w.runs.size() {
		select {
		case <-w.room:
		case <-waitCtx.Done():
		}
		return nil
	}
	claimed, err := w.claim(ctx, waitCtx, consumer, free)
	if err != nil || len(claimed) == 0 {
		return err
	}
	w.double(claimed)
	w.mu.Lock()
	for _, d := range claimed {
		w.held[d.Field] = d
	}
	w.flying.add(len(claimed))
	w.mu.Unlock()
	for _, d := range claimed {
		w.offer(ctx, d)
	}
	runtime.Gosched() // runs start before more is claimed
	return nil
}

// claim takes what is ready, or waits until something is. Only a claim learns
// when what is parked falls due, so each wait follows one.
func (w *Worker) claim(ctx, waitCtx context.Context, consumer broker.Consumer, free int) ([]broker.Delivery, error) {
	claimed, err := consumer.Claim(ctx, free)
	if err != nil || len(claimed) > 0 {
		return claimed, err
	}
	if awaiter, ok := consumer.(broker.Awaiter); ok {
		return awaiter.Await(waitCtx, free, waitLimit)
	}
	return nil, consumer.Wait(waitCtx, waitLimit)
}

// offer admits one delivery. What fails is given back.
func (w *Worker) offer(ctx context.Context, d broker.Delivery) {
	t, until, err := w.x.admit(ctx, d)
	runs := err == nil && t != nil
	if !runs && !errors.Is(err, errors.ErrUnsupported) {
		defer w.flying.add(-1)
	}
	switch {
	case errors.Is(err, errors.ErrUnsupported): // a broker that cannot park
		w.keep(ctx, t, d, until)
	case errors.Is(err, broker.ErrStale):
		w.release(d)
	case err != nil:
		w.app.set.Logger.Warn("cannot settle a message, giving it back", "err", err)
		w.giveUp(ctx, d)
	case t == nil:
		w.release(d)
	default:
		w.forget(t.ID)
		w.x.tell("task-received", t, func() map[string]any { return taskFields(&t.Task) })
		w.work <- item{d: d, t: t, seen: w.app.now()} // as deep as the first prefetch: only a pool that grew fills it
	}
}

// release lets go of deliveries that are settled, but not of what is owed.
func (w *Worker) release(deliveries ...broker.Delivery) {
	w.mu.Lock()
	for _, d := range deliveries {
		if _, owed := w.owed[d.Field]; !owed {
			delete(w.held, d.Field)
		}
	}
	w.mu.Unlock()
	select {
	case w.room <- struct{}{}:
	default:
	}
}

func (w *Worker) holds(d broker.Delivery) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.held[d.Field]
	return ok
}

// runLoop runs tasks, in the context of tasks, until work is closed or the
// pool has one run too many; once ctx has ended it starts none.
func (w *Worker) runLoop(ctx, tasks context.Context) {
	for !w.runs.leave() {
		select {
		case it, ok := <-w.work:
			if !ok {
				return
			}
			w.runItem(ctx, tasks, it)
			w.flying.add(-1)
		case <-w.runs.fewer:
		}
	}
}

func (w *Worker) runItem(ctx, tasks context.Context, it item) {
	if ctx.Err() != nil || !w.holds(it.d) {
		return // given back at the end, or taken by another when its claim ran out
	}
	// Time has passed since the claim: what expired or was revoked meanwhile is not run.
	it.d.At = it.d.At.Add(w.app.now().Sub(it.seen))
	switch {
	case w.x.revoked(it.t.ID):
		w.settled(it.d, w.x.revoke(tasks, it.t, it.d, "revoked"))
		return
	case !it.t.Expires.IsZero() && !it.d.At.Before(it.t.Expires):
		w.settled(it.d, w.x.revoke(tasks, it.t, it.d, "expired"))
		return
	}
	if !w.count() {
		w.stop()
		return
	}
	w.totals.add(it.t.Name)
	w.settled(it.d, w.x.run(tasks, it.t, it.d))
}

// count takes one of the runs of WorkerOptions.MaxTasks, if any is left.
func (w *Worker) count() bool {
	for {
		n := w.processed.Load()
		if w.opt.MaxTasks > 0 && n >= int64(w.opt.MaxTasks) {
			return false
		}
		if w.processed.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// settled lets go of a delivery, or gives it back if it could not be settled.
func (w *Worker) settled(d broker.Delivery, err error) {
	switch {
	case err == nil:
		w.release(d)
	case errors.Is(err, broker.ErrStale):
		w.app.set.Logger.Warn("a claim had run out", "err", err)
		w.release(d)
	case errors.Is(err, ErrColdShutdown): // stays held: given back at the end
	default:
		w.app.set.Logger.Error("cannot finish a task, giving its message back", "err", err)
		w.giveUp(context.Background(), d)
	}
}
