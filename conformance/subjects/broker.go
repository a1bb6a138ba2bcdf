package subjects

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

// Broker is a broker.Broker behind the port of brokertest. It has every method
// of the port; Missing names the capabilities behind those that the broker
// lacks. Envelopes are written and read as a worker of the reference does: what
// cannot be read is buried.
type Broker struct {
	Broker  broker.Broker
	Clock   clock.Clock
	Missing []conformance.Capability
	// OpenOther opens another broker on the same store.
	OpenOther func(context.Context, brokertest.Settings) (*Broker, error)
	// Below is the server, or nil.
	Below brokertest.Server

	mu      sync.Mutex
	claims  map[string]broker.Delivery
	claimed int
}

// Lacks implements conformance.Lacking.
func (b *Broker) Lacks() []conformance.Capability { return b.Missing }

// brokerErr makes err match the port's errors too.
func brokerErr(err error) error {
	switch {
	case errors.Is(err, broker.ErrStale):
		return fmt.Errorf("%w: %w", brokertest.ErrStale, err)
	case errors.Is(err, broker.ErrUnroutable):
		return fmt.Errorf("%w: %w", brokertest.ErrUnroutable, err)
	}
	return err
}

// Publish implements brokertest.Broker.
func (b *Broker) Publish(ctx context.Context, messages ...brokertest.Message) error {
	all := make([]broker.Message, len(messages))
	for i, m := range messages {
		raw, err := encodeMessage(m)
		if err != nil {
			return err
		}
		all[i] = broker.Message{Exchange: m.Exchange, RoutingKey: m.RoutingKey, Priority: message.Clamp(m.Priority), Raw: raw, Once: m.Once}
	}
	return brokerErr(b.Broker.Publish(ctx, all...))
}

// encodeMessage is the envelope of m, as kombu fills it in.
func encodeMessage(m brokertest.Message) ([]byte, error) {
	e := message.Envelope{Body: m.Body, ContentType: m.ContentType, ContentEncoding: m.ContentEncoding, Headers: m.Headers, Properties: map[string]any{}}
	if e.ContentType == "" {
		e.ContentType, e.ContentEncoding = "application/json", "utf-8"
	}
	for k, v := range m.Properties {
		e.Properties[k] = v
	}
	e.Properties["delivery_mode"] = int64(2)
	e.Properties["delivery_info"] = map[string]any{"exchange": m.Exchange, "routing_key": m.RoutingKey}
	if e.Properties["priority"] = m.Priority; m.Priority == nil {
		e.Properties["priority"] = int64(0)
	}
	if e.Tag() == "" {
		e.Properties["delivery_tag"] = uuid.NewString()
	}
	return e.Encode()
}

// Depth implements brokertest.Broker.
func (b *Broker) Depth(ctx context.Context, queue string) (int, error) {
	n, err := b.Broker.Depth(ctx, queue)
	return int(n), brokerErr(err)
}

// Consume implements brokertest.Broker.
func (b *Broker) Consume(_ context.Context, owner string, queues ...string) (brokertest.Consumer, error) {
	return &brokerConsumer{b: b, inner: b.Broker.Consume(owner, queues...)}, nil
}

type brokerConsumer struct {
	b     *Broker
	inner broker.Consumer

	mu   sync.Mutex
	held []string // claims in order
}

// Claim implements brokertest.Consumer.
func (c *brokerConsumer) Claim(ctx context.Context, max int) ([]brokertest.Delivery, error) {
	var good []brokertest.Delivery
	for len(good) < max || max == 0 {
		claimed, err := c.inner.Claim(ctx, max-len(good))
		if err != nil || len(claimed) == 0 {
			return good, brokerErr(err)
		}
		for _, d := range claimed {
			read, err := c.b.read(d)
			if bad := (*message.Malformed)(nil); errors.As(err, &bad) {
				err = c.b.Broker.Bury(ctx, d, bad.Error())
				if err == nil {
					continue
				}
			}
			if err != nil {
				return good, brokerErr(err)
			}
			c.mu.Lock()
			c.held = append(c.held, read.Claim)
			c.mu.Unlock()
			good = append(good, read)
		}
	}
	return good, nil
}

