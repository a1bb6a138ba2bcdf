package celery_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// retried is the second message of a task that retries itself once with options.
func retried(t *testing.T, app *eager.App, options ...celery.Option) eager.Sent {
	t.Helper()
	app.Handle("again", func(_ context.Context, task *celery.Task) (any, error) {
		if task.Retries > 0 {
			return task.Args, nil
		}
		return nil, task.Retry(nil, options...)
	})
	app.Handle("linked", func(context.Context, *celery.Task) (any, error) { return nil, nil })
	_, err := app.Send(t.Context(), "again", celery.Args(1), celery.Kwargs(map[string]any{"a": 1}), celery.Header("h", 1), celery.TimeLimits(time.Minute, 0))
	if err != nil {
		t.Fatal(err)
	}
	app.Advance(time.Hour)
	calls := app.Calls("again")
	if len(calls) != 2 {
		t.Fatalf("the task was sent %d times, want twice", len(calls))
	}
	return calls[1]
}

func TestRetryHeedsItsOptions(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		option celery.Option
		got    func(eager.Sent) any
		want   any
	}{
		"NewArgs":      {celery.NewArgs(2, 3), func(s eager.Sent) any { return s.Args }, []any{int64(2), int64(3)}},
		"no NewArgs":   {celery.NewArgs(), func(s eager.Sent) any { return s.Args }, []any{}},
		"Kwargs":       {celery.Kwargs(map[string]any{"b": 2}), func(s eager.Sent) any { return s.Kwargs }, map[string]any{"a": int64(1), "b": int64(2)}},
		"Header":       {celery.Header("i", 2), func(s eager.Sent) any { return s.Headers }, map[string]any{"h": int64(1), "i": int64(2)}},
		"Stamp":        {celery.Stamp("s", "x"), func(s eager.Sent) any { return s.Stamps["s"] }, "x"},
		"TimeLimits":   {celery.TimeLimits(0, 2*time.Minute), func(s eager.Sent) any { return []time.Duration{s.Soft, s.Hard} }, []time.Duration{0, 2 * time.Minute}},
		"Shadow":       {celery.Shadow("other"), func(s eager.Sent) any { return s.Shadow }, "other"},
		"IgnoreResult": {celery.IgnoreResult(), func(s eager.Sent) any { return s.IgnoreResult }, true},
		"Queue":        {celery.Queue("slow"), func(s eager.Sent) any { return s.Queue }, "slow"},
		"Priority":     {celery.Priority(6), func(s eager.Sent) any { return s.Priority }, int64(6)},
		"Countdown":    {celery.Countdown(time.Minute), func(s eager.Sent) any { return s.ETA.Sub(s.At) }, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.got(retried(t, eager.Start(t), tt.option))); diff != "" {
				t.Errorf("the retry (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRetryLinks(t *testing.T) {
	t.Parallel()
	app := eager.Start(t)
	retried(t, app, celery.Link(celery.Sig("linked")))
	app.AssertSent(t, "linked", []any{1})
}

func TestARetryThatCannotBeSentFailsTheTask(t *testing.T) {
	t.Parallel()
	for want, option := range map[string]celery.Option{
		"a retry keeps its id": celery.TaskID("another"),
		"encode arguments":     celery.Kwargs(map[string]any{"c": make(chan int)}),
		"unknown queue":        celery.Queue("nowhere"),
	} {
		app := eager.Start(t, eager.Settings(func(s *celery.Settings) { s.KnownQueues = []string{"celery"} }))
		app.Handle("again", func(_ context.Context, task *celery.Task) (any, error) { return nil, task.Retry(nil, option) }, celery.AcksLate(true))
		r, err := app.Send(t.Context(), "again", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Get(t.Context())
		if s, _ := r.State(t.Context()); s != result.Failure || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the task came to %s, %v, want FAILURE that says %q", s, err, want)
		}
	}
}
