package remote

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// Tasks is an app in the child with its worker, behind the port of tasktest.
type Tasks struct {
	below Waiting
	p     *Process
	name  string
	url   string
	lacks []conformance.Capability
}

// Waiting looks at what waits in the Redis below an app.
type Waiting interface {
	// Messages are the messages of a queue as they lie there, the next first.
	Messages(ctx context.Context, queue string) ([]string, error)
	// Put puts a message into a queue, as another producer would.
	Put(ctx context.Context, queue, message string) error
}

// OpenTasks opens an app in the child whose broker and results are the Redis
// at url, which below reaches, too. Drop it.
func (p *Process) OpenTasks(ctx context.Context, url string, below Waiting, s tasktest.Settings, lacks ...conformance.Capability) (*Tasks, error) {
	t := &Tasks{below: below, p: p, name: newName("tasks"), url: url, lacks: lacks}
	routes := map[string]any{}
	for task, queue := range s.Routes {
		routes[task] = queue
	}
	return t, p.tell(ctx, t.name, "open", map[string]any{"url": url, "settings": map[string]any{
		"routes": routes, "known_queues": append([]string{}, s.KnownQueues...), "ignore_result": s.IgnoreResult,
		"track_started": s.TrackStarted, "extended": s.Extended, "propagate": s.Propagate,
	}})
}

// Drop forgets the app and ends its worker.
func (t *Tasks) Drop(ctx context.Context) error { return t.p.tell(ctx, t.name, "drop", nil) }

// Lacks implements conformance.Lacking.
func (t *Tasks) Lacks() []conformance.Capability { return t.lacks }

// Define implements tasktest.App.
func (t *Tasks) Define(task string, act tasktest.Act) error {
	return t.p.tell(context.Background(), t.name, "define", map[string]any{"task": task, "act": sentAct(act)})
}

// Send implements tasktest.App.
func (t *Tasks) Send(ctx context.Context, c tasktest.Call) (tasktest.Sent, error) {
	v, err := t.p.value(ctx, t.name, "send", map[string]any{"call": sentCall(c)})
	if err != nil {
		return tasktest.Sent{}, err
	}
	m, _ := asDict(v)
	sent := tasktest.Sent{ID: m.text("id")}
	members, _ := m["members"].([]any)
	for _, id := range members {
		text, _ := id.(string)
		sent.Members = append(sent.Members, text)
	}
	return sent, nil
}

// Work implements tasktest.App.
func (t *Tasks) Work(ctx context.Context) error { return t.p.tell(ctx, t.name, "work", nil) }

// Outcome implements tasktest.App.
func (t *Tasks) Outcome(ctx context.Context, id string) (tasktest.Outcome, error) {
	v, err := t.p.value(ctx, t.name, "outcome", map[string]any{"task": id})
	if err != nil {
		return tasktest.Outcome{}, err
	}
	return seenDocument(v)
}

// Runs implements tasktest.App.
func (t *Tasks) Runs(ctx context.Context) ([]tasktest.Run, error) {
	v, err := t.p.value(ctx, t.name, "seen", nil)
	all := dicts(v)
	runs := make([]tasktest.Run, len(all))
	for i, m := range all {
		r := &runs[i]
		*r = tasktest.Run{Task: m.text("task"), ID: m.text("id"), Queue: m.text("queue"), Root: m.text("root"), Parent: m.text("parent")}
		r.Args, _ = m["args"].([]any)
		r.Kwargs, _ = m["kwargs"].(map[string]any)
		r.Redelivered, _ = m["redelivered"].(bool)
		retries, _ := m["retries"].(int64)
		r.Retries = int(retries)
	}
	return runs, err
}

// Revoke implements tasktest.Revoker.
func (t *Tasks) Revoke(ctx context.Context, id string) error {
	return t.p.tell(ctx, t.name, "revoke", map[string]any{"task": id})
}

// Messages implements tasktest.Queues.
func (t *Tasks) Messages(ctx context.Context, queue string) ([]string, error) {
	return t.below.Messages(ctx, queue)
}

// Put implements tasktest.Queues.
func (t *Tasks) Put(ctx context.Context, queue, message string) error {
	return t.below.Put(ctx, queue, message)
}

// Dead implements tasktest.Queues: Celery puts nothing aside.
func (t *Tasks) Dead(context.Context) ([]string, error) { return nil, nil }

// Disturb implements tasktest.Disturber.
func (t *Tasks) Disturb(twice, loseAcks bool) {
	_ = t.p.tell(context.Background(), t.name, "disturb", map[string]any{"twice": twice, "loses": loseAcks}) // one that is not disturbed fails the check
}

// Open implements tasktest.Opener.
func (t *Tasks) Open(ctx context.Context, set tasktest.Settings) (tasktest.App, error) {
	other, err := t.p.OpenTasks(ctx, t.url, t.below, set, t.lacks...)
	if err != nil {
		return nil, err
	}
	return other, nil
}

// sentAct describes what a handler does.
func sentAct(act tasktest.Act) map[string]any {
	out := map[string]any{"do": string(act.Do), "value": act.Value, "times": act.Times, "takes": act.Takes.Seconds(), "cause": act.Cause,
		"backoff": act.Backoff.Seconds(), "acks_late": act.AcksLate, "ignore_result": act.IgnoreResult}
	switch {
	case act.MaxRetries < 0:
		out["max_retries"] = nil
	case act.MaxRetries > 0:
		out["max_retries"] = act.MaxRetries
	}
	if act.Then != nil {
		out["then"] = sentCall(*act.Then)
	}
	return out
}

// sentCall describes a call. Arguments that are no values of the protocol are
// named as unserializable, for the child to refuse.
func sentCall(c tasktest.Call) map[string]any {
	args, odd := make([]any, len(c.Args)), []any{}
	for i, a := range c.Args {
		if args[i] = a; !sendable(a) {
			args[i] = nil
			odd = append(odd, i)
		}
	}
	out := map[string]any{"kind": string(c.Kind), "tasks": sentCalls(c.Tasks), "task": c.Task, "args": args, "unserializable": odd,
		"kwargs": dict(c.Kwargs), "immutable": c.Immutable, "options": sentOptions(c), "link": sentCalls(c.Link), "link_error": sentCalls(c.LinkError)}
	if c.Body != nil {
		out["body"] = sentCall(*c.Body)
	}
	return out
}

func sentCalls(all []tasktest.Call) []any {
	out := make([]any, len(all))
	for i, c := range all {
		out[i] = sentCall(c)
	}
	return out
}

// sentOptions are those of apply_async that are set.
func sentOptions(c tasktest.Call) map[string]any {
	out := map[string]any{}
	for name, text := range map[string]string{"task_id": c.ID, "queue": c.Queue, "exchange": c.Exchange, "compression": c.Compression} {
		if text != "" {
			out[name] = text
		}
	}
	if c.Exchange != "" {
		out["routing_key"] = "key"
	}
	for name, d := range map[string]time.Duration{"countdown": c.Countdown, "eta": c.ETA, "expires": c.Expires, "soft_time_limit": c.Soft, "time_limit": c.Hard} {
		if d != 0 {
			out[name] = inSeconds(d)
		}
	}
	if c.Priority != nil {
		out["priority"] = *c.Priority
	}
	if c.IgnoreResult {
		out["ignore_result"] = true
	}
	return out
}
