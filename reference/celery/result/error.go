package result

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// An Error is the error of a task as Celery stores it: an exception's class,
// its module and its arguments. A handler that returns one decides what
// Python sees; reading one never runs anything.
type Error struct {
	Type      string // ValueError; a nested class keeps its dots
	Module    string // builtins
	Args      []any
	Text      string // in place of Args, where a writer stored plain text
	Traceback string // as its writer formatted it; "" if unknown
	TaskID    string // the task it is the error of; "" if unknown
	cause     error
}

// Error is the class and its arguments, as the last line of a Python traceback.
func (e *Error) Error() string {
	if text := e.Message(); text != "" {
		return e.Type + ": " + text
	}
	return e.Type
}

// Message is what str(exception) would give.
func (e *Error) Message() string {
	switch {
	case e.Args == nil:
		return e.Text
	case len(e.Args) == 0:
		return ""
	case len(e.Args) == 1:
		if s, ok := e.Args[0].(string); ok {
			return s
		}
		return message.Repr(e.Args[0])
	}
	return message.ReprArgs(e.Args)
}

// Repr is what repr(exception) would give.
func (e *Error) Repr() string {
	if len(e.Args) == 1 {
		return e.Type + "(" + message.Repr(e.Args[0]) + ")"
	}
	if e.Args == nil {
		return e.Type + "(" + message.Repr(e.Text) + ")"
	}
	return e.Type + message.ReprArgs(e.Args)
}

// Unwrap returns the Go error it was made from, in the process that made it.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is an Error of the same class and module, so that
// errors.Is(err, &result.Error{Type: "ValueError", Module: "builtins"}) works.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Args == nil && t.Text == "" && t.Type == e.Type && (t.Module == "" || t.Module == e.Module)
}

// FromError makes an Error of any error. The class is the error's own type if
// it has a name worth telling, else Exception, which every Python knows.
func FromError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		if e == err { //nolint:errorlint // a wrapped one keeps the text around it below
			return e
		}
		return &Error{Type: e.Type, Module: e.Module, Args: []any{strings.ToValidUTF8(err.Error(), "?")}, cause: err}
	}
	kind, module := className(err)
	return &Error{Type: kind, Module: module, Args: []any{strings.ToValidUTF8(err.Error(), "?")}, cause: err}
}

// className looks through wrappers for a type that says something.
func className(err error) (kind, module string) {
	for e := err; e != nil; e = errors.Unwrap(e) {
		t := reflect.TypeOf(e)
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := t.Name()
		if t.PkgPath() == "errors" || t.PkgPath() == "fmt" || name == "" || name[0] >= 'a' && name[0] <= 'z' {
			continue
		}
		return name, t.PkgPath()
	}
	return "Exception", "builtins"
}

func (e *Error) document(typed message.Typed) pyjson.Object {
	text := typed.Wrap(e.Args)
	if e.Args == nil {
		text = e.Text
	}
	return pyjson.Object{{Key: "exc_type", Value: e.Type}, {Key: "exc_message", Value: text}, {Key: "exc_module", Value: e.Module}}
}

// readError reads a stored error. What has no class is kept as text.
func readError(v any) *Error {
	m, ok := v.(map[string]any)
	if !ok {
		return &Error{Type: "Exception", Module: "builtins", Args: []any{message.Unwrap(v)}}
	}
	e := &Error{}
	e.Type, _ = m["exc_type"].(string)
	e.Module, _ = m["exc_module"].(string)
	if e.Type == "" {
		e.Type = "Exception"
	}
	switch args := message.Unwrap(m["exc_message"]).(type) {
	case []any:
		e.Args = args
	case string:
		e.Text = args
	case nil:
		e.Args = []any{}
	default:
		e.Text = fmt.Sprint(args)
	}
	return e
}
