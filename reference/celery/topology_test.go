package celery_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// A failover client finds the new master by itself; producer and worker need
// only go on trying. What the old master had not replicated is lost, as it is
// for every client of Redis.
func TestProducerAndWorkerOutliveAFailover(t *testing.T) {
	t.Parallel()
	srv := redistest.Sentinel(t, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	transport, err := kombu.New(srv.Client(), kombu.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	app, err := celery.New(celery.Settings{Broker: transport, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan string, 1000)
	handle(t, app, "note", func(_ context.Context, task *celery.Task) (any, error) { ran <- task.ID; return nil, nil })
	_, stop := work(t, app, celery.WorkerOptions{Concurrency: 2, Quiet: true})
	run := func() {
		t.Helper()
		for { // what was sent to the old master in its last moments is sent again
			r, err := app.Send(ctx, "note", nil)
			lost := time.After(5 * time.Second)
			for err == nil {
				select {
				case id := <-ran:
					if id == r.ID {
						return
					}
				case <-lost:
					err = errors.New("the task is not run")
				}
			}
			if ctx.Err() != nil {
				t.Fatal(err)
			}
		}
	}
	run()
	if err := srv.Failover(ctx); err != nil {
		t.Fatal(err)
	}
	run()
	run()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// All keys of a broker must share a slot of a cluster: a hash tag in the
// prefix does it, on kombu's side too. Without one the server refuses.
func TestAHashTagMakesAClusterServe(t *testing.T) {
	t.Parallel()
	srv := redistest.Cluster(t, 2, 0)
	for prefix, served := range map[string]bool{"{celery}:": true, "celery:": false} {
		transport, err := kombu.New(srv.Client(), kombu.Options{Prefix: prefix, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		app, err := celery.New(celery.Settings{Broker: transport, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = app.Send(t.Context(), "note", nil); (err == nil) != served {
			t.Errorf("Send() with prefix %q = %v, want it served: %v", prefix, err, served)
		}
		if !served {
			continue
		}
		ran := make(chan string, 10)
		handle(t, app, "note", func(_ context.Context, task *celery.Task) (any, error) { ran <- task.ID; return nil, nil })
		_, stop := work(t, app, celery.WorkerOptions{Concurrency: 2, Quiet: true})
		<-ran
		if _, err := app.Send(t.Context(), "note", nil); err != nil { // to a worker that waits
			t.Error(err)
		}
		<-ran
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
}
