package subjects

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// Tasks is a celery.App behind the port of tasktest. It has every method of
// the port.
type Tasks struct {
	app     *celery.App
	now     func() time.Time
	tick    func(time.Duration) // lets time pass during a run
	work    func(context.Context) error
	disturb func(celery.Chaos)
	open    func(tasktest.Settings) *Tasks
	put     func(ctx context.Context, queue, text string) error

	mu   sync.Mutex
	runs []tasktest.Run
}

// Lacks implements conformance.Lacking: nothing.
func (*Tasks) Lacks() []conformance.Capability { return nil }

// Define implements tasktest.App.
func (t *Tasks) Define(task string, act tasktest.Act) error {
	return t.app.Handle(task, t.handler(act), options(act)...)
}

// Send implements tasktest.App.
func (t *Tasks) Send(ctx context.Context, c tasktest.Call) (tasktest.Sent, error) {
	r, err := t.app.Apply(ctx, signature(c, t.now()))
	if r == nil {
		return tasktest.Sent{}, taskKinds.of(err)
	}
	sent := tasktest.Sent{ID: r.ID}
	for _, m := range r.Children {
		sent.Members = append(sent.Members, m.ID)
	}
	return sent, taskKinds.of(err)
}

// Work implements tasktest.App.
func (t *Tasks) Work(ctx context.Context) error { return t.work(ctx) }

// Outcome implements tasktest.App.
func (t *Tasks) Outcome(ctx context.Context, id string) (tasktest.Outcome, error) {
	d, err := t.app.Results().Get(ctx, id)
	if err != nil {
		return tasktest.Outcome{}, err
	}
	return seenDocument(d), nil
}

// Runs implements tasktest.App.
func (t *Tasks) Runs(context.Context) ([]tasktest.Run, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.runs), nil
}

// Revoke implements tasktest.Revoker.
func (t *Tasks) Revoke(ctx context.Context, id string) error {
	return t.app.Result(id).Revoke(ctx, false)
}

// Messages implements tasktest.Queues.
func (t *Tasks) Messages(ctx context.Context, queue string) ([]string, error) {
	found, err := t.app.Broker().Peek(ctx, queue, 0)
	texts := make([]string, len(found))
	for i, d := range found {
		texts[i] = string(d.Raw)
	}
	return texts, err
}

// Put implements tasktest.Queues.
func (t *Tasks) Put(ctx context.Context, queue, text string) error { return t.put(ctx, queue, text) }

// Dead implements tasktest.Queues.
func (t *Tasks) Dead(ctx context.Context) ([]string, error) {
	found, err := t.app.Broker().Dead(ctx, 0)
	reasons := make([]string, len(found))
	for i, d := range found {
		reasons[i] = d.Reason
	}
	return reasons, err
}

// Disturb implements tasktest.Disturber.
func (t *Tasks) Disturb(twice, loseAcks bool) {
	c := celery.Chaos{}
	if twice {
		c.Duplicate = 1
	}
	if loseAcks {
		c.LoseAck = 1
	}
	t.disturb(c)
}

// Open implements tasktest.Opener.
func (t *Tasks) Open(_ context.Context, set tasktest.Settings) (tasktest.App, error) {
	return t.open(set), nil
}

// TasksInline is the mode of redistest/eager that runs tasks in Send.
func TasksInline() tasktest.Subject { return eagerTasks("tasks inline", nil, tasktest.Inline) }

// TasksDeferred is the mode that leaves tasks in their queues.
func TasksDeferred() tasktest.Subject {
	return eagerTasks("tasks deferred", []eager.Option{eager.Deferred()}, tasktest.Waits)
}

// TasksThreaded is the mode with a worker of its own.
func TasksThreaded() tasktest.Subject {
	return eagerTasks("tasks in a worker", []eager.Option{eager.Threaded(1)})
}

func eagerTasks(name string, mode []eager.Option, claims ...conformance.Capability) tasktest.Subject {
	return tasktest.Subject{
		Name: name, Claims: append(claims, tasktest.Parks, tasktest.Buries, tasktest.Limits),
		Profiles: []conformance.Profile{conformance.Wire, conformance.Strict},
		New: func(tb conformance.TB) tasktest.App {
			all := &eagerClock{}
			tb.Equip(conformance.Equipment{Clock: all})
			var build func(set tasktest.Settings) *Tasks
			build = func(set tasktest.Settings) *Tasks {
				set.Propagate = set.Propagate && mode == nil // Send of the others runs nothing, and they say so
				a := eager.Start(tb, append(slices.Clone(mode), eager.Settings(func(s *celery.Settings) { apply(set, s) }))...)
				all.apps = append(all.apps, a)
				put := func(ctx context.Context, queue, text string) error {
					return a.Broker().Publish(ctx, broker.Message{RoutingKey: queue, Raw: []byte(text)})
				}
				return &Tasks{app: a.App, now: a.Now, tick: a.Tick, disturb: a.SetChaos, open: build, put: put,
					work: func(context.Context) error { a.Drain(); return nil }}
			}
			return build(tasktest.Settings{})
		},
	}
}

// apply makes the settings of the port those of an app.
func apply(set tasktest.Settings, s *celery.Settings) {
	for _, task := range slices.Sorted(maps.Keys(set.Routes)) {
		s.Routes = append(s.Routes, celery.Route{Pattern: task, Queue: set.Routes[task]})
	}
	s.KnownQueues, s.IgnoreResult, s.TrackStarted, s.Extended, s.EagerPropagates = set.KnownQueues, set.IgnoreResult, set.TrackStarted, set.Extended, set.Propagate
}

// eagerClock moves the clocks of all apps of an instance.
type eagerClock struct{ apps []*eager.App }

// Advance implements conformance.Clock.
func (c *eagerClock) Advance(_ context.Context, d time.Duration) error {
	for _, a := range c.apps {
		a.Advance(d)
	}
	return nil
}

// Grain is a nanosecond.
func (*eagerClock) Grain() time.Duration { return 1 }

// Frozen is true: nothing but Advance and the runs move it.
func (*eagerClock) Frozen() bool { return true }

// Blocking is false: nothing waits.
func (*eagerClock) Blocking() bool { return false }
