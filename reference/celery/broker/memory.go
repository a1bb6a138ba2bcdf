package broker

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/clock"
)

// Memory is a broker in the process, for tests and for programs that need no
// other process. It gives the guarantees of package kombu, by its clock, and
// is safe for concurrent use. Nothing outlives it.
type Memory struct {
	// Accepted, if not nil, hears of every message that was taken. Set it
	// before the first Publish; it must not call the broker.
	Accepted func(Message)

	clock      clock.Clock
	visibility time.Duration
	lease      time.Duration

	mu        sync.Mutex
	changed   chan struct{} // closed whenever a message becomes ready; nil: nobody waits
	queues    map[string]*[4][]item
	held      map[string]*claim
	serial    int
	owners    map[string]time.Time
	bindings  map[Binding]string // to the type of the exchange
	once      map[string]bool
	dead      []grave
	listeners map[int]listener
	beats     memoryBeats
}

type item struct {
	raw   []byte
	count int
}

type claim struct {
	Delivery
	owner string
	since time.Time
	due   time.Time // of a parked one
	order int
}

type listener struct {
	bindings []Binding
	ch       chan Fanout
}

var steps = [4]int{0, 3, 6, 9}

// NewMemory returns an empty broker. Claims run out after visibility by its
// clock; 0 means an hour.
func NewMemory(c clock.Clock, visibility time.Duration) *Memory {
	if visibility == 0 {
		visibility = time.Hour
	}
	return &Memory{clock: c, visibility: visibility, lease: time.Minute, queues: map[string]*[4][]item{},
		held: map[string]*claim{}, owners: map[string]time.Time{}, bindings: map[Binding]string{}, once: map[string]bool{}, listeners: map[int]listener{}}
}

// Close implements Broker.
func (m *Memory) Close() error { return nil }

func (m *Memory) queue(name string) *[4][]item {
	q := m.queues[name]
	if q == nil {
		q = &[4][]item{}
		m.queues[name] = q
	}
	return q
}

func stepOf(priority int) int {
	at := 0
	for i, s := range steps {
		if s <= priority {
			at = i
		}
	}
	return at
}

// wake tells waiting consumers to look again; m.mu is held.
func (m *Memory) wake() {
	if m.changed != nil {
		close(m.changed)
		m.changed = nil
	}
}

// change is closed by the next wake; m.mu is held.
func (m *Memory) change() <-chan struct{} {
	if m.changed == nil {
		m.changed = make(chan struct{})
	}
	return m.changed
}

// Publish implements Publisher: all or nothing.
func (m *Memory) Publish(ctx context.Context, messages ...Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	type push struct {
		queue string
		step  int
		raw   []byte
	}
	var pushes []push
	var taken []Message
	named := map[string]bool{} // in this call
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, msg := range messages {
		if msg.Once != "" {
			if m.once[msg.Once] || named[msg.Once] {
				continue
			}
			named[msg.Once] = true
		}
		msg.Raw = bytes.Clone(msg.Raw)
		taken = append(taken, msg)
		queues, kind := []string{msg.RoutingKey}, ""
		if msg.Exchange != "" {
			if queues, kind = m.bound(msg.Exchange, msg.RoutingKey); kind == "fanout" {
				m.fan(ctx, Fanout{msg.Exchange, msg.RoutingKey, msg.Raw})
				continue
			}
		}
		if len(queues) == 0 {
			return fmt.Errorf("publish to exchange %q with routing key %q: %w", msg.Exchange, msg.RoutingKey, ErrUnroutable)
		}
		for _, q := range queues {
			pushes = append(pushes, push{q, stepOf(msg.Priority), msg.Raw})
		}
	}
	maps.Copy(m.once, named)
	for _, msg := range taken {
		if m.Accepted != nil {
			m.Accepted(msg)
		}
	}
	for _, p := range pushes {
		q := m.queue(p.queue)
		q[p.step] = append(q[p.step], item{raw: p.raw})
	}
	m.wake()
	return nil
}
