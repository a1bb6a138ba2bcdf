package celery_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// each runs a test on the fake and on a real server, with its own app.
func each(t *testing.T, fn func(t *testing.T, srv *redistest.Server, app *celery.App)) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		fn(t, srv, newApp(t, srv, celery.Settings{}))
	}, redistest.Fake(), redistest.Real())
}

// work runs a worker until stop is called, which returns Run's error.
func work(t *testing.T, app *celery.App, opt celery.WorkerOptions) (w *celery.Worker, stop func() error) {
	t.Helper()
	w, cancel, ended := begin(t, app, opt)
	return w, func() error { cancel(); return ended() }
}

// begin runs a worker until cancel is called; ended then returns Run's error.
func begin(t *testing.T, app *celery.App, opt celery.WorkerOptions) (w *celery.Worker, cancel func(), ended func() error) {
	t.Helper()
	w = app.NewWorker(opt)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	returned := make(chan error, 1)
	go func() { returned <- w.Run(ctx) }()
	ended = sync.OnceValue(func() error { return <-returned })
	t.Cleanup(func() { w.Kill(); cancel(); _ = ended() })
	return w, cancel, ended
}

func handle(t *testing.T, app *celery.App, name string, run celery.Handler, options ...celery.HandlerOption) {
	t.Helper()
	if err := app.Handle(name, run, options...); err != nil {
		t.Fatal(err)
	}
}

func sendAll(t *testing.T, app *celery.App, name string, n int) []*celery.AsyncResult {
	t.Helper()
	var all []*celery.AsyncResult
	for i := range n {
		r, err := app.Send(t.Context(), name, celery.Args(i))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func waitAll(t *testing.T, all []*celery.AsyncResult) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for i, r := range all {
		if v, err := r.Get(ctx); err != nil || v != int64(i) {
			t.Fatalf("result %d = %v, %v", i, v, err)
		}
	}
}

func echo(_ context.Context, t *celery.Task) (any, error) { return t.Args[0], nil }

func inQueue(t *testing.T, srv *redistest.Server) string {
	t.Helper()
	var names []string
	for _, m := range eager.Inspect(t, srv.Client(), kombu.Options{}).Queue("celery").Messages() {
		name := fmt.Sprint(m.Args[0])
		if m.Redelivered {
			name += "!"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestWarmShutdownFinishesAndGivesBackInOrder(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, app *celery.App) {
		started, finish := make(chan bool, 6), make(chan bool)
		handle(t, app, "slow", func(_ context.Context, task *celery.Task) (any, error) {
			started <- true
			<-finish
			return task.Args[0], nil
		})
		all := sendAll(t, app, "slow", 6)
		_, cancel, ended := begin(t, app, celery.WorkerOptions{Concurrency: 1, Prefetch: 4, Quiet: true})
		<-started
		cancel()
		close(finish)
		if err := ended(); err != nil {
			t.Error(err)
		}
		waitAll(t, all[:1])
		if got, want := inQueue(t, srv), "1! 2! 3! 4 5"; got != want {
			t.Errorf("left in the queue: %s, want %s", got, want)
		}
		if n := eager.Inspect(t, srv.Client(), kombu.Options{}).Unacked(); n != 0 {
			t.Errorf("%d messages are unacked, want 0", n)
		}
	})
}

func TestColdShutdownGivesBackWhatRuns(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, app *celery.App) {
		started := make(chan bool)
		handle(t, app, "stuck", func(ctx context.Context, _ *celery.Task) (any, error) {
			started <- true
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}, celery.AcksLate(true))
		sendAll(t, app, "stuck", 1)
		w, stop := work(t, app, celery.WorkerOptions{Concurrency: 1, Quiet: true})
		<-started
		w.Kill()
		if err := stop(); err != nil {
			t.Error(err)
		}
		if got := inQueue(t, srv); got != "0!" {
			t.Errorf("left in the queue: %q, want 0!", got)
		}
	})
}

func TestMaxTasks(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, app *celery.App) {
		handle(t, app, "echo", echo)
		all := sendAll(t, app, "echo", 5)
		w := app.NewWorker(celery.WorkerOptions{Concurrency: 1, Prefetch: 2, MaxTasks: 3, Quiet: true})
		if err := w.Run(t.Context()); !errors.Is(err, celery.ErrMaxTasks) {
			t.Errorf("Run() = %v, want ErrMaxTasks", err)
		}
		waitAll(t, all[:3])
		if got := strings.ReplaceAll(inQueue(t, srv), "!", ""); got != "3 4" {
			t.Errorf("left in the queue: %s, want 3 4", got)
		}
	})
}

