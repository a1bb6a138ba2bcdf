package celery_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// A handler is a function of its arguments, or of the task.
func ExampleHandler() {
	golden.InTest(func(t *testing.T) {
		app, _, _ := inProcess(t)
		var raw celery.Handler = func(_ context.Context, t *celery.Task) (any, error) {
			var name string
			var times int
			if err := t.Bind(&name, &times); err != nil {
				return nil, err // a TypeError, as in Python
			}
			return fmt.Sprint(name, "*", times), nil
		}
		check(t,
			app.Handle("raw", raw),
			app.Handle("three", celery.F3(func(_ context.Context, a, b, c int) (int, error) { return a + b*c, nil })),
			app.Handle("named", celery.Typed(func(_ context.Context, _ *celery.Task, m mail) (string, error) { return m.To, nil })),
			app.Handle("defaults", func(_ context.Context, t *celery.Task) (any, error) {
				m := mail{Subject: "Hello"}
				err := t.BindStruct(&m)
				return m.Subject + " " + m.To, err
			}),
		)
		fmt.Println(app.Tasks())
		show := func(task string, args []any, options ...celery.Option) {
			res, err := app.Send(t.Context(), task, args, options...)
			check(t, err)
			fmt.Println(res.Get(t.Context()))
		}
		show("raw", celery.Args("a", 3))
		show("raw", celery.Args("a"))
		show("three", celery.Args(1, 2, 3))
		show("named", nil, celery.Kwargs(map[string]any{"To": "ann@example.org"}))
		show("defaults", celery.Args("bob"))
	})
	// Output:
	// [defaults named raw three]
	// a*3 <nil>
	// <nil> TypeError: raw() takes 2 positional arguments but 1 were given
	// 7 <nil>
	// ann@example.org <nil>
	// Hello bob <nil>
}

// Into converts what JSON or a result left of a value.
func ExampleInto() {
	var m mail
	fmt.Println(celery.Into(map[string]any{"To": "ann@example.org"}, &m), m.To)
	// Output: <nil> ann@example.org
}

// A task fails, is sent again with a growing delay, and succeeds. Time is the
// test's.
func ExampleTask_Retry() {
	golden.InTest(func(t *testing.T) {
		app, tasks, now := inProcess(t)
		growing := celery.Backoff{First: time.Minute, Factor: 3}
		fmt.Println(growing.Delay(0), growing.Delay(1), growing.Delay(2))

		options := []celery.HandlerOption{celery.MaxRetries(5), celery.RateLimit(100, time.Second), celery.TrackStarted()}
		check(t, app.Handle("fetch", func(ctx context.Context, task *celery.Task) (any, error) {
			if task.Retries < 2 {
				err := task.Retry(errors.New("connection refused"), celery.Countdown(growing.Delay(task.Retries)), celery.Retries(3))
				var retry *celery.RetryError
				fmt.Println(errors.As(err, &retry), retry.At.Format(time.TimeOnly), retry.Unwrap() == retry.Cause, retry.Error())
				return nil, err
			}
			check(t, task.SetState(ctx, "PROGRESS", map[string]any{"percent": 50}))
			return task.Retries, nil
		}, options...))
		res, err := app.Send(t.Context(), "fetch", nil)
		check(t, err)
		for range 2 {
			_, err := tasks.Drain(t.Context())
			check(t, err)
			now.Advance(3 * time.Minute)
		}
		fmt.Println(res.Get(t.Context()))
	})
	// Output:
	// 1m0s 3m0s 9m0s
	// true 09:01:00 true retry at 2026-01-05T09:01:00Z: connection refused
	// true 09:06:00 true retry at 2026-01-05T09:06:00Z: connection refused
	// 2 <nil>
}

// What a handler may return besides a value.
func ExampleRejectError() {
	golden.InTest(func(t *testing.T) {
		app, _, _ := inProcess(t)
		check(t,
			app.Handle("reject", celery.F0(func(context.Context) (any, error) {
				return nil, &celery.RejectError{Reason: "not ours"} // to the dead-letter list
			}), celery.AcksLate(true)),
			app.Handle("ignore", celery.F0(func(context.Context) (any, error) { return nil, celery.ErrIgnore })),
			app.Handle("fail", celery.F0(func(context.Context) (any, error) {
				return nil, &result.Error{Type: "ValueError", Module: "builtins", Args: []any{"no such user"}} // Python raises it again
			})),
			app.Handle("wait", celery.F0(func(ctx context.Context) (any, error) { // blocks a worker until another is free: refused
				return app.Result("other").Get(ctx)
			})),
		)
		for _, task := range []string{"reject", "ignore", "fail", "wait"} {
			res, err := app.Send(t.Context(), task, nil)
			check(t, err)
			_, err = res.Get(t.Context())
			fmt.Println(task+":", err)
		}
		fmt.Println(celery.ErrInTask)
		fmt.Println((&celery.RejectError{Reason: "not ours"}).Error())
	})
	// Output:
	// reject: Reject: ('not ours', False)
	// ignore: the task is neither done nor in any queue
	// fail: ValueError: no such user
	// wait: Exception: waiting for a result inside a task can block all workers for good: use Chain, Chord or Link
	// waiting for a result inside a task can block all workers for good: use Chain, Chord or Link
	// reject: not ours
}

// A handler sees why its context ended.
func ExampleLimits() {
	golden.InTest(func(t *testing.T) {
		app, _, now := inProcess(t)
		check(t, app.Handle("slow", celery.F0(func(ctx context.Context) (string, error) {
			now.Advance(time.Minute)
			<-ctx.Done()
			switch cause := context.Cause(ctx); cause {
			case celery.ErrSoftLimit:
				return celery.TaskFrom(ctx).Name + ": tidied up in time", nil
			case celery.ErrHardLimit, celery.ErrTerminated, celery.ErrColdShutdown:
				return "", cause
			}
			return "", ctx.Err()
		}), celery.Limits(time.Minute, time.Hour)))
		res, err := app.Send(t.Context(), "slow", nil)
		check(t, err)
		fmt.Println(res.Get(t.Context()))
	})
	// Output: slow: tidied up in time <nil>
}
