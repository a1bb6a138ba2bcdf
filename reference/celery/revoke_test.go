package celery_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// asked is a worker's answer to remote control, which it gives once it listens.
func asked(t *testing.T, app *celery.App, worker, method string, arguments map[string]any) any {
	t.Helper()
	c := app.Control(method, arguments)
	c.Destination, c.Limit, c.Timeout = []string{worker}, 1, 200*time.Millisecond
	for range 100 {
		answers, err := c.Call(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if answer, ok := answers[worker]; ok {
			return answer
		}
	}
	t.Fatalf("%s does not answer %s", worker, method)
	return nil
}

func failure(t *testing.T, r *celery.AsyncResult) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	v, err := r.Get(ctx)
	var failed *result.Error
	if !errors.As(err, &failed) {
		t.Fatalf("Get() = %v, %v, want the error of a task", v, err)
	}
	return failed.Error()
}

func TestRevocationEndsAParkedTaskAtOnce(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, app *celery.App) {
		revokeParked(t, app)
		if n := eager.Inspect(t, srv.Client(), kombu.Options{}).Unacked(); n != 0 {
			t.Errorf("%d messages are parked or claimed, want 0", n)
		}
	})
	t.Run("in memory", func(t *testing.T) {
		b := broker.NewMemory(clock.System{}, 0)
		app, err := celery.New(celery.Settings{Broker: b, Results: result.NewMemory(clock.System{}, 0), Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		revokeParked(t, app)
		if n := len(b.Parked()); n != 0 {
			t.Errorf("%d messages are parked, want 0", n)
		}
	})
}

// revokeParked revokes a task that waits and is part of a chord.
func revokeParked(t *testing.T, app *celery.App) {
	t.Helper()
	handle(t, app, "echo", echo)
	work(t, app, celery.WorkerOptions{Name: "w", Concurrency: 1})
	later := celery.Sig("echo", 1).Set(celery.TaskID("later"), celery.Countdown(10*time.Hour))
	body, err := app.Apply(t.Context(), celery.Chord([]*celery.Signature{celery.Sig("echo", 2), later}, celery.Sig("echo")))
	if err != nil {
		t.Fatal(err)
	}
	for scheduled := 0; scheduled == 0; {
		list, _ := asked(t, app, "w", "scheduled", nil).([]any)
		scheduled = len(list)
	}
	if err := app.Result("later").Revoke(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if got, want := failure(t, app.Result("later")), "TaskRevokedError: revoked"; got != want {
		t.Errorf("the task came to %q, want %q", got, want)
	}
	if got, want := failure(t, body), "ChordError: Dependency later raised TaskRevokedError('revoked')"; got != want {
		t.Errorf("the chord it is part of came to %q, want %q", got, want)
	}
	asked(t, app, "w", "ping", nil) // what came before is done
}

func TestARevocationThatIsStoredOutlivesTheWorkers(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, app *celery.App) {
		handle(t, app, "echo", echo)
		for _, why := range []string{"revoked", "expired"} {
			doc := &result.Document{TaskID: why, Status: result.Revoked, Error: &result.Error{Type: "TaskRevokedError", Module: "celery.exceptions", Args: []any{why}}}
			if err := app.Results().Store(t.Context(), doc); err != nil {
				t.Fatal(err)
			}
			if _, err := app.Send(t.Context(), "echo", celery.Args(why), celery.TaskID(why), celery.ETA(time.Now().Add(-time.Second))); err != nil {
				t.Fatal(err)
			}
		}
		_, stop := work(t, app, celery.WorkerOptions{Concurrency: 1, Quiet: true})
		waitAll(t, sendAll(t, app, "echo", 1))
		if err := stop(); err != nil {
			t.Error(err)
		}
		if got, want := failure(t, app.Result("revoked")), "TaskRevokedError: revoked"; got != want {
			t.Errorf("the revoked task came to %q, want %q", got, want)
		}
		if v, err := app.Result("expired").Get(t.Context()); v != "expired" || err != nil {
			t.Errorf("a task that was sent again after it expired = %v, %v, want it run", v, err)
		}
	})
}

func TestAWorkerThatStartsAsksWhatWasRevoked(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server, app *celery.App) {
		work(t, app, celery.WorkerOptions{Name: "old", Queues: []string{"other"}, Concurrency: 1})
		asked(t, app, "old", "ping", nil)
		handle(t, app, "echo", echo)
		task, err := app.Send(t.Context(), "echo", celery.Args(0))
		if err != nil {
			t.Fatal(err)
		}
		if err := task.Revoke(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		known, _ := asked(t, app, "old", "revoked", nil).([]any)
		if !slices.Contains(known, any(task.ID)) {
			t.Fatalf("the old worker knows of %v, want %s among them", known, task.ID)
		}

		young := newApp(t, srv, celery.Settings{})
		handle(t, young, "echo", echo)
		_, stop := work(t, young, celery.WorkerOptions{Name: "new", Concurrency: 1})
		if got, want := failure(t, task), "TaskRevokedError: revoked"; got != want {
			t.Errorf("the task came to %q, want %q", got, want)
		}
		theirs, _ := asked(t, app, "old", "clock", nil).(map[string]any)
		ours, _ := asked(t, app, "new", "clock", nil).(map[string]any)
		before, _ := theirs["clock"].(int64)
		if now, _ := ours["clock"].(int64); now <= before {
			t.Errorf("the logical clock of the new worker shows %v, want more than %v, what the old one's did before", ours, theirs)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		if left := srv.Client().SMembers(t.Context(), "_kombu.binding.celery.pidbox").Val(); len(left) != 1 {
			t.Errorf("bound are %q, want the old worker alone", left)
		}
	})
}