// read is a delivery of the port, remembered by its claim.
func (b *Broker) read(d broker.Delivery) (brokertest.Delivery, error) {
	e, err := message.Decode(d.Raw)
	if err != nil {
		return brokertest.Delivery{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.claimed++
	claim := fmt.Sprint(b.claimed)
	if b.claims == nil {
		b.claims = map[string]broker.Delivery{}
	}
	b.claims[claim] = d
	return brokertest.Delivery{
		Message: brokertest.Message{
			Exchange: e.Info("exchange"), RoutingKey: e.Info("routing_key"), Priority: e.Properties["priority"], Body: e.Body,
			ContentType: e.ContentType, ContentEncoding: e.ContentEncoding, Headers: e.Headers, Properties: e.Properties,
		},
		Queue: d.Queue, Redelivered: e.Redelivered(), Tag: e.Tag(), Count: d.Count, Claim: claim,
	}, nil
}

// claimsOf are the deliveries as the broker knows them.
func (b *Broker) claimsOf(ds []brokertest.Delivery) []broker.Delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]broker.Delivery, len(ds))
	for i, d := range ds {
		out[i] = b.claims[d.Claim]
	}
	return out
}

// Ack implements brokertest.Consumer.
func (c *brokerConsumer) Ack(ctx context.Context, ds ...brokertest.Delivery) error {
	return brokerErr(c.b.Broker.Ack(ctx, c.b.claimsOf(ds)...))
}

// Reject implements brokertest.Consumer: without an exchange for dead letters
// what is not requeued is done with.
func (c *brokerConsumer) Reject(ctx context.Context, requeue bool, ds ...brokertest.Delivery) error {
	if !requeue {
		return c.Ack(ctx, ds...)
	}
	return brokerErr(c.b.Broker.Requeue(ctx, c.b.claimsOf(ds)...))
}

// Close implements brokertest.Consumer: as a worker that stops, it gives back
// what it holds.
func (c *brokerConsumer) Close(ctx context.Context) error {
	c.mu.Lock()
	var held []brokertest.Delivery
	for _, claim := range c.held {
		held = append(held, brokertest.Delivery{Claim: claim})
	}
	c.held = nil
	c.mu.Unlock()
	err := c.b.Broker.Requeue(ctx, c.b.claimsOf(held)...)
	if errors.Is(err, broker.ErrStale) {
		err = nil // settled before, or passed to another
	}
	return errors.Join(brokerErr(err), c.inner.Close())
}

// Kill implements brokertest.Consumer.
func (c *brokerConsumer) Kill() { _ = c.inner.Close() }

// Restore implements brokertest.Sweeper.
func (b *Broker) Restore(ctx context.Context) error {
	_, err := b.Broker.Restore(ctx)
	return brokerErr(err)
}

// Extend implements brokertest.Extender.
func (b *Broker) Extend(ctx context.Context, owner string, ds ...brokertest.Delivery) error {
	return brokerErr(b.Broker.Extend(ctx, owner, b.claimsOf(ds)...))
}

// Park implements brokertest.Parker.
func (b *Broker) Park(ctx context.Context, d brokertest.Delivery, after time.Duration) error {
	return brokerErr(b.Broker.Park(ctx, b.claimsOf([]brokertest.Delivery{d})[0], b.Clock.Now().Add(after)))
}

// Bury implements brokertest.Undertaker.
func (b *Broker) Bury(ctx context.Context, d brokertest.Delivery, reason string) error {
	return brokerErr(b.Broker.Bury(ctx, b.claimsOf([]brokertest.Delivery{d})[0], reason))
}

