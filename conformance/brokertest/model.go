package brokertest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/walk"
)

func modelRows() []row {
	live := []string{"publish", "publish", "publish", "claim", "claim", "claim", "requeue", "requeue", "ack", "drop", "depth", "restore", "advance"}
	walks := func(id, profile string, also needs, says, why string, late bool, ops ...string) row {
		return row{ID: conformance.ID(id), Profile: conformance.Profile(profile), Needs: append(needs{sweeping}, also...), Says: says, Why: why,
			Check: check(func(k *kit) {
				count := 30
				if !k.Still() { // real servers, real waits
					count = 8
				}
				walk.Walks[step]{Count: count, Length: 25, Step: drawn(slices.Concat(live, ops)), Text: step.text,
					Follow: func(prefix string, steps []step) string { return follow(k, prefix, late, steps) }}.Try(k.Probe)
			})}
	}
	return []row{
		walks("BROKER-MDL-001", "core", nil, "Any sequence of calls on claims that are held MUST do what lists and a table of claims do.",
			"what no example thought of; found by random walks, shrunk", false),
		walks("BROKER-MDL-002", "strict", nil, "Any sequence of calls MUST do what lists and a table of claims do, of claims that ended and of consumers that close or die, too.",
			"K goes by tags, which outlive their claims", true, "close", "kill"),
		walks("BROKER-MDL-003", "strict", needs{parking, burying, purging}, "Any sequence of calls MUST do what lists and a table of claims do, what is parked, buried and purged included.",
			"as above", true, "park", "park", "bury", "purge"),
	}
}

// A step is one call of a random walk, as plain data, so that walks shrink.
type step struct {
	Op       string
	Consumer int // of three: two for one queue, one for another
	Priority int
	Nth      int // which of the deliveries
	Advance  time.Duration
}

// drawn draws steps of the given kinds. Times are far enough from the
// visibility timeout for a clock that runs by itself.
func drawn(ops []string) func(*rapid.T) step {
	return func(t *rapid.T) step {
		return step{
			Op:       rapid.SampledFrom(ops).Draw(t, "op"),
			Consumer: rapid.IntRange(0, 2).Draw(t, "consumer"),
			Priority: rapid.SampledFrom([]int{0, 0, 0, 3, 5, 9}).Draw(t, "priority"),
			Nth:      rapid.IntRange(0, 5).Draw(t, "nth"),
			Advance:  rapid.SampledFrom([]time.Duration{visibility * 5 / 12, visibility * 14 / 12}).Draw(t, "advance"),
		}
	}
}

func (s step) text() string {
	switch s.Op {
	case "publish":
		return fmt.Sprintf("publish to queue %d with priority %d", s.Consumer/2, s.Priority)
	case "ack", "requeue", "drop", "bury":
		return fmt.Sprintf("%s delivery %d", s.Op, s.Nth)
	case "park":
		return fmt.Sprintf("park delivery %d for %v", s.Nth, s.Advance)
	case "depth", "purge":
		return fmt.Sprintf("%s of queue %d", s.Op, s.Consumer/2)
	case "advance":
		return fmt.Sprintf("advance(%v)", s.Advance)
	case "restore":
		return s.Op
	}
	return fmt.Sprintf("%s by consumer %d", s.Op, s.Consumer)
}

// A walker makes a walk on the broker and on the model side by side.
type walker struct {
	*kit
	m      model
	prefix string
	late   bool // settles claims that ended, too
	sent   int
	takers [3]*taker
}

// follow makes a walk and returns the first difference, or "".
func follow(k *kit, prefix string, late bool, walk []step) string {
	w := &walker{kit: k, prefix: prefix, late: late, m: model{last: k.Has(QuirkRequeueLast)}}
	for i := range w.takers {
		w.takers[i] = w.open(i)
	}
	defer func() {
		for _, t := range w.takers {
			t.kill()
		}
	}()
	for _, s := range walk {
		if diff := w.step(s); diff != "" {
			return fmt.Sprintf("%s: %s", s.text(), diff)
		}
	}
	return w.drain()
}

// queue is the name of the queue that a consumer takes from.
func (w *walker) queue(consumer int) string { return fmt.Sprintf("%s-%d", w.prefix, consumer/2) }

