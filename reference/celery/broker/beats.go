package broker

import (
	"context"
	"time"
)

// memoryBeats is the state of schedules in a Memory; its mu guards it.
type memoryBeats struct {
	leader string
	until  time.Time
	ticks  map[string]time.Time
}

// Lead implements Beats.
func (m *Memory) Lead(_ context.Context, id string, lease time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock.Now()
	if m.beats.leader != id && m.beats.leader != "" && now.Before(m.beats.until) {
		return false, nil
	}
	m.beats.leader, m.beats.until = id, now.Add(lease)
	return true, nil
}

// Yield implements Beats.
func (m *Memory) Yield(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.beats.leader == id {
		m.beats.leader = ""
	}
	return nil
}

// LastTick implements Beats.
func (m *Memory) LastTick(_ context.Context, entry string) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.beats.ticks[entry], nil
}

// SetTick implements Beats.
func (m *Memory) SetTick(_ context.Context, entry string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.beats.ticks == nil {
		m.beats.ticks = map[string]time.Time{}
	}
	if at.After(m.beats.ticks[entry]) {
		m.beats.ticks[entry] = at
	}
	return nil
}
