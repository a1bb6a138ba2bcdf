package eager_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

func TestCanvas(t *testing.T) {
	modes(t, func(t *testing.T, app *eager.App) {
		arithmetic(app)
		add := func(args ...any) *celery.Signature { return celery.Sig("add", args...) }
		chord := celery.Chord([]*celery.Signature{add(1, 1), celery.Chain(add(2, 2), add(3)), add(4, 4)}, celery.Sig("total"))
		tests := []struct {
			call *celery.Signature
			want int64
		}{
			{add(2, 3), 5},
			{celery.Chain(add(1, 1), add(10), celery.SI("add", 5, 5), add(100)), 110},
			{celery.Chain(celery.Chain(add(1, 1), add(1)), celery.Chain(add(1))), 4},
			{chord, 17},
			{celery.Chain(celery.Group(add(1, 1), add(2, 2)), celery.Sig("total"), add(1)), 7},
			{celery.Chain(chord, add(1)), 18},
			{celery.Chain(add(1, 1), celery.Group(add(1), add(2)), celery.Sig("total")), 7},
			{celery.Chord([]*celery.Signature{chord, chord}, celery.Sig("total")), 34},
			{celery.Chord(nil, celery.Sig("total")), 0},
			{celery.Chord([]*celery.Signature{celery.Group(add(1, 1), celery.Group(add(2, 2))), add(3, 3)}, celery.Chain(celery.Sig("total"), add(1))), 13},
		}
		for i, tt := range tests {
			r := send(t, app, tt.call)
			app.Drain()
			got, err := r.Get(t.Context())
			if err != nil || got != tt.want {
				t.Errorf("call %d = %v, %v, want %d", i, got, err, tt.want)
			}
		}
		ends := celery.Chain(add(1, 1), celery.Group(add(1), celery.Chain(add(2), celery.Group(add(3), add(4)))))
		r := send(t, app, ends)
		app.Drain()
		want(t, r, []any{int64(3), []any{int64(7), int64(8)}})
		if state, err := r.State(t.Context()); err != nil || state != "SUCCESS" {
			t.Errorf("State() of a group = %v, %v, want SUCCESS", state, err)
		}
		if _, err := app.ApplyGroup(t.Context(), chord); err == nil || !strings.Contains(err.Error(), "use Apply") {
			t.Errorf("ApplyGroup(a chord) = %v, want to be told to use Apply", err)
		}
		group, err := app.ApplyGroup(t.Context(), celery.Group(add(1, 1), add(2, 2)))
		if err != nil {
			t.Fatal(err)
		}
		app.Drain()
		if got, err := group.Get(t.Context()); err != nil || cmp.Diff([]any{int64(2), int64(4)}, got) != "" {
			t.Errorf("group = %v, %v, want [2 4]", got, err)
		}
	})
}

func TestWhatAHandlerSendsFromManyGoroutinesAreItsChildren(t *testing.T) {
	modes(t, func(t *testing.T, app *eager.App) {
		arithmetic(app)
		app.Handle("send", func(ctx context.Context, _ *celery.Task) (any, error) {
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if _, err := app.Send(ctx, "add", []any{1, 1}); err != nil {
						t.Error(err)
					}
				})
			}
			_, err := app.SendMany(ctx, celery.Sig("add", 2, 2), celery.Sig("add", 3, 3))
			all.Wait()
			return nil, err
		})
		r := send(t, app, celery.Sig("send"))
		app.Drain()
		doc, err := r.Document(t.Context())
		if err != nil || doc.Status != "SUCCESS" {
			t.Fatalf("Document() = %+v, %v, want a success", doc, err)
		}
		if len(doc.Children) != 6 {
			t.Errorf("the task has %d children, want the 6 that it sent", len(doc.Children))
		}
	})
}

func TestWhatIsSetOnACanvasIsHandedOn(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Deferred())
	arithmetic(app)
	add := func(args ...any) *celery.Signature { return celery.Sig("add", args...) }
	after := func(d time.Duration, r *celery.AsyncResult, want result.State) {
		t.Helper()
		app.Advance(d)
		if state, err := r.State(t.Context()); err != nil || state != want {
			t.Errorf("State() = %v, %v, want %v", state, err, want)
		}
	}
	later := celery.Countdown(time.Minute)
	end := send(t, app, celery.Chord([]*celery.Signature{add(1, 1), add(2, 2)}, celery.Sig("total")).Set(later, celery.TaskID("end")))
	after(59*time.Second, end, "PENDING")
	after(time.Second, end, "SUCCESS") // the body waits no second time
	if end.ID != "end" {
		t.Errorf("the id of the chord is %q, want end", end.ID)
	}
	want(t, end, int64(6))

	outer := send(t, app, celery.Chain(add(1, 1), celery.Chain(add(1), add(1)).Set(later, celery.TaskID("inner")), add(5)))
	after(59*time.Second, app.Result("inner"), "PENDING")
	after(time.Second, outer, "SUCCESS")
	want(t, outer, int64(9))
	want(t, app.Result("inner"), int64(4))
}

func TestAGroupThatEndsAChainInAHeaderStaysOnItsQueue(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Settings(func(s *celery.Settings) { s.KnownQueues = []string{"x"} }))
	arithmetic(app)
	app.Handle("echo", func(_ context.Context, t *celery.Task) (any, error) { return t.Args[0], nil })
	on := func(task string, args ...any) *celery.Signature {
		return celery.Sig(task, args...).Set(celery.Queue("x"))
	}
	header := []*celery.Signature{celery.Chain(on("add", 1, 1), celery.Group(celery.Chain(on("add", 1), on("add", 1)), on("add", 2))), on("add", 3, 3)}
	want(t, send(t, app, celery.Chord(header, on("echo"))), []any{[]any{int64(4), int64(4)}, int64(6)})
}

func TestFailuresSpread(t *testing.T) {
	modes(t, func(t *testing.T, app *eager.App) {
		arithmetic(app)
		var mu sync.Mutex
		var told []any
		app.Handle("tell", func(_ context.Context, t *celery.Task) (any, error) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, t.Args...)
			return nil, nil
		})
		tell := celery.LinkError(celery.Sig("tell"))
		failing := send(t, app, celery.Sig("fail", "one").Set(tell))
		chain := send(t, app, celery.Chain(celery.Sig("fail", "two"), celery.Sig("add", 1), celery.Sig("add", 1)))
		chord := send(t, app, celery.Chord([]*celery.Signature{celery.Sig("add", 1, 1), celery.Sig("fail", "three")}, celery.Sig("total").Set(tell, celery.TaskID("body"))))
		unknown := send(t, app, celery.Sig("nobody knows"))
		app.Drain()
		for want, r := range map[string]*celery.AsyncResult{"Exception: one": failing, "Exception: two": chain, "ChordError: Dependency ": chord, "NotRegistered: nobody knows": unknown} {
			_, err := r.Get(t.Context())
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("Get() = %v, want %s", err, want)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if len(told) != 2 || told[0] != failing.ID && told[1] != failing.ID || told[0] != "body" && told[1] != "body" {
			t.Errorf("errbacks got %v, want the ids %s and body", told, failing.ID)
		}
		if dead := app.Dead(); len(dead) != 1 || dead[0].Reason != "NotRegistered: nobody knows" {
			t.Errorf("Dead() = %+v, want the unknown task", dead)
		}
	})
}
