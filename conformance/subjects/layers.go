package subjects

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/channels"
)

var layerLimits = layertest.Limits{Capacity: 5, Expiry: time.Minute, GroupExpiry: 24 * time.Hour}

// queued is what layers have whose channels are queues.
func queued() []conformance.Capability {
	return []conformance.Capability{layertest.Queues, layertest.Bounded, layertest.Expires, layertest.Locals, layertest.AnyMember}
}

// configurable is what layers have that are opened with other settings.
func configurable() []conformance.Capability {
	return []conformance.Capability{layertest.Prefixes, layertest.Encrypts, layertest.Serializes, layertest.Shards}
}

// LayerInMemory is channels.Memory on a clock that only Advance moves.
func LayerInMemory() layertest.Subject {
	return layertest.Subject{
		Name: "channel layer in memory", Claims: queued(), Profiles: []conformance.Profile{conformance.Strict},
		New: func(tb conformance.TB) layertest.Layer {
			now := &ticking{}
			tb.Equip(conformance.Equipment{Clock: &now.Manual})
			l := &Layer{
				Says: layerLimits, Missing: []conformance.Capability{"layer.open", "layer.server", "layer.close-channel"},
				Build: func(limits layertest.Limits, _ layertest.Settings) channels.Layer {
					return closing(tb)(channels.NewMemory(layerOptions(limits, now)))
				},
			}
			return l.With(layerLimits)
		},
	}
}

// LayerOnRedis is channels.Redis on the engine that opts choose, each
// instance in a clean database of its own.
func LayerOnRedis(engine string, opts ...redistest.Option) layertest.Subject {
	return TwistedLayer("channel layer on "+engine, Twist{}, opts...)
}

// LayerThatPolls is channels.Redis that asks for messages instead of waiting
// for them.
func LayerThatPolls(engine string, opts ...redistest.Option) layertest.Subject {
	return TwistedPolling("polling channel layer on "+engine, Twist{}, opts...)
}

// TwistedPolling is LayerThatPolls broken from below.
func TwistedPolling(name string, twist Twist, opts ...redistest.Option) layertest.Subject {
	s := layerOn(name, twist, func(o *channels.Options) { o.Poll = time.Millisecond }, opts)
	s.Claims = append(s.Claims, layertest.Keeps)
	return s
}

// LayerAsInPython is channels.Redis with what it can share of channels_redis'
// deviations.
func LayerAsInPython(engine string, opts ...redistest.Option) layertest.Subject {
	s := layerOn("channel layer as in Python on "+engine, Twist{}, func(o *channels.Options) { o.DeliverStale, o.Lease = true, -1 }, opts)
	s.Claims = append(s.Claims, layertest.QuirkStale, layertest.QuirkTakesOver)
	return s
}

// TwistedLayer is channels.Redis broken from below.
func TwistedLayer(name string, twist Twist, opts ...redistest.Option) layertest.Subject {
	return layerOn(name, twist, func(*channels.Options) {}, opts)
}

func layerOn(name string, twist Twist, change func(*channels.Options), opts []redistest.Option) layertest.Subject {
	return layertest.Subject{
		Name: name, Claims: append(queued(), configurable()...), Profiles: []conformance.Profile{conformance.Wire, conformance.Strict},
		New: func(tb conformance.TB) layertest.Layer {
			below, hook, now := served.NewShards(tb, opts...), newTwisting(twist), &ticking{}
			srv := below.At(0)
			tb.Equip(conformance.Equipment{Clock: layerClock{&now.Manual, srv}, Faults: served.Faults(srv), Trace: served.Trace(srv)})
			l := &Layer{
				Says: layerLimits, Missing: []conformance.Capability{"layer.close-channel"}, Server: below,
				Build: func(limits layertest.Limits, s layertest.Settings) channels.Layer {
					o := layerOptions(limits, now)
					o.Prefix, o.Keys, o.Serializer = s.Prefix, s.Keys, channels.Serializer(s.Serializer)
					change(&o)
					return closing(tb)(channels.NewRedis(clientsOf(tb, below, hook, s.Shards), o))
				},
			}
			return l.With(layerLimits)
		},
	}
}

// LayerOnPubSub is channels.PubSub on the engine that opts choose. Publications
// pass between databases: a server that others use too takes redistest.Exclusive.
func LayerOnPubSub(engine string, opts ...redistest.Option) layertest.Subject {
	return TwistedPubSub("pub/sub layer on "+engine, Twist{}, opts...)
}

// TwistedPubSub is channels.PubSub broken from below.
func TwistedPubSub(name string, twist Twist, opts ...redistest.Option) layertest.Subject {
	return layertest.Subject{
		Name: name, Claims: append(configurable(), layertest.Broadcasts),
		Profiles: []conformance.Profile{conformance.Wire, conformance.Strict},
		New: func(tb conformance.TB) layertest.Layer {
			below, hook := served.NewShards(tb, opts...), newTwisting(twist)
			srv := below.At(0)
			tb.Equip(conformance.Equipment{Clock: served.Clock(srv), Faults: served.Faults(srv), Trace: served.Trace(srv)})
			l := &Layer{
				Says: layerLimits, Server: below,
				Build: func(limits layertest.Limits, s layertest.Settings) channels.Layer {
					return closing(tb)(channels.NewPubSub(clientsOf(tb, below, hook, s.Shards), channels.PubSubOptions{
						Capacity: limits.Capacity, Prefix: s.Prefix, Keys: s.Keys, Serializer: channels.Serializer(s.Serializer),
						Logger: slog.New(slog.DiscardHandler),
					}))
				},
			}
			return l.With(layerLimits)
		},
	}
}

func layerOptions(limits layertest.Limits, now clock.Clock) channels.Options {
	return channels.Options{
		Capacity: limits.Capacity, Expiry: limits.Expiry, GroupExpiry: limits.GroupExpiry,
		Clock: now, Logger: slog.New(slog.DiscardHandler),
	}
}

// closing closes a layer with tb.
func closing(tb conformance.TB) func(channels.Layer, error) channels.Layer {
	return func(l channels.Layer, err error) channels.Layer {
		if err != nil {
			tb.Fatalf("%v", err)
		}
		tb.Cleanup(func() { _ = l.Close() }) // what it waited for is of no interest any more
		return l
	}
}

// clientsOf are those of another process, one for each of n servers.
func clientsOf(tb conformance.TB, below *served.Shards, twist *twisting, n int) []*redis.Client {
	all := make([]*redis.Client, max(n, 1))
	for i := range all {
		all[i] = redis.NewClient(below.At(i).Options())
		all[i].AddHook(twist)
		tb.Cleanup(func() { _ = all[i].Close() }) // the server is going anyway
	}
	return all
}

// ticking is a clock of the judge that nobody sees stand still: the messages
// of several processes are in the order of their times.
type ticking struct {
	conformance.Manual
	looks atomic.Int64
}

// Now implements clock.Clock.
func (t *ticking) Now() time.Time {
	return t.Manual.Now().Add(time.Duration(t.looks.Add(1)) * time.Microsecond)
}

// After implements clock.Clock for those who only ask for the time.
func (*ticking) After(d time.Duration) <-chan time.Time { return time.After(d) }

// layerClock moves the layer's time, which is in its scores, and its server's.
type layerClock struct {
	*conformance.Manual
	srv *redistest.Server
}

// Advance implements conformance.Clock.
func (c layerClock) Advance(ctx context.Context, d time.Duration) error {
	if err := c.Manual.Advance(ctx, d); err != nil {
		return err
	}
	return c.srv.Advance(ctx, d)
}
