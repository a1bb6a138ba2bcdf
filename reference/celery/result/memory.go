package result

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

// Memory keeps results in the process, in the form they have on the wire: a
// value that cannot be stored fails here as it would in Redis. It is safe for
// concurrent use.
type Memory struct {
	clock   clock.Clock
	expires time.Duration // 0 for good

	mu      sync.Mutex
	changed chan struct{} // closed whenever something is stored; nil: nobody waits
	metas   map[string]entry
	groups  map[string]memoryGroup
	chords  map[string]*memoryChord
}

type memoryGroup struct {
	members Child
	dies    time.Time
}

type entry struct {
	text []byte
	dies time.Time
}

type memoryChord struct {
	size  int
	known bool
	parts []memoryPart
	dies  time.Time
}

type memoryPart struct {
	place       float64
	text, start []byte
}

// NewMemory returns an empty backend whose results expire by the clock, after
// a day if expires is 0 and never if it is negative.
func NewMemory(c clock.Clock, expires time.Duration) *Memory {
	if expires == 0 {
		expires = 24 * time.Hour
	}
	return &Memory{clock: c, expires: max(expires, 0), metas: map[string]entry{},
		groups: map[string]memoryGroup{}, chords: map[string]*memoryChord{}}
}

// end is when what is stored now expires; zero: never.
func (m *Memory) end() time.Time {
	if m.expires == 0 {
		return time.Time{}
	}
	return m.clock.Now().Add(m.expires)
}

// over reports whether an end has come.
func (m *Memory) over(end time.Time) bool { return !end.IsZero() && !m.clock.Now().Before(end) }

// Store implements Backend.
func (m *Memory) Store(ctx context.Context, d *Document) error {
	text, err := d.Encode()
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store result of task %s: %w", d.TaskID, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.metas[d.TaskID]; known {
		if old, err := m.get(d.TaskID); err == nil && old.Status == Success {
			return nil
		}
	}
	m.metas[d.TaskID] = entry{text: text, dies: m.end()}
	if m.changed != nil {
		close(m.changed)
		m.changed = nil
	}
	return nil
}

func (m *Memory) get(id string) (*Document, error) {
	e, ok := m.metas[id]
	if !ok || m.over(e.dies) {
		return &Document{TaskID: id, Status: Pending}, nil
	}
	return Decode(e.text)
}

// Get implements Backend.
func (m *Memory) Get(ctx context.Context, id string) (*Document, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("get result of task %s: %w", id, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.get(id)
}

// Wait implements Backend.
func (m *Memory) Wait(ctx context.Context, ids []string, each func(*Document) bool) error {
	open := slices.Clone(ids)
	for {
		m.mu.Lock()
		if m.changed == nil {
			m.changed = make(chan struct{})
		}
		changed := m.changed
		var ready []*Document
		var err error
		open = slices.DeleteFunc(open, func(id string) bool {
			d, e := m.get(id)
			if e != nil {
				err = e
			} else if d.Status.Ready() {
				ready = append(ready, d)
				return true
			}
			return false
		})
		m.mu.Unlock()
		if err != nil {
			return err
		}
		for _, d := range ready {
			if !each(d) {
				return nil
			}
		}
		if len(open) == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Forget implements Backend.
func (m *Memory) Forget(ctx context.Context, ids ...string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("forget results: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		delete(m.metas, id)
	}
	return nil
}

// chord is a chord that is counted: what counts it keeps it.
func (m *Memory) chord(group string) *memoryChord {
	c := m.chords[group]
	if c == nil || m.over(c.dies) {
		c = &memoryChord{}
		m.chords[group] = c
	}
	c.dies = m.end()
	return c
}

// SetChordSize implements Backend.
func (m *Memory) SetChordSize(ctx context.Context, group string, size int) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("set size of chord %s: %w", group, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.chord(group)
	c.size, c.known = size, true
	return nil
}

// AddPart implements Backend.
func (m *Memory) AddPart(ctx context.Context, chord Chord, part Part) ([]Part, error) {
	text, start, err := part.encode(message.Wrapped)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("add part to chord %s: %w", chord.Group, err)
	}
	place := math.Inf(1)
	if index, ok := chord.Index.(int64); ok {
		place = float64(index)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.chord(chord.Group)
	c.parts = slices.DeleteFunc(c.parts, func(p memoryPart) bool { return bytes.Equal(p.start, start) })
	c.parts = append(c.parts, memoryPart{place, text, start})
	slices.SortStableFunc(c.parts, func(a, b memoryPart) int { return cmp.Compare(a.place, b.place) })
	if !c.known || len(c.parts) != c.size {
		return nil, nil
	}
	texts := make([]string, len(c.parts))
	for i, p := range c.parts {
		texts[i] = string(p.text)
	}
	return decodeParts(texts)
}

// EndChord implements Backend.
func (m *Memory) EndChord(ctx context.Context, group string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("end chord %s: %w", group, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.chords, group)
	return nil
}

// SaveGroup implements Backend.
func (m *Memory) SaveGroup(ctx context.Context, group Child) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("save group %s: %w", group.ID, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.groups[group.ID] = memoryGroup{group, m.end()}
	return nil
}

// Group implements Backend.
func (m *Memory) Group(ctx context.Context, id string) (*Child, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("get group %s: %w", id, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if g, ok := m.groups[id]; ok && !m.over(g.dies) {
		return &g.members, nil
	}
	return nil, nil
}
