package subjects

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// handler does what an act says, and notes that it ran.
func (t *Tasks) handler(act tasktest.Act) celery.Handler {
	return func(ctx context.Context, task *celery.Task) (any, error) {
		nth := t.note(task)
		switch act.Do {
		case tasktest.Echo:
			return append([]any{}, task.Args...), nil
		case tasktest.Sum:
			return sum(task.Args), nil
		case tasktest.Give:
			return act.Value, nil
		case tasktest.Odd:
			return make(chan int), nil
		case tasktest.Fail:
			return nil, valueError()
		case tasktest.Panic:
			panic("oh")
		case tasktest.Again:
			if task.Retries >= act.Times {
				return task.Retries, nil
			}
			var cause error
			if act.Cause {
				cause = valueError()
			}
			return nil, task.Retry(cause)
		case tasktest.Reject:
			return nil, &celery.RejectError{Reason: "unwanted"}
		case tasktest.Requeue:
			if nth <= act.Times {
				return nil, &celery.RejectError{Reason: "not yet", Requeue: true}
			}
			return nth, nil
		case tasktest.Ignore:
			return nil, celery.ErrIgnore
		case tasktest.Change:
			change(task.Args)
			return task.Args, nil
		case tasktest.Send:
			_, err := t.app.Apply(ctx, signature(*act.Then, t.now()))
			return nil, err
		case tasktest.Take:
			return t.take(ctx, task, act)
		}
		return nil, errors.New("nobody knows how to " + string(act.Do))
	}
}

// take lets time pass, and gives in when a limit strikes.
func (t *Tasks) take(ctx context.Context, task *celery.Task, act tasktest.Act) (any, error) {
	limits := []time.Duration{task.Soft, task.Hard}
	for i, own := range []time.Duration{act.Soft, act.Hard} {
		if limits[i] == 0 {
			limits[i] = own
		}
	}
	t.tick(act.Takes)
	struck := slices.ContainsFunc(limits, func(limit time.Duration) bool { return limit > 0 && act.Takes >= limit })
	if !struck {
		return "done", nil
	}
	<-ctx.Done() // the limit's, which is due
	return nil, ctx.Err()
}

func valueError() error {
	return &result.Error{Type: "ValueError", Module: "builtins", Args: []any{"bad", int64(42)}}
}

func sum(items []any) (total int64) {
	for _, v := range items {
		switch v := v.(type) {
		case int64:
			total += v
		case []any:
			total += sum(v)
		}
	}
	return total
}

// change overwrites what it finds inside its arguments.
func change(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			change(item)
		}
	case map[string]any:
		for k := range v {
			v[k] = "changed"
		}
	}
}

// note records a run and returns the how manieth of its task it is.
func (t *Tasks) note(task *celery.Task) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.runs = append(t.runs, tasktest.Run{Task: task.Name, ID: task.ID, Args: slices.Clone(task.Args), Kwargs: task.Kwargs, Retries: task.Retries,
		Redelivered: task.Redelivered, Queue: task.Queue, Root: task.Root, Parent: task.Parent, At: t.now()})
	n := 0
	for _, r := range t.runs {
		if r.ID == task.ID {
			n++
		}
	}
	return n
}

// signature is a call of the port as one of the reference, made at a time.
func signature(c tasktest.Call, now time.Time) *celery.Signature {
	many := func(calls []tasktest.Call) []*celery.Signature {
		out := make([]*celery.Signature, len(calls))
		for i, call := range calls {
			out[i] = signature(call, now)
		}
		return out
	}
	var s *celery.Signature
	switch c.Kind {
	case tasktest.Chain:
		s = celery.Chain(many(c.Tasks)...)
	case tasktest.Group:
		s = celery.Group(many(c.Tasks)...)
	case tasktest.Chord:
		s = celery.Chord(many(c.Tasks), signature(*c.Body, now))
	default:
		s = celery.Sig(c.Task, c.Args...)
		s.Kwargs, s.Immutable = c.Kwargs, c.Immutable
	}
	o := &s.Options
	o.TaskID, o.Countdown, o.ExpiresIn, o.Queue, o.Soft, o.Hard, o.IgnoreResult, o.Compression = c.ID, c.Countdown, c.Expires, c.Queue, c.Soft, c.Hard, c.IgnoreResult, c.Compression
	o.Link, o.LinkError = many(c.Link), many(c.LinkError)
	if c.ETA != 0 {
		o.ETA = now.Add(c.ETA)
	}
	if c.Priority != nil {
		o.Priority = *c.Priority
	}
	if c.Exchange != "" {
		o.Exchange, o.RoutingKey = c.Exchange, "key"
	}
	return s
}

// taskKinds maps the errors of the reference to those of the port.
var taskKinds = kindMap{
	{message.ErrEncode, tasktest.ErrSerialize},
	{celery.ErrUnknownQueue, tasktest.ErrUnknownQueue},
	{broker.ErrUnroutable, tasktest.ErrUnroutable},
}

// options are those of a handler that does what an act says.
func options(act tasktest.Act) []celery.HandlerOption {
	backoff := celery.Backoff{First: max(act.Backoff, time.Millisecond), Most: 1000 * time.Hour}
	out := []celery.HandlerOption{celery.AcksLate(act.AcksLate), celery.Limits(act.Soft, act.Hard),
		celery.AutoRetry(backoff, func(error) bool { return false })}
	if act.MaxRetries != 0 {
		out = append(out, celery.MaxRetries(act.MaxRetries))
	}
	if act.IgnoreResult {
		out = append(out, celery.DropResult())
	}
	return out
}
