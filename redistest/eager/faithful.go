package eager

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

// Faithful fails the test when a task is sent with an argument, or a link or
// step with one, that its receiver will not see as it is: keys of a map that
// become text, fields that are left out, a nil slice that becomes None, a time
// that loses its zone or nanoseconds, bytes that are no text. That arrays
// arrive as lists and structs as dicts is no loss.
func Faithful() Option { return func(s *settings) { s.faithful = true } }

// faithfully is a setting that reports what the tasks that are sent lose.
func (s *settings) faithfully(report func(format string, args ...any)) {
	before := s.celery.Sending
	s.celery.Sending = func(t *message.Task) {
		if before != nil {
			before(t)
		}
		for i, v := range t.Args {
			lost(fmt.Sprintf("argument %d of task %s", i+1, t.Name), v, report)
		}
		for _, m := range sorted(t.Kwargs) {
			lost(fmt.Sprintf("argument %s of task %s", m.Key, t.Name), m.Value, report)
		}
		lost("what follows task "+t.Name, [][]any{t.Chain, t.Callbacks, t.Errbacks, {t.Chord}}, report)
	}
}

// Losses says what a value loses on its way through a message, nothing if its
// receiver will see it as it is. See [Faithful].
func Losses(v any) (losses []string) {
	lost("the value", v, func(format string, args ...any) { losses = append(losses, fmt.Sprintf(format, args...)) })
	return losses
}

func lost(where string, v any, report func(string, ...any)) {
	loss{report}.walk(where, reflect.ValueOf(v), 0)
}

type loss struct{ report func(string, ...any) }

// deepest bounds values that hold themselves, which cannot be sent anyway.
const deepest = 64

func (l loss) walk(where string, v reflect.Value, depth int) {
	if !v.IsValid() || depth > deepest {
		return
	}
	if at, ok := v.Interface().(time.Time); ok {
		if _, offset := at.Zone(); offset != 0 {
			l.report("%s: the time %s arrives in UTC", where, at.Format(time.RFC3339Nano))
		}
		if at.Nanosecond()%1000 != 0 {
			l.report("%s: the time %s loses its nanoseconds", where, at.Format(time.RFC3339Nano))
		}
		return
	}
	switch v.Interface().(type) {
	case json.Marshaler, encoding.TextMarshaler, []byte:
		return // it says itself what it is
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if s, ok := v.Interface().(*celery.Signature); ok && s != nil {
			return
		}
		l.walk(where, v.Elem(), depth+1)
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			l.report("%s: %q is not UTF-8", where, v.String())
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() && v.Type() != reflect.TypeFor[[]any]() {
			l.report("%s: a nil %s arrives as None, not as an empty list", where, v.Type())
			return
		}
		for i := range v.Len() {
			l.walk(fmt.Sprintf("%s[%d]", where, i), v.Index(i), depth+1)
		}
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			l.report("%s: the keys of a %s arrive as text", where, v.Type())
		}
		for _, k := range v.MapKeys() {
			l.walk(fmt.Sprintf("%s[%v]", where, k), v.MapIndex(k), depth+1)
		}
	case reflect.Struct:
		l.fields(where, v, depth)
	}
}

func (l loss) fields(where string, v reflect.Value, depth int) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && f.IsExported() && name != "-":
			l.walk(where, v.Field(i), depth+1)
		case !f.IsExported() || name == "-":
			if !v.Field(i).IsZero() {
				l.report("%s: field %s of a %s is left out", where, f.Name, v.Type())
			}
		default:
			l.walk(where+"."+f.Name, v.Field(i), depth+1)
		}
	}
}
