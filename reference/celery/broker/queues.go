package broker

import (
	"context"
	"slices"
	"strconv"
)

// Depth implements Admin.
func (m *Memory) Depth(ctx context.Context, queue string) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.depth(queue), nil
}

func (m *Memory) depth(queue string) int64 {
	n := 0
	if q := m.queues[queue]; q != nil {
		for _, list := range q {
			n += len(list)
		}
	}
	return int64(n)
}

// Purge implements Admin.
func (m *Memory) Purge(ctx context.Context, queue string) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.depth(queue)
	delete(m.queues, queue)
	return n, nil
}

// Peek implements Admin.
func (m *Memory) Peek(ctx context.Context, queue string, max int) ([]Delivery, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Delivery
	if q := m.queues[queue]; q != nil {
		for step, list := range q {
			for _, it := range list {
				if max <= 0 || len(found) < max {
					found = append(found, Delivery{Raw: it.raw, Queue: queue, List: strconv.Itoa(step), Count: it.count})
				}
			}
		}
	}
	return found, nil
}

// Queues are the names of the queues that hold messages, sorted.
func (m *Memory) Queues() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for name := range m.queues {
		if m.depth(name) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Parked returns the messages that wait for a time, the earliest first, and
// the time of each in At.
func (m *Memory) Parked() []Delivery {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Delivery
	for _, c := range m.held {
		if !c.due.IsZero() {
			d := c.Delivery
			d.At = c.due
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b Delivery) int { return a.At.Compare(b.At) })
	return found
}

// Idle returns when no message is ready or claimed; parked ones do not count.
func (m *Memory) Idle(ctx context.Context) error {
	for {
		m.mu.Lock()
		changed, busy := m.change(), false
		for name := range m.queues {
			busy = busy || m.depth(name) > 0
		}
		now := m.clock.Now()
		for _, c := range m.held {
			busy = busy || c.due.IsZero() || !now.Before(c.due)
		}
		m.mu.Unlock()
		if !busy {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
