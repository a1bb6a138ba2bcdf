package celery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// maxDepth bounds tasks that send tasks inside Send.
const maxDepth = 100

// inProcess is what running tasks in the sender's process asks of a broker
// beyond broker.Broker; broker.Memory has it.
type inProcess interface {
	Queues() []string
	Parked() []broker.Delivery
	Copy(broker.Delivery)
}

// Eager runs an app's tasks in the process that sends them, one at a time, at
// the moments its methods say. Everything passes through the message format
// and, if the app has one, the result backend. It is safe for concurrent use.
type Eager struct {
	// Inline runs tasks in Send, before it returns. Set it before the first Send.
	Inline bool
	// Propagate makes an inline Send return the error of the task it sent.
	Propagate bool
	// Finished, if not nil, hears of every run: its task, the state it ended
	// in and its error.
	Finished func(t *Task, state result.State, err error)

	app      *App
	x        *executor
	revoked  *revokes
	mischief mischief

	mu     sync.Mutex
	inRun  map[string]broker.Delivery // by field
	failed map[string]error           // of tasks sent by an inline Send that propagates
	watch  map[string]bool
}

// NewEager returns an Eager for an app whose broker is a broker.Memory, or
// embeds one. Settings.AlwaysEager makes one by itself.
func (a *App) NewEager() *Eager {
	e := &Eager{app: a, Inline: true, revoked: newRevokes(), inRun: map[string]broker.Delivery{}, failed: map[string]error{}, watch: map[string]bool{}}
	e.x = &executor{app: a, hostname: "eager@localhost", eager: true, ack: e.ack, telling: func() bool { return false },
		revoked: func(id string) bool { return e.revoked.has(id, a.now()) }, finished: e.finished,
		park: func(ctx context.Context, _ *Task, d broker.Delivery, until time.Time) error {
			return a.set.Broker.Park(ctx, d, until)
		}}
	return e
}

// Use makes the app's Send run, or leave, its tasks through e. It comes
// before the first Send.
func (a *App) Use(e *Eager) { a.eager = e }

// SetChaos makes deliveries unreliable from now on.
func (e *Eager) SetChaos(c Chaos) { e.mischief.set(c) }

func (e *Eager) finished(t *Task, state result.State, err error) {
	e.mu.Lock()
	if e.watch[t.ID] && (state.Ready() || state == result.Rejected) {
		e.failed[t.ID] = err
	}
	heard := e.Finished
	e.mu.Unlock()
	if heard != nil {
		heard(t, state, err)
	}
}

func (e *Eager) ack(ctx context.Context, d broker.Delivery, early bool) error {
	if !early && e.mischief.loses(d) {
		return e.app.set.Broker.Requeue(ctx, d)
	}
	return e.app.set.Broker.Ack(ctx, d)
}

// Step runs the next task that is ready, of any queue, and reports whether
// there was one. What its handler returns is not Step's error. If there is
// none, what was claimed too long ago, by whom ever, is ready again.
func (e *Eager) Step(ctx context.Context) (bool, error) {
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		d, found, err := e.claim(ctx)
		if err != nil {
			return false, err
		}
		if !found {
			if back, err := e.restore(ctx); err != nil || back == 0 {
				return false, err
			}
			continue
		}
		if e.mischief.doubles(d) {
			e.local().Copy(d)
		}
		t, _, err := e.x.admit(ctx, d)
		if err != nil {
			return false, err
		}
		if t == nil {
			continue // parked, revoked or dead: not a run
		}
		e.mu.Lock()
		e.inRun[d.Field] = d
		e.mu.Unlock()
		// The handler gets nothing of its sender's context: in a worker it would not either.
		err = e.x.run(context.WithValue(context.Background(), depthKey{}, depth(ctx)+1), t, d)
		e.mu.Lock()
		delete(e.inRun, d.Field)
		e.mu.Unlock()
		return true, err
	}
}

// eagerOwner is under whose name an eager app claims.
const eagerOwner = "eager"

