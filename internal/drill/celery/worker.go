package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// lease is how long a worker that is not heard of keeps its claims. It is
// short, so that the storm ends soon.
const lease = 2 * time.Second

func newApp(addr string, wrap func(broker.Broker) broker.Broker) (*celery.App, *redis.Client, error) {
	client := redis.NewClient(&redis.Options{Addr: addr, PoolSize: 64})
	quiet := slog.New(slog.DiscardHandler)
	t, err := kombu.New(client, kombu.Options{Lease: lease, Logger: quiet})
	if err != nil {
		return nil, nil, err
	}
	app, err := celery.New(celery.Settings{Broker: wrap(t), Results: result.NewRedis(client, result.Options{}), AcksLate: true, Logger: quiet})
	return app, client, err
}

// A twist changes a worker, so that a test can see that the drill tells.
type twist struct {
	broker func(broker.Broker) broker.Broker
	run    func(celery.Handler) celery.Handler
}

// straight changes nothing.
func straight() twist {
	return twist{func(b broker.Broker) broker.Broker { return b }, func(run celery.Handler) celery.Handler { return run }}
}

// work is a worker process: it notes the effect of every run and every
// confirmed acknowledgement, until it is killed.
func work(ctx context.Context, addr, path, name string, by twist) error {
	j, err := openJournal(path)
	if err != nil {
		return err
	}
	app, _, err := newApp(addr, func(b broker.Broker) broker.Broker { return noted{by.broker(b), j} })
	if err != nil {
		return err
	}
	run := by.run(func(_ context.Context, t *celery.Task) (any, error) {
		key := effect(t.ID, t.Retries)
		if what := wrong(t, time.Now()); what != "" {
			if err := j.note("W", key); err != nil {
				return nil, err
			}
		}
		if err := j.note("X", key); err != nil {
			return nil, err
		}
		if len(t.Args) == 3 && t.Args[2] == int64(1) && t.Retries == 0 {
			return nil, t.Retry(nil, celery.Countdown(pause))
		}
		return t.ID, nil
	})
	for task, options := range map[string][]celery.HandlerOption{runTask: {celery.DropResult()}, joinTask: {celery.DropResult()}, partTask: nil} {
		if err := app.Handle(task, run, options...); err != nil {
			return err
		}
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
			if err := n.j.note("A", effectOf(d.Raw)); err != nil {
				return err
			}
		}
	}
	return err
}

// effect is the name of a run's effect.
func effect(id string, retries int) string { return id + "#" + strconv.Itoa(retries) }

// effectOf is the effect of a message as Celery or we write it: its headers.id
// and headers.retries.
func effectOf(raw []byte) string {
	id, retries := between(raw, `"id": "`, `"`), between(raw, `"retries": `, `,`)
	n, _ := strconv.Atoi(retries)
	return effect(id, n)
}

func between(raw []byte, before, after string) string {
	_, rest, _ := bytes.Cut(raw, []byte(before))
	text, _, _ := bytes.Cut(rest, []byte(after))
	return string(text)
}
