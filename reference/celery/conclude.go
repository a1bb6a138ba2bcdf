package celery

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/celery/result"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

func pid() int { return os.Getpid() }

// traceback is an error in the form of a Python traceback.
func traceback(t *Task, last, frames string) string {
	var b strings.Builder
	b.WriteString("Traceback (most recent call last):\n")
	fmt.Fprintf(&b, "  Go handler of %s, task %s\n", t.Name, t.ID)
	for line := range strings.Lines(frames) {
		b.WriteString("    " + line)
	}
	b.WriteString(last + "\n")
	return b.String()
}

// conclude stores what became of a run and sends what follows from it. It may
// run again for the same task after a crash.
func (x *executor) conclude(ctx context.Context, t *Task, value any, err error) error {
	if err == nil {
		err = encodable(x.app.set.Typed, value)
	}
	if errors.Is(err, ErrIgnore) {
		x.done(t, result.Ignored, nil)
		return nil
	}
	var retry *RetryError
	if err != nil && !errors.Is(err, ErrTerminated) {
		err = t.auto(err)
		if errors.As(err, &retry) && !retry.reached {
			return x.retry(ctx, t, retry)
		}
	}
	if err == nil {
		if err = x.succeed(ctx, t, value); !isUnsendable(err) {
			return err
		}
	}
	switch {
	case errors.Is(err, ErrTerminated):
		return x.terminated(ctx, t)
	case retry != nil && retry.Cause == nil:
		err = &result.Error{Type: "MaxRetriesExceededError", Module: "celery.exceptions",
			Args: []any{fmt.Sprintf("Can't retry %s[%s] args:%s kwargs:%s", t.Name, t.ID, message.ReprArgs(t.Args), message.Repr(t.Kwargs))}}
	case retry != nil:
		err = retry.Cause
	}
	failure := x.failure(t, err)
	if err := x.store(ctx, t, result.Failure, nil, failure); err != nil {
		return err
	}
	if err := x.fail(ctx, t, failure); err != nil {
		return err
	}
	x.tell("task-failed", t, failedFields(failure))
	x.done(t, result.Failure, err)
	return nil
}

// encodable is the error for a result that cannot be written: it fails the
// task, as in Celery.
func encodable(typed message.Typed, value any) error {
	switch value.(type) {
	case nil, bool, int, int64, float64:
		return nil
	}
	if _, err := pyjson.Encode(typed.Wrap(value)); err != nil {
		return &result.Error{Type: "EncodeError", Module: "kombu.exceptions", Args: []any{err.Error()}}
	}
	return nil
}

func failedFields(failure *result.Error) func() map[string]any {
	return func() map[string]any {
		return map[string]any{"exception": failure.Repr(), "traceback": failure.Traceback}
	}
}

func (x *executor) failure(t *Task, err error) *result.Error {
	failure := *result.FromError(err)
	if failure.Traceback == "" {
		failure.Traceback = traceback(t, failure.Error(), "")
	}
	// Arguments that JSON cannot carry are told in words, as Celery does.
	if _, bad := pyjson.Encode(x.app.set.Typed.Wrap(failure.Args)); bad != nil {
		failure.Args = []any{fmt.Sprintf("%v", failure.Args)}
	}
	return &failure
}

func (x *executor) store(ctx context.Context, t *Task, state result.State, value any, failure *result.Error) error {
	if x.app.set.Results == nil || t.ignored() {
		return nil
	}
	return x.app.set.Results.Store(ctx, t.document(state, value, failure))
}

func (x *executor) succeed(ctx context.Context, t *Task, value any) error {
	ctx = context.WithValue(ctx, taskKey{}, t) // what follows are its children
	var calls []call
	if len(t.Chain) > 0 {
		if s := readSignature(t.Chain[len(t.Chain)-1]); s != nil {
			calls = append(calls, call{s, place{chain: slices.Clone(t.Chain[:len(t.Chain)-1])}})
		}
	}
	for _, s := range readSignatures(t.Callbacks) {
		calls = append(calls, call{s, place{}})
	}
	if err := x.follow(ctx, t, []any{value}, "", calls...); err != nil {
		return err
	}
	if err := x.store(ctx, t, result.Success, value, nil); err != nil {
		return err
	}
	if err := x.part(ctx, t, result.Success, value, nil); err != nil {
		return err
	}
	x.tell("task-succeeded", t, func() map[string]any {
		return map[string]any{"result": message.Repr(plainValue(value)), "runtime": x.app.now().Sub(t.Started).Seconds()}
	})
	x.done(t, result.Success, nil)
	return nil
}

// plainValue is a value as it looks after JSON, for its repr.
func plainValue(v any) any {
	text, err := pyjson.Encode(message.Plain.Wrap(v))
	if err != nil {
		return fmt.Sprint(v)
	}
	out, err := pyjson.Decode(text)
	if err != nil {
		return fmt.Sprint(v)
	}
	return out
}

func (x *executor) retry(ctx context.Context, t *Task, r *RetryError) error {
	again, o := t.again(r, x.app.now())
	m, raw, err := x.app.encode(nil, &again, o)
	if err != nil { // what cannot be sent now never can: the task fails, if need be after retries without these options
		return x.conclude(ctx, t, nil, fmt.Errorf("retry: %w", err))
	}
	m.Raw = raw
	// Sent again after a crash it would be a second retry of the same run.
	m.Once = fmt.Sprintf("retry.%s.%d", t.tag, again.Retries)
	switch err := sendable(x.app.set.Broker.Publish(ctx, m)); {
	case isUnsendable(err):
		return x.conclude(ctx, t, nil, fmt.Errorf("retry: %w", err))
	case err != nil:
		return fmt.Errorf("retry task %s: %w", t.ID, err)
	}
	cause := r.Cause
	if cause == nil {
		cause = &result.Error{Type: "Retry", Module: "celery.exceptions", Args: []any{r.Error()}}
	}
	failure := x.failure(t, cause)
	t.sent(result.Child{ID: t.ID})
	if err := x.store(ctx, t, result.Retry, nil, failure); err != nil {
		return err
	}
	x.tell("task-retried", t, failedFields(failure))
	x.done(t, result.Retry, r)
	return nil
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

func (x *executor) terminated(ctx context.Context, t *Task) error {
	failure := &result.Error{Type: "TaskRevokedError", Module: "celery.exceptions", Args: []any{"terminated"}}
	if err := x.store(ctx, t, result.Revoked, nil, failure); err != nil {
		return err
	}
	if err := x.spread(ctx, t, result.Revoked, failure); err != nil {
		return err
	}
	x.tell("task-revoked", t, func() map[string]any { return map[string]any{"terminated": true, "signum": 15, "expired": false} })
	x.done(t, result.Revoked, failure)
	return nil
}
