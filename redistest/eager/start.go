package eager

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// App is a celery.App whose tasks run in the test's process. Code under test
// is given the celery.App. App is safe for concurrent use.
type App struct {
	*celery.App
	tb     redistest.TB
	clock  *clock.Manual
	broker *broker.Memory
	runner *celery.Eager  // nil if threaded
	worker *celery.Worker // nil unless threaded

	mu   sync.Mutex
	runs []Run
	sent []accepted
}

// accepted is a message that was sent at a time.
type accepted struct {
	broker.Message
	at time.Time
}

// A Run is one run of a task.
type Run struct {
	ID, Name string
	State    result.State
	Err      error // what failed, was retried or rejected
}

type settings struct {
	celery   celery.Settings
	mode     string
	workers  int
	chaos    celery.Chaos
	start    time.Time
	faithful bool
}

// An Option changes how Start runs tasks.
type Option func(*settings)

// Deferred leaves tasks in their queues until Drain, Step or Advance.
func Deferred() Option { return func(s *settings) { s.mode = "deferred" } }

// Threaded runs tasks in a worker of n goroutines in this process, while the
// test goes on. Drain waits until they have nothing left to do.
func Threaded(n int) Option {
	return func(s *settings) { s.mode, s.workers = "threaded", n }
}

// Propagate makes Send return the error of the task it ran. The other modes,
// whose Send runs nothing, refuse it.
func Propagate() Option { return func(s *settings) { s.celery.EagerPropagates = true } }

// Chaos doubles deliveries and loses acknowledgements, from a seed.
func Chaos(c celery.Chaos) Option { return func(s *settings) { s.chaos = c } }

// Twice delivers every message twice: the shortest test of idempotence.
func Twice() Option { return Chaos(celery.Chaos{Duplicate: 1}) }

// At starts the clock at a time instead of 2026-01-01 UTC.
func At(t time.Time) Option { return func(s *settings) { s.start = t } }

// Settings changes the app's settings. Broker, Results and Clock are Start's.
func Settings(change func(*celery.Settings)) Option {
	return func(s *settings) { change(&s.celery) }
}

