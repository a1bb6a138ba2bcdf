package celery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// WorkerOptions of a Worker. The zero value runs the app's default queue.
type WorkerOptions struct {
	Name        string        // celery@<host> if empty; unique among the workers of a broker
	Queues      []string      // the app's default queue if empty
	Concurrency int           // tasks at once; 0 is GOMAXPROCS
	Prefetch    int           // messages held at once; 0 is four for each task at once, as in Celery
	MaxTasks    int           // after so many runs Run returns ErrMaxTasks; 0: never
	WarmLimit   time.Duration // how long a warm shutdown waits for running tasks before it turns cold; 0: as long as they take
	Sweep       time.Duration // how often to look for messages of workers that died; 0 is 10 s
	Lease       time.Duration // the broker's lease, of which claims are extended every third; 0 is 1 min
	Heartbeat   time.Duration // between heartbeats to monitors; 0 is 2 s
	TaskEvents  bool          // tell monitors of tasks from the start, as celery -E; control can turn it on later
	Quiet       bool          // neither events nor remote control
}

// ErrMaxTasks is Run's error when the worker has run WorkerOptions.MaxTasks.
var ErrMaxTasks = errors.New("the worker has run its number of tasks")

// A Worker claims tasks of some queues and runs them. Its messages stay in
// the broker until their tasks are acknowledged; those for later are parked
// there. Use it for one Run; its other methods are safe for concurrent use.
type Worker struct {
	app  *App
	opt  WorkerOptions
	x    *executor
	cold context.CancelCauseFunc // set by Run
	work chan item
	acks chan ackRequest

	mischief *mischief // nil: deliveries are reliable

	started   time.Time
	processed atomic.Int64
	totals    counter
	telling   atomic.Bool // events of tasks go to monitors
	events    chan map[string]any
	keepers   sync.WaitGroup
	flying    flight
	owing     chan struct{} // gets a value when owed grows; holds one

	mu      sync.Mutex
	queues  []string
	reload  context.CancelFunc // interrupts a wait for messages
	held    map[string]broker.Delivery
	owed    map[string]debt // of held, what could not be settled yet
	room    chan struct{}   // gets a value when held shrinks; holds one
	active  map[string]*activeTask
	revoked *revokes
	later   map[string]parkedTask
	keeping int // deliveries in keep
	runs    pool
	stop    context.CancelFunc // warm
}

// item is a delivery whose task may run.
type item struct {
	d    broker.Delivery
	t    *Task
	seen time.Time // local time of the claim
}

// NewWorker returns a worker that has not started.
func (a *App) NewWorker(opt WorkerOptions) *Worker {
	if opt.Name == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "localhost"
		}
		opt.Name = "celery@" + host
	}
	if len(opt.Queues) == 0 {
		opt.Queues = []string{a.set.DefaultQueue}
	}
	if opt.Concurrency <= 0 {
		opt.Concurrency = runtime.GOMAXPROCS(0)
	}
	if opt.Prefetch <= 0 {
		opt.Prefetch = 4 * opt.Concurrency
	}
	opt.Prefetch = max(opt.Prefetch, opt.Concurrency)
	orDefault(&opt.Sweep, 10*time.Second)
	orDefault(&opt.Lease, time.Minute)
	orDefault(&opt.Heartbeat, 2*time.Second)
	w := &Worker{app: a, opt: opt, queues: slices.Clone(opt.Queues), held: map[string]broker.Delivery{}, room: make(chan struct{}, 1),
		owed: map[string]debt{}, owing: make(chan struct{}, 1),
		active: map[string]*activeTask{}, revoked: newRevokes(), later: map[string]parkedTask{}, events: make(chan map[string]any, 1000)}
	w.runs.init(opt.Concurrency, opt.Prefetch)
	w.totals.m = map[string]int64{}
	w.telling.Store(opt.TaskEvents)
	w.x = &executor{app: a, hostname: opt.Name, ack: w.ack, telling: w.telling.Load, events: w.taskEvent, running: w.running, park: w.park,
		revoked: func(id string) bool { return w.revoked.has(id, a.now()) }}
	return w
}

func orDefault(d *time.Duration, v time.Duration) {
	if *d <= 0 {
		*d = v
	}
}

// OnFinished calls heard, from the goroutine of the run, after every run with
// the state it ended in. It comes before Run.
func (w *Worker) OnFinished(heard func(t *Task, state result.State, err error)) {
	w.x.finished = heard
}

// Idle returns when the worker has finished what it claimed; claims is how
// much that was since it started. Whether more is in its queues the broker knows.
func (w *Worker) Idle(ctx context.Context) (claims int, err error) { return w.flying.wait(ctx) }

// Name is the worker's name.
func (w *Worker) Name() string { return w.opt.Name }

