package main

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"

	"github.com/redkit-dev/redkit/reference/celery"
)

// tasks is how many tasks one round of consuming takes.
const tasks = 3000

// consume compares workers of 10 tasks at once, the default of asynq's
// examples, on a no-op task.
func (b *bench) consume(ctx context.Context) ([]row, error) {
	const atOnce = 10
	rounds := max(b.rounds/2, 3)
	var our, their []float64
	for range rounds {
		rate, err := b.drainOurs(ctx, atOnce)
		if err != nil {
			return nil, err
		}
		our = append(our, rate)
		if rate, err = b.drainAsynq(ctx, atOnce); err != nil {
			return nil, err
		}
		their = append(their, rate)
	}
	o, t := median(our), median(their)
	rows := []row{{Name: "consume and ack a no-op task", Base: "asynq", Unit: "/s", Ours: o, Of: t, Ratio: o / t, Limit: 2}}
	if py, err := b.drainCelery(ctx, "solo"); err == nil {
		rows = append(rows, row{Name: "consume and ack a no-op task", Base: "Celery, pool solo", Unit: "/s", Ours: o, Of: py, Ratio: o / py, Limit: 8})
	} else {
		fmt.Println("left out: Celery's worker:", err)
	}
	if py, err := b.drainCelery(ctx, "prefork"); err == nil {
		rows = append(rows, row{Name: "consume and ack a no-op task", Base: "Celery, pool prefork", Unit: "/s", Ours: o, Of: py, Ratio: o / py, Limit: 8})
	}
	return rows, nil
}

func (b *bench) drainOurs(ctx context.Context, atOnce int) (float64, error) {
	if err := b.client.FlushDB(ctx).Err(); err != nil {
		return 0, err
	}
	app, err := b.workerApp()
	if err != nil {
		return 0, err
	}
	var n atomic.Int64
	done := make(chan bool)
	if err := app.Handle("bench.noop", func(context.Context, *celery.Task) (any, error) {
		if n.Add(1) == tasks {
			close(done)
		}
		return nil, nil
	}); err != nil {
		return 0, err
	}
	signatures := make([]*celery.Signature, tasks)
	for i := range signatures {
		signatures[i] = celery.Sig("bench.noop", 2, 3)
	}
	if _, err := app.SendMany(ctx, signatures...); err != nil {
		return 0, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	start := time.Now()
	ended := make(chan error, 1)
	go func() { // ends with ctx; waited for below
		ended <- app.NewWorker(celery.WorkerOptions{Concurrency: atOnce, Quiet: true}).Run(ctx)
	}()
	<-done
	rate := tasks / time.Since(start).Seconds()
	stop()
	return rate, <-ended
}

func (b *bench) drainAsynq(ctx context.Context, atOnce int) (float64, error) {
	if err := b.client.FlushDB(ctx).Err(); err != nil {
		return 0, err
	}
	for range tasks {
		if _, err := b.asynq.EnqueueContext(ctx, asynq.NewTask("bench.noop", []byte("[2, 3]"))); err != nil {
			return 0, err
		}
	}
	var n atomic.Int64
	done := make(chan bool)
	mux := asynq.NewServeMux()
	mux.HandleFunc("bench.noop", func(context.Context, *asynq.Task) error {
		if n.Add(1) == tasks {
			close(done)
		}
		return nil
	})
	server := asynq.NewServer(asynq.RedisClientOpt{Addr: b.addr}, asynq.Config{Concurrency: atOnce, LogLevel: asynq.FatalLevel})
	start := time.Now()
	if err := server.Start(mux); err != nil {
		return 0, err
	}
	<-done
	rate := tasks / time.Since(start).Seconds()
	server.Shutdown()
	return rate, nil
}

// latency compares the time from publish to the start of the handler, on an
// idle worker, with a BRPOP that hands the same bytes over.
func (b *bench) latency(ctx context.Context) ([]row, error) {
	const samples = 1500
	raw, err := bytes()
	if err != nil {
		return nil, err
	}
	app, err := b.workerApp()
	if err != nil {
		return nil, err
	}
	ran := make(chan time.Time)
	if err := app.Handle("bench.noop", func(context.Context, *celery.Task) (any, error) { ran <- time.Now(); return nil, nil }, celery.AcksLate(true)); err != nil {
		return nil, err
	}
	if err := b.client.FlushDB(ctx).Err(); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { // ends with ctx; waited for below
		ended <- app.NewWorker(celery.WorkerOptions{Concurrency: 1, Quiet: true}).Run(ctx)
	}()
	popped := make(chan time.Time)
	go func() { // ends with ctx
		for ctx.Err() == nil {
			if b.client.BRPop(ctx, time.Second, "handoff").Err() == nil {
				popped <- time.Now()
			}
		}
		close(popped)
	}()
	pause := func() { // until the consumer waits again
		time.Sleep(500 * time.Microsecond)
	}
	var our, their []float64
	for range samples {
		pause()
		start := time.Now()
		if err := b.client.LPush(ctx, "handoff", raw).Err(); err != nil {
			stop()
			return nil, err
		}
		their = append(their, float64((<-popped).Sub(start).Microseconds()))
		pause()
		start = time.Now()
		if _, err := app.Send(ctx, "bench.noop", celery.Args(2, 3)); err != nil {
			stop()
			return nil, err
		}
		our = append(our, float64((<-ran).Sub(start).Microseconds()))
	}
	stop()
	for range popped { // drains until it is closed
	}
	if err := <-ended; err != nil {
		return nil, err
	}
	slices.Sort(our)
	slices.Sort(their)
	at := func(v []float64, p float64) float64 { return v[int(float64(len(v)-1)*p)] }
	return []row{
		{Name: "latency of publish to start, p50", Base: "BRPOP hand-off", Unit: "µs", Ours: at(our, .5), Of: at(their, .5), Ratio: at(our, .5) / at(their, .5), Less: true},
		{Name: "latency of publish to start, p99", Base: "BRPOP hand-off", Unit: "µs", Ours: at(our, .99), Of: at(their, .99), Ratio: at(our, .99) / at(their, .99), Limit: 2, Less: true},
	}, nil
}
