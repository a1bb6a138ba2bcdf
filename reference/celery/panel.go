package celery

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

func good(text string, args ...any) any { return map[string]any{"ok": fmt.Sprintf(text, args...)} }
func bad(text string, args ...any) any  { return map[string]any{"error": fmt.Sprintf(text, args...)} }

// do runs one method of Celery's panel (celery/worker/control.py).
func (w *Worker) do(ctx context.Context, method string, args map[string]any) any {
	text := func(key string) string { s, _ := args[key].(string); return s }
	now := w.app.now()
	switch method {
	case "ping":
		return good("pong")
	case "clock":
		return map[string]any{"clock": w.app.lamport.Load()}
	case "hello":
		if text("from_node") == w.opt.Name {
			return nil // it is this worker that asks
		}
		w.revoked.merge(now, args["revoked"])
		return map[string]any{"revoked": w.revoked.all(now), "clock": w.app.tick()}
	case "stats":
		return w.stats(ctx)
	case "conf", "dump_conf":
		return w.conf()
	case "active", "dump_active":
		return w.infos(true)
	case "reserved", "dump_reserved":
		return w.infos(false)
	case "scheduled", "dump_schedule":
		return w.scheduled()
	case "query_task":
		return w.query(texts(args["ids"]))
	case "registered", "dump_tasks":
		return w.app.Tasks()
	case "revoked", "dump_revoked":
		return slices.Sorted(maps.Keys(w.revoked.all(now)))
	case "active_queues":
		return w.activeQueues()
	case "revoke":
		return w.revoke(ctx, texts(args["task_id"]), args["terminate"] == true)
	case "terminate":
		return w.revoke(ctx, texts(args["task_id"]), true)
	case "rate_limit":
		return w.rateLimit(text("task_name"), fmt.Sprint(args["rate_limit"]))
	case "time_limit":
		return w.timeLimit(text("task_name"), args)
	case "add_consumer":
		return w.addConsumer(ctx, text("queue"), text("exchange"), text("routing_key"))
	case "cancel_consumer":
		return w.cancelConsumer(text("queue"))
	case "enable_events":
		if w.telling.Swap(true) {
			return good("task events already enabled")
		}
		return good("task events enabled")
	case "disable_events":
		if !w.telling.Swap(false) {
			return good("task events already disabled")
		}
		return good("task events disabled")
	case "election":
		return nil // as of a Celery worker without gossip
	case "report":
		return good("%s", w.report())
	case "pool_grow":
		return w.poolGrow(args["n"])
	case "pool_shrink":
		return w.poolShrink(args["n"])
	case "pool_restart":
		return bad("ValueError('Pool restarts not enabled')")
	case "autoscale":
		return bad("ValueError('Autoscale not enabled')")
	case "objgraph":
		return bad("ImportError('Requires the objgraph library')")
	case "heartbeat":
		w.say(ctx, "worker-heartbeat", w.heartbeat())
		return nil
	case "shutdown":
		w.stop()
		return good("shutting down")
	}
	return bad("KeyError(%s)", message.Repr(method))
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		out := make([]string, 0, len(v))
		for _, item := range v {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// revoke flags tasks, stops those that run if asked to, and ends at once those
// that this worker knows to wait for later.
func (w *Worker) revoke(ctx context.Context, ids []string, terminate bool) any {
	w.revoked.add(w.app.now(), ids...)
	var ended []string
	for _, id := range ids {
		w.mu.Lock()
		running, waiting := w.active[id], w.later[id]
		w.mu.Unlock()
		if waiting.t != nil {
			if err := w.end(ctx, waiting); err != nil {
				w.app.set.Logger.Warn("cannot end a revoked task yet", "id", id, "err", err)
			}
		}
		if terminate && running != nil {
			running.cancel(ErrTerminated)
			ended = append(ended, id)
		}
	}
	switch {
	case !terminate:
		return good("tasks %s flagged as revoked", strings.Join(ids, ", "))
	case ended == nil:
		return good("terminate: tasks unknown")
	}
	return good("terminate: %s", strings.Join(ended, ", "))
}

func (w *Worker) rateLimit(task, text string) any {
	n, per, err := parseRate(text)
	if err != nil {
		return bad("Invalid rate limit string: %v", err)
	}
	h := w.app.handler(task)
	if h == nil {
		return bad("unknown task")
	}
	h.rate.set(n, per)
	if n == 0 {
		return good("rate limit disabled successfully")
	}
	return good("new rate limit set successfully")
}

func (w *Worker) timeLimit(task string, args map[string]any) any {
	soft, _ := moment(args["soft"])
	hard, _ := moment(args["hard"])
	if !w.app.setLimits(task, soft, hard) {
		return bad("unknown task")
	}
	return good("time limits set successfully")
}

func (w *Worker) addConsumer(ctx context.Context, queue, exchange, key string) any {
	if queue == "" {
		return bad("queue is missing")
	}
	if err := w.app.set.Broker.Declare(ctx, "direct", broker.Binding{Exchange: firstOf(exchange, queue), RoutingKey: firstOf(key, queue), Queue: queue}); err != nil {
		return bad("%v", err)
	}
	w.Consume(queue)
	return good("add consumer %s", queue)
}

func (w *Worker) cancelConsumer(queue string) any {
	w.setQueues(func(queues []string) []string {
		return slices.DeleteFunc(slices.Clone(queues), func(q string) bool { return q == queue })
	})
	return good("no longer consuming from %s", queue)
}

// Consume makes the worker take messages of more queues. It is what the remote
// control's add_consumer does.
func (w *Worker) Consume(queues ...string) {
	w.mu.Lock()
	known := !slices.ContainsFunc(queues, func(q string) bool { return !slices.Contains(w.queues, q) })
	w.mu.Unlock()
	if known {
		return
	}
	w.setQueues(func(have []string) []string {
		have = slices.Clone(have)
		for _, q := range queues {
			if !slices.Contains(have, q) {
				have = append(have, q)
			}
		}
		return have
	})
}

// setQueues changes the queues and interrupts a wait on the old ones.
func (w *Worker) setQueues(change func([]string) []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queues = change(w.queues)
	if w.reload != nil {
		w.reload()
	}
}
