package eager_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// signUp is code under test: it is given the app, as it is in production.
func signUp(ctx context.Context, app *celery.App, address string) error {
	_, err := app.Send(ctx, "mail.send", celery.Args(address))
	return err
}

// succeeded tells what has run without an error.
func succeeded(runs []eager.Run) (names []string) {
	for _, run := range runs {
		if run.Err == nil {
			names = append(names, run.Name)
		}
	}
	return names
}

func ExampleStart() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t)
		app.Handle("mail.send", celery.F1(func(_ context.Context, address string) (string, error) {
			return "sent to " + address, nil
		}))
		if err := signUp(t.Context(), app.App, "ann@example.org"); err != nil {
			t.Fatal(err)
		}
		app.AssertSent(t, "mail.send", "ann@example.org")
		app.AssertNotSent(t, "mail.bounce")
		fmt.Println(succeeded(app.Runs()))
	})
	// Output: [mail.send]
}

// What a task sees before the commit is found out by running it after.
func ExampleDeferred() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t, eager.Deferred())
		var ran []string
		app.Handle("index", celery.F1(func(_ context.Context, page string) (any, error) {
			ran = append(ran, page)
			return nil, nil
		}))
		for _, page := range []string{"a", "b", "c"} {
			if _, err := app.Send(t.Context(), "index", celery.Args(page)); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Println(app.Queue("celery").Len(), ran)
		fmt.Println(app.Step(), ran) // the first
		fmt.Println(app.Drain(), ran)
		app.Queue("celery").AssertEmpty(t)
	})
	// Output:
	// 3 []
	// true [a]
	// 2 [a b c]
}

// A retry waits for its time, which Advance brings.
func ExampleApp_Advance() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t, eager.At(time.Date(2030, 1, 1, 9, 0, 0, 0, time.UTC)))
		app.Handle("fetch", func(_ context.Context, task *celery.Task) (any, error) {
			fmt.Println(app.Now().Format(time.TimeOnly), "try", task.Retries+1)
			return nil, errors.New("no answer")
		}, celery.AutoRetry(celery.Backoff{First: time.Minute}, nil), celery.MaxRetries(2))
		if _, err := app.Send(t.Context(), "fetch", nil); err != nil {
			t.Fatal(err)
		}
		app.Advance(time.Hour)
		fmt.Println(len(app.Calls("fetch")))
	})
	// Output:
	// 09:00:00 try 1
	// 09:01:00 try 2
	// 09:03:00 try 3
	// 3
}

// A handler that takes its time is played by one that moves the clock.
func ExampleApp_Tick() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t)
		app.Handle("report", func(ctx context.Context, _ *celery.Task) (any, error) {
			app.Tick(2 * time.Minute)
			<-ctx.Done()
			return nil, ctx.Err()
		}, celery.Limits(time.Minute, 0))
		r, err := app.Send(t.Context(), "report", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Get(t.Context())
		fmt.Println(err)
	})
	// Output: SoftTimeLimitExceeded: 60.0
}

// A worker may get a message twice: tasks had better bear it.
func ExampleTwice() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t, eager.Twice())
		sum := 0
		app.Handle("charge", celery.F1(func(_ context.Context, amount int) (any, error) {
			sum += amount
			return nil, nil
		}))
		if _, err := app.Send(t.Context(), "charge", celery.Args(5)); err != nil {
			t.Fatal(err)
		}
		fmt.Println("charged", sum)
	})
	// Output: charged 10
}

// From a seed, some deliveries are doubled and some acknowledgements lost.
func ExampleChaos() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t, eager.Chaos(celery.Chaos{Seed: 1, LoseAck: 1}))
		app.Handle("charge", func(_ context.Context, task *celery.Task) (any, error) {
			fmt.Println("redelivered:", task.Redelivered)
			return nil, nil
		}, celery.AcksLate(true), celery.DropResult())
		for _, c := range []celery.Chaos{{LoseAck: 1}, {}} {
			app.SetChaos(c)
			if _, err := app.Send(t.Context(), "charge", nil); err != nil {
				t.Fatal(err)
			}
		}
	})
	// Output:
	// redelivered: false
	// redelivered: true
	// redelivered: false
}

// Without Propagate the error is the task's alone, as in production.
func ExamplePropagate() {
	golden.InTest(func(t *testing.T) {
		for _, options := range [][]eager.Option{nil, {eager.Propagate()}} {
			app, boom := eager.Start(t, options...), errors.New("boom")
			app.Handle("boom", celery.F0(func(context.Context) (any, error) { return nil, boom }))
			_, err := app.Send(t.Context(), "boom", nil)
			fmt.Println(errors.Is(err, boom))
		}
	})
	// Output:
	// false
	// true
}

// Tasks run while the test goes on, several at a time.
func ExampleThreaded() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t, eager.Threaded(2))
		both := make(chan bool)
		app.Handle("meet", celery.F0(func(context.Context) (any, error) {
			select { // each waits for the other
			case both <- true:
			case <-both:
			}
			return nil, nil
		}))
		for range 2 {
			if _, err := app.Send(t.Context(), "meet", nil); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Println(app.Drain())
	})
	// Output: 2
}

// A misspelt queue fails, as no worker would listen to it.
func ExampleSettings() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t, eager.Settings(func(s *celery.Settings) { s.KnownQueues = []string{"celery", "mail"} }))
		_, err := app.Send(t.Context(), "mail.send", nil, celery.Queue("mial"))
		fmt.Println(errors.Is(err, celery.ErrUnknownQueue))
	})
	// Output: true
}

// Messages that nobody can handle are kept, and told why.
func ExampleApp_Dead() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t)
		if _, err := app.Send(t.Context(), "mail.sned", celery.Args("ann")); err != nil {
			t.Fatal(err)
		}
		for _, dead := range app.Dead() {
			fmt.Println(dead.Reason)
		}
		for _, sent := range app.Sent() {
			fmt.Println(sent.String())
		}
	})
	// Output:
	// NotRegistered: mail.sned
	// mail.sned('ann') on celery
}

// expectOne is a helper of a test's own.
func expectOne(t *testing.T, queue *eager.Queue) {
	queue.AssertSent(t, "mail.send", "ann@example.org")
	show := func(sent eager.Sent) { fmt.Println(sent.Name, sent.Args, sent.Queue) }
	for _, sent := range queue.Messages() {
		show(sent)
	}
}

func expectIdle(inspector *eager.Inspector) { fmt.Println(inspector.Unacked(), len(inspector.Dead())) }

// An Inspector sees the queues of any Redis, whoever filled them.
func ExampleInspect() {
	golden.InTest(func(t *testing.T) {
		client := redistest.Start(t).Client()
		transport, err := kombu.New(client, kombu.Options{})
		if err != nil {
			t.Fatal(err)
		}
		app, err := celery.New(celery.Settings{Broker: transport}) // as in production
		if err != nil {
			t.Fatal(err)
		}
		if err := signUp(t.Context(), app, "ann@example.org"); err != nil {
			t.Fatal(err)
		}

		inspector := eager.Inspect(t, client, kombu.Options{})
		expectOne(t, inspector.Queue("celery"))
		expectIdle(inspector)
	})
	// Output:
	// mail.send [ann@example.org] celery
	// 0 0
}
