package celery

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/message"
)

func (w *Worker) stats(ctx context.Context) any {
	var dead any
	if n, err := w.app.set.Broker.DeadCount(ctx); err == nil {
		dead = n
	}
	total := map[string]any{}
	for name, n := range w.totals.all() {
		total[name] = n
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return map[string]any{"total": total, "pid": pid(), "clock": fmt.Sprint(w.app.lamport.Load()), "uptime": int64(w.app.now().Sub(w.started).Seconds()),
		"prefetch_count": w.runs.prefetch(), "broker": map[string]any{"transport": "redis", "dead": dead},
		"pool":   map[string]any{"implementation": "redkit:goroutines", "max-concurrency": w.runs.size(), "processes": []any{pid()}, "max-tasks-per-child": w.opt.MaxTasks},
		"rusage": map[string]any{"heap": mem.HeapAlloc, "goroutines": runtime.NumGoroutine()}}
}

// conf is what Celery calls the same; nothing secret is among it.
func (w *Worker) conf() any {
	s := w.app.set
	return map[string]any{"task_default_queue": s.DefaultQueue, "task_acks_late": s.AcksLate, "task_ignore_result": s.IgnoreResult, "task_track_started": s.TrackStarted,
		"result_extended": s.Extended, "worker_concurrency": w.runs.size(), "task_serializer": "json", "accept_content": []string{"json"}, "timezone": "UTC"}
}

func (w *Worker) info(t *Task, started time.Time) map[string]any {
	m := map[string]any{"id": t.ID, "name": t.Name, "args": t.Args, "kwargs": t.Kwargs, "type": t.Name, "hostname": w.opt.Name, "time_start": nil,
		"acknowledged": t.handler != nil && !t.handler.acksLate, "worker_pid": pid(),
		"delivery_info": map[string]any{"exchange": "", "routing_key": t.Queue, "priority": t.Priority, "redelivered": t.Redelivered}}
	for _, key := range []string{"args", "kwargs"} {
		m[key] = w.app.set.Typed.Wrap(m[key])
	}
	if !started.IsZero() {
		m["time_start"] = float64(started.UnixMicro()) / 1e6
	}
	return m
}

// infos are the tasks that run, or those that are held and do not.
func (w *Worker) infos(active bool) []any {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := []any{}
	if active {
		for _, id := range slices.Sorted(maps.Keys(w.active)) {
			list = append(list, w.info(w.active[id].t, w.active[id].since))
		}
		return list
	}
	for _, field := range slices.Sorted(maps.Keys(w.held)) {
		if t, err := w.x.read(w.held[field]); err == nil && w.active[t.ID] == nil {
			list = append(list, w.info(t, time.Time{}))
		}
	}
	return list
}

func (w *Worker) scheduled() []any {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := []any{}
	for _, id := range slices.Sorted(maps.Keys(w.later)) {
		if p := w.later[id]; p.until.After(w.app.now()) {
			list = append(list, map[string]any{"eta": message.ISO(p.until), "priority": 6, "request": w.info(p.t, time.Time{})})
		}
	}
	return list
}

func (w *Worker) query(ids []string) any {
	m := map[string]any{}
	for state, list := range map[string][]any{"active": w.infos(true), "reserved": w.infos(false)} {
		for _, item := range list {
			info, _ := item.(map[string]any)
			if id, _ := info["id"].(string); slices.Contains(ids, id) {
				m[id] = []any{state, info}
			}
		}
	}
	return m
}

func (w *Worker) activeQueues() []any {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := []any{}
	for _, q := range w.queues {
		list = append(list, map[string]any{"name": q, "routing_key": q, "durable": true, "exclusive": false, "auto_delete": false, "no_ack": false, "alias": nil,
			"bindings": []any{}, "queue_arguments": nil, "binding_arguments": nil, "consumer_arguments": nil, "expires": nil, "message_ttl": nil, "max_length": nil,
			"max_length_bytes": nil, "max_priority": nil, "exchange": map[string]any{"name": q, "type": "direct", "durable": true, "auto_delete": false,
				"delivery_mode": nil, "passive": false, "arguments": nil, "no_declare": false}})
	}
	return list
}

// report is the text of Celery's bug report, about this program.
func (w *Worker) report() string {
	return fmt.Sprintf("\nsoftware -> redkit:1 go:%s\nplatform -> system:%s arch:%s cpus:%d\nsettings -> transport:redis concurrency:%d prefetch:%d\n\ntask_default_queue: %s\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), w.runs.size(), w.runs.prefetch(), message.Repr(w.app.set.DefaultQueue))
}
