package brokertest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/value"
)

// visibility and lease are kombu's default and ours: how long a claim holds,
// and how long an owner that was heard of and fell silent keeps its claims.
const (
	visibility = time.Hour
	lease      = time.Minute
)

// A kit is what a check works with: the probe, and a broker whose calls are
// recorded.
type kit struct {
	*conformance.Probe
	b     Broker
	label string // how messages call the broker: "" or "other."
	ctx   context.Context
}

// check adapts a check on a kit to the engine.
func check(f func(k *kit)) func(*conformance.Probe, Broker) {
	return func(p *conformance.Probe, b Broker) { f(&kit{Probe: p, b: b, ctx: p.Context()}) }
}

// within is the kit with another context.
func (k *kit) within(ctx context.Context) *kit {
	other := *k
	other.ctx = ctx
	return &other
}

// open is the kit of another process on the same store.
func (k *kit) open(label string, s Settings) *kit {
	k.Helper()
	k.Call("%s = Open(%+v)", label, s)
	b, err := k.b.(Opener).Open(k.ctx, s)
	if err != nil {
		k.Fatalf("Open(%+v) failed: %v, want no error", s, err)
	}
	return &kit{Probe: k.Probe, b: b, label: label + ".", ctx: k.ctx}
}

// An outcome is what one call of the subject gave.
type outcome struct {
	k     *kit
	call  string // as in Depth("q")
	value any
	err   error
}

// did records a call that is about to be made and returns its outcome-to-be.
func (k *kit) did(call string, args ...any) outcome {
	o := outcome{k: k, call: k.label + call + "(" + join(args, show) + ")"}
	k.Call("%s", o.call)
	return o
}

func (o outcome) got(value any, err error) outcome {
	o.value, o.err = value, err
	return o
}

func (o outcome) text() string {
	if o.err != nil {
		return o.call + " failed: " + o.err.Error()
	}
	return o.call + " = " + show(o.value)
}

// ok wants no error, and ends the check without it: what follows builds on it.
func (o outcome) ok() outcome {
	if o.err != nil {
		o.k.Helper()
		o.k.Fatalf("%s, want no error", o.text())
	}
	return o
}

// is wants a value.
func (o outcome) is(want any) {
	if o.err != nil || show(o.value) != show(want) {
		o.k.Helper()
		o.k.Errorf("%s, want %s", o.text(), show(want))
	}
}

// fails wants one of the errors; with none given any error will do.
func (o outcome) fails(kinds ...error) {
	if o.err != nil && (len(kinds) == 0 || slices.ContainsFunc(kinds, func(e error) bool { return errors.Is(o.err, e) })) {
		return
	}
	o.k.Helper()
	words := join(kinds, func(e error) string { return e.Error() })
	if words == "" {
		words = "any"
	}
	o.k.Errorf("%s, want an error: %s", o.text(), words)
}

// Short names of the calls every check makes.

// try publishes for a check that judges the error.
func (k *kit) try(messages ...Message) outcome {
	return k.did("Publish", list(messages)...).got(nil, k.b.Publish(k.ctx, messages...))
}

func (k *kit) publish(messages ...Message) {
	k.Helper()
	k.try(messages...).ok()
}

// send publishes bodies to a queue, one by one.
func (k *kit) send(queue string, bodies ...string) {
	k.Helper()
	for _, body := range bodies {
		k.publish(text(queue, body))
	}
}

// text is a message for a queue.
func text(queue, body string) Message { return Message{RoutingKey: queue, Body: []byte(body)} }

// ranked is a message with a priority.
func ranked(queue string, priority any, body string) Message {
	m := text(queue, body)
	m.Priority = value.Plain(priority)
	return m
}

func (k *kit) depth(queue string) outcome {
	return k.did("Depth", queue).got(k.b.Depth(k.ctx, queue))
}

func (k *kit) restore() outcome {
	return k.did("Restore").got(nil, k.b.(Sweeper).Restore(k.ctx))
}