// Dead implements brokertest.Undertaker.
func (b *Broker) Dead(ctx context.Context, max int) ([]brokertest.Dead, error) {
	dead, err := b.Broker.Dead(ctx, max)
	out := make([]brokertest.Dead, len(dead))
	for i, d := range dead {
		out[i] = brokertest.Dead{ID: d.ID, Queue: d.Queue, Reason: d.Reason, Raw: d.Raw}
	}
	return out, brokerErr(err)
}

// deadOf are dead messages as the broker knows them.
func deadOf(all []brokertest.Dead) []broker.Dead {
	out := make([]broker.Dead, len(all))
	for i, d := range all {
		out[i] = broker.Dead{ID: d.ID, Queue: d.Queue, Reason: d.Reason, Raw: d.Raw}
	}
	return out
}

// Revive implements brokertest.Exhumer.
func (b *Broker) Revive(ctx context.Context, dead ...brokertest.Dead) (int, error) {
	n, err := b.Broker.Revive(ctx, deadOf(dead)...)
	return n, brokerErr(err)
}

// Drop implements brokertest.Exhumer.
func (b *Broker) Drop(ctx context.Context, dead ...brokertest.Dead) (int, error) {
	n, err := b.Broker.Drop(ctx, deadOf(dead)...)
	return n, brokerErr(err)
}

// Purge implements brokertest.Purger.
func (b *Broker) Purge(ctx context.Context, queue string) (int, error) {
	n, err := b.Broker.Purge(ctx, queue)
	return int(n), brokerErr(err)
}

// Peek implements brokertest.Peeker.
func (b *Broker) Peek(ctx context.Context, queue string, max int) ([]brokertest.Delivery, error) {
	found, err := b.Broker.Peek(ctx, queue, max)
	var out []brokertest.Delivery
	for _, d := range found {
		if read, err := b.read(d); err == nil {
			out = append(out, read)
		}
	}
	return out, brokerErr(err)
}

// RemembersOnce implements brokertest.Oncer.
func (b *Broker) RemembersOnce() bool { return true }

// Wait implements brokertest.Waiter.
func (b *Broker) Wait(ctx context.Context, c brokertest.Consumer, limit time.Duration) error {
	return c.(*brokerConsumer).inner.Wait(ctx, limit)
}

// Inject implements brokertest.Injector.
func (b *Broker) Inject(ctx context.Context, queue string, raw []byte) error {
	return brokerErr(b.Broker.Publish(ctx, broker.Message{RoutingKey: queue, Raw: raw}))
}

// Declare implements brokertest.Declarer.
func (b *Broker) Declare(ctx context.Context, kind string, bindings ...brokertest.Binding) error {
	return brokerErr(b.Broker.Declare(ctx, kind, bindingsOf(bindings)...))
}

// Unbind implements brokertest.Declarer.
func (b *Broker) Unbind(ctx context.Context, bindings ...brokertest.Binding) error {
	return brokerErr(b.Broker.Unbind(ctx, bindingsOf(bindings)...))
}

func bindingsOf(all []brokertest.Binding) []broker.Binding {
	out := make([]broker.Binding, len(all))
	for i, b := range all {
		out[i] = broker.Binding(b)
	}
	return out
}

// Open implements brokertest.Opener.
func (b *Broker) Open(ctx context.Context, s brokertest.Settings) (brokertest.Broker, error) {
	other, err := b.OpenOther(ctx, s)
	if err != nil {
		return nil, err
	}
	return other, nil
}

// Foreign implements brokertest.Surveyor.
func (b *Broker) Foreign(ctx context.Context, queue string) ([]string, error) {
	f, ok := b.Broker.(interface {
		ForeignLists(context.Context, string) ([]string, error)
	})
	if !ok {
		return nil, errors.ErrUnsupported
	}
	found, err := f.ForeignLists(ctx, queue)
	return found, brokerErr(err)
}

// Do implements brokertest.Server.
func (b *Broker) Do(ctx context.Context, command ...string) (any, error) {
	return b.Below.Do(ctx, command...)
}
