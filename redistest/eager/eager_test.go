package eager_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func modeOptions() map[string][]eager.Option {
	return map[string][]eager.Option{"inline": nil, "deferred": {eager.Deferred()}, "threaded": {eager.Threaded(3)}}
}

// modes runs a test with every way of running tasks. Drain and Advance make
// them alike.
func modes(t *testing.T, fn func(t *testing.T, app *eager.App)) {
	t.Parallel()
	for name, options := range modeOptions() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, eager.Start(t, options...))
		})
	}
}

func send(t *testing.T, app *eager.App, s *celery.Signature) *celery.AsyncResult {
	t.Helper()
	r, err := app.Apply(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func want(t *testing.T, r *celery.AsyncResult, value any) {
	t.Helper()
	got, err := r.Get(t.Context())
	if diff := cmp.Diff(value, got); err != nil || diff != "" {
		t.Errorf("Get() error %v (-want +got):\n%s", err, diff)
	}
}

func arithmetic(app *eager.App) {
	app.Handle("add", celery.F2(func(_ context.Context, x, y int) (int, error) { return x + y, nil }))
	app.Handle("total", celery.F1(func(_ context.Context, n []int) (sum int, err error) {
		for _, x := range n {
			sum += x
		}
		return sum, nil
	}))
	app.Handle("fail", celery.F1(func(_ context.Context, text string) (any, error) { return nil, errors.New(text) }))
}
