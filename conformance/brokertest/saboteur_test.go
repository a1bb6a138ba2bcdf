package brokertest_test

import (
	"context"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/internal/sabotage"
	"github.com/redkit-dev/redkit/conformance/subjects"
)

type (
	call  = sabotage.Call[int]
	claim = sabotage.Call[[]brokertest.Delivery]
)

// A saboteur attacks the suite itself, not one rule of it.
type saboteur struct {
	brokertest.Broker
	depth call
}

func (s saboteur) Depth(ctx context.Context, queue string) (int, error) { return s.depth(ctx, queue) }

// wrapped is a broker in memory with something around it.
func wrapped(wrap func(b *subjects.Broker) brokertest.Broker) brokertest.Subject {
	return sabotage.Wrapped(subjects.MemoryBroker(), wrap)
}

func TestSaboteursAreNamedAndStopNothing(t *testing.T) {
	t.Parallel()
	sabotage.Proof[brokertest.Broker, int]{
		Suite: brokertest.Suite(), MustFail: "BROKER-PUB-001", MustPass: "BROKER-CNS-001", Zero: `Depth("q") = 0, want 1`,
		Subject: func(replace func(call) call) brokertest.Subject {
			return wrapped(func(b *subjects.Broker) brokertest.Broker { return saboteur{b, replace(b.Depth)} })
		},
		More: []sabotage.Saboteur[int]{{
			Name:    "is a message late",
			Replace: func(sound call) call { return lagging(sound) },
			Status:  conformance.Fail, Says: `Depth("q") = 0, want 1`,
		}},
	}.Test(t)
}

// lagging gives what it should have given the time before.
func lagging(sound call) call {
	last := 0
	return func(ctx context.Context, queue string) (int, error) {
		n, err := sound(ctx, queue)
		n, last = last, n
		return n, err
	}
}

// TestASaboteurOfClaims strikes where most checks look.
func TestASaboteurOfClaims(t *testing.T) {
	t.Parallel()
	sabotage.Proof[brokertest.Broker, []brokertest.Delivery]{
		Suite: brokertest.Suite(), MustFail: "BROKER-CNS-001", MustPass: "BROKER-REQ-012", Zero: "want 1 messages in all",
		Subject: func(replace func(claim) claim) brokertest.Subject {
			return wrapped(func(b *subjects.Broker) brokertest.Broker { return consuming{b, replace} })
		},
		More: []sabotage.Saboteur[[]brokertest.Delivery]{{
			Name: "hands out what nobody sent",
			Replace: func(claim) claim {
				return func(context.Context, string) ([]brokertest.Delivery, error) {
					return []brokertest.Delivery{{Queue: "q"}}, nil
				}
			},
			Status: conformance.Fail, Says: `w.Claim gave [""], want [a]`,
		}},
	}.Test(t)
}

// consuming has consumers whose claims are struck.
type consuming struct {
	brokertest.Broker
	replace func(claim) claim
}

func (b consuming) Consume(ctx context.Context, owner string, queues ...string) (brokertest.Consumer, error) {
	c, err := b.Broker.Consume(ctx, owner, queues...)
	return &replaced{c, b.replace}, err
}

type replaced struct {
	brokertest.Consumer
	replace func(claim) claim
}

func (c *replaced) Claim(ctx context.Context, max int) ([]brokertest.Delivery, error) {
	return c.replace(func(ctx context.Context, _ string) ([]brokertest.Delivery, error) { return c.Consumer.Claim(ctx, max) })(ctx, "")
}

// TestInnocentsPass shows that odd but legal brokers fail nothing.
func TestInnocentsPass(t *testing.T) {
	t.Parallel()
	walled := subjects.MemoryBrokerInBubble()
	walled.Equipment = conformance.Equipment{Clock: conformance.Wall{Budget: time.Millisecond}}
	sabotage.Innocents(t, brokertest.Suite(), map[string]brokertest.Subject{
		"a broker of three methods":              wrapped(func(b *subjects.Broker) brokertest.Broker { return three{b} }),
		"a broker on the wall clock":             walled,
		"a broker that claims less than it does": {Name: "modest", New: subjects.MemoryBroker().New},
		"a slow broker": odd(func(ctx context.Context, c brokertest.Consumer, max int) ([]brokertest.Delivery, error) {
			timer := time.NewTimer(100 * time.Microsecond)
			defer timer.Stop()
			<-timer.C
			return c.Claim(ctx, max)
		}),
		"a broker that hands out one message at a time": odd(func(ctx context.Context, c brokertest.Consumer, max int) ([]brokertest.Delivery, error) {
			return c.Claim(ctx, min(max, 1))
		}),
		"a broker that pads what it hands out": odd(func(ctx context.Context, c brokertest.Consumer, max int) ([]brokertest.Delivery, error) {
			ds, err := c.Claim(ctx, max)
			for i := range ds {
				if ds[i].Headers == nil {
					ds[i].Headers = map[string]any{}
				}
				ds[i].Properties["x-of-its-own"] = "kept apart"
			}
			if len(ds) == 0 {
				ds = []brokertest.Delivery{}
			}
			return ds, err
		}),
	})
}

// A way is one of its own in which a consumer claims.
type way func(ctx context.Context, c brokertest.Consumer, max int) ([]brokertest.Delivery, error)

// three hides all but the least of the port.
type three struct{ brokertest.Broker }

// odd is a broker with consumers that claim in their own way.
func odd(claim way) brokertest.Subject {
	return wrapped(func(b *subjects.Broker) brokertest.Broker { return oddly{b, claim} })
}

type oddly struct {
	*subjects.Broker
	claim way
}

func (o oddly) Consume(ctx context.Context, owner string, queues ...string) (brokertest.Consumer, error) {
	c, err := o.Broker.Consume(ctx, owner, queues...)
	return &oddConsumer{c, o.claim}, err
}

func (o oddly) Wait(ctx context.Context, c brokertest.Consumer, limit time.Duration) error {
	return o.Broker.Wait(ctx, c.(*oddConsumer).Consumer, limit)
}

type oddConsumer struct {
	brokertest.Consumer
	claim way
}

func (c *oddConsumer) Claim(ctx context.Context, max int) ([]brokertest.Delivery, error) {
	return c.claim(ctx, c.Consumer, max)
}
