package eager_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

type welcome struct {
	To       string `json:"to"`
	Tries    int    `json:"tries"`
	Password string `json:"password"`
}

var sendWelcome = celery.Define[welcome, string]("welcome")

// A typed task has keyword arguments, and a call has more than arguments.
func ExampleKwargs() {
	golden.InTest(func(t *testing.T) {
		type mail struct {
			To   string `json:"to"`
			Copy bool   `json:"copy"`
		}
		send := celery.Define[mail, any]("mail.send")
		app := eager.Start(t, eager.Deferred())
		if _, err := send.Send(t.Context(), app.App, mail{To: "ann"}, celery.Queue("mail"), celery.Countdown(time.Minute)); err != nil {
			t.Fatal(err)
		}
		app.AssertSent(t, "mail.send", eager.Kwargs(mail{To: "ann"}), eager.OnQueue("mail"), eager.WithCountdown(time.Minute))
		fmt.Println(app.Sent()[0])
	})
	// Output: mail.send(copy=False, to='ann') on mail not before 2026-01-01T00:01:00Z
}

func ExampleWant() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t, eager.Deferred())
		at := app.Now().Add(time.Hour)
		if _, err := app.Send(t.Context(), "report", celery.Args(1), celery.ETA(at), celery.ExpiresIn(2*time.Hour), celery.Priority(3)); err != nil {
			t.Fatal(err)
		}
		wants := []any{eager.AnyArgs(), eager.WithPriority(3), eager.WithRetries(0), eager.WithETA(at), eager.WithExpiresAt(at.Add(time.Hour)), eager.WithExpiry(2 * time.Hour)}
		app.AssertSent(t, "report", wants...)
		app.AssertSent(t, "report", 1, eager.Want{}) // which wants nothing
		fmt.Println(app.Calls("report")[0])
	})
	// Output: report(1) on celery not before 2026-01-01T01:00:00Z expires 2026-01-01T02:00:00Z priority 3
}

func TestAssertSentLooksAtMoreThanArguments(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Deferred())
	start := app.Now()
	if _, err := sendWelcome.Send(t.Context(), app.App, welcome{"ann", 3, "hunter2"}, celery.Queue("mail"), celery.Priority(6),
		celery.ETA(start.Add(time.Minute)), celery.ExpiresIn(time.Hour)); err != nil {
		t.Fatal(err)
	}
	right := map[string]eager.Want{
		"Kwargs of a struct": eager.Kwargs(welcome{"ann", 3, "hunter2"}),
		"Kwargs of a map":    eager.Kwargs(map[string]any{"to": "ann", "tries": 3, "password": "hunter2"}),
		"OnQueue":            eager.OnQueue("mail"), "WithPriority": eager.WithPriority(6), "AnyArgs": eager.AnyArgs(),
		"WithCountdown": eager.WithCountdown(time.Minute), "WithETA": eager.WithETA(start.Add(time.Minute)),
		"WithExpiry": eager.WithExpiry(time.Hour), "WithExpiresAt": eager.WithExpiresAt(start.Add(time.Hour)), "WithRetries": eager.WithRetries(0),
	}
	var all []any
	for name, want := range right {
		t.Run(name, func(t *testing.T) {
			app.AssertSent(t, "welcome", want)
			app.Queue("mail").AssertSent(t, "welcome", want)
		})
		all = append(all, want)
	}
	app.AssertSent(t, "welcome", all...)
	for _, tt := range []struct {
		want eager.Want
		says []string
	}{
		{eager.Kwargs(welcome{"bob", 3, "hunter3"}), []string{"no task welcome() with password=[redacted], to='bob', tries=3 was sent, but one with other keyword arguments (-want +sent)", `"[redacted, and another]"`}},
		{eager.Kwargs(map[string]any{}), []string{"with no keyword arguments"}},
		{eager.OnQueue("celery"), []string{"but one with other queue mail, want celery"}},
		{eager.WithPriority(0), []string{"other priority 6, want 0"}},
		{eager.WithCountdown(0), []string{"other countdown 1m0s, want 0s"}},
		{eager.WithETA(start), []string{"other eta 2026-01-01T00:01:00Z, want 2026-01-01T00:00:00Z"}},
		{eager.WithExpiry(time.Minute), []string{"other expiry 1h0m0s, want 1m0s"}},
		{eager.WithExpiresAt(start), []string{"other expires 2026-01-01T01:00:00Z, want 2026-01-01T00:00:00Z"}},
		{eager.WithRetries(1), []string{"other retries 0, want 1"}},
		{eager.Kwargs(1), []string{`AssertSent("welcome"): Kwargs(int): want a struct or a map[string]any`}},
		{eager.Kwargs(map[string]any{"c": make(chan int)}), []string{"chan int"}},
	} {
		r := &recorder{TB: t}
		app.AssertSent(r, "welcome", tt.want)
		text := strings.Join(r.errors, "\n")
		for _, says := range tt.says {
			if !strings.Contains(text, says) {
				t.Errorf("the failure does not say %q:\n%s", says, text)
			}
		}
		if strings.Contains(text, "hunter") {
			t.Errorf("the failure prints a password:\n%s", text)
		}
	}
	r := &recorder{TB: t}
	app.AssertSent(r, "welcome", "ann", eager.OnQueue("celery"))
	if text := strings.Join(r.errors, "\n"); !strings.Contains(text, "with other arguments") || !strings.Contains(text, "\nand queue mail, want celery") {
		t.Errorf("the failure does not say all that is different:\n%s", text)
	}
}

func TestAssertSentShowsEveryCallOfTheName(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Deferred())
	for _, queue := range []string{"a", "b"} {
		send(t, app, celery.Sig("x", 1).Set(celery.Queue(queue), celery.Priority(3), celery.ExpiresIn(time.Hour)))
	}
	r := &recorder{TB: t}
	app.AssertSent(r, "x", 1, eager.OnQueue("c"))
	want := `no task x(1,) with queue c was sent; these were:
	x(1) on a expires 2026-01-01T01:00:00Z priority 3: queue a, want c
	x(1) on b expires 2026-01-01T01:00:00Z priority 3: queue b, want c`
	if text := strings.Join(r.errors, "\n"); text != want {
		t.Errorf("AssertSent says\n%s\nwant\n%s", text, want)
	}
}

func TestNobodyKnowsWhenAMessageOfAServerWasSent(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	transport, err := kombu.New(srv.Client(), kombu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	app, err := celery.New(celery.Settings{Broker: transport})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Send(t.Context(), "x", nil, celery.Countdown(time.Minute)); err != nil {
		t.Fatal(err)
	}
	r := &recorder{TB: t}
	q := eager.Inspect(t, srv.Client(), kombu.Options{}).Queue("celery")
	q.AssertSent(r, "x", eager.WithCountdown(time.Minute))
	if text := strings.Join(r.errors, "\n"); !strings.Contains(text, "countdown unknown: no message says when it was sent, use WithETA") {
		t.Errorf("AssertSent says\n%s", text)
	}
	q.AssertSent(t, "x", eager.WithExpiry(0), eager.OnQueue("celery"))
}
