package eager_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

func TestInspectorReadsWhatLiesInARealQueue(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		transport, err := kombu.New(srv.Client(), kombu.Options{})
		if err != nil {
			t.Fatal(err)
		}
		app, err := celery.New(celery.Settings{Broker: transport})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []int{9, 0} {
			if _, err := app.Send(t.Context(), "mail.send", celery.Args("ann", p), celery.Priority(p), celery.Kwargs(map[string]any{"password": "hunter2"})); err != nil {
				t.Fatal(err)
			}
		}
		srv.Client().LPush(t.Context(), "celery", "garbage")
		q := eager.Inspect(t, srv.Client(), kombu.Options{}).Queue("celery")
		q.AssertSent(t, "mail.send", "ann", 9)
		if n := q.Len(); n != 3 {
			t.Errorf("Len() = %d, want 3", n)
		}
		r := &recorder{TB: t}
		q.AssertSent(r, "mail.send", "bob")
		q.AssertEmpty(r)
		text := strings.Join(r.errors, "\n")
		for _, want := range []string{"no task mail.send('bob',) was sent to queue celery", "mail.send('ann', 0, password=[redacted]) on celery", `not a task: the message is not JSON: want a value at byte 0: "garbage"`, "holds 3 messages, want none"} {
			if !strings.Contains(text, want) {
				t.Errorf("the failure does not say %q:\n%s", want, text)
			}
		}
		if strings.Contains(text, "hunter2") {
			t.Errorf("the failure prints a password:\n%s", text)
		}
	}, redistest.Fake(), redistest.Real())
}

func TestAssertSentFails(t *testing.T) {
	t.Parallel()
	app := eager.Start(t)
	app.Handle("mail.send", func(context.Context, *celery.Task) (any, error) { return nil, nil })
	send(t, app, celery.Sig("mail.send", "ann", math.Inf(1)))
	app.AssertSent(t, "mail.send", "ann", math.Inf(1))
	app.AssertNotSent(t, "mail.drop")
	r := &recorder{TB: t}
	app.AssertSent(r, "mail.send", "bob", 1)
	app.AssertSent(r, "mail.drop")
	app.AssertNotSent(r, "mail.send")
	app.AssertSent(r, "mail.send", make(chan int))
	for i, want := range []string{"but one with other arguments (-want +sent)", "these were:\n\tmail.send('ann', inf) on celery", "1 tasks mail.send were sent, want none", "chan int"} {
		if i >= len(r.errors) || !strings.Contains(r.errors[i], want) {
			t.Errorf("failures are %q, want number %d to say %q", r.errors, i, want)
		}
	}
}

// recorder keeps failures instead of failing.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(f string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(f, args...))
}
func (r *recorder) Fatalf(f string, args ...any) { r.Errorf(f, args...) }
