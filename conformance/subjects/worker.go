package subjects

import (
	"context"
	"io"
	"log/slog"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// TasksInWorker is a celery.App on the engine that opts choose, whose tasks a
// celery.Worker runs: all of it is what runs in production.
func TasksInWorker(engine string, opts ...redistest.Option) tasktest.Subject {
	return tasksOn("worker on "+engine, opts, staffed)
}

func staffed(client *redis.Client, manual *clock.Manual, set tasktest.Settings) (*Tasks, func(), error) {
	silent := slog.New(slog.NewTextHandler(io.Discard, nil))
	s := &staff{}
	client.AddHook(s)
	transport, err := kombu.New(client, kombu.Options{Clock: manual, Logger: silent})
	if err != nil {
		return nil, nil, err
	}
	s.stepped = &stepped{Transport: transport, queues: map[string]bool{"celery": true}}
	settings := celery.Settings{Broker: s, Results: result.NewRedis(client, result.Options{}), Clock: hurried{manual}, Logger: silent}
	apply(set, &settings)
	if s.app, err = celery.New(settings); err != nil {
		return nil, nil, err
	}
	put := func(ctx context.Context, queue, text string) error {
		s.know(queue)
		return client.LPush(ctx, queue, text).Err()
	}
	return &Tasks{app: s.app, now: manual.Now, tick: manual.Advance, disturb: s.disturb, put: put, work: s.work}, s.dismiss, nil
}
