package mutant

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// A bug replaces some of the calls. A hook gets what it breaks; those that are
// nil leave their call alone.
type bug struct {
	publish  func(Full, ctx, []Message) error
	consume  func(Full, ctx, string, []string) (Consumer, error)
	depth    func(Full, ctx, string) (int, error)
	claim    func(taken, ctx, int) ([]Delivery, error)
	ack      func(taken, ctx, []Delivery) error
	reject   func(taken, ctx, bool, []Delivery) error
	close    func(taken, ctx) error
	kill     func(taken)
	restore  func(Full, ctx) error
	extend   func(Full, ctx, string, []Delivery) error
	park     func(Full, ctx, Delivery, time.Duration) error
	bury     func(Full, ctx, Delivery, string) error
	dead     func(Full, ctx, int) ([]Dead, error)
	revive   func(Full, ctx, []Dead) (int, error)
	drop     func(Full, ctx, []Dead) (int, error)
	purge    func(Full, ctx, string) (int, error)
	peek     func(Full, ctx, string, int) ([]Delivery, error)
	wait     func(Full, ctx, Consumer, time.Duration) error
	cast     func(Full, ctx, string, string, []byte) error
	listen   func(Full, ctx, []Binding) (brokertest.Listener, error)
	next     func(brokertest.Listener, ctx) (brokertest.Heard, error)
	inject   func(Full, ctx, string, []byte) error
	declare  func(Full, ctx, string, []Binding) error
	unbind   func(Full, ctx, []Binding) error
	open     func(Full, ctx, Settings) (brokertest.Broker, error)
	foreign  func(Full, ctx, string) ([]string, error)
	delivery func(*Delivery) // changes each that is claimed
	message  func(*Message)  // changes each that is published
}

// taken is a sound consumer and the broker it takes from.
type taken struct {
	Consumer
	b      Full
	owner  string
	queues []string
}

// broken is a broker with a bug.
type broken struct {
	Full
	bug bug
}

func (b broken) Publish(ctx ctx, messages ...Message) error {
	if b.bug.message != nil {
		messages = append([]Message(nil), messages...)
		for i := range messages {
			b.bug.message(&messages[i])
		}
	}
	if b.bug.publish != nil {
		return b.bug.publish(b.Full, ctx, messages)
	}
	return b.Full.Publish(ctx, messages...)
}

func (b broken) Consume(ctx ctx, owner string, queues ...string) (Consumer, error) {
	c, err := b.Full.Consume(ctx, owner, queues...)
	if b.bug.consume != nil {
		c, err = b.bug.consume(b.Full, ctx, owner, queues)
	}
	if err != nil {
		return nil, err
	}
	return &brokenConsumer{taken{c, b.Full, owner, queues}, b.bug}, nil
}

func (b broken) Depth(ctx ctx, queue string) (int, error) {
	if b.bug.depth != nil {
		return b.bug.depth(b.Full, ctx, queue)
	}
	return b.Full.Depth(ctx, queue)
}

type brokenConsumer struct {
	taken
	bug bug
}

func (c *brokenConsumer) Claim(ctx ctx, max int) ([]Delivery, error) {
	claim := func(t taken, c context.Context, max int) ([]Delivery, error) { return t.Claim(c, max) }
	if c.bug.claim != nil {
		claim = c.bug.claim
	}
	ds, err := claim(c.taken, ctx, max)
	if c.bug.delivery != nil {
		for i := range ds {
			c.bug.delivery(&ds[i])
		}
	}
	return ds, err
}

func (c *brokenConsumer) Ack(ctx ctx, ds ...Delivery) error {
	if c.bug.ack != nil {
		return c.bug.ack(c.taken, ctx, ds)
	}
	return c.taken.Ack(ctx, ds...)
}

func (c *brokenConsumer) Reject(ctx ctx, requeue bool, ds ...Delivery) error {
	if c.bug.reject != nil {
		return c.bug.reject(c.taken, ctx, requeue, ds)
	}
	return c.taken.Reject(ctx, requeue, ds...)
}

func (c *brokenConsumer) Close(ctx ctx) error {
	if c.bug.close != nil {
		return c.bug.close(c.taken, ctx)
	}
	return c.taken.Close(ctx)
}

func (c *brokenConsumer) Kill() {
	if c.bug.kill != nil {
		c.bug.kill(c.taken)
	}
	c.taken.Kill()
}
