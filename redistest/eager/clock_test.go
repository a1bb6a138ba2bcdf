package eager_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

func TestTimeGoesByTheClock(t *testing.T) {
	modes(t, func(t *testing.T, app *eager.App) {
		var mu sync.Mutex
		ran := map[string]time.Duration{}
		start := app.Now()
		app.Handle("note", celery.F1(func(_ context.Context, name string) (any, error) {
			mu.Lock()
			defer mu.Unlock()
			ran[name] = app.Now().Sub(start)
			return nil, nil
		}))
		app.Handle("flaky", func(_ context.Context, task *celery.Task) (any, error) {
			mu.Lock()
			defer mu.Unlock()
			ran[fmt.Sprint("try ", task.Retries)] = app.Now().Sub(start)
			return nil, errors.New("not yet")
		}, celery.AutoRetry(celery.Backoff{First: 10 * time.Second}, nil), celery.MaxRetries(2))
		late := send(t, app, celery.Sig("note", "late").Set(celery.Countdown(time.Hour)))
		send(t, app, celery.Sig("note", "soon").Set(celery.ETA(start.Add(time.Minute))))
		expired := send(t, app, celery.Sig("note", "expired").Set(celery.Countdown(time.Minute), celery.ExpiresIn(time.Second)))
		send(t, app, celery.Sig("flaky"))
		app.Drain()
		if n := app.Queue("celery").Len(); n != 0 {
			t.Errorf("the queue holds %d messages, want none: they wait for their time", n)
		}
		if s, err := late.State(t.Context()); err != nil || s != result.Pending {
			t.Errorf("state before its time = %s, %v, want PENDING", s, err)
		}
		app.Advance(59 * time.Minute)
		app.Advance(2 * time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if diff := cmp.Diff(map[string]time.Duration{"late": time.Hour, "soon": time.Minute, "try 0": 0, "try 1": 10 * time.Second, "try 2": 30 * time.Second}, ran); diff != "" {
			t.Errorf("runs (-want +got):\n%s", diff)
		}
		if _, err := expired.Get(t.Context()); err == nil || err.Error() != "TaskRevokedError: expired" {
			t.Errorf("expired task: %v", err)
		}
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Threaded(2))
	started := make(chan bool, 100) // a claim that runs out is delivered again
	app.Handle("soft", func(ctx context.Context, t *celery.Task) (any, error) {
		started <- true
		<-ctx.Done()
		return nil, ctx.Err()
	}, celery.Limits(time.Minute, 0))
	app.Handle("hard", func(ctx context.Context, t *celery.Task) (any, error) {
		started <- true
		<-ctx.Done()
		return nil, nil
	}, celery.Limits(0, time.Minute))
	app.Handle("panics", func(context.Context, *celery.Task) (any, error) { panic("oh") })
	soft, hard, panics := send(t, app, celery.Sig("soft")), send(t, app, celery.Sig("hard")), send(t, app, celery.Sig("panics"))
	<-started
	<-started
	for want, r := range map[string]*celery.AsyncResult{"SoftTimeLimitExceeded: 60.0": soft, "TimeLimitExceeded: 60.0": hard, "Panic: oh": panics} {
		ended := make(chan error, 1)
		go func() { _, err := r.Get(t.Context()); ended <- err }()
		var err error
		for waiting := true; waiting; {
			select {
			case err = <-ended:
				waiting = false
			case <-time.After(time.Millisecond): // for the worker, which a clock that races would leave no time
				app.Tick(time.Second)
			}
		}
		if err == nil || err.Error() != want {
			t.Errorf("Get() = %v, want %s", err, want)
		}
	}
	var e *result.Error
	if _, err := panics.Get(t.Context()); !errors.As(err, &e) || !strings.Contains(e.Traceback, "clock_test.go") {
		t.Errorf("the traceback of a panic does not name its file: %+v", e)
	}
}
