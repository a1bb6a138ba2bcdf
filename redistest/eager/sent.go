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
)

// A Sent is a message that was sent: a task, or what could not be read as one.
type Sent struct {
	message.Task           // what the receiver will see: arguments have been through JSON
	Queue        string    // or the exchange and routing key it was published to
	At           time.Time // when it was sent; zero in the queues of a server, where nothing says it
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
	parts := make([]string, 0, len(s.Args)+1)
	for _, v := range s.Args {
		parts = append(parts, message.Repr(v))
	}
	if len(s.Kwargs) > 0 {
		parts = append(parts, shownNamed(s.Kwargs))
	}
	text := fmt.Sprintf("%s(%s) on %s", s.Name, strings.Join(parts, ", "), s.Queue)
	if !s.ETA.IsZero() {
		text += " not before " + s.ETA.Format(time.RFC3339)
	}
	if !s.Expires.IsZero() {
		text += " expires " + s.Expires.Format(time.RFC3339)
	}
	if p := message.Clamp(s.Priority); p > 0 {
		text += fmt.Sprintf(" priority %d", p)
	}
	if s.Retries > 0 {
		text += fmt.Sprintf(" retry %d", s.Retries)
	}
	return text
}

// numbers compares numbers as JSON carries them.
var numbers = cmp.Options{cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })}

// assertSent fails tb unless one of all is a call of name with args, which may
// be given as the sender had them.
func assertSent(tb redistest.TB, where string, all []Sent, name string, args []any) {
	tb.Helper()
	want := wanted(tb, name, args)
	var near [][]string // what is different about each call of the name
	var b strings.Builder
	for _, s := range all {
		b.WriteString("\n\t" + s.String())
		if s.Err != nil || s.Name != name {
			continue
		}
		reasons := want.wrong(s)
		if len(reasons) == 0 {
			return
		}
		near = append(near, reasons)
		for _, reason := range reasons {
			if !strings.Contains(reason, "\n") { // the others are seen in the call
				b.WriteString(": " + reason)
			}
		}
	}
	text := fmt.Sprintf("no task %s was sent%s", want, where)
	switch {
	case len(near) == 1:
		text += ", but one with other " + strings.Join(near[0], "\nand ")
	case len(all) == 0:
		text += "; nothing was"
	default:
		text += "; these were:" + b.String()
	}
	tb.Errorf("%s", text)
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
		all[i].At = m.at
	}
	return all
}

// A call is one sending of a task: a retry is another.
type call struct {
	id      string
	retries int
}

// sentAt is when each call was sent.
func (a *App) sentAt() map[call]time.Time {
	at := map[call]time.Time{}
	for _, s := range a.Sent() {
		at[call{s.ID, s.Retries}] = s.At
	}
	return at
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
// arguments, compared as its receiver sees them, that is as each [Want] among
// them says. A typed task has keyword arguments: ask for them with [Kwargs].
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
