package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

const (
	taskName = "drill.run"
	// lease is how long a worker that is not heard of keeps its claims. It is
	// short, so that the storm ends soon.
	lease = 2 * time.Second
)

func newApp(addr string, wrap func(broker.Broker) broker.Broker) (*celery.App, *redis.Client, error) {
	client := redis.NewClient(&redis.Options{Addr: addr, PoolSize: 64})
	quiet := slog.New(slog.DiscardHandler)
	t, err := kombu.New(client, kombu.Options{Lease: lease, Logger: quiet})
	if err != nil {
		return nil, nil, err
	}
	app, err := celery.New(celery.Settings{Broker: wrap(t), AcksLate: true, IgnoreResult: true, Logger: quiet})
	return app, client, err
}

// work is a worker process: it notes every run and every confirmed
// acknowledgement, until it is killed.
func work(ctx context.Context, addr, path, name string) error {
	j, err := openJournal(path)
	if err != nil {
		return err
	}
	app, _, err := newApp(addr, func(b broker.Broker) broker.Broker { return noted{b, j} })
	if err != nil {
		return err
	}
	run := func(_ context.Context, t *celery.Task) (any, error) { return nil, j.note("X", t.ID) }
	if err := app.Handle(taskName, run); err != nil {
		return err
	}
	return app.NewWorker(celery.WorkerOptions{Name: name, Concurrency: 4, Lease: lease, Sweep: lease / 8, Quiet: true}).Run(ctx)
}

// noted is a broker that notes which acknowledgements it confirmed.
type noted struct {
	broker.Broker
	j *journal
}

func (n noted) Ack(ctx context.Context, deliveries ...broker.Delivery) error {
	err := n.Broker.Ack(ctx, deliveries...)
	var stale *broker.StaleError
	if err != nil && !errors.As(err, &stale) {
		return err
	}
	late := map[string]bool{}
	if stale != nil {
		for _, d := range stale.Deliveries {
			late[d.Field] = true
		}
	}
	for _, d := range deliveries {
		if !late[d.Field] {
			if err := n.j.note("A", taskID(d.Raw)); err != nil {
				return err
			}
		}
	}
	return err
}

// taskID is headers.id of a message as Celery or we write it.
func taskID(raw []byte) string {
	_, rest, _ := strings.Cut(string(raw), `"id": "`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}
