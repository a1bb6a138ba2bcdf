package celery

import (
	"context"
	"errors"
	"fmt"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// An unsendable is the error of a call that can never be made. Trying again,
// which would mean to run its task again, is of no use: what waits for the
// call fails instead.
type unsendable struct{ cause error }

func (e *unsendable) Error() string { return e.cause.Error() }

func (e *unsendable) Unwrap() error { return e.cause }

func isUnsendable(err error) bool {
	_, is := errors.AsType[*unsendable](err)
	return is
}

// sendable is the error of a publication, made an unsendable if it is for good.
func sendable(err error) error {
	if errors.Is(err, broker.ErrRefused) || errors.Is(err, broker.ErrUnroutable) {
		return &unsendable{err}
	}
	return err
}

// A call is what follows from a task, and where that stands in a larger one.
type call struct {
	s  *Signature
	at place
}

// follow sends the calls that follow from a task, and none if one of them is an
// unsendable. If once is not empty they are sent once, even if this runs again.
func (x *executor) follow(ctx context.Context, t *Task, prepend []any, once string, calls ...call) error {
	if len(calls) == 0 {
		return nil
	}
	p := x.app.plan(ctx)
	p.parent, p.prepend, p.once, p.seed = t, prepend, once, once
	sent := make([]result.Child, len(calls))
	for i, c := range calls {
		var err error
		if sent[i], err = p.add(c.s, c.at); err != nil {
			p.release()
			return fmt.Errorf("follow task %s: %w", t.ID, &unsendable{err})
		}
	}
	if err := sendable(p.publish(ctx)); err != nil {
		return fmt.Errorf("follow task %s: %w", t.ID, err)
	}
	t.sent(sent...)
	return nil
}

// inform sends an errback of a failure. The failure stands if that cannot be done.
func (x *executor) inform(ctx context.Context, t *Task, errback *Signature, id, once string) error {
	err := x.follow(ctx, t, []any{id}, once, call{errback, place{}})
	if isUnsendable(err) {
		x.app.set.Logger.Error("cannot send an errback", "task", t.Name, "id", id, "err", err)
		return nil
	}
	return err
}
