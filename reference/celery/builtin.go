package celery

import "context"

// accumulate is the task that Celery's workers know too, by which a group ends
// a chain in the header of a chord: it gives the list of its results.
const accumulate = "celery.accumulate"

// builtin is the handler of a task that every worker knows, or nil.
func builtin(name string) *handler {
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
