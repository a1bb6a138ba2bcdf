package subjects

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/channels"
)

// Layer is a channels.Layer behind the port of layertest.
type Layer struct {
	Layer channels.Layer
	Says  layertest.Limits // the limits it has, or, of a mutant's, should have
	// Build makes another layer like this one, with other limits.
	Build func(layertest.Limits) channels.Layer
}

var layerLimits = layertest.Limits{Capacity: 5, Expiry: time.Minute, GroupExpiry: 24 * time.Hour}

func layerOptions(limits layertest.Limits, clock *conformance.Manual) channels.Options {
	return channels.Options{
		Capacity: limits.Capacity, Expiry: limits.Expiry, GroupExpiry: limits.GroupExpiry,
		Clock: manualClock{clock}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

func layerOf(tb conformance.TB, build func(layertest.Limits) (channels.Layer, error)) *Layer {
	made := func(limits layertest.Limits) channels.Layer {
		l, err := build(limits)
		if err != nil {
			tb.Fatalf("%v", err)
		}
		tb.Cleanup(func() { _ = l.Close() }) // what it waited for is of no interest any more
		return l
	}
	return &Layer{Layer: made(layerLimits), Says: layerLimits, Build: made}
}

// LayerInMemory is channels.Memory on a clock that only Advance moves.
func LayerInMemory() layertest.Subject {
	return layertest.Subject{
		Name: "channel layer in memory", Profiles: []conformance.Profile{conformance.Strict},
		New: func(tb conformance.TB) layertest.Layer {
			clock := &conformance.Manual{}
			tb.Equip(conformance.Equipment{Clock: clock})
			return layerOf(tb, func(limits layertest.Limits) (channels.Layer, error) {
				return channels.NewMemory(layerOptions(limits, clock))
			})
		},
	}
}

// LayerOnRedis is channels.Redis on the engine that opts choose, each
// instance in a clean database of its own.
func LayerOnRedis(engine string, opts ...redistest.Option) layertest.Subject {
	return layertest.Subject{
		Name: "channel layer on " + engine, Profiles: []conformance.Profile{conformance.Wire, conformance.Strict},
		New: func(tb conformance.TB) layertest.Layer {
			srv, clock := redistest.Start(tb, opts...), &conformance.Manual{}
			tb.Equip(conformance.Equipment{Clock: layerClock{clock, srv}, Faults: srv.Faults(), Trace: tracer{srv}})
			return layerOf(tb, func(limits layertest.Limits) (channels.Layer, error) {
				return channels.NewRedis([]*redis.Client{srv.Client()}, layerOptions(limits, clock))
			})
		},
	}
}

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

var layerKinds = kindMap{
	{channels.ErrFull, layertest.ErrFull},
	{channels.ErrName, layertest.ErrInvalid},
	{channels.ErrMessage, layertest.ErrInvalid},
	{channels.ErrForeign, layertest.ErrInvalid},
}

// With is a fresh layer with other limits, that says it has those of l.
func (l *Layer) With(limits layertest.Limits) layertest.Layer {
	return &Layer{Layer: l.Build(limits), Says: l.Says, Build: l.Build}
}

// Limits implements layertest.Layer.
func (l *Layer) Limits() layertest.Limits { return l.Says }

// Send implements layertest.Layer.
func (l *Layer) Send(ctx context.Context, channel string, msg layertest.Message) error {
	return layerKinds.of(l.Layer.Send(ctx, channel, msg))
}

// Receive implements layertest.Layer.
func (l *Layer) Receive(ctx context.Context, channel string) (layertest.Message, error) {
	msg, err := l.Layer.Receive(ctx, channel)
	return msg, layerKinds.of(err)
}

// NewChannel implements layertest.Layer.
func (l *Layer) NewChannel(ctx context.Context) (string, error) {
	name, err := l.Layer.NewChannel(ctx, "")
	return name, layerKinds.of(err)
}

// GroupAdd implements layertest.Layer.
func (l *Layer) GroupAdd(ctx context.Context, group, channel string) error {
	return layerKinds.of(l.Layer.GroupAdd(ctx, group, channel))
}

// GroupDiscard implements layertest.Layer.
func (l *Layer) GroupDiscard(ctx context.Context, group, channel string) error {
	return layerKinds.of(l.Layer.GroupDiscard(ctx, group, channel))
}

// GroupSend implements layertest.Layer.
func (l *Layer) GroupSend(ctx context.Context, group string, msg layertest.Message) error {
	return layerKinds.of(l.Layer.GroupSend(ctx, group, msg))
}

// Flush implements layertest.Layer.
func (l *Layer) Flush(ctx context.Context) error { return layerKinds.of(l.Layer.Flush(ctx)) }