func (w *walker) open(consumer int) *taker {
	return w.consumer(fmt.Sprintf("%s.%d", w.prefix, consumer), w.queue(consumer))
}

// step makes one step and returns what the broker did otherwise.
func (w *walker) step(s step) string {
	q := w.queue(s.Consumer)
	switch s.Op {
	case "publish":
		w.sent++
		body := fmt.Sprint("m", w.sent)
		w.kit.publish(ranked(q, s.Priority, body))
		w.m.publish(q, s.Priority, body)
	case "claim":
		return w.claim(s.Consumer)
	case "ack", "requeue", "drop", "park", "bury":
		return w.settle(s)
	case "depth":
		if got, want := w.depth(q).ok().value, w.m.depth(q); got != want {
			return fmt.Sprintf("got %v, the model says %d", got, want)
		}
	case "purge":
		if got, want := w.purge(q).ok().value, w.m.purge(q); got != want {
			return fmt.Sprintf("got %v, the model says %d", got, want)
		}
	case "restore":
		w.restore().ok()
		w.m.restore()
	case "close":
		w.takers[s.Consumer].close().ok()
		w.m.close(s.Consumer)
		w.takers[s.Consumer] = w.open(s.Consumer)
	case "kill":
		w.takers[s.Consumer].kill()
		w.m.kill(s.Consumer)
		w.takers[s.Consumer] = w.open(s.Consumer)
	case "advance":
		w.advance(s.Advance)
	}
	return ""
}

func (w *walker) advance(d time.Duration) {
	w.Advance(d)
	w.m.now += d
}

// claim claims one message. No two claims are of one time, so that what is
// restored has an order that any implementation can keep.
func (w *walker) claim(consumer int) string {
	ds, _ := w.takers[consumer].claim(1).ok().value.([]Delivery)
	got, want := "nothing", "nothing"
	if len(ds) == 1 {
		got = name(ds[0])
	} else if len(ds) > 1 {
		got = show(ds)
	}
	if c := w.m.claim(consumer, w.queue(consumer)); c != nil {
		want = c.name()
		if got == want {
			c.delivery = ds[0]
		}
	}
	if got != want {
		return fmt.Sprintf("got %s, the model says %s", got, want)
	}
	w.advance(w.Margin())
	return ""
}

// settle does something to a delivery and wants it to fail only if the claim
// has ended.
func (w *walker) settle(s step) string {
	c := w.m.pick(s.Nth, w.late)
	if c == nil {
		return ""
	}
	t, d := w.takers[c.consumer], c.delivery
	var o outcome
	switch s.Op {
	case "ack":
		o = t.ack(d)
	case "requeue":
		o = t.requeue(d)
	case "drop":
		o = t.drop(d)
	case "park":
		o = w.park(d, s.Advance)
		defer w.advance(w.Margin()) // no two fall due at one time
	case "bury":
		o = w.bury(d, "reason")
	}
	held := w.m.held(c)
	if held != (o.err == nil) || !held && !errors.Is(o.err, ErrStale) {
		return fmt.Sprintf("%s, and the model says that the claim is held: %t", o.text(), held)
	}
	if held {
		w.m.settle(c, s.Op, s.Advance)
	}
	return ""
}

// drain settles what is held, then takes everything in order.
func (w *walker) drain() string {
	for _, c := range slices.Clone(w.m.claims) {
		if !c.orphan {
			w.takers[c.consumer].ack(c.delivery).ok()
			w.m.settle(c, "ack", 0)
		}
	}
	w.advance(2 * visibility) // what is parked falls due, what dead consumers held runs out
	w.restore().ok()
	w.m.restore()
	for _, consumer := range []int{0, 2} {
		for w.m.ready(w.queue(consumer)) {
			if diff := w.claim(consumer); diff != "" {
				return fmt.Sprintf("claim by consumer %d at the end: %s", consumer, diff)
			}
			c := w.m.claims[len(w.m.claims)-1]
			w.takers[consumer].ack(c.delivery).ok()
			w.m.settle(c, "ack", 0)
		}
		if diff := w.claim(consumer); diff != "" {
			return fmt.Sprintf("claim by consumer %d at the end: %s", consumer, diff)
		}
	}
	return ""
}
