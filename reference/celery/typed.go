package celery

import (
	"context"
	"fmt"
	"reflect"
)

// Args are positional arguments.
func Args(args ...any) []any { return args }

// F0 makes a Handler of a function without arguments.
func F0[R any](fn func(context.Context) (R, error)) Handler {
	return func(ctx context.Context, t *Task) (any, error) {
		if err := t.Bind(); err != nil {
			return nil, err
		}
		return fn(ctx)
	}
}

// F1 makes a Handler of a function of one positional argument. Arguments that
// do not fit fail the task with a TypeError, as in Python, and without a retry.
func F1[A, R any](fn func(context.Context, A) (R, error)) Handler {
	return func(ctx context.Context, t *Task) (any, error) {
		var a A
		if err := t.Bind(&a); err != nil {
			return nil, err
		}
		return fn(ctx, a)
	}
}

// F2 is F1 for two arguments.
func F2[A, B, R any](fn func(context.Context, A, B) (R, error)) Handler {
	return func(ctx context.Context, t *Task) (any, error) {
		var a A
		var b B
		if err := t.Bind(&a, &b); err != nil {
			return nil, err
		}
		return fn(ctx, a, b)
	}
}

// F3 is F1 for three arguments.
func F3[A, B, C, R any](fn func(context.Context, A, B, C) (R, error)) Handler {
	return func(ctx context.Context, t *Task) (any, error) {
		var a A
		var b B
		var c C
		if err := t.Bind(&a, &b, &c); err != nil {
			return nil, err
		}
		return fn(ctx, a, b, c)
	}
}

// Typed makes a Handler of a function whose arguments are the fields of a
// struct: positional ones fill them in order, keyword ones by their names, as
// encoding/json would, and a call may mix both as in Python.
func Typed[A, R any](fn func(context.Context, *Task, A) (R, error)) Handler {
	return func(ctx context.Context, t *Task) (any, error) {
		var a A
		if err := t.BindStruct(&a); err != nil {
			return nil, err
		}
		return fn(ctx, t, a)
	}
}

// A Definition is the name of a task with the types of its arguments, a
// struct as Typed takes it, and of its result.
type Definition[A, R any] struct{ Name string }

// Define names a task, once, for those who send it and those who run it.
func Define[A, R any](name string) Definition[A, R] { return Definition[A, R]{name} }

// Handle registers the function that runs the task.
func (d Definition[A, R]) Handle(app *App, fn func(context.Context, *Task, A) (R, error), options ...HandlerOption) error {
	return app.Handle(d.Name, Typed(fn), options...)
}

// Signature is a call of the task; its arguments travel by name.
func (d Definition[A, R]) Signature(args A, options ...Option) *Signature {
	return Sig(d.Name).Set(append([]Option{Kwargs(structArgs(args))}, options...)...)
}

// Send sends the task.
func (d Definition[A, R]) Send(ctx context.Context, app *App, args A, options ...Option) (Result[R], error) {
	res, err := app.Apply(ctx, d.Signature(args, options...))
	return Result[R]{res}, err
}

// Result is an AsyncResult whose value has a type.
type Result[R any] struct{ *AsyncResult }

// Get waits for the value.
func (r Result[R]) Get(ctx context.Context) (R, error) {
	var value R
	err := r.GetInto(ctx, &value)
	return value, err
}

func structArgs(args any) map[string]any {
	v := reflect.ValueOf(args)
	m := map[string]any{}
	if v.Kind() != reflect.Struct {
		panic(fmt.Sprintf("celery: arguments of type %T, want a struct", args))
	}
	for _, f := range reflect.VisibleFields(v.Type()) {
		if name, ok := fieldName(f); ok {
			m[name] = v.FieldByIndex(f.Index).Interface()
		}
	}
	return m
}
