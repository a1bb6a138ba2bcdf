package celery_test

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/drill/malformed"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// FuzzWorker puts anything at all on a queue. The worker goes on, and the
// message is run, set aside for later, revoked because it expired, or on the
// dead-letter list as it was, with the reason.
func FuzzWorker(f *testing.F) {
	for _, m := range malformed.Catalogue() {
		f.Add(m.Raw)
	}
	for rng, n := rand.New(rand.NewPCG(1, 1)), 0; n < 100; n++ {
		f.Add(malformed.Draw(rng))
	}
	srv := redistest.Start(f)
	r, ctx := srv.Client(), f.Context()
	transport, err := kombu.New(r, kombu.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	app, err := celery.New(celery.Settings{Broker: transport, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	next, ended := make(chan string, 100), atomic.Int64{}
	handle := func(name string, run celery.Handler) {
		if err := app.Handle(name, run); err != nil {
			f.Fatal(err)
		}
	}
	handle(malformed.Task, func(_ context.Context, t *celery.Task) (any, error) { return t.Args, nil })
	handle("after", func(_ context.Context, t *celery.Task) (any, error) { next <- t.ID; return nil, nil })
	w := app.NewWorker(celery.WorkerOptions{Concurrency: 1, Quiet: true})
	w.OnFinished(func(*celery.Task, result.State, error) { ended.Add(1) })
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- w.Run(running) }() // ends with running; waited for below
	f.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			f.Errorf("Run() = %v", err)
		}
	})

	f.Fuzz(func(t *testing.T, raw []byte) {
		before := ended.Load()
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if err := r.LPush(ctx, "celery", raw).Err(); err != nil {
			t.Fatal(err)
		}
		after, err := app.Send(ctx, "after", nil)
		if err != nil {
			t.Fatal(err)
		}
		for id := ""; id != after.ID; { // what was fuzzed may be a task of this name
			select {
			case id = <-next:
			case <-ctx.Done():
				t.Fatal("the worker has stopped")
			}
		}
		// It may have sent others.
		for left := int64(1); left > 0; {
			if _, err := w.Idle(ctx); err != nil {
				t.Fatalf("%d messages stay in the broker: %v", left, err)
			}
			left = r.LLen(ctx, "celery").Val() + r.HLen(ctx, "unacked").Val() - r.ZCard(ctx, "redkit.parked").Val()
			if err := ctx.Err(); err != nil {
				t.Fatalf("%d messages stay in the broker: %v", left, err)
			}
		}
		dead, err := transport.Dead(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		kept := false
		for _, d := range dead {
			kept = kept || bytes.Equal(d.Raw, raw) && d.Reason != ""
		}
		parked := r.ZCard(ctx, "redkit.parked").Val()
		if !kept && parked == 0 && ended.Load() < before+2 {
			t.Errorf("the message is gone: it was not run, and the dead-letter list holds %v", dead)
		}
		if err := r.FlushDB(ctx).Err(); err != nil {
			t.Fatal(err)
		}
	})
}
