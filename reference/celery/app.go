package celery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// An App sends tasks and knows the handlers of those it can run. It is safe
// for concurrent use.
type App struct {
	set    Settings
	origin string
	reply  string // reply_to of its messages

	lamport  atomic.Int64 // Celery's logical clock
	mu       sync.RWMutex
	handlers map[string]*handler
	eager    *Eager // nil unless tasks run in Send
}

// A Handler runs a task. What it returns becomes the result. Its context ends
// at the task's time limits and when a worker shuts down cold; context.Cause
// tells which.
type Handler func(ctx context.Context, t *Task) (any, error)

// handler is a Handler with its settings.
type handler struct {
	name         string
	run          Handler
	maxRetries   int // negative: no limit
	backoff      Backoff
	retryOn      func(error) bool
	soft, hard   time.Duration
	acksLate     bool
	ignoreResult bool
	trackStarted bool
	rate         *bucket
}

// New returns an app. The error lists every setting that is not allowed.
func New(set Settings) (*App, error) {
	set, err := set.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("celery settings: %w", err)
	}
	a := &App{set: set, origin: origin(), reply: newID(), handlers: map[string]*handler{}}
	if set.AlwaysEager {
		a.eager = a.NewEager()
		a.eager.Propagate = set.EagerPropagates
	}
	return a, nil
}

// A HandlerOption changes how a handler's tasks are run.
type HandlerOption func(*handler)

// MaxRetries limits how often a task is retried; the default is Celery's 3,
// and a negative number means without limit.
func MaxRetries(n int) HandlerOption { return func(h *handler) { h.maxRetries = n } }

// AutoRetry retries every error for which on is true, nil meaning all, after
// the delays of b.
func AutoRetry(b Backoff, on func(error) bool) HandlerOption {
	return func(h *handler) {
		h.backoff, h.retryOn = b, on
		if on == nil {
			h.retryOn = func(error) bool { return true }
		}
	}
}

// Limits are the soft and the hard time limit of a run; 0 leaves the app's.
func Limits(soft, hard time.Duration) HandlerOption {
	return func(h *handler) { h.soft, h.hard = soft, hard }
}

// AcksLate acknowledges a task after it ran (true) or before (false).
func AcksLate(late bool) HandlerOption { return func(h *handler) { h.acksLate = late } }

// DropResult does not keep results of this task.
func DropResult() HandlerOption { return func(h *handler) { h.ignoreResult = true } }

// TrackStarted stores the state STARTED when a run starts.
func TrackStarted() HandlerOption { return func(h *handler) { h.trackStarted = true } }

// RateLimit runs at most n tasks in any period, per worker, as Celery's rate
// limits do. What comes too early waits in the broker.
func RateLimit(n float64, per time.Duration) HandlerOption {
	return func(h *handler) { h.rate.set(n, per) }
}

// Handle makes the app able to run the tasks of a name.
func (a *App) Handle(name string, run Handler, options ...HandlerOption) error {
	if name == "" || run == nil {
		return errors.New("handle task: want a name and a handler")
	}
	h := &handler{name: name, run: run, maxRetries: 3, soft: a.set.SoftLimit, hard: a.set.HardLimit, acksLate: a.set.AcksLate,
		ignoreResult: a.set.IgnoreResult, trackStarted: a.set.TrackStarted, rate: &bucket{}, backoff: Backoff{First: 3 * time.Minute, Most: 3 * time.Minute}}
	for _, o := range options {
		o(h)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.handlers[name] != nil {
		return fmt.Errorf("handle task %q: it has a handler", name)
	}
	a.handlers[name] = h
	return nil
}

func (a *App) handler(name string) *handler {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if h := a.handlers[name]; h != nil {
		return h
	}
	return builtin(name)
}

// setLimits changes the time limits of a handler. A run in progress keeps its own.
func (a *App) setLimits(name string, soft, hard time.Duration) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.handlers[name]
	if h == nil {
		return false
	}
	changed := *h // handlers in use are never written to
	changed.soft, changed.hard = soft, hard
	a.handlers[name] = &changed
	return true
}

// Tasks are the names of the tasks with a handler, sorted.
func (a *App) Tasks() []string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return slices.Sorted(maps.Keys(a.handlers))
}

// Broker is the app's broker.
func (a *App) Broker() broker.Broker { return a.set.Broker }

// Results is the app's result backend, nil if results are not kept.
func (a *App) Results() result.Backend { return a.set.Results }

func (a *App) now() time.Time { return a.set.Clock.Now() }
