package eager_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
)

func TestChaosStrikesFromASeed(t *testing.T) {
	t.Parallel()
	for name, mode := range modeOptions() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counts := func(c celery.Chaos) (runs, redelivered int) {
				app := eager.Start(t, append(mode, eager.Chaos(c))...)
				var mu sync.Mutex
				app.Handle("count", func(_ context.Context, t *celery.Task) (any, error) {
					mu.Lock()
					defer mu.Unlock()
					runs++
					if t.Redelivered {
						redelivered++
					}
					return nil, nil
				}, celery.AcksLate(true), celery.DropResult())
				for range 100 {
					send(t, app, celery.Sig("count"))
				}
				app.Drain()
				return runs, redelivered
			}
			if runs, again := counts(celery.Chaos{Duplicate: 1}); runs != 200 || again != 0 {
				t.Errorf("every message doubled: %d runs, %d redelivered, want 200, 0", runs, again)
			}
			if runs, again := counts(celery.Chaos{LoseAck: 1}); runs != 200 || again != 100 {
				t.Errorf("every ack lost once: %d runs, %d redelivered, want 200, 100", runs, again)
			}
			first, _ := counts(celery.Chaos{Seed: 7, Duplicate: .3, LoseAck: .3})
			second, _ := counts(celery.Chaos{Seed: 7, Duplicate: .3, LoseAck: .3})
			if first != second || first <= 100 || first >= 200 {
				t.Errorf("two apps with one seed ran %d and %d tasks, want the same number between 100 and 200", first, second)
			}
		})
	}
}

func TestChaosEndsWhenToldTo(t *testing.T) {
	modes(t, func(t *testing.T, app *eager.App) {
		arithmetic(app)
		for i, c := range []celery.Chaos{{Duplicate: 1}, {}} {
			before := len(app.Runs())
			app.SetChaos(c)
			send(t, app, celery.Sig("add", 1, 1))
			app.Drain()
			if got, want := len(app.Runs())-before, 2-i; got != want {
				t.Errorf("with %+v a task ran %d times, want %d", c, got, want)
			}
		}
	})
}

func TestAChordRunsItsBodyOnceUnderDuplicates(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Deferred(), eager.Twice())
	n, bodies := 0, 0
	app.Handle("different each time", celery.F0(func(context.Context) (int, error) { n++; return n, nil }))
	app.Handle("body", func(_ context.Context, t *celery.Task) (any, error) {
		if list, _ := t.Args[0].([]any); len(list) != 3 {
			return nil, fmt.Errorf("the body got %v", t.Args)
		}
		bodies++
		return nil, nil
	})
	part := celery.Sig("different each time")
	r := send(t, app, celery.Chord([]*celery.Signature{part, part, part}, celery.Sig("body")))
	app.Drain()
	if len(app.Calls("body")) != 1 || bodies != 2 { // sent once, delivered twice
		t.Errorf("the body was sent %d times and ran %d times, want 1 and 2", len(app.Calls("body")), bodies)
	}
	want(t, r, nil)
}
