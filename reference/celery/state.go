package celery

import (
	"context"
	"maps"
	"sync"
	"time"
)

// activeTask is a task that runs.
type activeTask struct {
	t      *Task
	since  time.Time
	cancel context.CancelCauseFunc
}

// running notes a run; done ends it.
func (w *Worker) running(t *Task, cancel context.CancelCauseFunc) (done func()) {
	a := &activeTask{t, w.app.now(), cancel}
	w.mu.Lock()
	w.active[t.ID] = a
	w.mu.Unlock()
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.active[t.ID] == a {
			delete(w.active, t.ID)
		}
	}
}

// counter counts runs by name.
type counter struct {
	mu sync.Mutex
	m  map[string]int64
}

func (c *counter) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[name]++
}

func (c *counter) all() map[string]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.m)
}

// What is kept of revoked tasks: as many as Celery keeps, and longer than its
// three hours, for the countdown of a task may well be longer, too.
const (
	revokesMax  = 50_000
	revokesKept = 7 * 24 * time.Hour
)

// revokes is a set of ids that forgets.
type revokes struct {
	mu    sync.Mutex
	since map[string]time.Time
	order []string
}

func newRevokes() *revokes { return &revokes{since: map[string]time.Time{}} }

func (r *revokes) add(now time.Time, ids ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		r.put(id, now)
	}
}

// merge adds what another worker knows: its ids with the seconds of their
// revocation. Python's workers count them from the start of their machine,
// and write them in a list with the id: to them it is as if it were now.
func (r *revokes) merge(now time.Time, v any) {
	theirs, _ := v.(map[string]any)
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, stamp := range theirs {
		at := now
		if s, ok := stamp.(float64); ok {
			if then := time.UnixMicro(int64(s * 1e6)); now.Sub(then) < revokesKept && then.Before(now) {
				at = then
			}
		}
		if at.After(r.since[id]) {
			r.put(id, at)
		}
	}
}

// put is called with r.mu held.
func (r *revokes) put(id string, at time.Time) {
	if _, known := r.since[id]; !known {
		r.order = append(r.order, id)
	}
	r.since[id] = at
	for len(r.order) > revokesMax {
		delete(r.since, r.order[0])
		r.order = r.order[1:]
	}
}

func (r *revokes) has(id string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.since[id]
	return ok && now.Sub(at) < revokesKept
}

// all are the ids with the seconds of their revocation, as mingling workers
// exchange them.
func (r *revokes) all(now time.Time) map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := map[string]any{}
	for id, at := range r.since {
		if now.Sub(at) < revokesKept {
			m[id] = float64(at.UnixMicro()) / 1e6
		}
	}
	return m
}
