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
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// modes runs a test with every way of running tasks. Drain and Advance make
// them alike.
func modes(t *testing.T, fn func(t *testing.T, app *eager.App)) {
	t.Parallel()
	for name, options := range map[string][]eager.Option{"inline": nil, "deferred": {eager.Deferred()}, "threaded": {eager.Threaded(3)}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, eager.Start(t, options...))
		})
	}
}

func send(t *testing.T, app *eager.App, s *celery.Signature) *celery.AsyncResult {
	t.Helper()
	r, err := app.Apply(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func want(t *testing.T, r *celery.AsyncResult, value any) {
	t.Helper()
	got, err := r.Get(t.Context())
	if diff := cmp.Diff(value, got); err != nil || diff != "" {
		t.Errorf("Get() error %v (-want +got):\n%s", err, diff)
	}
}

func arithmetic(app *eager.App) {
	app.Handle("add", celery.F2(func(_ context.Context, x, y int) (int, error) { return x + y, nil }))
	app.Handle("total", celery.F1(func(_ context.Context, n []int) (sum int, err error) {
		for _, x := range n {
			sum += x
		}
		return sum, nil
	}))
	app.Handle("fail", celery.F1(func(_ context.Context, text string) (any, error) { return nil, errors.New(text) }))
}

func TestCanvas(t *testing.T) {
	modes(t, func(t *testing.T, app *eager.App) {
		arithmetic(app)
		add := func(args ...any) *celery.Signature { return celery.Sig("add", args...) }
		chord := celery.Chord([]*celery.Signature{add(1, 1), celery.Chain(add(2, 2), add(3)), add(4, 4)}, celery.Sig("total"))
		tests := []struct {
			call *celery.Signature
			want int64
		}{
			{add(2, 3), 5},
			{celery.Chain(add(1, 1), add(10), celery.SI("add", 5, 5), add(100)), 110},
			{celery.Chain(celery.Chain(add(1, 1), add(1)), celery.Chain(add(1))), 4},
			{chord, 17},
			{celery.Chain(celery.Group(add(1, 1), add(2, 2)), celery.Sig("total"), add(1)), 7},
			{celery.Chain(chord, add(1)), 18},
			{celery.Chain(add(1, 1), celery.Group(add(1), add(2)), celery.Sig("total")), 7},
			{celery.Chord([]*celery.Signature{chord, chord}, celery.Sig("total")), 34},
			{celery.Chord(nil, celery.Sig("total")), 0},
			{celery.Chord([]*celery.Signature{celery.Group(add(1, 1), celery.Group(add(2, 2))), add(3, 3)}, celery.Chain(celery.Sig("total"), add(1))), 13},
		}
		for i, tt := range tests {
			r := send(t, app, tt.call)
			app.Drain()
			got, err := r.Get(t.Context())
			if err != nil || got != tt.want {
				t.Errorf("call %d = %v, %v, want %d", i, got, err, tt.want)
			}
		}
		group, err := app.ApplyGroup(t.Context(), celery.Group(add(1, 1), add(2, 2)))
		if err != nil {
			t.Fatal(err)
		}
		app.Drain()
		if got, err := group.Get(t.Context()); err != nil || cmp.Diff([]any{int64(2), int64(4)}, got) != "" {
			t.Errorf("group = %v, %v, want [2 4]", got, err)
		}
	})
}

func TestFailuresSpread(t *testing.T) {
	modes(t, func(t *testing.T, app *eager.App) {
		arithmetic(app)
		var mu sync.Mutex
		var told []any
		app.Handle("tell", func(_ context.Context, t *celery.Task) (any, error) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, t.Args...)
			return nil, nil
		})
		tell := celery.LinkError(celery.Sig("tell"))
		failing := send(t, app, celery.Sig("fail", "one").Set(tell))
		chain := send(t, app, celery.Chain(celery.Sig("fail", "two"), celery.Sig("add", 1), celery.Sig("add", 1)))
		chord := send(t, app, celery.Chord([]*celery.Signature{celery.Sig("add", 1, 1), celery.Sig("fail", "three")}, celery.Sig("total").Set(tell, celery.TaskID("body"))))
		unknown := send(t, app, celery.Sig("nobody knows"))
		app.Drain()
		for want, r := range map[string]*celery.AsyncResult{"Exception: one": failing, "Exception: two": chain, "ChordError: Dependency ": chord, "NotRegistered: nobody knows": unknown} {
			_, err := r.Get(t.Context())
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("Get() = %v, want %s", err, want)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if len(told) != 2 || told[0] != failing.ID && told[1] != failing.ID || told[0] != "body" && told[1] != "body" {
			t.Errorf("errbacks got %v, want the ids %s and body", told, failing.ID)
		}
		if dead := app.Dead(); len(dead) != 1 || dead[0].Reason != "NotRegistered: nobody knows" {
			t.Errorf("Dead() = %+v, want the unknown task", dead)
		}
	})
}

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

func TestDeferredRunsNothingBeforeTheCommit(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Deferred())
	committed := false
	app.Handle("read row", celery.F0(func(context.Context) (bool, error) { return committed, nil }))
	r := send(t, app, celery.Sig("read row"))
	app.Queue("celery").AssertSent(t, "read row")
	committed = true
	if !app.Step() || app.Step() {
		t.Error("Step() did not run exactly one task")
	}
	app.Queue("celery").AssertEmpty(t)
	want(t, r, true)
}

