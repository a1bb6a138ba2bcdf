package broker

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/message"
)

// settle calls each for the claims that are held and names the others.
func (m *Memory) settle(ctx context.Context, action string, deliveries []Delivery, each func(*claim)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	held := make([]int64, len(deliveries))
	for i, d := range deliveries {
		if c := m.held[d.Field]; c != nil && c.Token == d.Token {
			held[i] = 1
			each(c)
		}
	}
	m.wake() // for those who wait for Idle
	return Stale(action, deliveries, held)
}

// Ack implements Settler.
func (m *Memory) Ack(ctx context.Context, deliveries ...Delivery) error {
	return m.settle(ctx, "acknowledge", deliveries, func(c *claim) { delete(m.held, c.Field) })
}

// Requeue implements Settler.
func (m *Memory) Requeue(ctx context.Context, deliveries ...Delivery) error {
	var back []*claim
	err := m.settle(ctx, "requeue", deliveries, func(c *claim) {
		back = append(back, c)
		delete(m.held, c.Field)
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range slices.Backward(back) {
		m.putBack(c, true)
	}
	return err
}

// putBack returns a claim to the front of its list; m.mu is held.
func (m *Memory) putBack(c *claim, redelivered bool) {
	raw, count := c.Raw, c.Count
	if redelivered {
		raw = message.Redeliver(raw)
	} else {
		count--
	}
	delete(m.held, c.Field)
	step, _ := strconv.Atoi(c.List)
	q := m.queue(c.Queue)
	q[step] = slices.Insert(q[step], 0, item{raw, count})
	m.wake()
}

// Copy makes a claimed message ready once more, unflagged, as if its
// publisher had sent it twice.
func (m *Memory) Copy(d Delivery) {
	m.mu.Lock()
	defer m.mu.Unlock()
	step, _ := strconv.Atoi(d.List)
	q := m.queue(d.Queue)
	q[step] = append(q[step], item{raw: d.Raw})
	m.wake()
}

// Park implements Settler.
func (m *Memory) Park(ctx context.Context, d Delivery, until time.Time) error {
	return m.settle(ctx, "park", []Delivery{d}, func(c *claim) {
		c.due, c.owner, c.Delivery = until, "", c.Parked() // the claim has ended: nothing can be settled by it
		m.wake()
	})
}

// Extend implements Settler.
func (m *Memory) Extend(ctx context.Context, owner string, deliveries ...Delivery) error {
	now := m.clock.Now()
	err := m.settle(ctx, "extend", deliveries, func(c *claim) { c.since = now })
	if ctx.Err() != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.owners[owner] = now
	return err
}

// Restore implements Settler.
func (m *Memory) Restore(ctx context.Context) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock.Now()
	gone := map[string]bool{}
	for owner, seen := range m.owners {
		if !now.Before(seen.Add(m.lease)) {
			gone[owner] = true
			delete(m.owners, owner)
		}
	}
	var back []*claim
	for _, c := range m.held {
		if c.due.IsZero() && (gone[c.owner] || !now.Before(c.since.Add(m.visibility))) {
			back = append(back, c)
		}
	}
	slices.SortFunc(back, func(a, b *claim) int { return b.order - a.order })
	for _, c := range back {
		m.putBack(c, true)
	}
	return len(back), nil
}