func TestWorkerOutlivesLostConnections(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, app *celery.App) {
		handle(t, app, "echo", echo, celery.AcksLate(true))
		_, stop := work(t, app, celery.WorkerOptions{Concurrency: 2, Heartbeat: 10 * time.Millisecond})
		for range 3 {
			waitAll(t, sendAll(t, app, "echo", 5))
			srv.Faults().Cut()
			waitAll(t, sendAll(t, app, "echo", 5))
			srv.Faults().Refuse()
			srv.Faults().Heal()
		}
		waitAll(t, sendAll(t, app, "echo", 5))
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestHostileMessagesDoNotStopAWorker(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, app *celery.App) {
		handle(t, app, "echo", echo)
		good := `"content-encoding": "utf-8", "content-type": "application/json", "properties": {"delivery_tag": "%d", "body_encoding": "base64", "delivery_info": {"exchange": "", "routing_key": "celery"}}`
		bad := []string{"nope", "{}", "[]", `{"properties": {}}`, "\x00\xff"}
		for i, rest := range []string{`"headers": {"task": "echo", "id": "b1"}, "body": "!"`, `"headers": {"task": "echo", "id": "b2"}, "body": "W10="`,
			`"headers": {"task": "nobody", "id": "b3"}, "body": "W1tdLCB7fSwgbnVsbF0="`, `"headers": {"task": "echo", "id": "b4", "eta": "soon"}, "body": "W1tdLCB7fSwgbnVsbF0="`,
			`"headers": {}, "body": "e30="`, `"headers": {"task": "echo", "id": "b5", "compression": "application/x-gzip"}, "body": "W10="`} {
			bad = append(bad, "{"+rest+", "+fmt.Sprintf(good, i)+"}")
		}
		for _, raw := range bad {
			if err := srv.Client().LPush(t.Context(), "celery", raw).Err(); err != nil {
				t.Fatal(err)
			}
		}
		all := sendAll(t, app, "echo", 3)
		_, stop := work(t, app, celery.WorkerOptions{Concurrency: 2, Quiet: true})
		waitAll(t, all)
		if err := stop(); err != nil {
			t.Error(err)
		}
		inspector := eager.Inspect(t, srv.Client(), kombu.Options{})
		dead := inspector.Dead()
		if len(dead) != len(bad) || inspector.Unacked() != 0 {
			t.Fatalf("%d messages are dead and %d unacked, want %d and 0", len(dead), inspector.Unacked(), len(bad))
		}
		kept := map[string]bool{}
		for _, d := range dead {
			kept[string(d.Raw)] = d.Reason != ""
		}
		for _, raw := range bad {
			if !kept[raw] {
				t.Errorf("%q is not on the dead-letter list with a reason", raw)
			}
		}
		for id, want := range map[string]string{"b2": "Malformed: the body is not [args, kwargs, embed]", "b3": "NotRegistered: nobody"} {
			var failed *result.Error
			if _, err := app.Result(id).Get(t.Context()); !errors.As(err, &failed) || failed.Error() != want {
				t.Errorf("result of %s: %v, want %s", id, err, want)
			}
		}
	})
}

func TestRateLimitAndParkingLeaveRoom(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, app *celery.App) {
		handle(t, app, "echo", echo)
		handle(t, app, "limited", echo, celery.RateLimit(1, time.Hour))
		for i := range 20 { // more than the worker holds at once
			if _, err := app.Send(t.Context(), "echo", celery.Args(i), celery.Countdown(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		limited := sendAll(t, app, "limited", 3)
		all := sendAll(t, app, "echo", 5)
		_, stop := work(t, app, celery.WorkerOptions{Concurrency: 1, Prefetch: 2, Quiet: true})
		waitAll(t, all)
		waitAll(t, limited[:1])
		if err := stop(); err != nil {
			t.Error(err)
		}
		if n := eager.Inspect(t, srv.Client(), kombu.Options{}).Unacked(); n != 22 {
			t.Errorf("%d tasks wait in the broker, want 20 with a countdown and 2 with a rate limit", n)
		}
		if got := inQueue(t, srv); got != "" {
			t.Errorf("the queue holds %s, want nothing", got)
		}
	})
}

func TestExactParityWorksAsAWhole(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		b, err := kombu.New(srv.Client(), kombu.Options{Parity: true})
		if err != nil {
			t.Fatal(err)
		}
		app := newApp(t, srv, celery.Settings{Broker: b})
		handle(t, app, "echo", echo)
		all := sendAll(t, app, "echo", 5)
		last, err := app.Send(t.Context(), "echo", celery.Args(5), celery.Countdown(50*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		_, stop := work(t, app, celery.WorkerOptions{Concurrency: 2, Quiet: true})
		waitAll(t, append(all, last))
		if err := stop(); err != nil {
			t.Error(err)
		}
		if keys := srv.Client().Keys(t.Context(), "redkit.*").Val(); len(keys) != 0 {
			t.Errorf("keys that kombu does not know: %q", keys)
		}
	}, redistest.Fake(), redistest.Real())
}
