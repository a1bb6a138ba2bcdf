package celery

import (
	"context"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

const eventExchange = "celeryev"

// tick advances the app's logical clock, Celery's Lamport clock.
func (a *App) tick() int64 { return a.lamport.Add(1) }

// hear takes note of another's clock.
func (a *App) hear(v any) {
	n, ok := v.(int64)
	for ok {
		mine := a.lamport.Load()
		if n <= mine || a.lamport.CompareAndSwap(mine, n) {
			return
		}
	}
}

// event is one event as Celery's monitors read it.
func (a *App) event(kind, hostname string, fields map[string]any) map[string]any {
	now := a.now()
	_, offset := now.Zone()
	e := map[string]any{"type": kind, "hostname": hostname, "utcoffset": -offset / 3600, "pid": pid(), "clock": a.tick(),
		"timestamp": float64(now.UnixMicro()) / 1e6}
	for k, v := range fields {
		e[k] = v
	}
	return e
}

// sendEvent broadcasts an event, or several of one group as a list.
func (a *App) sendEvent(ctx context.Context, key, hostname string, body any) error {
	raw, err := fanoutMessage(eventExchange, key, body, map[string]any{"hostname": hostname}, 1)
	if err != nil {
		return err
	}
	return a.set.Broker.Broadcast(ctx, eventExchange, key, raw)
}

// sentEvents tells monitors of tasks that were sent. A monitor that misses
// them is no reason to fail a Send.
func (a *App) sentEvents(ctx context.Context, p *plan) {
	for i, t := range p.sent {
		m := p.messages[i]
		fields := taskFields(t)
		fields["queue"], fields["exchange"], fields["routing_key"] = m.RoutingKey, m.Exchange, m.RoutingKey
		if err := a.sendEvent(ctx, "task.sent", a.origin, a.event("task-sent", a.origin, fields)); err != nil {
			a.set.Logger.Warn("cannot tell monitors of a task", "task", t.Name, "err", err)
			return
		}
	}
}

func taskFields(t *message.Task) map[string]any {
	return map[string]any{"uuid": t.ID, "name": t.Name, "args": firstOf(t.ArgsRepr, message.ReprArgs(t.Args)), "kwargs": firstOf(t.KwargsRepr, message.Repr(t.Kwargs)),
		"root_id": t.Root, "parent_id": nullText(t.Parent), "retries": t.Retries, "eta": nullTime(t.ETA), "expires": nullTime(t.Expires)}
}

func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func nullTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return message.ISO(t)
}

// An Event is what a worker or producer told monitors.
type Event struct {
	Type     string
	Hostname string
	Fields   map[string]any
}

// Events calls each for every event of workers and producers, Python's too,
// until ctx ends or the connection fails; ready is called once it listens.
func (a *App) Events(ctx context.Context, ready func(), each func(Event)) error {
	return a.set.Broker.Listen(ctx, []broker.Binding{{Exchange: eventExchange, RoutingKey: "#"}}, ready, func(f broker.Fanout) {
		for _, e := range readEvents(f.Raw) {
			a.hear(e.Fields["clock"])
			each(e)
		}
	})
}

// readEvents reads one event or a list of them.
func readEvents(raw []byte) []Event {
	e, err := message.Decode(raw)
	if err != nil {
		return nil
	}
	v, err := pyjson.Decode(e.Body)
	if err != nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var events []Event
	for _, item := range list {
		m, ok := item.(map[string]any)
		if !ok {
			continue
		}
		ev := Event{Fields: m}
		ev.Type, _ = m["type"].(string)
		ev.Hostname, _ = m["hostname"].(string)
		events = append(events, ev)
	}
	return events
}

// eventKey is the routing key of an event: task-sent goes by task.sent.
func eventKey(kind string) string { return strings.Replace(kind, "-", ".", 1) }
