package celery_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// An outage is a broker that can refuse to settle messages, as one that is
// away does; all else works.
type outage struct {
	*kombu.Transport
	acks, requeues atomic.Int64 // calls that will fail
	refused        chan string  // gets the name of each that did
}

var errAway = errors.New("the broker is away")

func (o *outage) Ack(ctx context.Context, deliveries ...broker.Delivery) error {
	if o.acks.Add(-1) >= 0 {
		o.refused <- "ack"
		return errAway
	}
	return o.Transport.Ack(ctx, deliveries...)
}

func (o *outage) Requeue(ctx context.Context, deliveries ...broker.Delivery) error {
	if o.requeues.Add(-1) >= 0 {
		o.refused <- "requeue"
		return errAway
	}
	return o.Transport.Requeue(ctx, deliveries...)
}

// eachOutage runs a test on the fake and on a real server, with an app whose
// broker can be made to fail.
func eachOutage(t *testing.T, fn func(t *testing.T, o *outage, app *celery.App)) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		transport, err := kombu.New(srv.Client(), kombu.Options{})
		if err != nil {
			t.Fatal(err)
		}
		o := &outage{Transport: transport, refused: make(chan string, 100)}
		fn(t, o, newApp(t, srv, celery.Settings{Broker: o}))
	}, redistest.Fake(), redistest.Real())
}

// unclaimed returns when no message is claimed.
func (o *outage) unclaimed(t *testing.T) {
	t.Helper()
	tick, limit := time.NewTicker(time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for {
		n, err := o.Unacked(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%d messages are still claimed", n)
		}
	}
}

// over returns when so many calls have been refused.
func (o *outage) over(t *testing.T, calls int) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for i := range calls {
		select {
		case <-o.refused:
		case <-limit:
			t.Fatalf("the worker tried %d times to settle a message, and no more", i)
		}
	}
}

func TestAWorkerAcknowledgesAfterAnOutageWhatItCouldNotInIt(t *testing.T) {
	eachOutage(t, func(t *testing.T, o *outage, app *celery.App) {
		var runs atomic.Int64
		handle(t, app, "once", func(_ context.Context, task *celery.Task) (any, error) {
			runs.Add(1)
			return task.Args[0], nil
		}, celery.AcksLate(true))
		o.acks.Store(6) // more than a call tries by itself
		work(t, app, celery.WorkerOptions{})
		waitAll(t, sendAll(t, app, "once", 5))
		o.over(t, 6)
		o.unclaimed(t)
		if got := runs.Load(); got != 5 {
			t.Errorf("5 tasks ran %d times", got)
		}
		if n, err := o.Depth(t.Context(), "celery"); n != 0 || err != nil {
			t.Errorf("%d messages are queued, %v", n, err)
		}
	})
}

func TestAWorkerThatStopsAcknowledgesWhatItFinishedInAnOutage(t *testing.T) {
	eachOutage(t, func(t *testing.T, o *outage, app *celery.App) {
		handle(t, app, "once", func(_ context.Context, task *celery.Task) (any, error) {
			return task.Args[0], nil
		}, celery.AcksLate(true))
		o.acks.Store(6)
		_, stop := work(t, app, celery.WorkerOptions{})
		waitAll(t, sendAll(t, app, "once", 1))
		o.over(t, 6)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		n, err := o.Unacked(t.Context())
		queued, err2 := o.Depth(t.Context(), "celery")
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if n != 0 || queued != 0 {
			t.Errorf("of one finished task %d messages are claimed and %d queued", n, queued)
		}
	})
}

func TestATaskThatCouldNotBeGivenBackInAnOutageRunsAfterIt(t *testing.T) {
	eachOutage(t, func(t *testing.T, o *outage, app *celery.App) {
		var runs atomic.Int64
		handle(t, app, "again", func(_ context.Context, task *celery.Task) (any, error) {
			if runs.Add(1) == 1 {
				return nil, &celery.RejectError{Reason: "not now", Requeue: true}
			}
			return task.Args[0], nil
		}, celery.AcksLate(true))
		o.requeues.Store(3)
		work(t, app, celery.WorkerOptions{})
		waitAll(t, sendAll(t, app, "again", 1))
		o.over(t, 3)
		o.unclaimed(t)
		if got := runs.Load(); got != 2 {
			t.Errorf("a task that was given back once ran %d times", got)
		}
	})
}