// claim takes the next message of any queue.
func (e *Eager) claim(ctx context.Context) (d broker.Delivery, found bool, err error) {
	local := e.local()
	queues := local.Queues()
	for _, d := range local.Parked() {
		queues = append(queues, d.Queue)
	}
	if len(queues) == 0 {
		return d, false, nil
	}
	c := e.app.set.Broker.Consume(eagerOwner, queues...)
	claimed, err := c.Claim(ctx, 1)
	if closed := c.Close(); err == nil {
		err = closed
	}
	if err != nil || len(claimed) == 0 {
		return d, false, err
	}
	return claimed[0], true, nil
}

// restore makes ready what was claimed too long ago, but for what runs now,
// however long its handler makes time pass.
func (e *Eager) restore(ctx context.Context) (int, error) {
	e.mu.Lock()
	running := slices.Collect(maps.Values(e.inRun))
	e.mu.Unlock()
	b := e.app.set.Broker
	if err := b.Extend(ctx, eagerOwner, running...); err != nil && !errors.Is(err, broker.ErrStale) {
		return 0, err // one that was acknowledged early is stale
	}
	return b.Restore(ctx)
}

// Drain runs tasks until none is ready, those included that they send, and
// returns how many ran. What waits for a later time is left.
func (e *Eager) Drain(ctx context.Context) (int, error) {
	for n := 0; ; n++ {
		ran, err := e.Step(ctx)
		if err != nil || !ran {
			return n, err
		}
	}
}

type depthKey struct{}

func depth(ctx context.Context) int {
	n, _ := ctx.Value(depthKey{}).(int)
	return n
}

// beforeSend refuses tasks that send tasks without end.
func (e *Eager) beforeSend(ctx context.Context) error {
	if e.Inline && depth(ctx) >= maxDepth {
		return fmt.Errorf("tasks send tasks %d levels deep", maxDepth)
	}
	return nil
}

// local is the broker in its other role; NewEager's contract says it has it.
func (e *Eager) local() inProcess {
	b, _ := e.app.set.Broker.(inProcess)
	return b
}

// afterSend runs what was just sent, if Send is to.
func (e *Eager) afterSend(ctx context.Context, ids []string) error {
	if !e.Inline {
		return nil
	}
	e.mu.Lock()
	for _, id := range ids {
		e.watch[id] = true
	}
	e.mu.Unlock()
	run := context.WithValue(context.Background(), depthKey{}, depth(ctx))
	_, err := e.Drain(run)
	e.mu.Lock()
	defer e.mu.Unlock()
	var failures []error
	for _, id := range ids {
		if failed := e.failed[id]; failed != nil {
			failures = append(failures, fmt.Errorf("task %s: %w", id, failed))
		}
		delete(e.watch, id)
		delete(e.failed, id)
	}
	if err != nil {
		return err
	}
	if e.Propagate {
		return errors.Join(failures...)
	}
	return nil
}

var (
	// ErrNotDue reports waiting for a task on a clock that stands still.
	ErrNotDue = errors.New("the task waits for a later time: move the clock")
	// ErrNotSent reports waiting for a task when nothing is left to run.
	ErrNotSent = errors.New("the task is neither done nor in any queue")
)

// until runs tasks until all of ids are done.
func (e *Eager) until(ctx context.Context, ids []string) error {
	for {
		if _, err := e.Drain(ctx); err != nil {
			return err
		}
		waiting := false
		for _, id := range ids {
			d, err := e.app.set.Results.Get(ctx, id)
			if err != nil {
				return err
			}
			waiting = waiting || !d.Status.Ready()
		}
		if !waiting {
			return nil
		}
		parked := e.local().Parked()
		if len(parked) == 0 {
			return ErrNotSent
		}
		left := parked[0].At.Sub(e.app.now())
		if _, manual := e.app.set.Clock.(*clock.Manual); manual && left > 0 {
			return fmt.Errorf("%w by %v", ErrNotDue, left.Round(time.Millisecond))
		}
		select {
		case <-e.app.set.Clock.After(left):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
