package originals

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
)

// Layers lists the channel layers of Python whose verdicts are known: both of
// channels_redis, and that of Channels in memory. Of an Original that is a
// layer use Probe, StartLayer, Layer and Verdicts.
func Layers() []Original {
	const (
		isChannels      = "__import__('channels').__version__[:2] == "
		isChannelsRedis = "__import__('cryptography.fernet') and __import__('channels_redis').__version__[:4] == "
		inMemory        = "channels.layers.InMemoryChannelLayer"
		core            = "channels_redis.core.RedisChannelLayer"
		pubsub          = "channels_redis.pubsub.RedisPubSubChannelLayer"
	)
	memory := []conformance.Capability{layertest.Queues, layertest.Bounded, layertest.Expires, layertest.AnyMember}
	queued := append(memory, layertest.Locals, layertest.Prefixes, layertest.Encrypts, layertest.Shards,
		layertest.QuirkStale, layertest.QuirkTakesOver, layertest.QuirkReserved, layertest.QuirkFlush)
	published := []conformance.Capability{layertest.Broadcasts, layertest.Prefixes, layertest.Shards, layertest.QuirkCancelEnds}
	with := func(claims []conformance.Capability, more ...conformance.Capability) []conformance.Capability {
		return append(claims[:len(claims):len(claims)], more...)
	}
	return []Original{
		{Name: "InMemoryChannelLayer-4.0", check: isChannels + "'4.'", entry: inMemory, claims: memory},
		{Name: "channels_redis-4.0", check: isChannelsRedis + "'4.0.'", entry: core, claims: queued},
		{Name: "channels_redis-4.0-pubsub", check: isChannelsRedis + "'4.0.'", entry: pubsub, claims: published},
		{Name: "channels_redis-4.3", check: isChannelsRedis + "'4.3.'", newer: true, entry: core, claims: with(queued, layertest.Serializes)},
		{Name: "channels_redis-4.3-pubsub", check: isChannelsRedis + "'4.3.'", newer: true, entry: pubsub,
			claims: with(published, layertest.Encrypts, layertest.Serializes)},
	}
}

// StartLayer runs the adapter with the Python that has o. Close the process.
func (o Original) StartLayer(ctx context.Context) (*remote.Process, error) {
	if err := o.Probe(ctx); err != nil {
		return nil, err
	}
	return remote.StartChannels(ctx, python, o.env()...)
}

// Layer is o in process p, on real servers of its own, which can be restarted.
func (o Original) Layer(p *remote.Process) layertest.Subject {
	offer := remote.Served{Claims: o.claims, Profiles: []conformance.Profile{conformance.Strict}, Clock: true}
	if strings.HasPrefix(o.Name, "channels_redis") {
		offer.Profiles = append(offer.Profiles, conformance.Wire)
	}
	entry := remote.Entry{"BACKEND": o.entry}
	if strings.HasPrefix(o.Name, "InMemory") {
		entry["CONFIG"] = map[string]any{"hosts": nil}
	}
	return LayerOf(p, o.Name, entry, offer, redistest.Exclusive())
}

// layerLimits are small enough for checks that fill a channel.
var layerLimits = layertest.Limits{Capacity: 5, Expiry: time.Minute, GroupExpiry: 24 * time.Hour}

// LayerOf is the layer that p serves with an entry of CHANNEL_LAYERS, on real
// servers that redistest finds by opts, unless there are hosts in its CONFIG:
// null are none. One that broadcasts has them for itself, as publications pass between
// databases.
func LayerOf(p *remote.Process, name string, entry remote.Entry, offer remote.Served, opts ...redistest.Option) layertest.Subject {
	opts = append([]redistest.Option{redistest.Real()}, opts...)
	if slices.Contains(offer.Claims, layertest.Broadcasts) {
		opts = append(opts, redistest.Exclusive())
	}
	config, _ := entry["CONFIG"].(map[string]any)
	_, elsewhere := config["hosts"]
	return layertest.Subject{
		Name: name, Claims: offer.Claims, Profiles: offer.Profiles, Waive: offer.Waive,
		New: func(tb conformance.TB) layertest.Layer {
			below := served.NewShards(tb, opts...)
			hosts := below.URLs
			if elsewhere {
				hosts = nil
			}
			l, err := p.OpenLayer(tb.Context(), entry, layerLimits, hosts)
			if err != nil {
				tb.Fatalf("%v", err)
			}
			drop(tb, l)
			if elsewhere || slices.Contains(l.Lacks(), "layer.server") {
				if offer.Clock {
					tb.Equip(conformance.Equipment{Clock: p})
				}
				return l
			}
			e := served.Equipment(below.At(0))
			if offer.Clock {
				e.Clock = clocks{p, below.At(0)}
			}
			tb.Equip(e)
			return &onServers{Layer: l, Shards: below, tb: tb, publishes: slices.Contains(offer.Claims, layertest.Broadcasts),
				subscribed: map[string]int{}, groups: map[string]map[string]bool{}}
		},
	}
}

// drop drops a layer with tb.
func drop(tb conformance.TB, l *remote.Layer) {
	tb.Cleanup(func() {
		if err := l.Drop(context.Background()); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			tb.Errorf("%v", err)
		}
	})
}
