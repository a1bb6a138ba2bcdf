package eager_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// fatal is what body makes a test end with.
func fatal(t *testing.T, ctx context.Context, body func(tb redistest.TB)) string {
	t.Helper()
	r := &fatalTB{TB: t, ctx: ctx}
	done := make(chan struct{})
	go func() { // ends by itself or by Goexit; waited for below
		defer close(done)
		body(r)
		r.Errorf("nothing failed")
	}()
	<-done
	if len(r.errors) != 1 {
		t.Errorf("failures are %q, want one", r.errors)
		return ""
	}
	return r.errors[0]
}

type fatalTB struct {
	testing.TB
	recorder
	ctx context.Context
}

func (r *fatalTB) Helper()                       {}
func (r *fatalTB) Context() context.Context      { return r.ctx }
func (r *fatalTB) Errorf(f string, args ...any)  { r.recorder.Errorf(f, args...) }
func (r *fatalTB) Fatalf(f string, args ...any)  { r.Errorf(f, args...); runtime.Goexit() }
func (r *fatalTB) Logf(format string, a ...any)  { r.TB.Logf(format, a...) }
func (r *fatalTB) Cleanup(f func())              { r.TB.Cleanup(f) }
func (r *fatalTB) Failed() bool                  { return len(r.errors) > 0 }
func (r *fatalTB) Skipf(format string, a ...any) { r.TB.Skipf(format, a...) }
func (r *fatalTB) Name() string                  { return r.TB.Name() }

// A test in which each helper fails that others do not see failing.
func TestHelpersFail(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	nothing := func(context.Context, *celery.Task) (any, error) { return nil, nil }
	gone := redis.NewClient(redistest.Start(t).Options())
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		ctx  context.Context
		body func(tb redistest.TB)
		want string
	}{
		"a bad setting": {t.Context(), func(tb redistest.TB) {
			eager.Start(tb, eager.Settings(func(s *celery.Settings) { s.Compression = "rar" }))
		}, `eager: celery settings: compression "rar"`},
		"two handlers of a task": {t.Context(), func(tb redistest.TB) {
			app := eager.Start(tb)
			app.Handle("a", nothing)
			app.Handle("a", nothing)
		}, `eager: handle task "a": it has a handler`},
		"Step of a threaded app": {t.Context(), func(tb redistest.TB) { eager.Start(tb, eager.Threaded(1)).Step() },
			"eager: Step: a threaded app runs tasks by itself, use Drain"},
		"Step when the test is over":  {over, func(tb redistest.TB) { eager.Start(tb).Step() }, "eager: Step: context canceled"},
		"Drain when the test is over": {over, func(tb redistest.TB) { eager.Start(tb).Drain() }, "eager: Drain: context canceled"},
		"Propagate of a threaded app": {t.Context(), func(tb redistest.TB) { eager.Start(tb, eager.Threaded(1), eager.Propagate()) },
			"eager: Propagate: Send of a threaded app runs nothing: ask for the error with AsyncResult.Get"},
		"Propagate of a deferred app": {t.Context(), func(tb redistest.TB) { eager.Start(tb, eager.Deferred(), eager.Propagate()) },
			"eager: Propagate: Send of a deferred app runs nothing"},
		"Advance backwards": {t.Context(), func(tb redistest.TB) { eager.Start(tb).Advance(-1) }, "eager: Advance(-1ns): time moves forward"},
		"Inspect with bad options": {t.Context(), func(tb redistest.TB) { eager.Inspect(tb, gone, kombu.Options{Lease: -1}) },
			"eager: inspect: kombu options: visibility timeout 1h0m0s, lease -1ns: want no negative time"},
		"Len of a closed client":      {t.Context(), func(tb redistest.TB) { eager.Inspect(tb, gone, kombu.Options{}).Queue("q").Len() }, "client is closed"},
		"Messages of a closed client": {t.Context(), func(tb redistest.TB) { eager.Inspect(tb, gone, kombu.Options{}).Queue("q").Messages() }, "client is closed"},
		"Unacked of a closed client":  {t.Context(), func(tb redistest.TB) { eager.Inspect(tb, gone, kombu.Options{}).Unacked() }, "client is closed"},
		"Dead of a closed client":     {t.Context(), func(tb redistest.TB) { eager.Inspect(tb, gone, kombu.Options{}).Dead() }, "client is closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := fatal(t, tt.ctx, tt.body); !strings.Contains(got, tt.want) {
				t.Errorf("the test ends with %q, want %q", got, tt.want)
			}
		})
	}
}
