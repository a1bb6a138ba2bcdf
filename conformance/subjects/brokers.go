package subjects

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// MemoryBroker is broker.Memory on a clock that only Advance moves.
func MemoryBroker() brokertest.Subject {
	return brokertest.Subject{
		Name: "Memory broker", Profiles: []conformance.Profile{conformance.Strict},
		New: func(tb conformance.TB) brokertest.Broker {
			c := clock.NewManual(epoch)
			tb.Equip(conformance.Equipment{Clock: movable{c, nil}})
			return memoryBroker(c)
		},
	}
}

// MemoryBrokerInBubble is broker.Memory on the time of a synctest bubble.
func MemoryBrokerInBubble() brokertest.Subject {
	return brokertest.Subject{
		Name: "Memory broker in a bubble", Profiles: []conformance.Profile{conformance.Strict},
		New:       func(conformance.TB) brokertest.Broker { return memoryBroker(clock.System{}) },
		Equipment: conformance.Equipment{Clock: conformance.Bubble{}},
	}
}

func memoryBroker(c clock.Clock) *Broker {
	m := broker.NewMemory(c, 0)
	var open func(context.Context, brokertest.Settings) (*Broker, error)
	open = func(_ context.Context, s brokertest.Settings) (*Broker, error) {
		if fmt.Sprint(s) != fmt.Sprint(brokertest.Settings{}) {
			return nil, fmt.Errorf("a broker in memory has no settings: %+v", s)
		}
		return &Broker{Broker: m, Clock: c, OpenOther: open, Missing: []conformance.Capability{"broker.server", "broker.foreign"}}, nil
	}
	b, _ := open(context.Background(), brokertest.Settings{}) // these settings are good
	return b
}

// epoch is where manual clocks begin.
var epoch = time.Unix(1795372850, 0)

// movable is a clock that takes a server with it, if there is one.
type movable struct {
	manual *clock.Manual
	srv    *redistest.Server
}

// Advance implements conformance.Clock.
func (m movable) Advance(ctx context.Context, d time.Duration) error {
	m.manual.Advance(d)
	if m.srv == nil {
		return nil
	}
	return m.srv.Advance(ctx, d)
}

// Grain implements conformance.Clock: what scores of claims resolve, and more.
func (movable) Grain() time.Duration { return time.Millisecond }

// Blocking implements conformance.Clock.
func (movable) Blocking() bool { return false }

// Frozen implements conformance.Frozen: claims go by the manual clock.
func (movable) Frozen() bool { return true }

// RedisBroker is kombu.Transport on the engine that opts choose, each instance
// in a clean database of its own.
func RedisBroker(engine string, opts ...redistest.Option) brokertest.Subject {
	return TwistedBroker("kombu on "+engine, Twist{}, opts...)
}

// TwistedBroker is kombu.Transport broken from below.
func TwistedBroker(name string, twist Twist, opts ...redistest.Option) brokertest.Subject {
	return brokertest.Subject{
		Name: name, Claims: []conformance.Capability{brokertest.Configurable},
		Profiles: []conformance.Profile{conformance.Wire, conformance.Strict},
		New: func(tb conformance.TB) brokertest.Broker {
			srv := redistest.Start(tb, opts...)
			c := clock.NewManual(epoch)
			tb.Equip(conformance.Equipment{Clock: movable{c, srv}, Faults: served.Faults(srv), Trace: served.Trace(srv)})
			o := opener{tb: tb, srv: srv, clock: c, twist: newTwisting(twist)}
			b, err := o.open(tb.Context(), brokertest.Settings{})
			if err != nil {
				tb.Fatalf("open the broker: %v", err)
			}
			return b
		},
	}
}

// opener opens brokers on one server, each with a client of its own.
type opener struct {
	tb    conformance.TB
	srv   *redistest.Server
	clock clock.Clock
	twist *twisting
}

func (o opener) open(_ context.Context, s brokertest.Settings) (*Broker, error) {
	options := o.srv.Options()
	options.MaxRetries = -1
	if s.Retries > 0 {
		options.MaxRetries, options.MinRetryBackoff, options.MaxRetryBackoff = s.Retries, time.Microsecond, time.Microsecond
	}
	client := redis.NewClient(options)
	o.tb.Cleanup(func() { _ = client.Close() }) // the server is going anyway
	client.AddHook(o.twist)
	t, err := kombu.New(client, kombu.Options{
		Prefix: s.Prefix, PrioritySteps: s.Steps, Separator: s.Separator, VisibilityTimeout: s.Visibility,
		Lease: s.Lease, MaxDeliveries: s.MaxDeliveries, MaxDead: s.MaxDead, NoDedup: o.twist.NoDedup, Parity: o.twist.Parity,
		Clock: o.clock, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	return &Broker{Broker: t, Clock: o.clock, OpenOther: o.open, Below: served.Under(o.srv)}, nil
}
