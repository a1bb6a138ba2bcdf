package main_test

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/reference/celery"
)

// depths is what tells how long a queue is.
type depths interface {
	Depth(ctx context.Context, queue string) (int64, error)
}

// tasks: either side sends, either side runs, either side waits.
func (s *scene) tasks() {
	s.ping()

	s.title("Django enqueues, Go runs, Django reads the result")
	s.django(`app.send_task("goshop.invoice", [7], {"currency": "EUR"}).get(timeout=PATIENCE)`)
	answer := s.quietly(`post("/api/orders/", {"id": 8})`)
	id, _ := answer.(map[string]any)["body"].(map[string]any)["task"].(string)
	s.note("django", `post("/api/orders/", {"id": 8}) names a task`, id != "")
	value, err := s.shop.App.Result(id).Get(s.ctx)
	s.golang("Result(task).Get()", value, err)
	view := s.quietly(`get("/api/tasks/` + id + `/")`)
	s.note("django", `get("/api/tasks/<task>/")`, view)

	s.title("Go enqueues, Celery's worker runs, Go reads the result")
	s.call(`Send("shop.add", 2, 3)`, celery.Sig("shop.add", 2, 3))
	s.call(`Send("shop.fail", "out of tea")`, celery.Sig("shop.fail", "out of tea"))

	s.title("Chains and chords across both, begun by either")
	s.django(`result(chain(add.s(1, 2), task("goshop.double"), add.s(10)))`)
	s.call("Chain(shop.add(1, 2), goshop.double, shop.add(10))", celery.Chain(celery.Sig("shop.add", 1, 2), celery.Sig("goshop.double"), celery.Sig("shop.add", 10)))
	s.django(`result(chord([add.s(1, 2), task("goshop.double", 4)], total.s()))`)
	s.django(`result(chord([add.s(1, 2), task("goshop.double", 4)], task("goshop.total")))`)
	header := []*celery.Signature{celery.Sig("shop.add", 1, 2), celery.Sig("goshop.double", 4)}
	s.call("Chord([shop.add(1, 2), goshop.double(4)], shop.total)", celery.Chord(header, celery.Sig("shop.total")))
	s.call("Chord([shop.add(1, 2), goshop.double(4)], goshop.total)", celery.Chord(header, celery.Sig("goshop.total")))
}

// call sends tasks from Go and waits for what comes of them.
func (s *scene) call(text string, call *celery.Signature) {
	s.t.Helper()
	var value any
	sent, err := s.shop.App.Apply(s.ctx, call)
	if err == nil {
		value, err = sent.Get(s.ctx)
	}
	s.golang(text+".Get()", value, err)
}

// ping waits until both workers answer, and has each side see them.
func (s *scene) ping() {
	s.t.Helper()
	s.title("Both sides see both workers")
	s.until("both workers answer", func(ctx context.Context) (bool, error) {
		ping := s.shop.App.Control("ping", nil)
		ping.Limit, ping.Timeout = 2, time.Second
		answers, err := ping.Call(ctx)
		return len(answers) == 2, err
	})
	ping := s.shop.App.Control("ping", nil)
	ping.Limit, ping.Timeout = 2, patience
	answers, err := ping.Call(s.ctx)
	s.golang(`Control("ping").Call()`, slices.Sorted(maps.Keys(answers)), err)
	s.django(`inspect_ping(2)`)
}
