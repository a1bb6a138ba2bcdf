package celery_test

import (
	"context"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
)

// The messages are those of Python's xmap, xstarmap and chunks.
func TestAWorkerMapsATaskAsPythonDoes(t *testing.T) {
	each(t, func(t *testing.T, _ *redistest.Server, app *celery.App) {
		handle(t, app, "sum", func(_ context.Context, task *celery.Task) (any, error) {
			var sum int64
			for _, v := range task.Args {
				n, _ := v.(int64)
				sum += n
			}
			return sum, nil
		})
		work(t, app, celery.WorkerOptions{Concurrency: 1, Quiet: true})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		call := func(name, task string, it ...any) *celery.AsyncResult {
			t.Helper()
			python := map[string]any{"task": task, "args": []any{}, "kwargs": map[string]any{}, "options": map[string]any{}, "subtask_type": nil, "immutable": false}
			r, err := app.Send(ctx, name, nil, celery.Kwargs(map[string]any{"task": python, "it": it}))
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		for name, r := range map[string]*celery.AsyncResult{
			"map":     call("celery.map", "sum", 3, 7),
			"starmap": call("celery.starmap", "sum", []any{1, 2}, []any{3, 4}),
		} {
			v, err := r.Get(ctx)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			diffAny(t, name, []any{int64(3), int64(7)}, v)
		}
		if got, want := failure(t, call("celery.map", "nobody", 1)), "NotRegistered: nobody"; got != want {
			t.Errorf("a task that nobody knows gives %q, want %q", got, want)
		}
	})
}
