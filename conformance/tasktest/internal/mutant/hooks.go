package mutant

import (
	"context"
	"reflect"

	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// Hooks is an app some of whose methods a bug replaces.
type Hooks struct {
	Full
	define   func(string, Act) error
	send     func(context.Context, Call) (Sent, error)
	work     func(context.Context) error
	outcome  func(context.Context, string) (Outcome, error)
	runs     func(context.Context) ([]Run, error)
	revoke   func(context.Context, string) error
	messages func(context.Context, string) ([]string, error)
	put      func(context.Context, string, string) error
	dead     func(context.Context) ([]string, error)
	disturb  func(twice, loseAcks bool)
	open     func(context.Context, Settings) (tasktest.App, error)
}

// Define implements tasktest.App.
func (h *Hooks) Define(task string, act Act) error { return or(h.define, h.Full.Define)(task, act) }

// Send implements tasktest.App.
func (h *Hooks) Send(ctx context.Context, c Call) (Sent, error) {
	return or(h.send, h.Full.Send)(ctx, c)
}

// Work implements tasktest.App.
func (h *Hooks) Work(ctx context.Context) error { return or(h.work, h.Full.Work)(ctx) }

// Outcome implements tasktest.App.
func (h *Hooks) Outcome(ctx context.Context, id string) (Outcome, error) {
	return or(h.outcome, h.Full.Outcome)(ctx, id)
}

// Runs implements tasktest.App.
func (h *Hooks) Runs(ctx context.Context) ([]Run, error) { return or(h.runs, h.Full.Runs)(ctx) }

// Revoke implements tasktest.Revoker.
func (h *Hooks) Revoke(ctx context.Context, id string) error {
	return or(h.revoke, h.Full.Revoke)(ctx, id)
}

// Messages implements tasktest.Queues.
func (h *Hooks) Messages(ctx context.Context, queue string) ([]string, error) {
	return or(h.messages, h.Full.Messages)(ctx, queue)
}

// Put implements tasktest.Queues.
func (h *Hooks) Put(ctx context.Context, queue, message string) error {
	return or(h.put, h.Full.Put)(ctx, queue, message)
}

// Dead implements tasktest.Queues.
func (h *Hooks) Dead(ctx context.Context) ([]string, error) { return or(h.dead, h.Full.Dead)(ctx) }

// Disturb implements tasktest.Disturber.
func (h *Hooks) Disturb(twice, loseAcks bool) { or(h.disturb, h.Full.Disturb)(twice, loseAcks) }

// Open implements tasktest.Opener.
func (h *Hooks) Open(ctx context.Context, set Settings) (tasktest.App, error) {
	return h.open(ctx, set)
}

// or is the bug's method if there is one.
func or[F any](bug, sound F) F {
	if reflect.ValueOf(bug).IsNil() {
		return sound
	}
	return bug
}

// sent is a bug in the calls that are sent, those inside of others too.
func sent(name string, change func(*Call)) Mutant {
	return Mutant{Name: name, Break: func(a Full, h *Hooks) {
		h.send = func(ctx context.Context, c Call) (Sent, error) { return a.Send(ctx, deep(c, change)) }
	}}
}

// whole is a bug in the calls that are sent, as a whole.
func whole(name string, change func(*Call)) Mutant {
	return Mutant{Name: name, Break: func(a Full, h *Hooks) {
		h.send = func(ctx context.Context, c Call) (Sent, error) {
			change(&c)
			return a.Send(ctx, c)
		}
	}}
}

// deep changes a call and every call inside it, the innermost first.
func deep(c Call, change func(*Call)) Call {
	many := func(calls []Call) []Call {
		var out []Call
		for _, inner := range calls {
			out = append(out, deep(inner, change))
		}
		return out
	}
	c.Tasks, c.Link, c.LinkError = many(c.Tasks), many(c.Link), many(c.LinkError)
	if c.Body != nil {
		body := deep(*c.Body, change)
		c.Body = &body
	}
	change(&c)
	return c
}

// defined is a bug in how tasks are defined.
func defined(name string, change func(*Act)) Mutant {
	return Mutant{Name: name, Break: func(a Full, h *Hooks) {
		h.define = func(task string, act Act) error {
			change(&act)
			return a.Define(task, act)
		}
	}}
}

// ended is a bug in what tasks come to.
func ended(name string, change func(*Outcome)) Mutant {
	return Mutant{Name: name, Break: func(a Full, h *Hooks) {
		h.outcome = func(ctx context.Context, id string) (Outcome, error) {
			o, err := a.Outcome(ctx, id)
			if err == nil {
				change(&o)
			}
			return o, err
		}
	}}
}

// run is a bug in what handlers see.
func run(name string, change func(*Run)) Mutant {
	return Mutant{Name: name, Break: func(a Full, h *Hooks) {
		h.runs = func(ctx context.Context) ([]Run, error) {
			runs, err := a.Runs(ctx)
			for i := range runs {
				change(&runs[i])
			}
			return runs, err
		}
	}}
}

// opened is a bug in how settings are read.
func opened(name string, change func(*Settings)) Mutant {
	return Mutant{Name: name, Break: func(a Full, h *Hooks) {
		h.open = func(ctx context.Context, set Settings) (tasktest.App, error) {
			change(&set)
			return a.Open(ctx, set)
		}
	}}
}