// Run works until ctx ends and then shuts down warm: it claims no more, gives
// back what has not started, and waits for what runs. Kill, or WarmLimit,
// makes that cold: handlers' contexts end, and what does not finish for it is
// given back unacknowledged. A lost connection is no reason to return: Run
// tries again, with growing pauses. It returns nil, or ErrMaxTasks.
func (w *Worker) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	tasks, cold := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cold(nil)
	w.mu.Lock()
	w.cold, w.stop = cold, stop
	w.mu.Unlock()
	w.started = w.app.now()
	w.work, w.acks = make(chan item, w.opt.Prefetch), make(chan ackRequest, w.opt.Prefetch)
	if err := w.declare(ctx); err != nil && ctx.Err() == nil {
		w.app.set.Logger.Warn("cannot declare queues yet", "err", err)
	}

	// Around the runs, until all of them are over.
	around, over := context.WithCancel(context.WithoutCancel(ctx))
	settling, settled := context.WithCancel(around)
	var services, acker, settler sync.WaitGroup
	w.runs.start(func() { w.runLoop(ctx, tasks) })
	announced := make(chan struct{}) // what is claimed before would not be missed
	services.Go(func() { w.extendLoop(around, sync.OnceFunc(func() { close(announced) })) })
	services.Go(func() { w.sweepLoop(around) })
	mingled := make(chan struct{}) // what was revoked before is not run
	if w.opt.Quiet {
		close(mingled)
	} else {
		services.Go(func() { w.controlLoop(around, sync.OnceFunc(func() { close(mingled) })) })
		services.Go(func() { w.eventLoop(around) })
	}
	acker.Go(w.ackLoop)
	settler.Go(func() { w.settleLoop(settling) })
	for _, ready := range []chan struct{}{announced, mingled} {
		select {
		case <-ready:
		case <-ctx.Done():
		}
	}
	w.fetchLoop(ctx)

	w.keepers.Wait()
	close(w.work)
	if w.opt.WarmLimit > 0 {
		go func() { // ends with the limit or with the runs, whose end cancels around
			select {
			case <-w.app.set.Clock.After(w.opt.WarmLimit):
				w.Kill()
			case <-around.Done():
			}
		}()
	}
	w.runs.wait()
	close(w.acks)
	acker.Wait()
	settled()
	settler.Wait()
	w.giveBack(context.WithoutCancel(ctx))
	over()
	services.Wait()
	if w.opt.MaxTasks > 0 && w.processed.Load() >= int64(w.opt.MaxTasks) {
		return ErrMaxTasks
	}
	return nil
}

// Kill shuts down cold. Run returns soon after, when handlers heed their context.
func (w *Worker) Kill() {
	w.mu.Lock()
	cold, stop := w.cold, w.stop
	w.mu.Unlock()
	if cold != nil {
		cold(ErrColdShutdown)
		stop()
	}
}

func (w *Worker) declare(ctx context.Context) error {
	w.mu.Lock()
	queues := slices.Clone(w.queues)
	w.mu.Unlock()
	for _, q := range queues {
		if err := w.app.set.Broker.Declare(ctx, "direct", broker.Binding{Exchange: q, RoutingKey: q, Queue: q}); err != nil {
			return err
		}
	}
	return nil
}

// giveBack settles what is owed, and requeues what else is held, in the order of
// the claims.
func (w *Worker) giveBack(ctx context.Context) {
	if err := w.settleOwed(ctx); err != nil {
		w.app.set.Logger.Warn("cannot settle messages; they return when their claims run out", "err", err)
	}
	w.mu.Lock()
	for field := range w.owed {
		delete(w.held, field)
	}
	left := make([]broker.Delivery, 0, len(w.held))
	for _, d := range w.held {
		left = append(left, d)
	}
	w.held = map[string]broker.Delivery{}
	w.mu.Unlock()
	if len(left) == 0 {
		return
	}
	slices.SortStableFunc(left, func(a, b broker.Delivery) int { return compareTokens(a, b) })
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := w.app.set.Broker.Requeue(ctx, left...); err != nil && !errors.Is(err, broker.ErrStale) {
		w.app.set.Logger.Warn("cannot give messages back; they return when their claims run out", "messages", len(left), "err", err)
	}
}

// compareTokens orders deliveries of one consumer as they were claimed: its
// tokens end in growing numbers.
func compareTokens(a, b broker.Delivery) int {
	return slices.Compare(numbers(a.Token), numbers(b.Token))
}

func numbers(token string) []int {
	var out []int
	for part := range strings.SplitSeq(token, ".") {
		n := 0
		if _, err := fmt.Sscan(part, &n); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// pause waits before the next try after so many failures in a row, from 50 ms
// to 5 s, each at random between half and all of it so that workers do not
// come back in step.
func (w *Worker) pause(ctx context.Context, failures int) {
	d := min(50*time.Millisecond<<min(failures-1, 10), 5*time.Second)
	select {
	case <-w.app.set.Clock.After(d/2 + rand.N(d/2)):
	case <-ctx.Done():
	}
}
