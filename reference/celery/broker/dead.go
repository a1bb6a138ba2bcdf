package broker

import (
	"context"
	"slices"
	"strconv"
)

// deadMost is how many messages a Memory keeps of those that were buried.
const deadMost = 10_000

// bury adds to the dead-letter list; m.mu is held.
func (m *Memory) bury(c *claim, reason string) {
	m.serial++
	step, _ := strconv.Atoi(c.List)
	d := grave{Dead{ID: strconv.Itoa(m.serial), Reason: reason, Queue: c.Queue, At: m.clock.Now(), Raw: c.Raw}, step}
	m.dead = slices.Insert(m.dead, 0, d)
	m.dead = m.dead[:min(len(m.dead), deadMost)]
}

// grave is an entry of the dead-letter list.
type grave struct {
	Dead
	step int // of the priority that it had
}

// Bury implements Settler.
func (m *Memory) Bury(ctx context.Context, d Delivery, reason string) error {
	return m.settle(ctx, "bury", []Delivery{d}, func(c *claim) {
		delete(m.held, c.Field)
		m.bury(c, reason)
	})
}

// Dead implements Admin.
func (m *Memory) Dead(ctx context.Context, max int) ([]Dead, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if max <= 0 || max > len(m.dead) {
		max = len(m.dead)
	}
	found := make([]Dead, max)
	for i := range found {
		found[i] = m.dead[i].Dead
	}
	return found, nil
}

// DeadCount implements Admin.
func (m *Memory) DeadCount(ctx context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.dead)), ctx.Err()
}

// Revive implements Admin.
func (m *Memory) Revive(ctx context.Context, dead ...Dead) (int, error) {
	return m.exhume(ctx, dead, func(g grave) {
		q := m.queue(g.Queue)
		q[g.step] = append(q[g.step], item{raw: g.Raw})
	})
}

// Drop implements Admin.
func (m *Memory) Drop(ctx context.Context, dead ...Dead) (int, error) {
	return m.exhume(ctx, dead, func(grave) {})
}

// exhume takes messages off the dead-letter list.
func (m *Memory) exhume(ctx context.Context, dead []Dead, each func(grave)) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range dead {
		at := slices.IndexFunc(m.dead, func(g grave) bool { return g.ID == d.ID })
		if at < 0 {
			continue
		}
		each(m.dead[at])
		m.dead = slices.Delete(m.dead, at, at+1)
		n++
	}
	m.wake()
	return n, nil
}
