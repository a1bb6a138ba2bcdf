package brokertest_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// listBroker is a whole broker: lists in memory, one for each queue, ordered by
// priority and then by age. It has the three methods of the port.
type listBroker struct {
	mu     sync.Mutex
	queues map[string][]brokertest.Delivery
	claims int // handed out so far; they number themselves
}

func (b *listBroker) Publish(ctx context.Context, messages ...brokertest.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range messages {
		if m.Exchange != "" {
			return fmt.Errorf("exchange %q: %w", m.Exchange, brokertest.ErrUnroutable)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err() // all or none
	}
	for _, m := range messages {
		m.Body, m.Headers, m.Properties = bytes.Clone(m.Body), maps.Clone(m.Headers), maps.Clone(m.Properties)
		b.put(brokertest.Delivery{Message: m, Queue: m.RoutingKey}, false)
	}
	return nil
}

// put makes a delivery ready: before its equals if it was handed out already,
// else behind them. The caller holds b.mu.
func (b *listBroker) put(d brokertest.Delivery, again bool) {
	ready := b.queues[d.Queue]
	at := slices.IndexFunc(ready, func(r brokertest.Delivery) bool {
		return step(r) > step(d) || again && step(r) == step(d)
	})
	if at < 0 {
		at = len(ready)
	}
	b.queues[d.Queue] = slices.Insert(ready, at, d)
}

// step is the step of priorities that a delivery is on, 0 the most urgent.
func step(d brokertest.Delivery) int64 {
	n, _ := strconv.ParseInt(fmt.Sprint(d.Priority), 10, 64) // what is no number is 0
	return min(max(n, 0), 9) / 3
}

func (b *listBroker) Depth(ctx context.Context, queue string) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.queues[queue]), ctx.Err()
}

func (b *listBroker) Consume(_ context.Context, _ string, queues ...string) (brokertest.Consumer, error) {
	return &listConsumer{b: b, queues: slices.Clone(queues), held: map[string]brokertest.Delivery{}}, nil
}

// listConsumer holds what it claimed and has not settled.
type listConsumer struct {
	b      *listBroker
	queues []string // the one that was served last is the last
	held   map[string]brokertest.Delivery
	order  []string
}

func (c *listConsumer) Claim(ctx context.Context, max int) ([]brokertest.Delivery, error) {
	c.b.mu.Lock()
	defer c.b.mu.Unlock()
	var got []brokertest.Delivery
	for len(got) < max && ctx.Err() == nil {
		turn := c.turn()
		if turn < 0 {
			break
		}
		queue := c.queues[turn]
		c.queues = append(slices.Delete(c.queues, turn, turn+1), queue)
		d := c.b.queues[queue][0]
		c.b.queues[queue] = c.b.queues[queue][1:]
		c.b.claims++
		d.Claim = strconv.Itoa(c.b.claims)
		c.held[d.Claim], c.order = d, append(c.order, d.Claim)
		got = append(got, d)
	}
	return got, ctx.Err()
}

// turn is which queue is to be served: the first of those whose next message is
// the most urgent, or none, -1.
func (c *listConsumer) turn() int {
	best := -1
	for i, queue := range c.queues {
		ready := c.b.queues[queue]
		if len(ready) > 0 && (best < 0 || step(ready[0]) < step(c.b.queues[c.queues[best]][0])) {
			best = i
		}
	}
	return best
}

func (c *listConsumer) Ack(ctx context.Context, deliveries ...brokertest.Delivery) error {
	return c.settle(ctx, deliveries, func(brokertest.Delivery) {})
}

func (c *listConsumer) Reject(ctx context.Context, requeue bool, deliveries ...brokertest.Delivery) error {
	return c.settle(ctx, deliveries, func(d brokertest.Delivery) {
		if requeue {
			d.Redelivered = true
			c.b.put(d, true)
		}
	})
}

// settle ends claims, the last one first, so that what goes back is in order.
func (c *listConsumer) settle(ctx context.Context, deliveries []brokertest.Delivery, end func(brokertest.Delivery)) error {
	c.b.mu.Lock()
	defer c.b.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var err error
	for _, d := range slices.Backward(deliveries) {
		held, is := c.held[d.Claim]
		if !is {
			err = fmt.Errorf("claim %q: %w", d.Claim, brokertest.ErrStale)
			continue
		}
		delete(c.held, d.Claim)
		end(held)
	}
	return err
}

func (c *listConsumer) Close(ctx context.Context) error {
	var rest []brokertest.Delivery
	for _, claim := range c.order {
		if d, is := c.held[claim]; is {
			rest = append(rest, d)
		}
	}
	return c.Reject(ctx, true, rest...)
}

// Kill leaves what is held where it is. A broker that outlives its consumers
// would be a brokertest.Sweeper, which finds such claims.
func (c *listConsumer) Kill() {}

func listSubject() brokertest.Subject {
	return brokertest.Subject{
		Name: "lists in memory",
		New: func(tb conformance.TB) brokertest.Broker {
			return &listBroker{queues: map[string][]brokertest.Delivery{}}
		},
		Equipment: conformance.Equipment{Clock: &conformance.Manual{}}, // nothing here has a time
	}
}

// A broker in memory, judged. In a test
//
//	func TestListBroker(t *testing.T) { brokertest.Test(t, listSubject()) }
//
// does the same in a subtest per requirement. What needs a server to be broken
// is unproven, what needs a capability that the broker lacks is skipped.
func ExampleCheck() {
	report := brokertest.Check(context.Background(), listSubject())
	fmt.Println(report.Err())
	for _, r := range report.Results {
		switch r.ID {
		case "BROKER-PUB-001", "BROKER-PRK-001", "BROKER-FLT-001":
			fmt.Println(r.ID, r.Status)
		}
	}
	// Output:
	// <nil>
	// BROKER-PUB-001 pass
	// BROKER-PRK-001 skip
	// BROKER-FLT-001 unproven
}
