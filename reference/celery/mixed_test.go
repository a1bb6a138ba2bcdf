package celery_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/reference/celery"
)

// ranks reads with one side what the other sent at several priorities.
func (p *peers) ranks() {
	for _, n := range []int{9, 0, 4, 3, 6} {
		p.send("ranked", celery.Sig("t.add", n).Set(celery.Priority(n)))
	}
	got := p.python("ranked", `
with app.connection() as conn:
    queue, out = conn.SimpleQueue("ranked"), []
    for _ in range(5):
        m = queue.get(timeout=10)
        m.ack()
        out.append(m.properties["priority"])
`)
	diffAny(p.t, "the order in which Python takes Go's tasks", []any{int64(0), int64(4), int64(3), int64(6), int64(9)}, got) // 3 and 4 share a list

	p.python("ranked", `out = [sig("t.add", n).apply_async(priority=n).id for n in (9, 0, 4, 3, 6)]`)
	consumer := p.app.Broker().Consume("reader", "ranked")
	claimed, err := consumer.Claim(p.ctx, 10)
	if err == nil {
		err = consumer.Close()
	}
	if err == nil {
		err = p.app.Broker().Ack(p.ctx, claimed...)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	var order []string
	for _, d := range claimed {
		_, rest, _ := strings.Cut(string(d.Raw), `"priority": `)
		order = append(order, rest[:1])
	}
	diffAny(p.t, "the order in which Go takes Python's tasks", "04369", strings.Join(order, ""))
}

// inspect looks at busy workers of each side with the other.
func (p *peers) inspect() {
	waiting := p.send("go", celery.Sig("t.add", 1, 1).Set(celery.Countdown(time.Hour)))
	var blocked []*celery.AsyncResult
	for _, q := range []string{"go", "py"} {
		r := p.send(q, celery.Sig("t.block", "gate:"+q))
		for state := ""; state != "STARTED"; { // until the worker has it
			s, err := r.State(p.ctx)
			if err != nil {
				p.t.Fatal(err)
			}
			state = string(s)
		}
		blocked = append(blocked, r)
	}
	got := p.python("go", `
i = app.control.inspect(["go@test"], timeout=20, limit=1)
out = {
    "ping": i.ping(), "active": [[t["name"], t["id"]] for t in i.active()["go@test"]],
    "scheduled": [t["request"]["id"] for t in i.scheduled()["go@test"]],
    "queues": sorted(q["name"] for q in i.active_queues()["go@test"]),
    "registered": "t.add" in i.registered()["go@test"],
    "stats": i.stats()["go@test"]["pool"]["max-concurrency"],
    "dead": i.stats()["go@test"]["broker"]["dead"],
    "conf": i.conf()["go@test"]["task_default_queue"],
    "limit": app.control.rate_limit("t.echo", "1000/s", destination=["go@test"], reply=True, timeout=20, limit=1),
    "unknown": app.control.broadcast("nonsense", destination=["go@test"], reply=True, timeout=20, limit=1),
    "refused": [app.control.broadcast(m, destination=[w], reply=True, timeout=20, limit=1)[0][w]
                for m in ("pool_restart", "autoscale") for w in ("go@test", "py@test")],
    "all": sorted(app.control.inspect(timeout=20, limit=2).ping()),
}
app.control.revoke("`+waiting.ID+`")
out["revoked"] = error(app.AsyncResult("`+waiting.ID+`"))[:2]
out["list"] = "`+waiting.ID+`" in i.revoked()["go@test"]
`)
	dead, err := p.app.Broker().DeadCount(p.ctx) // more than none when what is hostile was played before
	if err != nil {
		p.t.Fatal(err)
	}
	restarts := map[string]any{"error": "ValueError('Pool restarts not enabled')"}
	autoscale := map[string]any{"error": "ValueError('Autoscale not enabled')"}
	want := map[string]any{"ping": map[string]any{"go@test": map[string]any{"ok": "pong"}}, "active": []any{[]any{"t.block", blocked[0].ID}},
		"scheduled": []any{waiting.ID}, "queues": []any{"both", "go"}, "registered": true, "stats": int64(4), "dead": dead, "conf": "celery",
		"limit":   []any{map[string]any{"go@test": map[string]any{"ok": "new rate limit set successfully"}}},
		"unknown": []any{map[string]any{"go@test": map[string]any{"error": "KeyError('nonsense')"}}},
		"refused": []any{restarts, restarts, autoscale, autoscale}, // Go's worker and Python's
		"all":     []any{"go@test", "py@test"}, "revoked": []any{"TaskRevokedError", []any{"revoked"}}, "list": true}
	diffAny(p.t, "Go's worker inspected from Python", want, got)

	ask := func(method string) any {
		c := p.app.Control(method, nil)
		c.Destination, c.Limit, c.Timeout = []string{"py@test"}, 1, 20*time.Second
		answers, err := c.Call(p.ctx)
		if err != nil {
			p.t.Fatal(err)
		}
		return answers["py@test"]
	}
	diffAny(p.t, "Python's pong", map[string]any{"ok": "pong"}, ask("ping"))
	active, _ := ask("active").([]any)
	if len(active) != 1 || !strings.Contains(fmt.Sprint(active[0]), blocked[1].ID) {
		p.t.Errorf("active on py@test: %v, want the task %s", active, blocked[1].ID)
	}
	registered, _ := ask("registered").([]any)
	if !slices.ContainsFunc(registered, func(v any) bool { s, _ := v.(string); return strings.HasPrefix(s, "t.add") }) {
		p.t.Errorf("registered on py@test: %v, want t.add among them", registered)
	}

	// A task that runs is terminated with its cause.
	if err := blocked[0].Revoke(p.ctx, true); err != nil {
		p.t.Fatal(err)
	}
	why, known := p.fails(blocked[0])[:2], []any{"TaskRevokedError", []any{"terminated"}}
	if p.celery != editions()[0] { // whose workers store that it is revoked as soon as they hear of it
		why, known = why[:1], known[:1]
	}
	diffAny(p.t, "a task terminated on Go's worker", known, why)
	if err := p.srv.Client().LPush(p.ctx, "gate:py", "open").Err(); err != nil {
		p.t.Fatal(err)
	}
	if v, err := blocked[1].Get(p.ctx); err != nil || v != "open" {
		p.t.Errorf("a task on Python's worker = %v, %v, want open", v, err)
	}
}

// eventsReachPython has Python's event receiver follow the workers of both
// sides. Tasks are sent when their heartbeats arrive: the receiver then listens.
func (p *peers) eventsReachPython() {
	got := p.python("go", `
import queue, threading
wanted = {"worker-heartbeat", "task-received", "task-started", "task-succeeded", "task-failed", "task-retried", "task-revoked"}
seen, states, sent = {"go@test": set(), "py@test": set()}, app.events.State(), set()
ready, end = queue.Queue(), time.monotonic() + 60
def produce():
    for _ in seen:
        q = ready.get(timeout=60)
        for s in sig("t.add", 2, 31), sig("t.fail", "x"), sig("t.flaky", 1):
            s.set(queue=q).apply_async(ignore_result=True)
        sig("t.add", 1, 1).set(queue=q).apply_async(ignore_result=True, expires=-1)
    sig("t.nobody").set(queue="go").apply_async(ignore_result=True) # Go's worker rejects what it has no task for
threading.Thread(target=produce, daemon=True).start()
def added():
    return sorted((t.worker.hostname, t.state, t.result) for t in states.tasks.values() if t.args == "(2, 31)" and t.state == "SUCCESS")
def on(event):
    states.event(event)
    host = event["hostname"]
    if event["type"] == "task-sent":
        sent.add(event["queue"])
    if host in seen:
        if event["type"] == "worker-heartbeat" and event["type"] not in seen[host]:
            ready.put(host[:2])
        seen[host].add(event["type"])
    if all(wanted <= types for types in seen.values()) and sent == {"go", "py"} and len(added()) == 2 and "task-rejected" in seen["go@test"] or time.monotonic() > end:
        recv.should_stop = True
with app.connection() as conn:
    recv = app.events.Receiver(conn, handlers={"*": on})
    recv.capture(limit=None, timeout=30, wakeup=True)
out = [sorted(wanted & types) for types in seen.values()] + [sorted(sent), added(), states.workers["go@test"].sw_ident,
    "task-rejected" in seen["go@test"], sorted({t.state for t in states.tasks.values()} & {"REVOKED", "REJECTED"})]
`)
	types := []any{"task-failed", "task-received", "task-retried", "task-revoked", "task-started", "task-succeeded", "worker-heartbeat"}
	diffAny(p.t, "what the event receiver saw", []any{types, types, []any{"go", "py"},
		[]any{[]any{"go@test", "SUCCESS", "33"}, []any{"py@test", "SUCCESS", "33"}}, "redkit", true, []any{"REJECTED", "REVOKED"}}, got)
}