func TestWhatEagerUsuallyHides(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Settings(func(s *celery.Settings) { s.KnownQueues = []string{"celery", "mail"} }))
	app.Handle("unserialisable", celery.F0(func(context.Context) (any, error) { return make(chan int), nil }))
	app.Handle("see", func(ctx context.Context, t *celery.Task) (any, error) {
		if ctx.Value(key{}) != nil {
			return nil, errors.New("the sender's context leaks into the task")
		}
		return fmt.Sprintf("%T %T", t.Args[0], t.Args[1]), nil
	})
	ctx := context.WithValue(t.Context(), key{}, 1)
	r, err := app.Send(ctx, "see", celery.Args([2]int{1, 2}, struct{ A int }{1}))
	if err != nil {
		t.Fatal(err)
	}
	want(t, r, "[]interface {} map[string]interface {}")
	if _, err := send(t, app, celery.Sig("unserialisable")).Get(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "EncodeError: ") {
		t.Errorf("a result that cannot be serialised: %v, want EncodeError", err)
	}
	if _, err := app.Send(ctx, "see", celery.Args(make(chan int))); err == nil || !strings.Contains(err.Error(), "encode arguments of task see") {
		t.Errorf("an argument that cannot be serialised: %v", err)
	}
	if _, err := app.Send(ctx, "see", nil, celery.Queue("mial")); !errors.Is(err, celery.ErrUnknownQueue) {
		t.Errorf("a misspelt queue: %v, want ErrUnknownQueue", err)
	}
	if _, err := app.Send(ctx, "see", nil, celery.Exchange("nowhere", "k")); !errors.Is(err, broker.ErrUnroutable) {
		t.Errorf("an exchange without a queue: %v, want ErrUnroutable", err)
	}
	app.Handle("joins", func(ctx context.Context, t *celery.Task) (any, error) { return app.Result("x").Get(ctx) })
	if _, err := send(t, app, celery.Sig("joins")).Get(ctx); err == nil || !strings.Contains(err.Error(), "inside a task") {
		t.Errorf("waiting inside a task: %v", err)
	}
	app.Handle("endless", func(ctx context.Context, t *celery.Task) (any, error) {
		_, err := app.Send(ctx, "endless", nil)
		return nil, err
	})
	if _, err := send(t, app, celery.Sig("endless")).State(ctx); err != nil {
		t.Errorf("endless sending: %v", err)
	}
}

type key struct{}

func TestPropagate(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for _, propagate := range []bool{false, true} {
		var options []eager.Option
		if propagate {
			options = append(options, eager.Propagate())
		}
		app := eager.Start(t, options...)
		app.Handle("boom", celery.F0(func(context.Context) (any, error) { return nil, boom }))
		app.Handle("retries", func(_ context.Context, t *celery.Task) (any, error) { return nil, t.Retry(boom) })
		r, err := app.Send(t.Context(), "boom", nil)
		if errors.Is(err, boom) != propagate || r == nil {
			t.Errorf("propagate %v: Send() = %v, %v", propagate, r, err)
		}
		if s, _ := r.State(t.Context()); s != result.Failure {
			t.Errorf("propagate %v: state %s, want FAILURE", propagate, s)
		}
		if _, err := app.Send(t.Context(), "retries", nil); err != nil {
			t.Errorf("propagate %v: a retry leaks out of Send: %v", propagate, err)
		}
	}
}

func TestChaosStrikesFromASeed(t *testing.T) {
	t.Parallel()
	counts := func(c celery.Chaos) (runs, redelivered int) {
		app := eager.Start(t, eager.Chaos(c))
		app.Handle("count", func(_ context.Context, t *celery.Task) (any, error) {
			runs++
			if t.Redelivered {
				redelivered++
			}
			return nil, nil
		}, celery.AcksLate(true), celery.DropResult())
		for range 100 {
			send(t, app, celery.Sig("count"))
		}
		return runs, redelivered
	}
	if runs, again := counts(celery.Chaos{Duplicate: 1}); runs != 200 || again != 0 {
		t.Errorf("every message doubled: %d runs, %d redelivered, want 200, 0", runs, again)
	}
	if runs, again := counts(celery.Chaos{LoseAck: 1}); runs != 200 || again != 100 {
		t.Errorf("every ack lost once: %d runs, %d redelivered, want 200, 100", runs, again)
	}
	first, _ := counts(celery.Chaos{Seed: 7, Duplicate: .3, LoseAck: .3})
	second, _ := counts(celery.Chaos{Seed: 7, Duplicate: .3, LoseAck: .3})
	if first != second || first <= 100 || first >= 200 {
		t.Errorf("two apps with one seed ran %d and %d tasks, want the same number between 100 and 200", first, second)
	}
}

func TestAChordRunsItsBodyOnceUnderDuplicates(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Deferred(), eager.Twice())
	n, bodies := 0, 0
	app.Handle("different each time", celery.F0(func(context.Context) (int, error) { n++; return n, nil }))
	app.Handle("body", func(_ context.Context, t *celery.Task) (any, error) {
		if list, _ := t.Args[0].([]any); len(list) != 3 {
			return nil, fmt.Errorf("the body got %v", t.Args)
		}
		bodies++
		return nil, nil
	})
	part := celery.Sig("different each time")
	r := send(t, app, celery.Chord([]*celery.Signature{part, part, part}, celery.Sig("body")))
	app.Drain()
	if len(app.Calls("body")) != 1 || bodies != 2 { // sent once, delivered twice
		t.Errorf("the body was sent %d times and ran %d times, want 1 and 2", len(app.Calls("body")), bodies)
	}
	want(t, r, nil)
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
	if _, err := panics.Get(t.Context()); !errors.As(err, &e) || !strings.Contains(e.Traceback, "eager_test.go") {
		t.Errorf("the traceback of a panic does not name its file: %+v", e)
	}
}
