package celery

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/message"
)

// A Backoff gives the delays between retries: First, then Factor times the
// last, never more than Most. With Jitter a delay is chosen at random between
// nothing and that, as Celery's retry_jitter does.
type Backoff struct {
	First  time.Duration // 0 is a second
	Most   time.Duration // 0 is ten minutes
	Factor float64       // below 1 is 2
	Jitter bool
}

// Delay is the delay before retry n, counted from 0.
func (b Backoff) Delay(n int) time.Duration {
	first, most, factor := b.First, b.Most, b.Factor
	if first <= 0 {
		first = time.Second
	}
	if most <= 0 {
		most = 10 * time.Minute
	}
	if factor < 1 {
		factor = 2
	}
	d := float64(first)
	for range n {
		if d *= factor; d >= float64(most) {
			break
		}
	}
	delay := min(time.Duration(min(d, float64(most))), most)
	if b.Jitter && delay > 0 {
		delay = rand.N(delay)
	}
	return delay
}

// ErrIgnore ends a task without a result when its handler returns it.
var ErrIgnore = errors.New("ignore")

// A RejectError gives a task's message back when its handler returns it: to
// its queue, or to the dead-letter list. In the latter case the task fails.
type RejectError struct {
	Reason  string
	Requeue bool
}

func (e *RejectError) Error() string { return "reject: " + e.Reason }

// A RetryError sends a task again when its handler returns it.
type RetryError struct {
	Cause   error     // nil if there is none
	At      time.Time // when the next run is due
	Options []Option
	reached bool // no retries are left
}

func (e *RetryError) Error() string {
	if e.Cause == nil {
		return "retry at " + e.At.Format(time.RFC3339)
	}
	return fmt.Sprintf("retry at %s: %v", e.At.Format(time.RFC3339), e.Cause)
}

// Unwrap returns the cause.
func (e *RetryError) Unwrap() error { return e.Cause }

// Retry returns an error for the handler to return: the task is sent again
// with the same id, after the handler's backoff or what options say. They
// change the next run, as in Celery: NewArgs, TimeLimits, Link, LinkError and
// the like take the place of what this run was sent with, Kwargs, Header and
// Stamp add to it. TaskID is refused, with an error that fails the task. When
// no retries are left it fails with cause, or MaxRetriesExceededError.
func (t *Task) Retry(cause error, options ...Option) error {
	o := newOptions(options)
	if o.TaskID != "" && o.TaskID != t.ID {
		return fmt.Errorf("retry task %s as %s: a retry keeps its id: send another task with App.Send", t.ID, o.TaskID)
	}
	delay := t.handler.backoff.Delay(t.Retries)
	at := t.app.now().Add(delay)
	switch {
	case o.Countdown > 0:
		at = t.app.now().Add(o.Countdown)
	case !o.ETA.IsZero():
		at = o.ETA
	}
	limit := t.handler.maxRetries
	if o.MaxRetries != nil {
		limit = *o.MaxRetries
	}
	return &RetryError{Cause: cause, At: at, Options: options, reached: limit >= 0 && t.Retries >= limit}
}

// again is the task as it is sent for its next run, and the options that say where.
func (t *Task) again(r *RetryError, now time.Time) (message.Task, *Options) {
	next, o := t.Task, newOptions(r.Options)
	next.Retries++
	next.ETA, next.Parent = r.At, t.ID
	next.Lang, next.ArgsRepr, next.KwargsRepr = "", "", ""
	if o.Args != nil {
		next.Args = o.Args
	}
	next.Kwargs, next.Headers, next.Stamps = joined(t.Kwargs, o.Kwargs), joined(t.Headers, o.Headers), joined(t.Stamps, o.Stamps)
	if len(o.Link) > 0 {
		next.Callbacks = wires(o.Link)
	}
	if len(o.LinkError) > 0 {
		next.Errbacks = wires(o.LinkError)
	}
	if o.Soft > 0 || o.Hard > 0 {
		next.Soft, next.Hard = o.Soft, o.Hard
	}
	next.IgnoreResult = t.IgnoreResult || o.IgnoreResult
	next.Shadow = firstOf(o.Shadow, t.Shadow)
	if _, expires := o.times(now); !expires.IsZero() {
		next.Expires = expires
	}
	o.Queue = firstOf(o.Queue, t.Queue)
	if o.Priority == nil {
		o.Priority = t.Priority
	}
	return next, o
}

// joined is a map with the items of more in it; neither is changed.
func joined(m, more map[string]any) map[string]any {
	if len(more) == 0 {
		return m
	}
	out := maps.Clone(m)
	if out == nil {
		out = map[string]any{}
	}
	maps.Copy(out, more)
	return out
}

// auto is the RetryError for an error that a handler retries by itself.
func (t *Task) auto(err error) error {
	if t.handler.retryOn == nil || isTypeError(err) || !t.handler.retryOn(err) {
		return err
	}
	return t.Retry(err)
}
