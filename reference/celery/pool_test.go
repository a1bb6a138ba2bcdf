package celery_test

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
)

func TestRemoteControlResizesAPoolWhoseTasksRun(t *testing.T) {
	each(t, func(t *testing.T, _ *redistest.Server, app *celery.App) {
		started, gate := make(chan bool), make(chan struct{})
		handle(t, app, "hold", func(ctx context.Context, task *celery.Task) (any, error) {
			select {
			case started <- true:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			select {
			case <-gate:
			case <-ctx.Done():
			}
			return task.Args[0], ctx.Err()
		})
		var now, most atomic.Int64
		handle(t, app, "count", func(_ context.Context, task *celery.Task) (any, error) {
			n := now.Add(1)
			defer now.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			for range 2000 { // others would run meanwhile
				runtime.Gosched()
			}
			return task.Args[0], nil
		})
		_, stop := work(t, app, celery.WorkerOptions{Name: "go@test", Concurrency: 1, Prefetch: 4})
		pool := func(method string, n int, want map[string]any) {
			t.Helper()
			diffAny(t, method, want, asked(t, app, "go@test", method, map[string]any{"n": n}))
		}
		size := func(want int64) {
			t.Helper()
			stats, _ := asked(t, app, "go@test", "stats", nil).(map[string]any)
			of, _ := stats["pool"].(map[string]any)
			diffAny(t, "max-concurrency", want, of["max-concurrency"])
			diffAny(t, "prefetch_count", 4*want, stats["prefetch_count"])
		}

		held := sendAll(t, app, "hold", 3)
		<-started
		pool("pool_grow", 2, map[string]any{"ok": "pool will grow"})
		<-started
		<-started
		size(3)
		pool("pool_shrink", 2, map[string]any{"ok": "pool will shrink"})
		size(1)
		pool("pool_shrink", 1, map[string]any{"error": "ValueError('a pool keeps one run')"})
		pool("pool_grow", 0, map[string]any{"error": "ValueError('n is a number from 1 to 65536')"})
		close(gate)
		waitAll(t, held)
		waitAll(t, sendAll(t, app, "count", 30))
		if n := most.Load(); n != 1 {
			t.Errorf("%d tasks ran at once in the pool that shrank, want 1", n)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestRemoteControlAnswersAsCeleryWhatItCannotDo(t *testing.T) {
	each(t, func(t *testing.T, _ *redistest.Server, app *celery.App) {
		_, stop := work(t, app, celery.WorkerOptions{Name: "go@test", Concurrency: 1})
		for _, c := range []struct{ method, key, want string }{
			{"pool_restart", "error", "ValueError('Pool restarts not enabled')"},
			{"autoscale", "error", "ValueError('Autoscale not enabled')"},
			{"objgraph", "error", "ImportError('Requires the objgraph library')"},
			{"nonsense", "error", "KeyError('nonsense')"},
			{"disable_events", "ok", "task events already disabled"},
			{"enable_events", "ok", "task events enabled"},
			{"enable_events", "ok", "task events already enabled"},
			{"disable_events", "ok", "task events disabled"},
		} {
			diffAny(t, c.method, map[string]any{c.key: c.want}, asked(t, app, "go@test", c.method, nil))
		}
		if v := asked(t, app, "go@test", "election", map[string]any{"id": "1", "topic": "task"}); v != nil {
			t.Errorf("election answers %v, want nothing", v)
		}
		report, _ := asked(t, app, "go@test", "report", nil).(map[string]any)
		if text, _ := report["ok"].(string); !strings.Contains(text, "software -> ") || !strings.Contains(text, "transport:redis") {
			t.Errorf("report answers %v, want a text on software and transport", report)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
