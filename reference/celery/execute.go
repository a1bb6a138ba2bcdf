package celery

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

var (
	// ErrSoftLimit is the cause of a handler's context at the soft time limit.
	ErrSoftLimit = errors.New("SoftTimeLimitExceeded")
	// ErrHardLimit is the cause of a handler's context at the hard time limit.
	ErrHardLimit = errors.New("TimeLimitExceeded")
	// ErrTerminated is the cause of a handler's context when the task was revoked.
	ErrTerminated = errors.New("terminated")
	// ErrColdShutdown is the cause of a handler's context when its worker shuts down cold.
	ErrColdShutdown = errors.New("the worker shuts down")
)

// An executor takes tasks from delivery to acknowledgement. Workers and eager
// apps share it.
type executor struct {
	app      *App
	hostname string
	eager    bool
	ack      func(context.Context, broker.Delivery, bool) error // wait: only return once it is acknowledged
	telling  func() bool                                        // whether monitors are told of tasks
	events   func(kind string, t *Task, fields map[string]any)
	revoked  func(id string) bool
	running  func(t *Task, cancel context.CancelCauseFunc) (done func())
	finished func(t *Task, state result.State, err error)
	park     func(ctx context.Context, t *Task, d broker.Delivery, until time.Time) error
}

// admit reads a delivery and settles it unless its task can run now. No task
// means that it was settled; an error that it was not. If the broker cannot
// keep a task for later, task and time come with that error.
func (x *executor) admit(ctx context.Context, d broker.Delivery) (t *Task, until time.Time, err error) {
	if t, err = x.read(d); err != nil {
		return nil, until, x.bury(ctx, t, d, err)
	}
	t.handler = x.app.handler(t.Name)
	if t.handler == nil {
		missing := &result.Error{Type: "NotRegistered", Module: "celery.exceptions", Args: []any{t.Name}}
		return nil, until, x.bury(ctx, t, d, missing)
	}
	now := d.At
	switch {
	case x.revoked(t.ID):
		return nil, until, x.revoke(ctx, t, d, "revoked")
	case !t.Expires.IsZero() && !now.Before(t.Expires):
		return nil, until, x.revoke(ctx, t, d, "expired")
	case t.ETA.After(now):
		until = t.ETA
	case x.ended(ctx, t):
		return nil, until, x.revoke(ctx, t, d, "revoked")
	default:
		wait := t.handler.rate.take(now)
		if wait == 0 {
			return t, until, nil
		}
		until = now.Add(wait)
	}
	if err := x.park(ctx, t, d, until); err != nil {
		return t, until, err
	}
	return nil, until, nil
}

func (x *executor) read(d broker.Delivery) (*Task, error) {
	t := &Task{Queue: d.Queue, Deliveries: d.Count, app: x.app, hostname: x.hostname, Eager: x.eager}
	var err error
	if t.tag, t.Redelivered, err = t.Read(d.Raw); t.ID == "" {
		return nil, err
	}
	if t.Root == "" {
		t.Root = t.ID
	}
	return t, err
}

// bury stores the failure of a task that cannot be run, if it has an id, and
// moves its message to the dead-letter list.
func (x *executor) bury(ctx context.Context, t *Task, d broker.Delivery, reason error) error {
	x.app.set.Logger.Error("message moved to the dead-letter list", "queue", d.Queue, "reason", reason)
	if t != nil {
		failure := result.FromError(reason)
		if err := x.store(ctx, t, result.Failure, nil, failure); err != nil {
			return err
		}
		if err := x.fail(ctx, t, failure); err != nil {
			return err
		}
		x.tell("task-rejected", t, nil)
		x.done(t, result.Failure, failure)
	}
	return x.app.set.Broker.Bury(ctx, d, reason.Error())
}

// ended reports whether a task that waited for its time was revoked meanwhile,
// by whoever knew that it waits: that may be more than this worker was told.
func (x *executor) ended(ctx context.Context, t *Task) bool {
	if t.ETA.IsZero() || t.ignored() || x.app.set.Results == nil {
		return false
	}
	doc, err := x.app.set.Results.Get(ctx, t.ID)
	return err == nil && doc.Status == result.Revoked && doc.Error != nil && len(doc.Error.Args) == 1 && doc.Error.Args[0] == "revoked"
}

// revoke ends a task that is not to run, and its delivery.
func (x *executor) revoke(ctx context.Context, t *Task, d broker.Delivery, why string) error {
	if err := x.concludeRevoked(ctx, t, why); err != nil {
		return err
	}
	return x.ack(ctx, d, true)
}

func (x *executor) concludeRevoked(ctx context.Context, t *Task, why string) error {
	failure := &result.Error{Type: "TaskRevokedError", Module: "celery.exceptions", Args: []any{why}}
	if err := x.store(ctx, t, result.Revoked, nil, failure); err != nil {
		return err
	}
	if err := x.spread(ctx, t, result.Revoked, failure); err != nil {
		return err
	}
	x.tell("task-revoked", t, func() map[string]any {
		return map[string]any{"terminated": false, "signum": nil, "expired": why == "expired"}
	})
	x.done(t, result.Revoked, failure)
	return nil
}

// tell tells monitors, if anybody wants to know.
func (x *executor) tell(kind string, t *Task, fields func() map[string]any) {
	if !x.telling() {
		return
	}
	var f map[string]any
	if fields != nil {
		f = fields()
	}
	x.events(kind, t, f)
}

func (x *executor) done(t *Task, state result.State, err error) {
	if x.finished != nil {
		x.finished(t, state, err)
	}
}

