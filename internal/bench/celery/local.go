package main

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// workerApp is an app with the broker as it comes.
func (b *bench) workerApp() (*celery.App, error) { return b.newApp(kombu.Options{}) }

// eager measures a Send that runs its task in process, results kept.
func (b *bench) eager(ctx context.Context) ([]row, error) {
	app, err := celery.New(celery.Settings{AlwaysEager: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if err := app.Handle("add", celery.F2(func(_ context.Context, x, y int) (int, error) { return x + y, nil })); err != nil {
		return nil, err
	}
	var all []float64
	for range b.rounds {
		const n = 2000
		start := time.Now()
		for range n {
			r, err := app.Send(ctx, "add", celery.Args(2, 3))
			if err == nil {
				err = r.Forget(ctx)
			}
			if err != nil {
				return nil, err
			}
		}
		all = append(all, float64(time.Since(start).Nanoseconds())/n/1000)
	}
	return []row{{Name: "eager Send with full serialisation", Unit: "µs", Ours: median(all), Limit: 15, Less: true}}, nil
}

// memory compares what Redis holds for queued tasks with the bytes of their
// messages, and what a worker needs when many wait with when few do.
func (b *bench) memory(ctx context.Context) ([]row, error) {
	const n = 1_000_000
	if err := b.client.FlushDB(ctx).Err(); err != nil {
		return nil, err
	}
	if err := b.fill(ctx, 2*ran); err != nil {
		return nil, err
	}
	few, err := b.resident(ctx)
	if err != nil {
		return nil, err
	}
	if err := b.client.FlushDB(ctx).Err(); err != nil {
		return nil, err
	}
	before, err := b.used(ctx)
	if err != nil {
		return nil, err
	}
	if err := b.fill(ctx, n); err != nil {
		return nil, err
	}
	after, err := b.used(ctx)
	if err != nil {
		return nil, err
	}
	sample, err := b.client.LRange(ctx, "celery", 0, 999).Result()
	if err != nil {
		return nil, err
	}
	size := float64(len(strings.Join(sample, ""))) / float64(len(sample)) * n
	many, err := b.resident(ctx)
	if err != nil {
		return nil, err
	}
	if err := b.client.FlushDB(ctx).Err(); err != nil {
		return nil, err
	}
	used := float64(after - before)
	return []row{{Name: "memory of Redis for 1,000,000 queued tasks", Base: "the bytes of their messages", Unit: "MB", Ours: used / 1e6, Of: size / 1e6, Ratio: used / size, Limit: 1.3, Less: true},
		{Name: "memory of a worker while 1,000,000 tasks wait", Base: "while 40,000 do", Unit: "MB", Ours: many / 1e3, Of: few / 1e3, Ratio: many / few, Limit: 1.2, Less: true}}, nil
}

// fill queues n tasks.
func (b *bench) fill(ctx context.Context, n int) error {
	const batch = 500
	signatures := make([]*celery.Signature, batch)
	for sent := 0; sent < n; sent += batch {
		for i := range signatures {
			signatures[i] = celery.Sig("bench.noop", sent+i)
		}
		if _, err := b.dedup.SendMany(ctx, signatures...); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) used(ctx context.Context) (int64, error) {
	info, err := b.client.Info(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(info) {
		if text, ok := strings.CutPrefix(line, "used_memory:"); ok {
			return strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		}
	}
	return 0, nil
}
