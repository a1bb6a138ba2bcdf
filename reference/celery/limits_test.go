package celery_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
)

func TestMaxTasksHoldsForRunsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, _ *redistest.Server, app *celery.App) {
		var runs atomic.Int64
		handle(t, app, "count", func(context.Context, *celery.Task) (any, error) { return runs.Add(1), nil })
		for round := range 3 {
			sendAll(t, app, "count", 20)
			runs.Store(0)
			w := app.NewWorker(celery.WorkerOptions{Concurrency: 8, MaxTasks: 3, Quiet: true})
			if err := w.Run(t.Context()); !errors.Is(err, celery.ErrMaxTasks) {
				t.Fatalf("round %d: Run() = %v, want ErrMaxTasks", round, err)
			}
			if n := runs.Load(); n != 3 {
				t.Fatalf("round %d: %d tasks were run, want 3", round, n)
			}
		}
	})
}

func TestWarmLimitTurnsAShutdownCold(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, app *celery.App) {
		started, cause := make(chan bool), make(chan error, 1)
		handle(t, app, "stuck", func(ctx context.Context, _ *celery.Task) (any, error) {
			started <- true
			<-ctx.Done()
			cause <- context.Cause(ctx)
			return nil, context.Cause(ctx)
		}, celery.AcksLate(true))
		sendAll(t, app, "stuck", 1)
		_, stop := work(t, app, celery.WorkerOptions{Concurrency: 1, WarmLimit: 20 * time.Millisecond, Quiet: true})
		<-started
		began := time.Now()
		if err := stop(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < 20*time.Millisecond {
			t.Errorf("the shutdown took %v, want 20ms of patience or more", took)
		}
		if err := <-cause; !errors.Is(err, celery.ErrColdShutdown) {
			t.Errorf("the cause of the handler's end is %v, want ErrColdShutdown", err)
		}
		if got := inQueue(t, srv); got != "0!" {
			t.Errorf("left in the queue: %q, want 0!", got)
		}
	})
}