// expire lets every claim run out, and restores.
func (k *kit) expire() {
	k.Helper()
	k.Advance(visibility + k.Margin())
	k.restore().ok()
}

func list[T any](all []T) []any {
	out := make([]any, len(all))
	for i, v := range all {
		out[i] = v
	}
	return out
}

// A taker is a consumer whose calls are recorded.
type taker struct {
	k      *kit
	c      Consumer
	owner  string
	queues []string
}

// consumer opens one.
func (k *kit) consumer(owner string, queues ...string) *taker {
	k.Helper()
	k.Call("%s%s = Consume(%s)", k.label, owner, strings.Join(queues, ", "))
	c, err := k.b.Consume(k.ctx, owner, queues...)
	if err != nil {
		k.Fatalf("Consume(%s) failed: %v, want no error", strings.Join(queues, ", "), err)
	}
	return &taker{k: k, c: c, owner: owner, queues: queues}
}

func (t *taker) did(call string, args ...any) outcome { return t.k.did(t.owner+"."+call, args...) }

func (t *taker) claim(max int) outcome {
	o := t.did("Claim", max)
	ds, err := t.c.Claim(t.k.ctx, max)
	return o.got(ds, err)
}

// take claims until it has n messages or there are no more, and ends the check
// unless it has n.
func (t *taker) take(n int) []Delivery {
	t.k.Helper()
	var all []Delivery
	for len(all) < n {
		o := t.claim(n - len(all)).ok()
		ds, _ := o.value.([]Delivery)
		if len(ds) == 0 {
			t.k.Fatalf("%s after %s, want %d messages in all", o.text(), show(all), n)
		}
		all = append(all, ds...)
	}
	return all
}

// gets wants the next messages to be these, in order, each written as its
// body, with ! if it was delivered before.
func (t *taker) gets(wants ...string) []Delivery {
	t.k.Helper()
	all := t.take(len(wants))
	if got := names(all); !slices.Equal(got, wants) {
		t.k.Errorf("%s.Claim gave %s, want %s", t.owner, show(got), show(wants))
	}
	return all
}

// finds wants the next messages to be these, in any order.
func (t *taker) finds(wants ...string) []Delivery {
	t.k.Helper()
	all := t.take(len(wants))
	got := names(all)
	slices.Sort(got)
	sorted := slices.Sorted(slices.Values(wants))
	if !slices.Equal(got, sorted) {
		t.k.Errorf("%s.Claim gave %s, want %s in any order", t.owner, show(got), show(wants))
	}
	return all
}

// nothing wants no message to be ready.
func (t *taker) nothing() {
	t.k.Helper()
	o := t.claim(9)
	if ds, _ := o.value.([]Delivery); o.err != nil || len(ds) > 0 {
		t.k.Errorf("%s, want no message", o.text())
	}
}

func (t *taker) ack(ds ...Delivery) outcome {
	return t.did("Ack", list(ds)...).got(nil, t.c.Ack(t.k.ctx, ds...))
}

// requeue makes deliveries available again.
func (t *taker) requeue(ds ...Delivery) outcome {
	return t.did("Requeue", list(ds)...).got(nil, t.c.Reject(t.k.ctx, true, ds...))
}

// drop rejects deliveries for good.
func (t *taker) drop(ds ...Delivery) outcome {
	return t.did("Reject", list(ds)...).got(nil, t.c.Reject(t.k.ctx, false, ds...))
}

func (t *taker) close() outcome { return t.did("Close").got(nil, t.c.Close(t.k.ctx)) }

func (t *taker) kill() {
	t.k.Call("%s.Kill()", t.owner)
	t.c.Kill()
}

func (k *kit) declare(kind string, bindings ...Binding) {
	k.Helper()
	k.did("Declare "+kind, list(bindings)...).got(nil, k.b.(Declarer).Declare(k.ctx, kind, bindings...)).ok()
}
