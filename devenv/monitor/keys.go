package monitor

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
)

// How much of a database is looked at: it all goes through the limiters.
const (
	keysSampled   = 5000 // names, 500 a command
	keysMeasured  = 15   // of each alias: two commands each
	layerSampled  = 5000
	layerMeasured = 15 // groups, and channels: a command each
)

// A keyLook looks at the keys of the caches and of the channel layer, one
// after the other.
type keyLook struct {
	m       *Monitor
	clients map[place]redis.UniversalClient
}

func (k *keyLook) close() {
	for _, c := range k.clients {
		c.Close()
	}
}

// on returns clients for the database of a URL, one for each server that
// holds a part of it.
func (k *keyLook) on(u devenv.URL) ([]redis.UniversalClient, error) {
	var nodes []redis.UniversalClient
	for _, s := range k.m.o.Watch.Serving(u, k.m.state.latestSamples()) {
		at := place{s.Instance.Name, u.DB()}
		if k.clients[at] == nil {
			client, err := k.m.open(s, u.DB())
			if err != nil {
				return nil, err
			}
			k.clients[at] = client
		}
		nodes = append(nodes, k.clients[at])
	}
	if len(nodes) == 0 {
		return nil, errNobody
	}
	return nodes, nil
}

func (k *keyLook) ask(ctx context.Context) {
	state, settings := k.m.state, k.m.o.Settings
	if !settings.Channels.URL.IsZero() {
		layer, err := k.layer(ctx, settings.Channels)
		if ctx.Err() != nil {
			return
		}
		state.set(func() { state.layer = tell(layer, err) })
	}
	for _, a := range settings.Aliases {
		var keys devenv.AliasKeys
		nodes, err := k.on(a.URL)
		if err == nil {
			keys, err = a.Keys(ctx, devenv.KeyOptions{Sample: keysSampled, Measure: keysMeasured}, nodes...)
		}
		if ctx.Err() != nil {
			return
		}
		state.set(func() { state.aliases[a.Name] = tell(keys, err) })
	}
}

func (k *keyLook) layer(ctx context.Context, c devenv.ChannelLayer) (*devenv.Layer, error) {
	nodes, err := k.on(c.URL)
	if err != nil {
		return nil, err
	}
	return c.Keys(ctx, devenv.LayerOptions{Sample: layerSampled, Count: layerMeasured}, nodes[0])
}
