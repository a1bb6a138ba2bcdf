package celery_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// discard takes every message.
type discard struct{ *broker.Memory }

func (discard) Publish(context.Context, ...broker.Message) error { return nil }

func BenchmarkSend(b *testing.B) {
	app, err := celery.New(celery.Settings{Broker: discard{broker.NewMemory(clock.System{}, 0)}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := app.Send(b.Context(), "bench.noop", celery.Args(2, 3)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSendMany(b *testing.B) {
	app, err := celery.New(celery.Settings{Broker: discard{broker.NewMemory(clock.System{}, 0)}})
	if err != nil {
		b.Fatal(err)
	}
	tasks := make([]*celery.Signature, 100)
	for i := range tasks {
		tasks[i] = celery.Sig("bench.noop", 2, 3)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := app.SendMany(b.Context(), tasks...); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEagerSend(b *testing.B) {
	app, err := celery.New(celery.Settings{AlwaysEager: true})
	if err != nil {
		b.Fatal(err)
	}
	if err := app.Handle("add", celery.F2(func(_ context.Context, x, y int) (int, error) { return x + y, nil })); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := app.Send(b.Context(), "add", celery.Args(2, 3))
		if err == nil {
			err = r.Forget(b.Context())
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWorker(b *testing.B) {
	srv := redistest.Start(b, redistest.Real())
	transport, err := kombu.New(redis.NewClient(srv.Options()), kombu.Options{})
	if err != nil {
		b.Fatal(err)
	}
	app, err := celery.New(celery.Settings{Broker: transport, IgnoreResult: true})
	if err != nil {
		b.Fatal(err)
	}
	var ran atomic.Int64
	done := make(chan bool)
	if err := app.Handle("bench.noop", func(context.Context, *celery.Task) (any, error) {
		if ran.Add(1) == int64(b.N) {
			close(done)
		}
		return nil, nil
	}); err != nil {
		b.Fatal(err)
	}
	signatures := make([]*celery.Signature, b.N)
	for i := range signatures {
		signatures[i] = celery.Sig("bench.noop", 2, 3)
	}
	if _, err := app.SendMany(b.Context(), signatures...); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	b.ReportAllocs()
	b.ResetTimer()
	go func() { ended <- app.NewWorker(celery.WorkerOptions{Concurrency: 10, Quiet: true}).Run(ctx) }()
	<-done
	b.StopTimer()
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
