package celery_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// unsendable are options with which the broker never takes a task, and what
// it says of them.
var unsendable = map[string]celery.Option{
	"contains the separator":                    celery.Queue("celery\x06\x163"),
	"WRONGTYPE":                                 celery.Queue("a hash"),
	"no queue is bound for this exchange":       celery.Exchange("nowhere", "k"),
	"compression \"rot13\"":                     celery.Compress("rot13"),
	"unknown queue, want one of [\"celery\" \"": celery.Queue("stranger"),
}

// eachUnsendable runs a test for each of them, and for tasks that are
// acknowledged before and after they run, with a worker.
func eachUnsendable(t *testing.T, fn func(t *testing.T, app *celery.App, bad celery.Option, want string)) {
	t.Parallel()
	for want, bad := range unsendable {
		for name, late := range map[string]bool{"early": false, "late": true} {
			t.Run(want+", "+name, func(t *testing.T) {
				t.Parallel()
				srv := redistest.Start(t)
				if err := srv.Client().HSet(t.Context(), "a hash", "f", "v").Err(); err != nil {
					t.Fatal(err)
				}
				app := newApp(t, srv, celery.Settings{AcksLate: late, KnownQueues: []string{"celery", "a hash", "celery\x06\x163"}})
				runs := atomic.Int64{}
				handle(t, app, "first", func(context.Context, *celery.Task) (any, error) { runs.Add(1); return "done", nil })
				handle(t, app, "fails", func(context.Context, *celery.Task) (any, error) { runs.Add(1); return nil, context.Canceled })
				handle(t, app, "again", func(_ context.Context, task *celery.Task) (any, error) {
					runs.Add(1)
					return nil, task.Retry(nil, bad)
				})
				handle(t, app, "echo", echo)
				w, stop := work(t, app, celery.WorkerOptions{Concurrency: 1, Quiet: true})
				fn(t, app, bad, want)
				if err := stop(); err != nil {
					t.Error(err)
				}
				if _, err := w.Idle(t.Context()); err != nil {
					t.Error(err)
				}
				left := srv.Client().LLen(t.Context(), "celery").Val() + srv.Client().HLen(t.Context(), "unacked").Val()
				if n := runs.Load(); n != 1 || left != 0 {
					t.Errorf("the task ran %d times, and %d messages are left in the broker, want one run and none", n, left)
				}
			})
		}
	}
}

// came waits for a task and wants it to have failed with words.
func came(t *testing.T, r *celery.AsyncResult, words ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := r.Get(ctx)
	state, _ := r.State(t.Context())
	for _, want := range words {
		if state != result.Failure || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("task %s came to %s, %v, want FAILURE that says %q", r.ID, state, err, want)
		}
	}
}

func apply(t *testing.T, app *celery.App, s *celery.Signature) *celery.AsyncResult {
	t.Helper()
	r, err := app.Apply(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestATaskWhoseCallbackCannotBeSentFails(t *testing.T) {
	eachUnsendable(t, func(t *testing.T, app *celery.App, bad celery.Option, want string) {
		came(t, apply(t, app, celery.Sig("first").Set(celery.Link(celery.Sig("echo"), celery.Sig("echo").Set(bad)))), want)
	})
}

func TestATaskWhoseChainCannotGoOnFailsWithIt(t *testing.T) {
	eachUnsendable(t, func(t *testing.T, app *celery.App, bad celery.Option, want string) {
		first := celery.Sig("first").Set(celery.TaskID("first"))
		came(t, apply(t, app, celery.Chain(first, celery.Sig("echo").Set(bad), celery.Sig("echo"))), want)
		came(t, app.Result("first"), want)
	})
}

func TestAChordWhoseBodyCannotBeSentFails(t *testing.T) {
	eachUnsendable(t, func(t *testing.T, app *celery.App, bad celery.Option, want string) {
		header := celery.Sig("first").Set(celery.TaskID("part"))
		came(t, apply(t, app, celery.Chord([]*celery.Signature{header}, celery.Sig("echo").Set(bad))), "ChordError", want)
		if state, err := app.Result("part").State(t.Context()); state != result.Success {
			t.Errorf("the part came to %s, %v, want SUCCESS", state, err)
		}
	})
}

func TestATaskWhoseErrbackCannotBeSentFailsOfItsOwn(t *testing.T) {
	eachUnsendable(t, func(t *testing.T, app *celery.App, bad celery.Option, _ string) {
		came(t, apply(t, app, celery.Sig("fails").Set(celery.LinkError(celery.Sig("echo").Set(bad)))), "context canceled")
	})
}

func TestATaskWhoseRetryCannotBeSentFails(t *testing.T) {
	eachUnsendable(t, func(t *testing.T, app *celery.App, _ celery.Option, want string) {
		came(t, apply(t, app, celery.Sig("again")), want)
	})
}
