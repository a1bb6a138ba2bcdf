package broker

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

type memoryConsumer struct {
	m      *Memory
	owner  string
	queues []string
}

// Consume implements Broker.
func (m *Memory) Consume(owner string, queues ...string) Consumer {
	return &memoryConsumer{m: m, owner: owner, queues: slices.Clone(queues)}
}

// Claim implements Consumer.
func (c *memoryConsumer) Claim(ctx context.Context, max int) ([]Delivery, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m := c.m
	m.mu.Lock()
	defer m.mu.Unlock()
	c.promote()
	var got []Delivery
	for len(got) < max {
		d, ok := c.next()
		if !ok {
			break
		}
		got = append(got, d)
	}
	return got, nil
}

// promote makes ready what is due, the earliest first; m.mu is held.
func (c *memoryConsumer) promote() {
	now := c.m.clock.Now()
	var due []*claim
	for _, h := range c.m.held {
		if !h.due.IsZero() && !now.Before(h.due) {
			due = append(due, h)
		}
	}
	slices.SortFunc(due, func(a, b *claim) int {
		if n := b.due.Compare(a.due); n != 0 {
			return n
		}
		return b.order - a.order
	})
	for _, h := range due {
		c.m.putBack(h, false)
	}
}

func (c *memoryConsumer) next() (Delivery, bool) {
	m := c.m
	for step := range steps {
		for at, name := range c.queues {
			q := m.queues[name]
			if q == nil || len(q[step]) == 0 {
				continue
			}
			it := q[step][0]
			q[step] = q[step][1:]
			copy(c.queues[at:], c.queues[at+1:])
			c.queues[len(c.queues)-1] = name
			m.serial++
			field := strconv.Itoa(m.serial)
			d := Delivery{Raw: it.raw, Queue: name, List: strconv.Itoa(step), Field: field, Token: field, Count: it.count + 1, At: m.clock.Now()}
			m.held[field] = &claim{Delivery: d, owner: c.owner, since: d.At, order: m.serial}
			return d, true
		}
	}
	return Delivery{}, false
}

// Wait implements Consumer.
func (c *memoryConsumer) Wait(ctx context.Context, limit time.Duration) error {
	m := c.m
	m.mu.Lock()
	changed, now := m.change(), m.clock.Now()
	for _, name := range c.queues {
		if m.depth(name) > 0 {
			m.mu.Unlock()
			return nil
		}
	}
	for _, h := range m.held {
		if !h.due.IsZero() {
			limit = min(limit, h.due.Sub(now))
		}
	}
	m.mu.Unlock()
	select {
	case <-changed:
		return nil
	case <-m.clock.After(limit):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close implements Consumer.
func (c *memoryConsumer) Close() error { return nil }

// Broadcast implements Broadcaster.
func (m *Memory) Broadcast(ctx context.Context, exchange, routingKey string, raw []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fan(ctx, Fanout{exchange, routingKey, raw})
	return nil
}

// fan hands a message to the listeners; m.mu is held. Like Redis it drops
// what a listener that lags behind cannot take.
func (m *Memory) fan(_ context.Context, f Fanout) {
	for _, l := range m.listeners {
		for _, b := range l.bindings {
			if b.Exchange == f.Exchange && (b.RoutingKey == f.RoutingKey || TopicMatches(b.RoutingKey, f.RoutingKey)) {
				select {
				case l.ch <- f:
				default:
				}
				break
			}
		}
	}
}

// Listen implements Broadcaster.
func (m *Memory) Listen(ctx context.Context, bindings []Binding, ready func(), each func(Fanout)) error {
	l := listener{bindings: bindings, ch: make(chan Fanout, 1024)}
	m.mu.Lock()
	m.serial++
	id := m.serial
	m.listeners[id] = l
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		delete(m.listeners, id)
		m.mu.Unlock()
	}()
	if ready != nil {
		ready()
	}
	for {
		select {
		case f := <-l.ch:
			each(f)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// TopicMatches reports whether a routing key matches a topic binding: words
// are parted by dots, * stands for one word and # for any number.
func TopicMatches(binding, key string) bool {
	return wordsMatch(strings.Split(binding, "."), strings.Split(key, "."))
}

func wordsMatch(pattern, key []string) bool {
	switch {
	case len(pattern) == 0:
		return len(key) == 0
	case pattern[0] == "#":
		for n := 0; n <= len(key); n++ {
			if wordsMatch(pattern[1:], key[n:]) {
				return true
			}
		}
		return false
	case len(key) == 0 || pattern[0] != "*" && pattern[0] != key[0]:
		return false
	}
	return wordsMatch(pattern[1:], key[1:])
}
