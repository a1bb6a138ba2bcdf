package celery

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/celery/result"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// A Task is one run of a task, as its handler sees it.
type Task struct {
	message.Task
	Queue       string    // where the message was taken from
	Redelivered bool      // it was handed out before and not acknowledged
	Deliveries  int       // how often it was handed out, this time included
	Started     time.Time // of this run
	Eager       bool      // it runs in the sender's process

	app      *App
	handler  *handler
	hostname string
	tag      string // of the message: the same whenever it is delivered

	mu       sync.Mutex // a handler may send from several goroutines
	children []result.Child
}

// sent notes what the task sent.
func (t *Task) sent(children ...result.Child) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.children = append(t.children, children...)
}

func (t *Task) offspring() []result.Child {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.children)
}

// TypeError is the class of the error for arguments that do not fit.
func typeError(format string, args ...any) *result.Error {
	return &result.Error{Type: "TypeError", Module: "builtins", Args: []any{fmt.Sprintf(format, args...)}}
}

// Bind stores the positional arguments in what dst point to. Their number
// must be that of dst, and there may be no keyword arguments. The error is a
// TypeError, which is never retried.
func (t *Task) Bind(dst ...any) error {
	if len(t.Args) != len(dst) {
		return typeError("%s() takes %d positional arguments but %d were given", t.Name, len(dst), len(t.Args))
	}
	for name := range t.Kwargs {
		return typeError("%s() got an unexpected keyword argument '%s'", t.Name, name)
	}
	for i, d := range dst {
		if err := Into(t.Args[i], d); err != nil {
			return typeError("%s() argument %d: %v", t.Name, i+1, err)
		}
	}
	return nil
}

// BindStruct stores positional and keyword arguments in the fields of the
// struct dst points to. A field without an argument keeps its value, so
// defaults can be set before.
func (t *Task) BindStruct(dst any) error {
	p := reflect.ValueOf(dst)
	if p.Kind() != reflect.Pointer || p.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("bind arguments of %s to %T: want a pointer to a struct", t.Name, dst)
	}
	m := map[string]any{}
	known := map[string]bool{}
	place := 0
	for _, f := range reflect.VisibleFields(p.Elem().Type()) {
		name, ok := fieldName(f)
		if !ok {
			continue
		}
		known[name] = true
		if place < len(t.Args) {
			m[name] = t.Args[place]
		}
		place++
	}
	if len(t.Args) > place {
		return typeError("%s() takes %d positional arguments but %d were given", t.Name, place, len(t.Args))
	}
	for name, v := range t.Kwargs {
		if !known[name] {
			return typeError("%s() got an unexpected keyword argument '%s'", t.Name, name)
		}
		if _, twice := m[name]; twice {
			return typeError("%s() got multiple values for argument '%s'", t.Name, name)
		}
		m[name] = v
	}
	if err := intoStruct(m, p.Elem()); err != nil {
		return typeError("%s() argument %v", t.Name, err)
	}
	return nil
}

// SetState stores a state of the application's own, with meta that
// AsyncResult.info reads in Python.
func (t *Task) SetState(ctx context.Context, state result.State, meta any) error {
	if t.app.set.Results == nil || t.ignored() {
		return nil
	}
	return t.app.set.Results.Store(ctx, t.document(state, meta, nil))
}

func (t *Task) ignored() bool {
	return t.IgnoreResult || t.handler != nil && t.handler.ignoreResult || t.handler == nil && t.app.set.IgnoreResult
}

// document is what is stored for the task in a state.
func (t *Task) document(state result.State, value any, failure *result.Error) *result.Document {
	d := &result.Document{TaskID: t.ID, Status: state, Value: value, Error: failure, Children: t.offspring(),
		GroupID: t.Group, ParentID: t.Parent, Typed: t.app.set.Typed}
	if failure != nil {
		d.Traceback = failure.Traceback
	}
	if state.Ready() {
		d.DateDone = t.app.now()
	}
	if t.app.set.Extended {
		args, kwargs := any([]any{}), any(map[string]any{})
		if t.Args != nil {
			args = t.Args
		}
		if t.Kwargs != nil {
			kwargs = t.Kwargs
		}
		d.Extended = pyjson.Object{{Key: "name", Value: t.Name}, {Key: "args", Value: args}, {Key: "kwargs", Value: kwargs},
			{Key: "worker", Value: t.hostname}, {Key: "retries", Value: t.Retries}, {Key: "queue", Value: t.Queue}}
	}
	return d
}

type taskKey struct{}

// TaskFrom returns the task whose handler was given ctx, or nil.
func TaskFrom(ctx context.Context) *Task {
	t, _ := ctx.Value(taskKey{}).(*Task)
	return t
}
