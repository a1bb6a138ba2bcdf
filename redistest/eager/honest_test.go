package eager_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

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
