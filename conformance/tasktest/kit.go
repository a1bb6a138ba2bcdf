package tasktest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/value"
	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// A kit is what a check works with: the probe, and an app whose calls are
// recorded.
type kit struct {
	*conformance.Probe
	a App
}

// check adapts a check on a kit to the engine.
func check(f func(k *kit)) func(*conformance.Probe, App) {
	return func(p *conformance.Probe, a App) { f(&kit{p, a}) }
}

// open is the kit of another app.
func (k *kit) open(set Settings) *kit {
	k.Helper()
	k.Call("Open(%+v)", set)
	a, err := k.a.(Opener).Open(k.Context(), set)
	if err != nil {
		k.Fatalf("Open(%+v) failed: %v, want no error", set, err)
	}
	return &kit{k.Probe, a}
}

// define defines tasks by what they do.
func (k *kit) define(task string, act Act) {
	k.Helper()
	k.Call("Define(%q, %s)", task, act.Do)
	if err := k.a.Define(task, act); err != nil {
		k.Fatalf("Define(%q, %s) failed: %v, want no error", task, act.Do, err)
	}
}

// arithmetic defines the tasks of most checks.
func (k *kit) arithmetic() {
	k.Helper()
	for _, do := range []Doing{Echo, Sum, Fail} {
		k.define(string(do), Act{Do: do})
	}
}

// try is send for a check that judges the error.
func (k *kit) try(c Call) (Sent, error) {
	k.Call("Send(%s)", c)
	return k.a.Send(k.Context(), c)
}

func (k *kit) send(c Call) Sent {
	k.Helper()
	s, err := k.try(c)
	if err != nil {
		k.Fatalf("Send(%s) failed: %v, want no error", c, err)
	}
	return s
}

// fails wants sending to fail with an error of a kind.
func (k *kit) fails(c Call, kind error) {
	k.Helper()
	if _, err := k.try(c); !errors.Is(err, kind) {
		k.Errorf("Send(%s) = %v, want an error: %q", c, err, kind)
	}
}

func (k *kit) work() {
	k.Helper()
	k.Call("Work()")
	if err := k.a.Work(k.Context()); err != nil {
		k.Fatalf("Work() failed: %v, want no error", err)
	}
}

// later lets time pass, and what is due then run.
func (k *kit) later(d time.Duration) {
	k.Helper()
	k.Advance(d)
	k.work()
}

// do sends a call and lets it run.
func (k *kit) do(c Call) Sent {
	k.Helper()
	s := k.send(c)
	k.work()
	return s
}

// outcome is what became of a task.
func (k *kit) outcome(id string) Outcome {
	k.Helper()
	o, err := k.a.Outcome(k.Context(), id)
	if err != nil {
		k.Fatalf("Outcome(%q) failed: %v, want no error", id, err)
	}
	return o
}

// gives wants a task to have succeeded with a value.
func (k *kit) gives(id string, want any) {
	k.Helper()
	if o := k.outcome(id); o.Status != resulttest.Success || !value.Same(want, o.Value) {
		k.Errorf("the task came to %s, want SUCCESS with %s", shown(o), value.Show(value.Plain(want)))
	}
}

// in wants a task to be in a state.
func (k *kit) in(id, status string) {
	k.Helper()
	if o := k.outcome(id); o.Status != status {
		k.Errorf("the task came to %s, want %s", shown(o), status)
	}
}

// failed wants a task to have failed, with an error of a class that says something.
func (k *kit) failed(id, class, says string) {
	k.Helper()
	o := k.outcome(id)
	if o.Status != resulttest.Failed || o.Error == nil || o.Error.Type != class || !strings.Contains(value.Show(o.Error.Args)+o.Error.Text, says) {
		k.Errorf("the task came to %s, want FAILURE with %s that says %q", shown(o), class, says)
	}
}

func shown(o Outcome) string {
	if o.Error != nil {
		return fmt.Sprintf("%s with %s.%s%s", o.Status, o.Error.Module, o.Error.Type, value.Show(o.Error.Args))
	}
	return fmt.Sprintf("%s with %s", o.Status, value.Show(o.Value))
}

// runs are the runs of a task, of all tasks if it is "".
func (k *kit) runs(task string) []Run {
	k.Helper()
	all, err := k.a.Runs(k.Context())
	if err != nil {
		k.Fatalf("Runs() failed: %v, want no error", err)
	}
	return slices.DeleteFunc(slices.Clone(all), func(r Run) bool { return task != "" && r.Task != task })
}

// ran wants a task to have run so often.
func (k *kit) ran(task string, n int) []Run {
	k.Helper()
	runs := k.runs(task)
	if len(runs) != n {
		k.Fatalf("%s ran %d times, want %d", task, len(runs), n)
	}
	return runs
}

// call is a call of one task.
func call(task string, args ...any) Call {
	for i, a := range args {
		args[i] = value.Plain(a)
	}
	return Call{Task: task, Args: args}
}

// immutable is a call that ignores the result before it.
func immutable(task string, args ...any) Call {
	c := call(task, args...)
	c.Immutable = true
	return c
}

func chain(tasks ...Call) Call            { return Call{Kind: Chain, Tasks: tasks} }
func group(tasks ...Call) Call            { return Call{Kind: Group, Tasks: tasks} }
func chord(header []Call, body Call) Call { return Call{Kind: Chord, Tasks: header, Body: &body} }
func list(items ...any) []any             { return items }
func ints(items ...int64) (out []any) {
	for _, n := range items {
		out = append(out, n)
	}
	return out
}

// String shows a call as Python would write it.
func (c Call) String() string {
	parts := make([]string, 0, len(c.Tasks)+len(c.Args))
	for _, t := range c.Tasks {
		parts = append(parts, t.String())
	}
	for _, a := range c.Args {
		parts = append(parts, value.Show(a))
	}
	if c.Body != nil {
		parts = append(parts, "body: "+c.Body.String())
	}
	return c.Task + string(c.Kind) + "(" + strings.Join(parts, ", ") + ")"
}
