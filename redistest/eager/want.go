package eager

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// A Want is what AssertSent wants of a call beyond its positional arguments.
// It stands among them:
//
//	app.AssertSent(t, "mail.send", "ann@example.org", eager.OnQueue("mail"), eager.WithCountdown(time.Minute))
type Want struct {
	says  string            // as "queue mail"
	wrong func(Sent) string // what is different about a call, "" if it is as wanted
	any   bool              // positional arguments do not matter
	err   error             // it cannot be wanted
}

// Kwargs wants exactly these keyword arguments, a map[string]any or the struct
// of a typed task. Without it they do not matter.
func Kwargs[A any](args A) Want {
	named, ok := any(args).(map[string]any)
	if !ok {
		if reflect.TypeFor[A]().Kind() != reflect.Struct {
			return Want{err: fmt.Errorf("Kwargs(%T): want a struct or a map[string]any", args)}
		}
		named = celery.Define[A, any]("").Signature(args).Kwargs
	}
	v, err := onTheWire(named)
	if err != nil {
		return Want{err: err}
	}
	want, _ := v.(map[string]any)
	return Want{says: shownNamed(want), wrong: func(s Sent) string {
		got := s.Kwargs
		if got == nil {
			got = map[string]any{}
		}
		if diff := cmp.Diff(want, got, numbers); diff != "" {
			return "keyword arguments (-want +sent):\n" + cmp.Diff(hidden(want, nil), hidden(got, want), numbers)
		}
		return ""
	}}
}

// AnyArgs takes a call with any positional arguments.
func AnyArgs() Want { return Want{any: true} }

// OnQueue wants a queue or, as exchange/key, an exchange and a routing key.
func OnQueue(name string) Want {
	return wanting("queue", name, func(s Sent) (string, error) { return s.Queue, nil })
}

// WithPriority wants a priority; a call without one has 0.
func WithPriority(p int) Want {
	return wanting("priority", p, func(s Sent) (int, error) { return message.Clamp(s.Priority), nil })
}

// WithCountdown wants the task to be run no sooner than d after it was sent;
// 0 means at once. Only an app knows when: what lies in the queues of a server
// is asked with [WithETA].
func WithCountdown(d time.Duration) Want {
	return wanting("countdown", d, func(s Sent) (time.Duration, error) { return s.after(s.ETA) })
}

// WithETA wants the task to be run no sooner than at.
func WithETA(at time.Time) Want { return moment("eta", at, func(s Sent) time.Time { return s.ETA }) }

// WithExpiry wants the task to expire d after it was sent; 0 means never. As
// for [WithCountdown], only an app knows when that was.
func WithExpiry(d time.Duration) Want {
	return wanting("expiry", d, func(s Sent) (time.Duration, error) { return s.after(s.Expires) })
}

// WithExpiresAt wants the task to expire at a time.
func WithExpiresAt(at time.Time) Want {
	return moment("expires", at, func(s Sent) time.Time { return s.Expires })
}

// WithRetries wants the call to be that of a retry, 0 the first.
func WithRetries(n int) Want {
	return wanting("retries", n, func(s Sent) (int, error) { return s.Retries, nil })
}

func wanting[T comparable](what string, want T, of func(Sent) (T, error)) Want {
	return Want{says: fmt.Sprintf("%s %v", what, want), wrong: func(s Sent) string {
		got, err := of(s)
		switch {
		case err != nil:
			return fmt.Sprintf("%s unknown: %v", what, err)
		case got != want:
			return fmt.Sprintf("%s %v, want %v", what, got, want)
		}
		return ""
	}}
}

// moment wants a time, to the microsecond that messages carry.
func moment(what string, want time.Time, of func(Sent) time.Time) Want {
	want = want.UTC().Truncate(time.Microsecond)
	return wanting(what, want.Format(time.RFC3339Nano), func(s Sent) (string, error) {
		return of(s).UTC().Format(time.RFC3339Nano), nil
	})
}

// after is how long after the call a moment is, 0 if there is none.
func (s Sent) after(at time.Time) (time.Duration, error) {
	switch {
	case at.IsZero():
		return 0, nil
	case s.At.IsZero():
		return 0, fmt.Errorf("no message says when it was sent, use WithETA or WithExpiresAt")
	}
	return at.Sub(s.At.Truncate(time.Microsecond)), nil
}

// onTheWire is what becomes of a list or map of arguments on its way to the
// receiver.
func onTheWire(args any) (any, error) {
	text, err := pyjson.Encode(message.Wrapped.Wrap(args))
	if err != nil {
		return nil, err
	}
	v, err := pyjson.Decode(text)
	if err != nil {
		return nil, err
	}
	return message.Unwrap(v), nil
}

// hidden is a map whose secrets are left out; those that are not as in other
// are told apart from it.
func hidden(m, other map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		if secret.MatchString(k) {
			was, both := other[k]
			if v = "[redacted]"; both && !cmp.Equal(was, m[k], numbers) {
				v = "[redacted, and another]"
			}
		}
		out[k] = v
	}
	return out
}

func shownNamed(kwargs map[string]any) string {
	parts := make([]string, 0, len(kwargs))
	for _, m := range sorted(hidden(kwargs, nil)) {
		v := message.Repr(m.Value)
		if secret.MatchString(m.Key) {
			v = "[redacted]"
		}
		parts = append(parts, m.Key+"="+v)
	}
	if len(parts) == 0 {
		return "no keyword arguments"
	}
	return strings.Join(parts, ", ")
}

// wants are what AssertSent was asked for.
type wants struct {
	name string
	args []any // as its receiver sees them; nil: any
	more []Want
}

func wanted(tb redistest.TB, name string, args []any) wants {
	tb.Helper()
	w := wants{name: name}
	list, whatever := []any{}, false
	for _, a := range args {
		more, ok := a.(Want)
		if !ok {
			list = append(list, a)
			continue
		}
		if more.err != nil {
			tb.Fatalf("eager: AssertSent(%q): %v", name, more.err)
		}
		whatever = whatever || more.any
		w.more = append(w.more, more)
	}
	v, err := onTheWire(list)
	if err != nil {
		tb.Fatalf("eager: AssertSent(%q): %v", name, err)
	}
	if !whatever {
		w.args, _ = v.([]any)
	}
	return w
}

// String is the call as Python would write it, and what else is wanted of it.
func (w wants) String() string {
	text := w.name + "(…)"
	if w.args != nil {
		text = w.name + message.ReprArgs(w.args)
	}
	var says []string
	for _, more := range w.more {
		if more.says != "" {
			says = append(says, more.says)
		}
	}
	if len(says) > 0 {
		text += " with " + strings.Join(says, ", ")
	}
	return text
}

// wrong says what is different about a call of the name.
func (w wants) wrong(s Sent) (reasons []string) {
	if w.args != nil {
		if diff := cmp.Diff(w.args, s.Args, numbers); diff != "" {
			reasons = append(reasons, "arguments (-want +sent):\n"+diff)
		}
	}
	for _, more := range w.more {
		if more.wrong == nil {
			continue
		}
		if reason := more.wrong(s); reason != "" {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}