// run runs an admitted task and settles its delivery. Its error means that
// the delivery is not settled, and says why.
func (x *executor) run(ctx context.Context, t *Task, d broker.Delivery) error {
	late := t.handler.acksLate
	if late && x.succeeded(ctx, t) {
		return x.ack(ctx, d, true)
	}
	if late && t.Redelivered {
		switch err := x.start(ctx, d); {
		case errors.Is(err, broker.ErrSpent):
			return x.bury(ctx, t, d, lost(err.Error()))
		case err != nil:
			return err
		}
	}
	if !late {
		err := x.ack(ctx, d, true)
		if errors.Is(err, broker.ErrStale) {
			return err // another consumer has it
		}
		late = err != nil // it may be acknowledged or not: run it, or it may be lost
	}
	t.Started = x.app.now()
	x.tell("task-started", t, nil)
	if t.handler.trackStarted && !t.ignored() {
		meta := map[string]any{"pid": pid(), "hostname": x.hostname}
		if err := x.app.set.Results.Store(ctx, t.document(result.Started, meta, nil)); err != nil {
			return err
		}
	}
	value, err := x.call(ctx, t)
	if errors.Is(err, ErrColdShutdown) {
		return err
	}
	var reject *RejectError
	if errors.As(err, &reject) {
		x.tell("task-rejected", t, func() map[string]any { return map[string]any{"requeue": reject.Requeue} })
		err := x.reject(ctx, t, d, late, reject)
		if err == nil {
			x.done(t, result.Rejected, reject)
		}
		return err
	}
	if err := x.conclude(ctx, t, value, err); err != nil {
		return err
	}
	if late {
		return x.ack(ctx, d, false)
	}
	return nil
}

// succeeded reports whether a worker that crashed between storing SUCCESS and
// its ack has done the work.
func (x *executor) succeeded(ctx context.Context, t *Task) bool {
	if !t.Redelivered || t.Chord != nil || x.app.set.Results == nil {
		return false
	}
	doc, err := x.app.set.Results.Get(ctx, t.ID)
	return err == nil && doc.Status == result.Success
}

func (x *executor) reject(ctx context.Context, t *Task, d broker.Delivery, late bool, reject *RejectError) error {
	if late && reject.Requeue {
		return x.app.set.Broker.Requeue(ctx, d)
	}
	// Celery leaves it PENDING, and its chord open; who waits for it would wait for good.
	failure := x.failure(t, &result.Error{Type: "Reject", Module: "celery.exceptions", Args: []any{reject.Reason, reject.Requeue}})
	if err := x.store(ctx, t, result.Failure, nil, failure); err != nil {
		return err
	}
	if err := x.fail(ctx, t, failure); err != nil {
		return err
	}
	if !late {
		x.app.set.Logger.Warn("a task that was acknowledged before it ran cannot be rejected: use AcksLate", "task", t.Name, "id", t.ID)
		return nil
	}
	return x.app.set.Broker.Bury(ctx, d, reject.Error())
}

// call runs the handler within its time limits. A handler that goes on after
// its hard limit is left behind: Go cannot stop it.
func (x *executor) call(ctx context.Context, t *Task) (any, error) {
	ctx, cancel := context.WithCancelCause(context.WithValue(ctx, taskKey{}, t))
	defer cancel(nil)
	if x.running != nil {
		defer x.running(t, cancel)()
	}
	soft, hard := t.Soft, t.Hard
	if soft == 0 {
		soft = t.handler.soft
	}
	if hard == 0 {
		hard = t.handler.hard
	}
	type outcome struct {
		value any
		err   error
	}
	invoke := func() (o outcome) {
		defer func() {
			if v := recover(); v != nil {
				o = outcome{nil, &result.Error{Type: "Panic", Module: "redkit", Args: []any{fmt.Sprint(v)}, Traceback: traceback(t, fmt.Sprint("Panic: ", v), string(debug.Stack()))}}
			}
		}()
		v, err := t.handler.run(ctx, t)
		return outcome{v, err}
	}
	if soft == 0 && hard == 0 {
		o := invoke()
		if o.err != nil && errors.Is(o.err, context.Canceled) && context.Cause(ctx) != nil {
			o.err = fmt.Errorf("%w: %w", context.Cause(ctx), o.err)
		}
		return o.value, o.err
	}
	var softly, hardly <-chan time.Time // they count from before the handler starts
	if soft > 0 {
		softly = x.app.set.Clock.After(soft)
	}
	if hard > 0 {
		hardly = x.app.set.Clock.After(hard)
	}
	ended := make(chan outcome, 1)
	go func() { ended <- invoke() }() // ends with the handler; waited for below, but for one past its hard limit
	for {
		select {
		case o := <-ended:
			if cause := context.Cause(ctx); cause != nil && errors.Is(o.err, context.Canceled) {
				o.err = limitError(cause, soft)
			}
			return o.value, o.err
		case <-softly:
			cancel(ErrSoftLimit)
			softly = nil
		case <-hardly:
			cancel(ErrHardLimit)
			return nil, limitError(ErrHardLimit, hard)
		}
	}
}

func limitError(cause error, limit time.Duration) error {
	switch cause {
	case ErrSoftLimit:
		return &result.Error{Type: "SoftTimeLimitExceeded", Module: "billiard.exceptions", Args: []any{limit.Seconds()}}
	case ErrHardLimit:
		return &result.Error{Type: "TimeLimitExceeded", Module: "billiard.exceptions", Args: []any{limit.Seconds()}}
	}
	return cause
}

func isTypeError(err error) bool {
	return errors.Is(err, &result.Error{Type: "TypeError", Module: "builtins"})
}
