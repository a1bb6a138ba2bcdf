package eager_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
)

func TestWhatADeadWorkerClaimedIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Deferred())
	var flags []bool
	app.Handle("survives", func(_ context.Context, task *celery.Task) (any, error) {
		flags = append(flags, task.Redelivered)
		return nil, nil
	})
	send(t, app, celery.Sig("survives"))
	claimed, err := app.Broker().Consume("a worker that dies", "celery").Claim(t.Context(), 1)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("Claim() = %v, %v, want one message", claimed, err)
	}
	if app.Advance(59 * time.Minute); len(flags) != 0 {
		t.Errorf("a message that another has claimed ran %d times", len(flags))
	}
	if app.Advance(time.Hour); len(flags) != 1 || !flags[0] {
		t.Errorf("its claim has run out, and runs are %v, want one that is redelivered", flags)
	}
}

func TestATaskThatTakesLongKeepsItsClaim(t *testing.T) {
	t.Parallel()
	app := eager.Start(t)
	arithmetic(app)
	runs := 0
	app.Handle("long", func(ctx context.Context, _ *celery.Task) (any, error) {
		if runs++; runs > 1 {
			return nil, errors.New("it runs again inside itself")
		}
		app.Tick(2 * time.Hour)
		_, err := app.Send(ctx, "add", celery.Args(1, 1))
		return nil, err
	}, celery.AcksLate(true))
	want(t, send(t, app, celery.Sig("long")), nil)
	if runs != 1 {
		t.Errorf("a task that takes two hours ran %d times, want once", runs)
	}
}
