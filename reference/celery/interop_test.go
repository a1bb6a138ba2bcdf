package celery_test

import (
	"context"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// Every scenario is played by producers in Go and Python, each with the
// workers of the other side and with both on one queue, and gives the same.
func TestGoAndPythonShareABroker(t *testing.T) {
	t.Parallel()
	redistest.Versions(t, func(t *testing.T, srv *redistest.Server) {
		t.Parallel()
		p := meet(t, srv, editions()[0])
		for _, s := range scenarios {
			for _, q := range []string{"py", "both"} {
				t.Run("go to "+q+"/"+s.name, func(t *testing.T) { diffAny(t, "what Go got", s.want, s.goes(p.on(t), q)) })
			}
			for _, q := range []string{"go", "both"} {
				t.Run("py to "+q+"/"+s.name, func(t *testing.T) { diffAny(t, "what Python got", s.want, p.on(t).python(q, s.python)) })
			}
		}
		t.Run("each reads the other's results", func(t *testing.T) { p.on(t).resultsCross() })
		t.Run("each takes the most urgent first", func(t *testing.T) { p.on(t).ranks() })
		t.Run("nothing is left", func(t *testing.T) {
			ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second) // a last ack may be on its way
			defer cancel()
			for n := int64(1); n > 0; {
				var err error
				if n, err = srv.Client().Exists(ctx, "go", "py", "both", "ranked", "redkit.claims").Result(); err != nil {
					t.Fatalf("messages are left: %v: claims %q", err, srv.Client().HGetAll(p.ctx, "redkit.claims").Val())
				}
			}
			dead, err := p.app.Broker().Dead(p.ctx, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range dead { // the tasks nobody knows
				if !strings.Contains(d.Reason, "NotRegistered") {
					t.Errorf("%s is on the dead-letter list: %s", d.Raw, d.Reason)
				}
			}
		})
		t.Run("inspect", func(t *testing.T) { p.on(t).inspect() })
		t.Run("events", func(t *testing.T) { p.on(t).eventsReachPython() })
	})
}

// What its messages, results, control and events have of their own, the newest
// Celery shows on one server in a few scenarios.
func TestGoAndTheNewestCeleryShareABroker(t *testing.T) {
	t.Parallel()
	p := meet(t, redistest.Start(t, redistest.Real(), redistest.Exclusive()), editions()[1])
	for _, s := range scenarios {
		switch s.name {
		case "plain", "retry", "chain", "chord", "revoke", "error with traceback":
			t.Run("go to py/"+s.name, func(t *testing.T) { diffAny(t, "what Go got", s.want, s.goes(p.on(t), "py")) })
			t.Run("py to go/"+s.name, func(t *testing.T) { diffAny(t, "what Python got", s.want, p.on(t).python("go", s.python)) })
		}
	}
	t.Run("inspect", func(t *testing.T) { p.on(t).inspect() })
	t.Run("events", func(t *testing.T) { p.on(t).eventsReachPython() })
}

// A scenario is one way to use tasks, as a producer of either side does it.
type scenario struct {
	name   string
	goes   func(p *peers, q string) any
	python string // leaves what it got in out
	want   any
}

var scenarios = []scenario{
	{"plain", func(p *peers, q string) any { return p.get(q, celery.Sig("t.add", 2, 3)) },
		`out = sig("t.add", 2, 3).delay().get(timeout=30)`, int64(5)},
	{"keywords and compression", func(p *peers, q string) any {
		return []any{p.get(q, celery.Sig("t.add", 1).Set(celery.Kwargs(map[string]any{"y": 2}), celery.Compress("zlib"))),
			p.get(q, celery.Sig("t.echo", "é😀\x00", nil, []any{1.5, true}, new(big.Int).Lsh(big.NewInt(1), 70)).Set(celery.Kwargs(map[string]any{"k": math.Inf(1)}), celery.Compress("bzip2")))}
	}, `out = [sig("t.add", 1).apply_async(kwargs={"y": 2}, compression="zlib").get(timeout=30),
       sig("t.echo", "é😀\0", None, [1.5, True], 2**70).apply_async(kwargs={"k": float("inf")}, compression="bzip2").get(timeout=30)]`,
		[]any{int64(3), []any{[]any{"é😀\x00", nil, []any{1.5, true}, new(big.Int).Lsh(big.NewInt(1), 70)}, map[string]any{"k": math.Inf(1)}}}},
	{"countdown", func(p *peers, q string) any {
		due := seconds(time.Now()) + .5
		at, _ := p.get(q, celery.Sig("t.when").Set(celery.Countdown(500*time.Millisecond))).(float64)
		return at >= due
	}, `due = time.time() + .5
out = sig("t.when").apply_async(countdown=.5).get(timeout=30) >= due`, true},
	{"eta", func(p *peers, q string) any {
		due := time.Now().Add(500 * time.Millisecond).Truncate(time.Microsecond)
		at, _ := p.get(q, celery.Sig("t.when").Set(celery.ETA(due))).(float64)
		return at >= seconds(due)
	}, `import datetime
due = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=.5)
out = sig("t.when").apply_async(eta=due).get(timeout=30) >= due.timestamp()`, true},
	{"priority", func(p *peers, q string) any { return p.get(q, celery.Sig("t.add", 2, 4).Set(celery.Priority(7))) },
		`out = sig("t.add", 2, 4).apply_async(priority=7).get(timeout=30)`, int64(6)},
	{"retry", func(p *peers, q string) any { return p.get(q, celery.Sig("t.flaky", 2)) },
		`out = sig("t.flaky", 2).delay().get(timeout=30)`, int64(2)},
	{"chain", func(p *peers, q string) any {
		return p.get(q, celery.Chain(on(q, celery.Sig("t.add", 1, 1), celery.Sig("t.add", 10), celery.SI("t.add", 5, 5), celery.Sig("t.add", 100))...))
	}, `out = chain(sig("t.add", 1, 1), sig("t.add", 10), sig("t.add", 5, 5, immutable=True), sig("t.add", 100)).delay().get(timeout=30)`, int64(110)},
	{"group", func(p *peers, q string) any {
		g, err := p.app.ApplyGroup(p.ctx, celery.Group(on(q, celery.Sig("t.add", 0, 0), celery.Sig("t.add", 1, 1), celery.Sig("t.add", 2, 2))...))
		if err != nil {
			p.t.Fatal(err)
		}
		values, err := g.Get(p.ctx)
		if err != nil {
			p.t.Error(err)
		}
		return values
	}, `out = group(sig("t.add", i, i) for i in range(3)).delay().get(timeout=30)`, []any{int64(0), int64(2), int64(4)}},
	{"chord", func(p *peers, q string) any {
		header := append(on(q, celery.Sig("t.add", 1, 1), celery.Sig("t.add", 4, 4)), celery.Chain(on(q, celery.Sig("t.add", 2, 2), celery.Sig("t.add", 3))...))
		return p.get(q, celery.Chord(header, on(q, celery.Sig("t.total"))[0]))
	}, `out = chord([sig("t.add", 1, 1), sig("t.add", 4, 4), chain(sig("t.add", 2, 2), sig("t.add", 3))], sig("t.total")).delay().get(timeout=30)`, int64(17)},
	{"chord in a chain", func(p *peers, q string) any {
		return p.get(q, celery.Chain(celery.Group(on(q, celery.Sig("t.add", 1, 1), celery.Sig("t.add", 2, 2))...), on(q, celery.Sig("t.total"))[0], on(q, celery.Sig("t.add", 1))[0]))
	}, `out = chain(group(sig("t.add", i, i) for i in (1, 2)), sig("t.total"), sig("t.add", 1)).delay().get(timeout=30)`, int64(7)},
	{"two groups in a chain", func(p *peers, q string) any {
		return p.get(q, celery.Chain(celery.Group(on(q, celery.Sig("t.add", 1, 1), celery.Sig("t.add", 2, 2))...), celery.Group(on(q, celery.Sig("t.total"), celery.Sig("t.total"))...), on(q, celery.Sig("t.total"))[0]))
	}, `out = chain(group(sig("t.add", i, i) for i in (1, 2)), group(sig("t.total"), sig("t.total")), sig("t.total")).delay().get(timeout=30)`, int64(12)},
	{"chord with a group for its body", func(p *peers, q string) any {
		return p.get(q, celery.Chord(on(q, celery.Sig("t.add", 1, 1), celery.Sig("t.add", 2, 2)), celery.Group(on(q, celery.Sig("t.total"), celery.Sig("t.total"))...)))
	}, `out = chord([sig("t.add", 1, 1), sig("t.add", 2, 2)], group(sig("t.total"), sig("t.total"))).delay().get(timeout=30)`, []any{int64(6), int64(6)}},
	{"group at the end of a chain", func(p *peers, q string) any {
		return p.get(q, celery.Chain(on(q, celery.Sig("t.add", 1, 1))[0], celery.Group(on(q, celery.Sig("t.add", 1), celery.Sig("t.add", 2))...)))
	}, `out = chain(sig("t.add", 1, 1), group(sig("t.add", 1), sig("t.add", 2))).delay().get(timeout=30)`, []any{int64(3), int64(4)}},
	{"chord of which a part fails", func(p *peers, q string) any {
		return p.error(q, celery.Chord(on(q, celery.Sig("t.add", 1, 1), celery.Sig("t.fail", "x")), on(q, celery.Sig("t.total"))[0]))[0]
	}, `out = error(app.AsyncResult(chord([sig("t.add", 1, 1), sig("t.fail", "x")], sig("t.total")).delay().id))[0]`, "ChordError"},
	{"link", func(p *peers, q string) any {
		doc := p.document(p.send(q, celery.Sig("t.add", 1, 1).Set(celery.Link(on(q, celery.Sig("t.add", 40))...))))
		if len(doc.Children) != 1 {
			return doc.Children
		}
		v, err := p.app.Result(doc.Children[0].ID).Get(p.ctx)
		if err != nil {
			p.t.Error(err)
		}
		return v
	}, `r = sig("t.add", 1, 1).apply_async(link=sig("t.add", 40))
r.get(timeout=30)
out = r.children[0].get(timeout=30)`, int64(42)},
	{"revoke", func(p *peers, q string) any {
		r := p.send(q, celery.Sig("t.add", 1, 1).Set(celery.Countdown(500*time.Millisecond)))
		if err := r.Revoke(p.ctx, false); err != nil {
			p.t.Error(err)
		}
		return p.fails(r)[:2]
	}, `r = sig("t.add", 1, 1).apply_async(countdown=.5)
r.revoke()
out = error(r)[:2]`, []any{"TaskRevokedError", []any{"revoked"}}},
	{"expires", func(p *peers, q string) any {
		return p.error(q, celery.Sig("t.add", 1, 1).Set(celery.ExpiresAt(time.Now().Add(-time.Second))))[:2]
	}, `import datetime
out = error(sig("t.add", 1, 1).apply_async(expires=datetime.datetime.utcnow() - datetime.timedelta(seconds=5)))[:2]`,
		[]any{"TaskRevokedError", []any{"expired"}}},
	{"error with traceback", func(p *peers, q string) any { return p.error(q, celery.Sig("t.fail", "bad")) },
		`out = error(sig("t.fail", "bad").delay())`, []any{"ValueError", []any{"bad", int64(42)}, true}},
	{"unknown task", func(p *peers, q string) any { return p.error(q, celery.Sig("t.unknown"))[0] },
		`out = error(sig("t.unknown").delay())[0]`, "NotRegistered"},
	{"wrong arguments", func(p *peers, q string) any { return p.error(q, celery.Sig("t.total"))[0] },
		`out = error(app.send_task("t.total", queue=q))[0]`, "TypeError"},
	{"forty at once", func(p *peers, q string) any {
		var header []*celery.Signature
		for i := range 40 {
			header = append(header, on(q, celery.Sig("t.add", i, i))...)
		}
		return p.get(q, celery.Chord(header, on(q, celery.Sig("t.total"))[0]))
	}, `out = chord([sig("t.add", i, i) for i in range(40)], sig("t.total")).delay().get(timeout=30)`, int64(1560)},
}

// on sends tasks to a queue.
func on(q string, tasks ...*celery.Signature) []*celery.Signature {
	for i, s := range tasks {
		tasks[i] = s.Set(celery.Queue(q))
	}
	return tasks
}

func (p *peers) send(q string, s *celery.Signature) *celery.AsyncResult {
	p.t.Helper()
	if s.Task != "" {
		s = s.Set(celery.Queue(q))
	}
	r, err := p.app.Apply(p.ctx, s)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func (p *peers) get(q string, s *celery.Signature) any {
	p.t.Helper()
	v, err := p.send(q, s).Get(p.ctx)
	if err != nil {
		p.t.Error(err)
	}
	return v
}

func (p *peers) document(r *celery.AsyncResult) *result.Document {
	p.t.Helper()
	_, err := r.Get(p.ctx)
	if err != nil {
		p.t.Error(err)
	}
	doc, err := r.Document(p.ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	return doc
}

// error is what Python's error is.
func (p *peers) error(q string, s *celery.Signature) []any {
	p.t.Helper()
	return p.fails(p.send(q, s))
}

func (p *peers) fails(r *celery.AsyncResult) []any {
	p.t.Helper()
	v, err := r.Get(p.ctx)
	var failed *result.Error
	if !errors.As(err, &failed) {
		p.t.Fatalf("Get() = %v, %v, want the task's error", v, err)
	}
	return []any{failed.Type, failed.Args, strings.HasPrefix(failed.Traceback, "Traceback (most recent call last):")}
}

// resultsCross reads what one side sent and ran with the other.
func (p *peers) resultsCross() {
	ours, failed := p.send("go", celery.Sig("t.add", 20, 22)), p.send("go", celery.Sig("t.fail", "ours"))
	got := p.python("go", `out = [app.AsyncResult("`+ours.ID+`").get(timeout=30), error(app.AsyncResult("`+failed.ID+`"))]`)
	diffAny(p.t, "Go's results in Python", []any{int64(42), []any{"ValueError", []any{"ours", int64(42)}, true}}, got)

	ids, _ := p.python("py", `out = [sig("t.add", 30, 3).delay().id, sig("t.fail", "theirs").delay().id]`).([]any)
	if len(ids) != 2 {
		p.t.Fatalf("Python sent %v, want two ids", ids)
	}
	value, err := p.app.Result(ids[0].(string)).Get(p.ctx)
	if diff := cmp.Diff(int64(33), value); diff != "" || err != nil {
		p.t.Errorf("Python's result in Go (-want +got): %v\n%s", err, diff)
	}
	diffAny(p.t, "Python's error in Go", []any{"ValueError", []any{"theirs", int64(42)}, true}, p.fails(p.app.Result(ids[1].(string))))
}
