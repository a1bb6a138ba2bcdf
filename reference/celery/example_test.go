package celery_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// What a program opens in production with os.LookupEnv, a test may run in its
// own process.
func ExampleOpen() {
	golden.InTest(func(t *testing.T) {
		environment := map[string]string{"CELERY_TASK_ALWAYS_EAGER": "1"} // or CELERY_BROKER_URL
		lookup := func(name string) (string, bool) { v, ok := environment[name]; return v, ok }
		app, closeApp, err := celery.Open(lookup, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = closeApp() }()
		err = app.Handle("add", celery.F2(func(_ context.Context, x, y int) (int, error) { return x + y, nil }))
		if err != nil {
			t.Fatal(err)
		}
		res, err := app.Send(t.Context(), "add", celery.Args(2, 3))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(res.Get(t.Context()))
	})
	// Output: 5 <nil>
}

// A worker of the same app, or one in Python, runs what is sent.
func ExampleNew() {
	golden.InTest(func(t *testing.T) {
		client := redistest.Start(t).Client()
		transport, err := kombu.New(client, kombu.Options{})
		if err != nil {
			t.Fatal(err)
		}
		app, err := celery.New(celery.Settings{Broker: transport, Results: result.NewRedis(client, result.Options{})})
		if err != nil {
			t.Fatal(err)
		}
		err = app.Handle("mail.send", celery.F1(func(_ context.Context, to string) (string, error) { return "sent to " + to, nil }))
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		worker, ended := app.NewWorker(celery.WorkerOptions{}), make(chan error)
		go func() { ended <- worker.Run(ctx) }()
		res, err := app.Send(ctx, "mail.send", celery.Args("ann@example.org"), celery.ExpiresIn(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(res.Get(ctx))
		stop() // a warm shutdown
		fmt.Println(<-ended)
	})
	// Output:
	// sent to ann@example.org <nil>
	// <nil>
}
