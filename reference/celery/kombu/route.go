package kombu

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// errFanout is route's answer for an exchange that stores nothing.
var errFanout = errors.New("a fanout exchange has no lists")

// route finds the lists a message is pushed to.
func (t *Transport) route(ctx context.Context, m broker.Message) ([]string, error) {
	if m.Exchange == "" {
		if err := t.checkName("queue", m.RoutingKey); err != nil {
			return nil, err
		}
		return []string{t.list(m.RoutingKey, t.step(m.Priority))}, nil
	}
	kind, err := t.Kind(ctx, m.Exchange)
	if err != nil {
		return nil, err
	}
	if kind == "fanout" {
		return nil, errFanout
	}
	queues, err := t.bound(ctx, m.Exchange, m.RoutingKey)
	if err != nil {
		return nil, err
	}
	lists := make([]string, len(queues))
	for i, q := range queues {
		lists[i] = t.list(q, t.step(m.Priority))
	}
	return lists, nil
}

// bound finds the queues bound for a key. kombu's producers take an exchange
// they did not declare for a direct one; the bindings themselves say whether
// it is a topic exchange.
func (t *Transport) bound(ctx context.Context, exchange, key string) ([]string, error) {
	members, err := t.client.SMembers(ctx, t.key("_kombu.binding."+exchange)).Result()
	if err != nil {
		return nil, fmt.Errorf("read bindings: %w", err)
	}
	var queues []string
	seen := map[string]bool{}
	for _, member := range members {
		b, pattern, ok := t.binding(exchange, member)
		if !ok || seen[b.Queue] {
			continue
		}
		if pattern == "" && b.RoutingKey == key || pattern != "" && t.topicMatches(b, pattern, key) {
			queues, seen[b.Queue] = append(queues, b.Queue), true
		}
	}
	if queues == nil {
		return nil, broker.ErrUnroutable
	}
	return queues, nil
}

// Kind is the type of an exchange: as declared or given in the options, and
// else what its name and bindings tell.
func (t *Transport) Kind(ctx context.Context, exchange string) (string, error) {
	t.mu.Lock()
	kind := t.exchanges[exchange]
	t.mu.Unlock()
	if kind != "" {
		return kind, nil
	}
	if exchange == "celeryev" || exchange == "celery.pidbox" || strings.HasSuffix(exchange, ".pidbox") && !strings.HasPrefix(exchange, "reply.") {
		return "fanout", nil
	}
	members, err := t.client.SMembers(ctx, t.key("_kombu.binding."+exchange)).Result()
	if err != nil {
		return "", fmt.Errorf("read bindings of exchange %q: %w", exchange, err)
	}
	for _, member := range members {
		switch b, pattern, _ := t.binding(exchange, member); {
		case pattern != "":
			return "topic", nil
		case strings.HasPrefix(b.Queue, "bcast."): // what Celery's Broadcast names the queue of each worker
			return "fanout", nil
		}
	}
	return "direct", nil
}

// Declare implements broker.Admin. As kombu does, it writes what producers
// look up; there is nothing else to a queue in Redis.
func (t *Transport) Declare(ctx context.Context, kind string, bindings ...broker.Binding) error {
	if kind != "direct" && kind != "topic" && kind != "fanout" {
		return fmt.Errorf("declare exchange: type %q: want direct, topic or fanout", kind)
	}
	pipe := t.client.Pipeline()
	for _, b := range bindings {
		if err := errors.Join(t.checkName("queue", b.Queue), t.checkName("routing key", b.RoutingKey)); err != nil {
			return fmt.Errorf("declare: %w", err)
		}
		t.mu.Lock()
		t.exchanges[b.Exchange] = kind
		t.mu.Unlock()
		if b.Exchange != "" {
			pipe.SAdd(ctx, t.key("_kombu.binding."+b.Exchange), t.member(kind, b))
		}
	}
	if pipe.Len() == 0 {
		return nil
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("declare bindings: %w", err)
	}
	return nil
}

// Bindings implements broker.Binder. Those of programs that died are among them.
func (t *Transport) Bindings(ctx context.Context, exchange string) ([]broker.Binding, error) {
	members, err := t.client.SMembers(ctx, t.key("_kombu.binding."+exchange)).Result()
	if err != nil {
		return nil, fmt.Errorf("read bindings of exchange %q: %w", exchange, err)
	}
	var found []broker.Binding
	for _, member := range members {
		if b, _, ok := t.binding(exchange, member); ok {
			found = append(found, b)
		}
	}
	return found, nil
}

// Unbind implements broker.Admin.
func (t *Transport) Unbind(ctx context.Context, bindings ...broker.Binding) error {
	pipe := t.client.Pipeline()
	for _, b := range bindings {
		for _, kind := range []string{"direct", "topic"} {
			pipe.SRem(ctx, t.key("_kombu.binding."+b.Exchange), t.member(kind, b))
		}
		pipe.Del(ctx, t.lists(b.Queue)...)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("remove bindings: %w", err)
	}
	return nil
}
