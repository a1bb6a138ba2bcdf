package brokertest

import (
	"slices"
	"time"
)

// A model is what a broker does, said with lists: one for each queue and
// priority step, the next message first, and one of the claims in their order.
type model struct {
	last   bool // what is requeued comes last: QuirkRequeueLast
	now    time.Duration
	lists  map[string]*[10][]waitingMessage
	claims []*claimed
	all    []*claimed // those that ended as well, but not those of consumers that are gone
	parked []parkedMessage
}

// A waitingMessage is one that is ready.
type waitingMessage struct {
	body  string
	again bool // it was handed out before
}

func (m waitingMessage) name() string {
	if m.again {
		return m.body + "!"
	}
	return m.body
}

// A claimed message is one that was handed out.
type claimed struct {
	waitingMessage
	consumer int
	orphan   bool // its consumer is gone
	queue    string
	rank     int
	since    time.Duration
	delivery Delivery
}

type parkedMessage struct {
	*claimed
	due time.Duration
}

func (m *model) list(queue string, rank int) *[]waitingMessage {
	if m.lists == nil {
		m.lists = map[string]*[10][]waitingMessage{}
	}
	if m.lists[queue] == nil {
		m.lists[queue] = &[10][]waitingMessage{}
	}
	return &m.lists[queue][rank]
}

// publish adds a message to the list of its priority step, by threes.
func (m *model) publish(queue string, priority int, body string) {
	at := m.list(queue, priority/3*3)
	*at = append(*at, waitingMessage{body: body})
}

// claim hands out the next message of the most urgent list, or nil.
func (m *model) claim(consumer int, queue string) *claimed {
	m.promote()
	for rank := range 10 {
		at := m.list(queue, rank)
		if len(*at) == 0 {
			continue
		}
		c := &claimed{waitingMessage: (*at)[0], consumer: consumer, queue: queue, rank: rank, since: m.now}
		*at = (*at)[1:]
		m.claims, m.all = append(m.claims, c), append(m.all, c)
		return c
	}
	return nil
}

// promote makes ready what was parked and is due, the earliest in front.
func (m *model) promote() {
	slices.SortStableFunc(m.parked, func(a, b parkedMessage) int { return int(b.due - a.due) })
	m.parked = slices.DeleteFunc(m.parked, func(p parkedMessage) bool {
		if p.due > m.now {
			return false
		}
		m.first(p.claimed, p.again)
		return true
	})
}

// ready reports whether a claim would find something.
func (m *model) ready(queue string) bool {
	m.promote()
	return m.depth(queue) > 0
}

// pick is one of the deliveries, of those that are held or of all.
func (m *model) pick(nth int, late bool) *claimed {
	from := slices.DeleteFunc(slices.Clone(m.claims), func(c *claimed) bool { return c.orphan })
	if late {
		from = m.all
	}
	if len(from) == 0 {
		return nil
	}
	return from[nth%len(from)]
}

func (m *model) held(c *claimed) bool { return slices.Contains(m.claims, c) }

// end ends a claim.
func (m *model) end(c *claimed) {
	m.claims = slices.DeleteFunc(m.claims, func(other *claimed) bool { return other == c })
}

// first makes a claimed message the next of its list.
func (m *model) first(c *claimed, again bool) {
	at := m.list(c.queue, c.rank)
	*at = slices.Insert(*at, 0, waitingMessage{c.body, again})
}

// settle ends a claim in one of the ways there are.
func (m *model) settle(c *claimed, op string, after time.Duration) {
	m.end(c)
	switch {
	case op == "park":
		m.parked = append(m.parked, parkedMessage{c, m.now + after})
	case op == "requeue" && m.last:
		at := m.list(c.queue, c.rank)
		*at = append(*at, waitingMessage{c.body, true})
	case op == "requeue":
		m.first(c, true)
	}
}

// restore makes ready what was claimed too long ago.
func (m *model) restore() {
	for _, c := range slices.Backward(slices.Clone(m.claims)) {
		if c.since+visibility <= m.now {
			m.end(c)
			m.first(c, true)
		}
	}
}

// close gives back what a consumer holds.
func (m *model) close(consumer int) {
	for _, c := range slices.Backward(slices.Clone(m.claims)) {
		if c.consumer == consumer && !c.orphan {
			m.end(c)
			m.first(c, true)
		}
	}
	m.kill(consumer)
}

// kill forgets a consumer, whose claims then wait for a restore.
func (m *model) kill(consumer int) {
	m.all = slices.DeleteFunc(m.all, func(c *claimed) bool {
		c.orphan = c.orphan || c.consumer == consumer
		return c.orphan
	})
}

func (m *model) depth(queue string) (n int) {
	for rank := range 10 {
		n += len(*m.list(queue, rank))
	}
	return n
}

// purge empties a queue and returns how much that was.
func (m *model) purge(queue string) int {
	n := m.depth(queue)
	delete(m.lists, queue)
	return n
}
