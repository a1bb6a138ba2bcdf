package celery

import (
	"context"
	"math"
	"runtime"
	"time"
)

// eventsAtOnce is how many task events go into one message; Celery's is 24.
const eventsAtOnce = 24

// taskEvent notes an event of a task for monitors. When they cannot be told
// as fast as tasks run, events are dropped: monitoring never slows work.
func (w *Worker) taskEvent(kind string, t *Task, fields map[string]any) {
	all := map[string]any{"uuid": t.ID}
	for k, v := range fields {
		all[k] = v
	}
	select {
	case w.events <- w.app.event(kind, w.opt.Name, all):
	default:
	}
}

// say tells monitors something of the worker itself.
func (w *Worker) say(ctx context.Context, kind string, fields map[string]any) {
	if fields == nil {
		fields = w.heartbeat()
	}
	if err := w.app.sendEvent(ctx, eventKey(kind), w.opt.Name, w.app.event(kind, w.opt.Name, fields)); err != nil && ctx.Err() == nil {
		w.app.set.Logger.Debug("cannot tell monitors", "event", kind, "err", err)
	}
}

func (w *Worker) heartbeat() map[string]any {
	w.mu.Lock()
	active := len(w.active)
	w.mu.Unlock()
	load := make([]any, 0, 3)
	for _, l := range loadAverage() {
		load = append(load, math.Round(l*100)/100) // Celery tells two places, too
	}
	return map[string]any{"freq": w.opt.Heartbeat.Seconds(), "active": active, "processed": w.processed.Load(), "loadavg": load,
		"sw_ident": "redkit", "sw_ver": "1", "sw_sys": runtime.GOOS}
}

// eventLoop sends heartbeats, and the events of tasks in batches, until ctx
// ends; then it says that the worker is offline.
func (w *Worker) eventLoop(ctx context.Context) {
	beat := w.app.set.Clock.After(w.opt.Heartbeat)
	var batch []any
	var flush <-chan time.Time
	send := func(ctx context.Context) {
		if len(batch) > 0 {
			if err := w.app.sendEvent(ctx, "task.multi", w.opt.Name, batch); err != nil && ctx.Err() == nil {
				w.app.set.Logger.Debug("cannot tell monitors of tasks", "err", err)
			}
		}
		batch, flush = nil, nil
	}
	for {
		select {
		case e := <-w.events:
			if batch = append(batch, e); len(batch) >= eventsAtOnce {
				send(ctx)
			} else if flush == nil {
				flush = w.app.set.Clock.After(100 * time.Millisecond)
			}
		case <-flush:
			send(ctx)
		case <-beat:
			w.say(ctx, "worker-heartbeat", w.heartbeat())
			beat = w.app.set.Clock.After(w.opt.Heartbeat)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			for {
				select {
				case e := <-w.events:
					batch = append(batch, e)
					continue
				default:
				}
				break
			}
			send(last)
			w.say(last, "worker-offline", w.heartbeat())
			return
		}
	}
}
