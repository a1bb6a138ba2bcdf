package celery_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// inProcess is an app without a server, for the examples: its tasks run when
// one waits for their results, on a clock that moves by Advance alone.
func inProcess(t *testing.T, change ...func(*celery.Settings)) (*celery.App, *celery.Eager, *clock.Manual) {
	now := clock.NewManual(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)) // a Monday
	set := celery.Settings{
		Broker: broker.NewMemory(now, 0), Results: result.NewMemory(now, 0), Clock: now,
		Logger: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&set)
	}
	app, err := celery.New(set)
	if err != nil {
		t.Fatal(err)
	}
	tasks := app.NewEager()
	tasks.Inline = false
	app.Use(tasks)
	return app, tasks, now
}

// check ends an example that does not go as it should.
func check(t *testing.T, errs ...error) {
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}
