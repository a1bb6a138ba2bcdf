package subjects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// TasksOnRedis is a celery.App on the engine that opts choose, whose tasks are
// run one at a time: the broker and the results are those of production.
func TasksOnRedis(engine string, opts ...redistest.Option) tasktest.Subject {
	return tasksOn("tasks on "+engine, opts, onRedis)
}

// tasksOn is the subject of apps on one server of the engine that opts choose;
// open makes one, and end, unless it is nil, ends what runs its tasks.
func tasksOn(name string, opts []redistest.Option,
	open func(client *redis.Client, manual *clock.Manual, set tasktest.Settings) (t *Tasks, end func(), err error)) tasktest.Subject {
	return tasktest.Subject{
		Name: name, Claims: []conformance.Capability{tasktest.Waits, tasktest.Parks, tasktest.Buries, tasktest.Limits},
		Profiles: []conformance.Profile{conformance.Wire, conformance.Strict},
		New: func(tb conformance.TB) tasktest.App {
			srv := redistest.Start(tb, opts...)
			manual := clock.NewManual(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			tb.Equip(conformance.Equipment{Clock: appClock{manual}, Faults: served.Faults(srv)})
			options := srv.Options()
			options.MaxRetries = -1 // a command that is lost is lost
			client := redis.NewClient(options)
			tb.Cleanup(func() { _ = client.Close() }) // the server is going anyway
			var build func(set tasktest.Settings) *Tasks
			build = func(set tasktest.Settings) *Tasks {
				t, end, err := open(client, manual, set)
				if err != nil {
					tb.Fatalf("open the app: %v", err)
				}
				if end != nil {
					tb.Cleanup(end)
				}
				t.open = build
				return t
			}
			return build(tasktest.Settings{})
		},
	}
}

func onRedis(client *redis.Client, manual *clock.Manual, set tasktest.Settings) (*Tasks, func(), error) {
	silent := slog.New(slog.NewTextHandler(io.Discard, nil))
	transport, err := kombu.New(client, kombu.Options{Clock: manual, Logger: silent})
	if err != nil {
		return nil, nil, err
	}
	b := &stepped{Transport: transport, queues: map[string]bool{"celery": true}}
	s := celery.Settings{Broker: b, Results: result.NewRedis(client, result.Options{}), Clock: manual, Logger: silent}
	apply(set, &s)
	app, err := celery.New(s)
	if err != nil {
		return nil, nil, err
	}
	runner := app.NewEager()
	runner.Inline = false
	app.Use(runner)
	put := func(ctx context.Context, queue, text string) error {
		b.know(queue)
		return client.LPush(ctx, queue, text).Err()
	}
	return &Tasks{app: app, now: manual.Now, tick: manual.Advance, disturb: runner.SetChaos, put: put,
		work: func(ctx context.Context) error { _, err := runner.Drain(ctx); return err }}, nil, nil
}

// stepped is kombu's transport as an eager runner asks for it.
type stepped struct {
	*kombu.Transport
	mu     sync.Mutex
	queues map[string]bool
}

func (s *stepped) know(queue string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queues[queue] = true
}

// Publish remembers the queues.
func (s *stepped) Publish(ctx context.Context, messages ...broker.Message) error {
	for _, m := range messages {
		if m.Exchange == "" {
			s.know(m.RoutingKey)
		}
	}
	return s.Transport.Publish(ctx, messages...)
}

// Queues are those that were published to.
func (s *stepped) Queues() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.queues))
}

// Parked is empty: what is parked comes back to a queue that is known.
func (*stepped) Parked() []broker.Delivery { return nil }

// Copy delivers a message once more.
func (s *stepped) Copy(d broker.Delivery) {
	_ = s.Transport.Publish(context.Background(), broker.Message{RoutingKey: d.Queue, Raw: d.Raw}) // a lost copy shows in the count of runs
}

// appClock is the clock of an app as one of the judge.
type appClock struct{ *clock.Manual }

// Advance implements conformance.Clock.
func (c appClock) Advance(_ context.Context, d time.Duration) error {
	if d < 0 {
		return errors.New("time moves forward only: advance by " + fmt.Sprint(d))
	}
	c.Manual.Advance(d)
	return nil
}

// Grain is a nanosecond.
func (appClock) Grain() time.Duration { return 1 }

// Frozen is true: nothing but Advance and the runs move it.
func (appClock) Frozen() bool { return true }

// Blocking is false: nothing waits.
func (appClock) Blocking() bool { return false }