// Start gives tb an app of its own. Tasks run inside Send unless an option
// says otherwise.
func Start(tb redistest.TB, options ...Option) *App {
	tb.Helper()
	set := &settings{mode: "inline", start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, o := range options {
		o(set)
	}
	a := &App{tb: tb, clock: clock.NewManual(set.start)}
	a.broker = broker.NewMemory(a.clock, 0)
	a.broker.Accepted = func(m broker.Message) {
		if isReply(m.Exchange) {
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.sent = append(a.sent, accepted{m, a.clock.Now()})
	}
	set.celery.Clock, set.celery.Broker, set.celery.Results = a.clock, followed{a.broker, a}, result.NewMemory(a.clock, 0)
	set.celery.AlwaysEager = false // a runner of our own follows
	if set.celery.Logger == nil {
		set.celery.Logger = slog.New(slog.NewTextHandler(logWriter{tb}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	if set.celery.EagerPropagates && set.mode != "inline" {
		tb.Fatalf("eager: Propagate: Send of a %s app runs nothing: ask for the error with AsyncResult.Get", set.mode)
	}
	if set.faithful {
		set.faithfully(func(format string, args ...any) { tb.Errorf("eager: "+format, args...) })
	}
	app, err := celery.New(set.celery)
	if err != nil {
		tb.Fatalf("eager: %v", err)
	}
	a.App = app
	if set.mode == "threaded" {
		a.work(set)
		return a
	}
	a.runner = app.NewEager()
	a.runner.Inline, a.runner.Propagate, a.runner.Finished = set.mode == "inline", set.celery.EagerPropagates, a.finished
	a.runner.SetChaos(set.chaos)
	app.Use(a.runner)
	return a
}

// work starts a worker that ends with the test.
func (a *App) work(set *settings) {
	// It never sweeps: a clock that leaps would make its own claims look old.
	w := a.NewWorker(celery.WorkerOptions{Name: "threaded@localhost", Queues: queuesOf(set.celery), Concurrency: max(set.workers, 1), Quiet: true, Sweep: never})
	a.worker = w
	w.OnFinished(a.finished)
	w.SetChaos(set.chaos)
	ctx, stop := context.WithCancel(context.WithoutCancel(a.tb.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = w.Run(ctx) }) // no error: its number of tasks has no limit
	a.tb.Cleanup(func() { stop(); w.Kill(); running.Wait() })
}

func queuesOf(s celery.Settings) []string {
	if len(s.KnownQueues) > 0 {
		return s.KnownQueues
	}
	if s.DefaultQueue != "" {
		return []string{s.DefaultQueue}
	}
	return []string{"celery"}
}

// never is further away than any test moves its clock.
const never = 100 * 365 * 24 * time.Hour

// logWriter sends an app's log to the test's.
type logWriter struct{ tb redistest.TB }

func (l logWriter) Write(p []byte) (int, error) {
	l.tb.Logf("%s", strings.TrimRight(string(p), "\n"))
	return len(p), nil
}

func (a *App) finished(t *celery.Task, state result.State, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.runs = append(a.runs, Run{ID: t.ID, Name: t.Name, State: state, Err: err})
}

// Handle is celery.App.Handle, failing the test on an error.
func (a *App) Handle(name string, run celery.Handler, options ...celery.HandlerOption) {
	a.tb.Helper()
	if err := a.App.Handle(name, run, options...); err != nil {
		a.tb.Fatalf("eager: %v", err)
	}
}

// Now is the time of the app's clock.
func (a *App) Now() time.Time { return a.clock.Now() }

// Step runs the next task that is ready, and reports whether there was one.
func (a *App) Step() bool {
	a.tb.Helper()
	if a.runner == nil {
		a.tb.Fatalf("eager: Step: a threaded app runs tasks by itself, use Drain")
	}
	ran, err := a.runner.Step(a.tb.Context())
	if err != nil {
		a.tb.Fatalf("eager: Step: %v", err)
	}
	return ran
}

// Drain runs tasks, or lets them run, until none is ready; what waits for a
// later time is left. It returns how many ran.
func (a *App) Drain() int {
	a.tb.Helper()
	before := len(a.Runs())
	var err error
	if a.runner != nil {
		_, err = a.runner.Drain(a.tb.Context())
	} else {
		err = a.settle(a.tb.Context())
	}
	if err != nil {
		a.tb.Fatalf("eager: Drain: %v", err)
	}
	return len(a.Runs()) - before
}

// settle waits until neither the broker nor the worker has anything to do: an
// early acknowledgement leaves the broker idle while the task still runs.
func (a *App) settle(ctx context.Context) error {
	for last := -1; ; {
		if err := a.broker.Idle(ctx); err != nil {
			return err
		}
		claims, err := a.worker.Idle(ctx)
		if err != nil || claims == last {
			return err
		}
		last = claims // once more: what ran may have sent something
	}
}

// Advance runs what is ready, then moves the clock on by d, stopping at each
// time for which a task waits to run it.
func (a *App) Advance(d time.Duration) {
	a.tb.Helper()
	if d < 0 {
		a.tb.Fatalf("eager: Advance(%v): time moves forward", d)
	}
	end := a.clock.Now().Add(d)
	for {
		a.Drain()
		parked := a.broker.Parked()
		if len(parked) == 0 || parked[0].At.After(end) {
			break
		}
		a.clock.Advance(max(parked[0].At.Sub(a.clock.Now()), 0))
	}
	a.clock.Advance(end.Sub(a.clock.Now()))
	a.Drain()
}

// Tick moves the clock on by d and runs nothing: a handler that takes its time
// is played by one that calls it. Time limits that fall due strike.
func (a *App) Tick(d time.Duration) { a.clock.Advance(d) }

// SetChaos makes deliveries unreliable from now on, or reliable again.
func (a *App) SetChaos(c celery.Chaos) {
	if a.runner == nil {
		a.worker.SetChaos(c)
		return
	}
	a.runner.SetChaos(c)
}

// Runs are the runs so far, in the order they ended.
func (a *App) Runs() []Run {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Run(nil), a.runs...)
}

var errNoTask = errors.New("not a task")
