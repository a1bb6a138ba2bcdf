package eager_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

func TestARevokedTaskIsNotRun(t *testing.T) {
	modes(t, func(t *testing.T, app *eager.App) {
		arithmetic(app)
		r := send(t, app, celery.Sig("add", 1, 1).Set(celery.Countdown(time.Minute)))
		if err := r.Revoke(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		app.Advance(time.Hour)
		if s, err := r.State(t.Context()); err != nil || s != result.Revoked {
			t.Errorf("state of a revoked task = %s, %v, want REVOKED", s, err)
		}
	})
}

func TestATerminatedTaskEndsInAThread(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Threaded(1))
	started := make(chan bool)
	app.Handle("waits", func(ctx context.Context, _ *celery.Task) (any, error) {
		close(started)
		<-ctx.Done()
		return nil, context.Cause(ctx)
	})
	r := send(t, app, celery.Sig("waits"))
	<-started
	if err := r.Revoke(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	app.Drain()
	var e *result.Error
	if _, err := r.Get(t.Context()); !errors.As(err, &e) || e.Type != "TaskRevokedError" {
		t.Errorf("Get() of a terminated task: %v, want TaskRevokedError", err)
	}
}

func TestAThreadedAppAnswersRemoteControl(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Threaded(1))
	ping := app.Control("ping", nil)
	ping.Limit = 1
	answers, err := ping.Call(t.Context())
	if err != nil || len(answers) != 1 {
		t.Errorf("ping = %v, %v, want one answer", answers, err)
	}
	if sent := app.Sent(); len(sent) != 0 {
		t.Errorf("Sent() = %v, want nothing: an answer is no task", sent)
	}
}
