package celery

import (
	"context"

	"github.com/redkit-dev/redkit/reference/celery/result"
)

// accumulate is the task that Celery's workers know too, by which a group ends
// a chain in the header of a chord: it gives the list of its results.
const accumulate = "celery.accumulate"

// The tasks by which Python's map, starmap and chunks call one for each item of
// a list, in one run.
const (
	mapTask     = "celery.map"
	starmapTask = "celery.starmap"
)

// mapItems is their handler. As in Celery the arguments of the signature do
// not count, and the first error ends it.
func mapItems(ctx context.Context, t *Task) (any, error) {
	s := readSignature(t.Kwargs["task"])
	items, ok := t.Kwargs["it"].([]any)
	if s == nil || !ok {
		return nil, typeError("%s() needs the arguments task and it", t.Name)
	}
	h := t.app.handler(s.Task)
	if h == nil {
		return nil, &result.Error{Type: "NotRegistered", Module: "celery.exceptions", Args: []any{s.Task}}
	}
	values := make([]any, len(items))
	for i, item := range items {
		args := []any{item}
		if t.Name == starmapTask {
			if args, ok = item.([]any); !ok {
				return nil, typeError("%s() got an item that is no list of arguments", t.Name)
			}
		}
		one := &Task{Task: t.Task, Queue: t.Queue, Deliveries: t.Deliveries, Redelivered: t.Redelivered, Eager: t.Eager, Started: t.Started,
			app: t.app, hostname: t.hostname, handler: h}
		one.Name, one.Args, one.Kwargs = s.Task, args, nil
		var err error
		if values[i], err = h.run(ctx, one); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// builtin is the handler of a task that every worker knows, or nil.
func builtin(name string) *handler {
	if name == mapTask || name == starmapTask {
		return &handler{name: name, rate: &bucket{}, maxRetries: 3, run: mapItems}
	}
	if name != accumulate {
		return nil
	}
	return &handler{name: name, rate: &bucket{}, maxRetries: 3, run: func(_ context.Context, t *Task) (any, error) {
		index, given := t.Kwargs["index"].(int64)
		switch {
		case !given:
			return t.Args, nil
		case index < 0 || index >= int64(len(t.Args)):
			return nil, typeError("%s() got no argument %d", name, index)
		}
		return t.Args[index], nil
	}}
}
