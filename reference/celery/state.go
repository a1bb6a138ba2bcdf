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

// What Celery keeps of revoked tasks (celery/worker/state.py).
const (
	revokesMax  = 50_000
	revokesKept = 3 * time.Hour
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
		if _, known := r.since[id]; !known {
			r.order = append(r.order, id)
		}
		r.since[id] = now
	}
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
