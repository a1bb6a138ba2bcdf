package layertest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/redkit-dev/redkit/conformance/internal/value"
	"github.com/redkit-dev/redkit/conformance/internal/walk"
)

func modelRows() []row {
	walks := func(k *kit, ops ...string) {
		count := 30
		if !k.Still() { // real servers, real waits
			count = 8
		}
		walk.Walks[walked]{Count: count, Length: 30, Step: drawn(ops), Text: walked.text,
			Follow: func(prefix string, steps []walked) string { return follow(k, prefix, steps) }}.Try(k.Probe)
	}
	live := []string{"send", "send", "send", "add", "discard", "group send", "group send", "receive"}
	return []row{
		{ID: "LAYER-MDL-001", Needs: needs{Queues, Bounded, AnyMember}, Says: "Any sequence of calls MUST do what bounded queues and sets of members do.",
			Why: "what no example thought of; found by random walks, shrunk", Check: check(func(k *kit) { walks(k, live...) })},
		{ID: "LAYER-MDL-002", Profile: "strict", Needs: needs{Queues, Bounded, Expires, AnyMember}, Says: "Any sequence of calls MUST do what bounded queues and sets of members do that forget with time.",
			Why: "L goes by what senders trim: receivers look at no age", Check: check(func(k *kit) { walks(k, append(live, "advance", "age")...) })},
		{ID: "LAYER-MDL-003", Needs: needs{Broadcasts}, Says: "Any sequence of calls on a layer's own channels MUST do what queues and sets of members do.",
			Why: "as LAYER-MDL-001", Check: check(func(k *kit) { walks(k, live...) })},
	}
}

// A walked step is one call of a random walk, as plain data, so that walks
// shrink.
type walked struct {
	Op      string
	Channel int // of three
	Group   int // of two
	Part    int // of an expiry
}

// drawn draws steps of the given kinds. One part of an expiry is well within
// it and two well beyond, for clocks that run by themselves.
func drawn(ops []string) func(*rapid.T) walked {
	return func(t *rapid.T) walked {
		return walked{
			Op:      rapid.SampledFrom(ops).Draw(t, "op"),
			Channel: rapid.IntRange(0, 2).Draw(t, "channel"),
			Group:   rapid.IntRange(0, 1).Draw(t, "group"),
			Part:    rapid.SampledFrom([]int{40, 45}).Draw(t, "part"),
		}
	}
}

func (s walked) text() string {
	switch s.Op {
	case "add", "discard":
		return fmt.Sprintf("%s channel %d, group %d", s.Op, s.Channel, s.Group)
	case "group send":
		return fmt.Sprintf("send to group %d", s.Group)
	case "advance":
		return fmt.Sprintf("advance %d/60 of a message's life", s.Part)
	case "age":
		return "advance two thirds of a membership's life"
	}
	return fmt.Sprintf("%s channel %d", s.Op, s.Channel)
}

// A walker makes a walk on the layer and on the model side by side.
type walker struct {
	*kit
	prefix   string
	channels [3]string
	behind   string // another channel, on which arrives what was sent behind
	now      time.Duration
	sent     int
	queues   [3][]aged
	groups   [2]map[int]time.Duration // when each member was added
}

// An aged message is one that expires.
type aged struct {
	msg Message
	at  time.Duration
}

// follow makes a walk and returns the first difference, or "".
func follow(k *kit, prefix string, steps []walked) string {
	w := &walker{kit: k, prefix: prefix}
	for i := range w.groups {
		w.groups[i] = map[int]time.Duration{}
	}
	for i := range w.channels {
		if w.channels[i] = fmt.Sprint(prefix, ".", i); i == 0 || !k.Has(Queues) { // one alone, as they may share a queue
			w.channels[i] = k.newChannel()
		}
	}
	w.behind = k.newChannel()
	for _, s := range steps {
		if diff := w.step(s); diff != "" {
			return s.text() + ": " + diff
		}
	}
	for i := range w.channels {
		if diff := w.receive(i); diff != "" {
			return fmt.Sprintf("receive channel %d at the end: %s", i, diff)
		}
	}
	for i := range w.groups { // what is left must not expire in the walks to come
		for member := range w.groups[i] {
			k.discard(w.group(i), w.channels[member])
		}
	}
	return ""
}

func (w *walker) group(i int) string { return fmt.Sprint(w.prefix, ".g", i) }

// step makes one step and returns what the layer did otherwise.
func (w *walker) step(s walked) string {
	limits := w.l.Limits()
	switch s.Op {
	case "send":
		if !w.Has(Bounded) && len(w.queues[s.Channel]) >= limits.Capacity-1 {
			return "" // what becomes of more is another question
		}
		w.sent++
		m := msg(w.sent)
		fits := w.put(s.Channel, m)
		switch err := w.try(w.channels[s.Channel], m).err; {
		case fits && err != nil:
			return fmt.Sprintf("it failed with %v, the model says it fits", err)
		case !fits && !errors.Is(err, ErrFull):
			return fmt.Sprintf("it gave %v, the model says the channel is full", err)
		}
	case "add":
		w.kit.add(w.group(s.Group), w.channels[s.Channel])
		w.groups[s.Group][s.Channel] = w.now
	case "discard":
		w.kit.discard(w.group(s.Group), w.channels[s.Channel])
		delete(w.groups[s.Group], s.Channel)
	case "group send":
		w.groupSend(s.Group)
	case "receive":
		return w.receive(s.Channel)
	case "advance":
		w.pass(limits.Expiry * time.Duration(s.Part) / 60)
	case "age":
		w.pass(limits.GroupExpiry * 2 / 3)
	}
	return ""
}

func (w *walker) pass(d time.Duration) {
	w.Advance(d)
	w.now += d
}

// live are the messages of a channel that have not expired.
func (w *walker) live(channel int) []aged {
	if w.Has(Expires) {
		w.queues[channel] = slices.DeleteFunc(w.queues[channel], func(a aged) bool { return w.now-a.at >= w.l.Limits().Expiry })
	}
	return w.queues[channel]
}

// put puts a message into the model's queue, if there is room.
func (w *walker) put(channel int, m Message) bool {
	if len(w.live(channel)) >= w.l.Limits().Capacity {
		return false
	}
	w.queues[channel] = append(w.queues[channel], aged{m, w.now})
	return true
}

func (w *walker) groupSend(group int) {
	members := w.groups[group]
	for member, at := range members {
		if w.Has(Expires) && w.now-at >= w.l.Limits().GroupExpiry {
			delete(members, member)
		} else if !w.Has(Bounded) && len(w.queues[member]) >= w.l.Limits().Capacity-1 {
			return
		}
	}
	w.sent++
	for member := range members {
		w.put(member, msg(w.sent))
	}
	w.kit.groupSend(w.group(group), msg(w.sent))
	if w.Has(Broadcasts) { // who is a member is asked when it arrives
		w.drain(w.behind)
	}
}

// receive drains a channel and returns how it differs from the model's.
func (w *walker) receive(channel int) string {
	got, want := w.drain(w.channels[channel]), w.live(channel)
	w.queues[channel] = nil
	if slices.EqualFunc(got, want, func(m Message, a aged) bool { return same(m, a.msg) }) {
		return ""
	}
	return fmt.Sprintf("it held %s, the model says [%s]", shown(got), value.List(want, func(a aged) string { return value.Show(a.msg) }))
}
