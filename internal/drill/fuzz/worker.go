package main

import (
	"context"
	"log/slog"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/drill/malformed"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// role is the variable that makes this binary a worker.
const role = "REDISTEST_DRILL_WORKER"

const (
	workerName = "fuzzed@drill"
	afterTask  = "after" // sent behind each message: its end tells that the worker goes on
	// ended is the list, in a database that no message reaches, to which the
	// worker appends the state and id of each task whose run ended.
	ended = "ended"
)

// open makes an app on database 0, and a client of it.
func open(addr string, wrap func(broker.Broker) broker.Broker) (*celery.App, *kombu.Transport, *redis.Client, error) {
	client := redis.NewClient(&redis.Options{Addr: addr})
	quiet := slog.New(slog.DiscardHandler)
	t, err := kombu.New(client, kombu.Options{Logger: quiet})
	if err != nil {
		return nil, nil, nil, err
	}
	app, err := celery.New(celery.Settings{Broker: wrap(t), Results: result.NewRedis(client, result.Options{}), Logger: quiet})
	return app, t, client, err
}

func bare(b broker.Broker) broker.Broker { return b }

// work is the worker process. It runs one task at a time, so that what was
// sent before a task that ends has ended before it.
func work(ctx context.Context, addr string, wrap func(broker.Broker) broker.Broker) error {
	app, _, client, err := open(addr, wrap)
	if err != nil {
		return err
	}
	defer client.Close()
	notes := redis.NewClient(&redis.Options{Addr: addr, DB: 1})
	defer notes.Close()
	for name, run := range map[string]celery.Handler{
		malformed.Task: func(_ context.Context, t *celery.Task) (any, error) { return t.Args, nil },
		afterTask:      func(context.Context, *celery.Task) (any, error) { return nil, nil },
	} {
		if err := app.Handle(name, run); err != nil {
			return err
		}
	}
	w := app.NewWorker(celery.WorkerOptions{Name: workerName, Concurrency: 1, TaskEvents: true})
	broken := make(chan error, 1)
	w.OnFinished(func(t *celery.Task, state result.State, _ error) {
		if err := notes.RPush(ctx, ended, string(state)+" "+t.ID).Err(); err != nil {
			select {
			case broken <- err:
			default:
			}
		}
	})
	if err := w.Run(ctx); err != nil {
		return err
	}
	select {
	case err := <-broken:
		return err
	default:
		return nil
	}
}
