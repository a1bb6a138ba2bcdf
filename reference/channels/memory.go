package channels

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Memory is a layer for one process, as Channels' InMemoryChannelLayer is for
// tests and development: nothing is shared, nothing survives. It takes the
// messages and names that Redis takes, so that what works on it works there.
type Memory struct {
	opt    Options
	codec  codec
	client string

	mu     sync.Mutex
	closed bool
	queues map[string]*queue
	groups map[string]map[string]time.Time // when each member was added
	sweep  int                             // how many queues there may be before old ones are looked for
}

// A queue has messages or receivers, and is forgotten without either.
type queue struct {
	ready   []letter
	waiting []chan delivery
}

type letter struct {
	raw []byte
	at  time.Time
}

// NewMemory returns an empty layer. Of the options, those that concern a
// server have no effect. The error lists every option that is not allowed.
func NewMemory(opt Options) (*Memory, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("channel layer: %w", err)
	}
	return &Memory{
		opt: opt, client: unique(), codec: codec{serializer: opt.Serializer},
		queues: map[string]*queue{}, groups: map[string]map[string]time.Time{},
	}, nil
}

// NewChannel implements Layer with names of the form that Redis gives.
func (m *Memory) NewChannel(_ context.Context, prefix string) (string, error) {
	if prefix == "" {
		prefix = "specific"
	}
	name := prefix + "." + m.client + "!" + unique()
	return name, checkChannel(name)
}

// Send implements Layer. Messages to a local channel of another layer reach
// nobody: they expire.
func (m *Memory) Send(ctx context.Context, channel string, msg Message) error {
	if err := errors.Join(checkChannel(channel), ctx.Err()); err != nil {
		return err
	}
	raw, err := m.codec.pack(msg, nil, m.opt.Clock.Now())
	if err != nil {
		return fmt.Errorf("send to %s: %w", channel, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	if !m.put(channel, raw) {
		return fmt.Errorf("send to %s: %w: %d messages wait", channel, ErrFull, m.opt.capacity(channel))
	}
	return nil
}

// put delivers or keeps a message, if there is room. The layer is locked.
func (m *Memory) put(channel string, raw []byte) bool {
	now := m.opt.Clock.Now()
	if len(m.queues) >= max(m.sweep, 64) {
		for name := range m.queues {
			m.prune(name)
		}
		m.sweep = 2 * len(m.queues)
	}
	m.prune(channel)
	q := m.queue(channel)
	if len(q.waiting) > 0 {
		msg, _, err := m.codec.unpack(raw, now)
		q.waiting[0] <- delivery{msg, err}
		q.waiting = q.waiting[1:]
		m.prune(channel)
		return true
	}
	if len(q.ready) >= m.opt.capacity(channel) {
		return false
	}
	q.ready = append(q.ready, letter{raw, now})
	return true
}

func (m *Memory) queue(channel string) *queue {
	q := m.queues[channel]
	if q == nil {
		q = &queue{}
		m.queues[channel] = q
	}
	return q
}

// prune drops messages that have expired, and the queue if it is idle.
func (m *Memory) prune(channel string) {
	q := m.queues[channel]
	if q == nil {
		return
	}
	now := m.opt.Clock.Now()
	for len(q.ready) > 0 && now.Sub(q.ready[0].at) >= m.opt.Expiry {
		q.ready = q.ready[1:]
	}
	if len(q.ready)+len(q.waiting) == 0 {
		delete(m.queues, channel)
	}
}

// Receive implements Layer.
func (m *Memory) Receive(ctx context.Context, channel string) (Message, error) {
	if err := checkChannel(channel); err != nil {
		return nil, err
	}
	if name, local := address(channel); local && !strings.HasSuffix(name, m.client+"!") {
		return nil, fmt.Errorf("receive from %s: %w: want a name of this layer's NewChannel", channel, ErrForeign)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	got := make(chan delivery, 1)
	if err := m.enter(channel, got); err != nil {
		return nil, err
	}
	select {
	case d := <-got:
		return d.msg, d.err
	case <-ctx.Done():
	}
	m.mu.Lock()
	if q := m.queues[channel]; q != nil {
		if i := slices.Index(q.waiting, got); i >= 0 {
			q.waiting = slices.Delete(q.waiting, i, i+1)
			m.prune(channel)
			m.mu.Unlock()
			return nil, ctx.Err()
		}
	}
	m.mu.Unlock()
	d := <-got // it came in the same moment
	return d.msg, d.err
}

// enter lets got wait, or fills it at once.
func (m *Memory) enter(channel string, got chan delivery) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	m.prune(channel)
	q := m.queue(channel)
	if len(q.ready) == 0 {
		q.waiting = append(q.waiting, got)
		return nil
	}
	msg, _, err := m.codec.unpack(q.ready[0].raw, m.opt.Clock.Now())
	got <- delivery{msg, err}
	q.ready = q.ready[1:]
	m.prune(channel)
	return nil
}

// GroupAdd implements Layer. The membership ends after GroupExpiry unless it
// is refreshed by another GroupAdd.
func (m *Memory) GroupAdd(ctx context.Context, group, channel string) error {
	return m.change(ctx, group, channel, func() {
		if m.groups[group] == nil {
			m.groups[group] = map[string]time.Time{}
		}
		m.groups[group][channel] = m.opt.Clock.Now()
	})
}

// GroupDiscard implements Layer.
func (m *Memory) GroupDiscard(ctx context.Context, group, channel string) error {
	return m.change(ctx, group, channel, func() {
		delete(m.groups[group], channel)
		if len(m.groups[group]) == 0 {
			delete(m.groups, group)
		}
	})
}

func (m *Memory) change(ctx context.Context, group, channel string, do func()) error {
	if err := errors.Join(checkGroup(group), checkChannel(channel), ctx.Err()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	do()
	return nil
}

// GroupSend implements Layer.
func (m *Memory) GroupSend(ctx context.Context, group string, msg Message) error {
	if err := errors.Join(checkGroup(group), ctx.Err()); err != nil {
		return err
	}
	raw, err := m.codec.pack(msg, nil, m.opt.Clock.Now())
	if err != nil {
		return fmt.Errorf("send to group %s: %w", group, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	members, full := m.groups[group], 0
	total := len(members)
	for _, channel := range slices.Sorted(maps.Keys(members)) {
		if m.opt.Clock.Now().Sub(members[channel]) >= m.opt.GroupExpiry {
			delete(members, channel)
		} else if !m.put(channel, raw) {
			full++
		}
	}
	if len(members) == 0 {
		delete(m.groups, group)
	}
	if full > 0 {
		m.opt.Logger.InfoContext(ctx, fmt.Sprintf("%d of %d channels over capacity in group %s", full, total, group))
	}
	return nil
}

// Flush implements Layer. Receivers go on waiting.
func (m *Memory) Flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	clear(m.groups)
	for name, q := range m.queues {
		q.ready = nil
		m.prune(name)
	}
	return nil
}

// Close implements Layer.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	for _, q := range m.queues {
		for _, got := range q.waiting {
			got <- delivery{err: ErrClosed}
		}
	}
	clear(m.queues)
	clear(m.groups)
	return nil
}
