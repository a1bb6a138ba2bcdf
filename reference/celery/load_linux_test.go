package celery_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
)

// TestHeartbeatTellsTheLoad: the kernel reckons its load every five seconds, so
// that of a heartbeat is what it says before, or what it says after.
func TestHeartbeatTellsTheLoad(t *testing.T) {
	t.Parallel()
	said := func() any {
		text, err := os.ReadFile("/proc/loadavg")
		var load [3]float64
		if err == nil {
			_, err = fmt.Sscan(string(text), &load[0], &load[1], &load[2])
		}
		if err != nil {
			t.Fatal(err)
		}
		return []any{load[0], load[1], load[2]}
	}
	app := newApp(t, redistest.Start(t, redistest.Fake()), celery.Settings{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	loads := []any{said()}
	var told any
	err := app.Events(ctx, func() {
		_, stop := work(t, app, celery.WorkerOptions{Heartbeat: 10 * time.Millisecond})
		t.Cleanup(func() { _ = stop() })
	}, func(e celery.Event) {
		if e.Type == "worker-heartbeat" && told == nil {
			told, loads = e.Fields["loadavg"], append(loads, said())
			cancel()
		}
	})
	if told == nil {
		t.Fatalf("no heartbeat was heard: %v", err)
	}
	if !slices.ContainsFunc(loads, func(load any) bool { return cmp.Equal(load, told) }) {
		t.Errorf("loadavg = %v, want one of %v", told, loads)
	}
}
