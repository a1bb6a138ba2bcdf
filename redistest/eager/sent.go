package eager

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// A Sent is a message that was sent: a task, or what could not be read as one.
type Sent struct {
	message.Task        // what the receiver will see: arguments have been through JSON
	Queue        string // or the exchange and routing key it was published to
	Redelivered  bool
	Err          error  // why the message is no task, or nil
	Raw          []byte // the message as it lies in the queue
}

func read(queue string, raw []byte) Sent {
	s := Sent{Queue: queue, Raw: raw}
	e, err := message.Decode(raw)
	if err != nil {
		s.Err = fmt.Errorf("%w: %w", errNoTask, err)
		return s
	}
	s.Redelivered = e.Redelivered()
	t, err := e.Task()
	if t != nil {
		s.Task = *t
	}
	if err != nil {
		s.Err = fmt.Errorf("%w: %w", errNoTask, err)
	}
	return s
}

// secret finds keyword arguments whose values are not to be printed.
var secret = regexp.MustCompile(`(?i)passw|secret|token|api_?key|credential`)

// String shows the call as Python would write it, with secrets left out.
func (s Sent) String() string {
	if s.Err != nil {
		return fmt.Sprintf("%v: %.200q", s.Err, s.Raw)
	}
	parts := make([]string, 0, len(s.Args)+len(s.Kwargs))
	for _, v := range s.Args {
		parts = append(parts, message.Repr(v))
	}
	for _, m := range sorted(s.Kwargs) {
		v := message.Repr(m.Value)
		if secret.MatchString(m.Key) {
			v = "[redacted]"
		}
		parts = append(parts, m.Key+"="+v)
	}
	text := fmt.Sprintf("%s(%s) on %s", s.Name, strings.Join(parts, ", "), s.Queue)
	if !s.ETA.IsZero() {
		text += " not before " + s.ETA.Format(time.RFC3339)
	}
	if s.Retries > 0 {
		text += fmt.Sprintf(" retry %d", s.Retries)
	}
	return text
}

// numbers compares numbers as JSON carries them.
var numbers = cmp.Options{cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })}

// onTheWire is what becomes of arguments on their way to the receiver.
func onTheWire(args []any) ([]any, error) {
	if args == nil {
		args = []any{}
	}
	text, err := pyjson.Encode(message.Wrapped.Wrap(args))
	if err != nil {
		return nil, err
	}
	v, err := pyjson.Decode(text)
	if err != nil {
		return nil, err
	}
	list, _ := message.Unwrap(v).([]any)
	return list, nil
}

// assertSent fails tb unless one of all is a call of name with args, which may
// be given as the sender had them.
func assertSent(tb redistest.TB, where string, all []Sent, name string, args []any) {
	tb.Helper()
	want, err := onTheWire(args)
	if err != nil {
		tb.Fatalf("eager: AssertSent(%q): %v", name, err)
		return
	}
	var near []string
	for _, s := range all {
		if s.Err != nil || s.Name != name {
			continue
		}
		diff := cmp.Diff(want, s.Args, numbers)
		if diff == "" {
			return
		}
		near = append(near, diff)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "no task %s%s was sent%s", name, message.ReprArgs(want), where)
	switch {
	case len(near) == 1:
		fmt.Fprintf(&b, ", but one with other arguments (-want +sent):\n%s", near[0])
	case len(all) == 0:
		b.WriteString("; nothing was")
	default:
		b.WriteString("; these were:")
		for _, s := range all {
			b.WriteString("\n\t" + s.String())
		}
	}
	tb.Errorf("%s", b.String())
}

// Sent are the tasks sent so far, retries and what tasks sent included.
func (a *App) Sent() []Sent {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make([]Sent, len(a.sent))
	for i, m := range a.sent {
		queue := m.RoutingKey
		if m.Exchange != "" {
			queue = m.Exchange + "/" + m.RoutingKey
		}
		all[i] = read(queue, m.Raw)
	}
	return all
}

// Calls are the sent tasks of a name.
func (a *App) Calls(name string) []Sent {
	var calls []Sent
	for _, s := range a.Sent() {
		if s.Name == name {
			calls = append(calls, s)
		}
	}
	return calls
}

// AssertSent fails tb unless a task was sent with exactly these positional
// arguments, compared as its receiver sees them.
func (a *App) AssertSent(tb redistest.TB, name string, args ...any) {
	tb.Helper()
	assertSent(tb, "", a.Sent(), name, args)
}

// AssertNotSent fails tb if a task of the name was sent.
func (a *App) AssertNotSent(tb redistest.TB, name string) {
	tb.Helper()
	if calls := a.Calls(name); len(calls) > 0 {
		tb.Errorf("%d tasks %s were sent, want none; the first:\n\t%s", len(calls), name, calls[0])
	}
}
