package celery_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// A worker stops by itself after so many tasks, for a supervisor to start anew.
func ExampleWorker() {
	golden.InTest(func(t *testing.T) {
		app := newApp(t, redistest.Start(t), celery.Settings{})
		arithmetic(t, app)
		var worker *celery.Worker = app.NewWorker(celery.WorkerOptions{Name: "celery@example", Queues: []string{"celery"}, Concurrency: 1, MaxTasks: 2})
		worker.OnFinished(func(t *celery.Task, state result.State, err error) { fmt.Println(t.Name, state, err) })
		for range 2 {
			_, err := app.Send(t.Context(), "add", celery.Args(1, 2))
			check(t, err)
		}
		_, err := app.Send(t.Context(), "add", celery.Args(1, 2))
		check(t, err)
		err = worker.Run(t.Context())
		fmt.Println(worker.Name(), errors.Is(err, celery.ErrMaxTasks))
	})
	// Output:
	// add SUCCESS <nil>
	// add SUCCESS <nil>
	// celery@example true
}

// Remote control reaches workers in Go and Python alike.
func ExampleApp_Control() {
	golden.InTest(func(t *testing.T) {
		app := newApp(t, redistest.Start(t), celery.Settings{})
		arithmetic(t, app)
		ctx, stop := context.WithCancel(t.Context())
		listening, heard := make(chan struct{}), make(chan celery.Event, 100)
		monitor := make(chan error)
		go func() {
			monitor <- app.Events(ctx, func() { close(listening) }, func(e celery.Event) {
				select {
				case heard <- e:
				default:
				}
			})
		}()
		<-listening
		worker, ended := app.NewWorker(celery.WorkerOptions{Name: "celery@example"}), make(chan error)
		go func() { ended <- worker.Run(ctx) }()
		online := <-heard
		fmt.Println(online.Hostname, online.Type)

		var ping *celery.Control = app.Control("ping", nil)
		ping.Limit, ping.Timeout = 1, 10*time.Second // wait for one answer, no longer than that
		fmt.Println(ping.Call(ctx))
		worker.Consume("mail") // as the remote control's add_consumer does
		check(t, app.Control("shutdown", nil).Cast(ctx))
		fmt.Println(<-ended)
		claims, err := worker.Idle(t.Context())
		fmt.Println(claims, err)
		worker.Kill() // cold; nothing is left to stop
		stop()
		fmt.Println(<-monitor)
	})
	// Output:
	// celery@example worker-online
	// map[celery@example:map[ok:pong]] <nil>
	// <nil>
	// 0 <nil>
	// context canceled
}

// A worker that loses its late acknowledgements runs every task again.
func ExampleWorker_SetChaos() {
	golden.InTest(func(t *testing.T) {
		set := celery.Settings{Broker: broker.NewMemory(clock.System{}, 0), Logger: slog.New(slog.DiscardHandler)}
		app, err := celery.New(set)
		check(t, err)
		redelivered := make(chan bool)
		check(t, app.Handle("work", func(_ context.Context, t *celery.Task) (any, error) {
			redelivered <- t.Redelivered
			return nil, nil
		}, celery.AcksLate(true)))
		_, err = app.Send(t.Context(), "work", nil)
		check(t, err)

		worker, ended := app.NewWorker(celery.WorkerOptions{Quiet: true}), make(chan error)
		worker.SetChaos(celery.Chaos{Seed: 1, LoseAck: 1})
		ctx, stop := context.WithCancel(t.Context())
		go func() { ended <- worker.Run(ctx) }()
		fmt.Println(<-redelivered, <-redelivered)

		// Being Quiet it does not listen for remote control; its process may.
		requests, listening := []broker.Binding{{Exchange: "celery.pidbox"}}, make(chan struct{})
		go func() {
			_ = app.Broker().Listen(ctx, requests, func() { close(listening) }, func(f broker.Fanout) { worker.Heed(ctx, f.Raw) })
		}()
		<-listening
		check(t, app.Control("shutdown", nil).Cast(ctx))
		fmt.Println(<-ended)
		stop()
	})
	// Output:
	// false true
	// <nil>
}

// Inline tasks run inside Send, and a worker in the process can be made as
// unreliable as real ones are: here every task arrives twice.
func ExampleEager() {
	golden.InTest(func(t *testing.T) {
		app, _, _ := inProcess(t)
		arithmetic(t, app)
		var tasks *celery.Eager = app.NewEager() // Inline
		app.Use(tasks)
		_, err := app.Send(t.Context(), "log", celery.Args("inside Send"))
		check(t, err)

		tasks.Inline = false
		tasks.SetChaos(celery.Chaos{Seed: 1, Duplicate: 1})
		_, err = app.Send(t.Context(), "log", celery.Args("twice"))
		check(t, err)
		for ran := true; ran; {
			ran, err = tasks.Step(t.Context())
			check(t, err)
		}
	})
	// Output:
	// log: [inside Send]
	// log: [twice]
	// log: [twice]
}
