package remote

import (
	"context"
	"strconv"
	"sync/atomic"

	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// A Broker is a broker in the child, behind the port of brokertest.
type Broker struct {
	brokertest.Server // the Redis below it

	p    *Process
	name string
	url  string
}

// named numbers the brokers and consumers of all processes.
var named atomic.Int64

func newName(kind string) string { return kind + "-" + strconv.FormatInt(named.Add(1), 10) }

// OpenBroker opens a broker in the child on the Redis at url, which below
// reaches, too.
func (p *Process) OpenBroker(ctx context.Context, url string, below brokertest.Server, s brokertest.Settings) (*Broker, error) {
	options := map[string]any{}
	if s.Prefix != "" {
		options["global_keyprefix"] = s.Prefix
	}
	if s.Separator != "" {
		options["sep"] = s.Separator
	}
	if s.Visibility != 0 {
		options["visibility_timeout"] = s.Visibility.Seconds()
	}
	if s.Steps != nil {
		steps := make([]any, len(s.Steps))
		for i, n := range s.Steps {
			steps[i] = int64(n)
		}
		options["priority_steps"] = steps
	}
	b := &Broker{Server: below, p: p, name: newName("broker"), url: url}
	return b, b.call(ctx, "open", nil, map[string]any{"url": url, "options": options})
}

// call performs an operation with plain values and decodes its answer.
func (b *Broker) call(ctx context.Context, op string, result *any, args map[string]any) error {
	if result == nil {
		return b.p.tell(ctx, b.name, op, args)
	}
	v, err := b.p.value(ctx, b.name, op, args)
	*result = v
	return err
}

// Drop forgets the broker and closes its connections.
func (b *Broker) Drop(ctx context.Context) error { return b.call(ctx, "drop", nil, nil) }

// Publish implements brokertest.Broker.
func (b *Broker) Publish(ctx context.Context, messages ...brokertest.Message) error {
	all := make([]any, len(messages))
	for i, m := range messages {
		if m.ContentType == "" {
			m.ContentType, m.ContentEncoding = "application/json", "utf-8"
		}
		priority := m.Priority
		if n, ok := priority.(int); ok {
			priority = int64(n)
		}
		all[i] = map[string]any{"exchange": m.Exchange, "key": m.RoutingKey, "priority": priority, "body": append([]byte{}, m.Body...),
			"type": m.ContentType, "encoding": m.ContentEncoding, "headers": dict(m.Headers), "properties": dict(m.Properties)}
	}
	return b.call(ctx, "publish", nil, map[string]any{"messages": all})
}

// dict is never nil: the child wants an object.
func dict(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func (b *Broker) number(ctx context.Context, op, queue string) (int, error) {
	var v any
	err := b.call(ctx, op, &v, map[string]any{"queue": queue})
	n, _ := v.(int64)
	return int(n), err
}

// Depth implements brokertest.Broker.
func (b *Broker) Depth(ctx context.Context, queue string) (int, error) {
	return b.number(ctx, "depth", queue)
}

// Purge implements brokertest.Purger.
func (b *Broker) Purge(ctx context.Context, queue string) (int, error) {
	return b.number(ctx, "purge", queue)
}

// Restore implements brokertest.Sweeper.
func (b *Broker) Restore(ctx context.Context) error { return b.call(ctx, "restore", nil, nil) }

// Inject implements brokertest.Injector.
func (b *Broker) Inject(ctx context.Context, queue string, raw []byte) error {
	return b.call(ctx, "inject", nil, map[string]any{"queue": queue, "raw": raw})
}

// Declare implements brokertest.Declarer.
func (b *Broker) Declare(ctx context.Context, kind string, bindings ...brokertest.Binding) error {
	return b.call(ctx, "declare", nil, map[string]any{"kind": kind, "bindings": bindingsOf(bindings)})
}

// Unbind implements brokertest.Declarer.
func (b *Broker) Unbind(ctx context.Context, bindings ...brokertest.Binding) error {
	return b.call(ctx, "unbind", nil, map[string]any{"bindings": bindingsOf(bindings)})
}

func bindingsOf(all []brokertest.Binding) []any {
	out := make([]any, len(all))
	for i, x := range all {
		out[i] = map[string]any{"exchange": x.Exchange, "key": x.RoutingKey, "queue": x.Queue}
	}
	return out
}

// Open implements brokertest.Opener.
func (b *Broker) Open(ctx context.Context, s brokertest.Settings) (brokertest.Broker, error) {
	other, err := b.p.OpenBroker(ctx, b.url, b.Server, s)
	if err != nil {
		return nil, err
	}
	return other, nil
}

// Consume implements brokertest.Broker.
func (b *Broker) Consume(ctx context.Context, _ string, queues ...string) (brokertest.Consumer, error) {
	c := &consumer{b: b, name: newName("consumer")}
	all := make([]any, len(queues))
	for i, q := range queues {
		all[i] = q
	}
	return c, b.call(ctx, "consume", nil, map[string]any{"name": c.name, "queues": all})
}

// A consumer is one in the child.
type consumer struct {
	b    *Broker
	name string
}

func (c *consumer) call(ctx context.Context, op string, result *any, args map[string]any) error {
	args["consumer"] = c.name
	return c.b.call(ctx, op, result, args)
}

// Claim implements brokertest.Consumer.
func (c *consumer) Claim(ctx context.Context, max int) ([]brokertest.Delivery, error) {
	var v any
	if err := c.call(ctx, "claim", &v, map[string]any{"max": int64(max)}); err != nil {
		return nil, err
	}
	all, _ := v.([]any)
	out := make([]brokertest.Delivery, len(all))
	for i, x := range all {
		m, _ := x.(map[string]any)
		d := &out[i]
		d.Queue, _ = m["queue"].(string)
		d.Body, _ = m["body"].([]byte)
		d.ContentType, _ = m["type"].(string)
		d.ContentEncoding, _ = m["encoding"].(string)
		d.Headers, _ = m["headers"].(map[string]any)
		d.Properties, _ = m["properties"].(map[string]any)
		d.Tag, _ = m["tag"].(string)
		d.Claim, d.Priority = d.Tag, d.Properties["priority"]
		info, _ := d.Properties["delivery_info"].(map[string]any)
		d.Exchange, _ = info["exchange"].(string)
		d.RoutingKey, _ = info["routing_key"].(string)
		d.Redelivered = info["redelivered"] == true || d.Headers["redelivered"] == true
	}
	return out, nil
}

func claims(ds []brokertest.Delivery) []any {
	tags := make([]any, len(ds))
	for i, d := range ds {
		tags[i] = d.Claim
	}
	return tags
}

// Ack implements brokertest.Consumer.
func (c *consumer) Ack(ctx context.Context, ds ...brokertest.Delivery) error {
	return c.call(ctx, "ack", nil, map[string]any{"tags": claims(ds)})
}

// Reject implements brokertest.Consumer.
func (c *consumer) Reject(ctx context.Context, requeue bool, ds ...brokertest.Delivery) error {
	return c.call(ctx, "reject", nil, map[string]any{"tags": claims(ds), "requeue": requeue})
}

// Close implements brokertest.Consumer.
func (c *consumer) Close(ctx context.Context) error {
	return c.call(ctx, "close", nil, map[string]any{})
}

// Kill implements brokertest.Consumer.
func (c *consumer) Kill() { _ = c.call(context.Background(), "kill", nil, map[string]any{}) }
