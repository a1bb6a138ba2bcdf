package celery_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// limited is an app whose broker gives up on a message early.
func limited(t *testing.T, srv *redistest.Server) *celery.App {
	t.Helper()
	b, err := kombu.New(srv.Client(), kombu.Options{MaxDeliveries: 2})
	if err != nil {
		t.Fatal(err)
	}
	return newApp(t, srv, celery.Settings{Broker: b})
}

// A worker that is killed stands for one that its task kills: the task has
// begun and is not acknowledged, and what it held besides comes back as well.
func TestATaskThatEndsItsWorkersFailsAndTheOthersRun(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, _ *celery.App) {
		app := limited(t, srv)
		started := make(chan bool)
		handle(t, app, "poison", func(ctx context.Context, _ *celery.Task) (any, error) {
			started <- true
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}, celery.AcksLate(true))
		handle(t, app, "echo", echo, celery.AcksLate(true))
		body, err := app.Apply(t.Context(), celery.Chord([]*celery.Signature{celery.Sig("poison").Set(celery.TaskID("poison"))}, celery.Sig("echo")))
		if err != nil {
			t.Fatal(err)
		}
		good := sendAll(t, app, "echo", 2)
		for range 3 { // its first start, and as many more as the broker allows
			w, stop := work(t, app, celery.WorkerOptions{Concurrency: 1, Prefetch: 4, Quiet: true})
			<-started
			w.Kill()
			if err := stop(); err != nil {
				t.Fatal(err)
			}
		}
		_, stop := work(t, app, celery.WorkerOptions{Concurrency: 1, Quiet: true})
		if got, want := failure(t, app.Result("poison")), "WorkerLostError: begun 2 times without an acknowledgement"; got != want {
			t.Errorf("the poison came to %q, want %q", got, want)
		}
		if got := failure(t, body); !strings.HasPrefix(got, "ChordError: Dependency poison raised WorkerLostError(") {
			t.Errorf("the chord it is part of came to %q, want a ChordError for it", got)
		}
		waitAll(t, good)
		if err := stop(); err != nil {
			t.Error(err)
		}
		wantDead(t, app, "WorkerLostError: begun 2 times without an acknowledgement")
		if n := srv.Client().HLen(t.Context(), "redkit.counts").Val(); n != 0 {
			t.Errorf("redkit.counts has %d fields, want none", n)
		}
	})
}

func TestAMessageThatNeverStartsFailsInTheEnd(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, _ *celery.App) {
		app := limited(t, srv)
		handle(t, app, "echo", echo)
		lost, err := app.Send(t.Context(), "echo", celery.Args(0))
		if err != nil {
			t.Fatal(err)
		}
		consumer := app.Broker().Consume("w", "celery")
		defer consumer.Close()
		if b, ok := consumer.(broker.Burier); ok {
			b.BuryWith(func(context.Context, broker.Delivery, string) { t.Error("it was given up too early") })
		}
		for i := range 20 {
			claimed, err := consumer.Claim(t.Context(), 1)
			if err != nil || len(claimed) != 1 {
				t.Fatalf("claim %d = %v, %v, want the message", i, claimed, err)
			}
			if err := app.Broker().Requeue(t.Context(), claimed...); err != nil {
				t.Fatal(err)
			}
		}
		_, stop := work(t, app, celery.WorkerOptions{Concurrency: 1, Quiet: true})
		const want = "WorkerLostError: delivered 20 times without an acknowledgement"
		if got := failure(t, lost); got != want {
			t.Errorf("the task came to %q, want %q", got, want)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		wantDead(t, app, want)
	})
}

// wantDead wants the dead-letter list to hold messages for these reasons.
func wantDead(t *testing.T, app *celery.App, want ...string) {
	t.Helper()
	dead, err := app.Broker().Dead(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range dead {
		got = append(got, d.Reason)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the dead-letter list holds %s, want %s", fmt.Sprintf("%q", got), fmt.Sprintf("%q", want))
	}
}

func TestARejectedTaskFails(t *testing.T) {
	each(t, func(t *testing.T, _ *redistest.Server, app *celery.App) {
		handle(t, app, "echo", echo)
		for _, late := range []bool{true, false} {
			name := fmt.Sprintf("late %t", late)
			handle(t, app, name, func(context.Context, *celery.Task) (any, error) {
				return nil, &celery.RejectError{Reason: "unwanted", Requeue: !late}
			}, celery.AcksLate(late))
		}
		_, stop := work(t, app, celery.WorkerOptions{Concurrency: 1, Quiet: true})
		for _, name := range []string{"late true", "late false"} {
			part := celery.Sig(name).Set(celery.TaskID(name))
			body, err := app.Apply(t.Context(), celery.Chord([]*celery.Signature{part}, celery.Sig("echo")))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := failure(t, app.Result(name)), "Reject: ('unwanted', "; !strings.HasPrefix(got, want) {
				t.Errorf("%s: the task came to %q, want %q", name, got, want)
			}
			if got, want := failure(t, body), "ChordError: Dependency "+name+" raised Reject('unwanted', "; !strings.HasPrefix(got, want) {
				t.Errorf("%s: the chord it is part of came to %q, want %q", name, got, want)
			}
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		wantDead(t, app, "reject: unwanted")
	})
}
