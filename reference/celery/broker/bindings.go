package broker

import (
	"context"
	"fmt"
	"slices"
)

func (m *Memory) bound(exchange, key string) (queues []string, kind string) {
	for b, k := range m.bindings {
		if b.Exchange != exchange {
			continue
		}
		kind = k
		if k == "direct" && b.RoutingKey == key || k == "topic" && TopicMatches(b.RoutingKey, key) {
			queues = append(queues, b.Queue)
		}
	}
	slices.Sort(queues)
	return slices.Compact(queues), kind
}

// Declare implements Admin.
func (m *Memory) Declare(ctx context.Context, kind string, bindings ...Binding) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if kind != "direct" && kind != "topic" && kind != "fanout" {
		return fmt.Errorf("declare exchange: type %q: want direct, topic or fanout", kind)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range bindings {
		m.bindings[b] = kind
	}
	return nil
}

// Unbind implements Admin.
func (m *Memory) Unbind(ctx context.Context, bindings ...Binding) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range bindings {
		delete(m.bindings, b)
		delete(m.queues, b.Queue)
	}
	return nil
}

// Bindings implements Binder.
func (m *Memory) Bindings(ctx context.Context, exchange string) ([]Binding, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Binding
	for b := range m.bindings {
		if b.Exchange == exchange {
			found = append(found, b)
		}
	}
	return found, nil
}
