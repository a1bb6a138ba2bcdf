package celery_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

// A task knows how it was sent.
func ExampleOption() {
	golden.InTest(func(t *testing.T) {
		app, tasks, now := inProcess(t)
		check(t, app.Handle("report", func(_ context.Context, t *celery.Task) (any, error) {
			fmt.Println(t.ID, t.Shadow, t.Args, t.Kwargs)
			fmt.Println(t.Headers["tenant"], t.Stamps["release"], t.Soft, t.Hard, t.IgnoreResult)
			return nil, nil
		}))
		options := []celery.Option{
			celery.TaskID("report-2026"),
			celery.Shadow("yearly report"), // what monitors show
			celery.Kwargs(map[string]any{"year": 2026}),
			celery.Header("tenant", "acme"),
			celery.Stamp("release", "1.4"),
			celery.TimeLimits(time.Minute, 2*time.Minute),
			celery.ExpiresAt(now.Now().Add(time.Hour)),
			celery.IgnoreResult(),
			celery.Compress("zlib"),
		}
		_, err := app.Send(t.Context(), "report", celery.Args("pdf"), options...)
		check(t, err)
		fmt.Println(tasks.Drain(t.Context()))
	})
	// Output:
	// report-2026 yearly report [pdf] map[year:2026]
	// acme 1.4 1m0s 2m0s true
	// 1 <nil>
}

// Options may be kept, and a signature that carries them given to others.
func ExampleSignature_Set() {
	call := celery.Sig("report", "pdf").Set(celery.Queue("slow"), celery.Countdown(time.Minute))
	show := func(o celery.Options) { fmt.Println(o.Queue, o.Countdown) }
	show(call.Options)
	// Output: slow 1m0s
}

// Routes say where tasks go that were sent without a queue. An exchange
// leads to the queues that are bound to it.
func ExampleRoute() {
	golden.InTest(func(t *testing.T) {
		app, _, _ := inProcess(t, func(s *celery.Settings) {
			s.Routes = []celery.Route{{Pattern: "mail.*", Queue: "mail"}, {Pattern: "feed.*", Exchange: "feeds", RoutingKey: "eu"}}
		})
		check(t, app.Broker().Declare(t.Context(), "direct", broker.Binding{Exchange: "feeds", RoutingKey: "eu", Queue: "feeds-eu"}))
		for _, task := range []string{"mail.send", "feed.read", "other"} {
			_, err := app.Send(t.Context(), task, nil)
			check(t, err)
		}
		_, err := app.Send(t.Context(), "other", nil, celery.Exchange("feeds", "eu"))
		check(t, err)
		for _, queue := range []string{"mail", "feeds-eu", "celery"} {
			n, err := app.Broker().Depth(t.Context(), queue)
			fmt.Println(queue, n, err)
		}
	})
	// Output:
	// mail 1 <nil>
	// feeds-eu 2 <nil>
	// celery 1 <nil>
}

// Many tasks travel in one round trip.
func ExampleApp_SendMany() {
	golden.InTest(func(t *testing.T) {
		app, tasks, _ := inProcess(t)
		arithmetic(t, app)
		var calls []*celery.Signature
		for i := range 1000 {
			calls = append(calls, celery.Sig("add", i, i))
		}
		results, err := app.SendMany(t.Context(), calls...)
		check(t, err)
		fmt.Println(tasks.Drain(t.Context()))
		fmt.Println(results[999].Get(t.Context()))
	})
	// Output:
	// 1000 <nil>
	// 1998 <nil>
}

// A result is found by the task's id, from any process.
func ExampleAsyncResult() {
	golden.InTest(func(t *testing.T) {
		app, tasks, _ := inProcess(t)
		arithmetic(t, app)
		_, err := app.Send(t.Context(), "add", celery.Args(2, 3), celery.TaskID("five"))
		check(t, err)
		var res *celery.AsyncResult = app.Result("five")
		fmt.Println(res.State(t.Context()))

		var sum int
		check(t, res.GetInto(t.Context(), &sum)) // Get and a conversion
		doc, err := res.Document(t.Context())
		check(t, err)
		fmt.Println(sum, doc.Status, doc.Value)

		check(t, res.Forget(t.Context()))
		fmt.Println(res.State(t.Context()))
		_, err = res.Get(t.Context())
		fmt.Println(errors.Is(err, celery.ErrNotSent)) // in a worker's place nothing would come, ever

		late, err := app.Send(t.Context(), "add", celery.Args(2, 3), celery.Countdown(time.Hour))
		check(t, err)
		_, err = late.Get(t.Context())
		fmt.Println(errors.Is(err, celery.ErrNotDue))
		check(t, late.Revoke(t.Context(), false))
		fmt.Println(tasks.Drain(t.Context()))

		fmt.Println(app.Results() != nil) // without a backend Get answers ErrNoResults:
		silent, _, _ := inProcess(t, func(s *celery.Settings) { s.Results = nil })
		_, err = silent.Result("five").Get(t.Context())
		fmt.Println(errors.Is(err, celery.ErrNoResults))
	})
	// Output:
	// PENDING <nil>
	// 5 SUCCESS 5
	// PENDING <nil>
	// true
	// true
	// 0 <nil>
	// true
	// true
}

type mail struct {
	To      string
	Subject string
}

// A definition is shared by who sends a task and who runs it, and typed in both.
func ExampleDefine() {
	golden.InTest(func(t *testing.T) {
		app, _, _ := inProcess(t)
		var send celery.Definition[mail, int] = celery.Define[mail, int]("mail.send")
		check(t, send.Handle(app, func(_ context.Context, _ *celery.Task, m mail) (int, error) { return len(m.Subject), nil }))
		var res celery.Result[int]
		res, err := send.Send(t.Context(), app, mail{To: "ann@example.org", Subject: "Welcome"})
		check(t, err)
		fmt.Println(res.Get(t.Context()))
		twice := celery.Chain(send.Signature(mail{To: "ann@example.org"}), celery.SI("mail.send", "bob@example.org", "Hi"))
		last, err := app.Apply(t.Context(), twice)
		check(t, err)
		fmt.Println(last.Get(t.Context()))
	})
	// Output:
	// 7 <nil>
	// 2 <nil>
}

// A hook sees, and may change, every task that is sent.
func ExampleSettings_sending() {
	golden.InTest(func(t *testing.T) {
		app, _, _ := inProcess(t, func(s *celery.Settings) {
			s.Sending = func(t *message.Task) { fmt.Println("sending", t.Name) }
		})
		_, err := app.Send(t.Context(), "add", celery.Args(2, 3))
		check(t, err)
	})
	// Output: sending add
}
