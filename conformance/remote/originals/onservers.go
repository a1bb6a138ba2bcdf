package originals

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/served"
)

// onServers is a layer whose servers can be looked at.
//
// One that publishes is waited for until the server has heard of its
// subscriptions: on the way, another connection could overtake them. Whether it
// waits itself for their confirmation is a question of its own, LAYER-PUB-004.
// Memberships are changed by one goroutine at a time.
type onServers struct {
	*remote.Layer
	*served.Shards
	tb         conformance.TB
	settings   layertest.Settings
	publishes  bool
	subscribed map[string]int             // how many layers listen to a name: shared by all layers on the servers
	groups     map[string]map[string]bool // the members here, by the group's name on the server
}

// Open implements layertest.Opener.
func (l *onServers) Open(ctx context.Context, s layertest.Settings) (layertest.Layer, error) {
	other, err := l.Layer.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	o := *l
	o.Layer, o.settings, o.groups = other.(*remote.Layer), s, map[string]map[string]bool{}
	drop(l.tb, o.Layer)
	return &o, nil
}

// NewChannel implements layertest.Layer.
func (l *onServers) NewChannel(ctx context.Context) (string, error) {
	name, err := l.Layer.NewChannel(ctx)
	if err == nil {
		l.listens(ctx, name, 1)
	}
	return name, err
}

// GroupAdd implements layertest.Layer.
func (l *onServers) GroupAdd(ctx context.Context, group, channel string) error {
	err := l.Layer.GroupAdd(ctx, group, channel)
	name := l.nameOf(group)
	if err != nil || l.groups[name][channel] {
		return err
	}
	if l.groups[name] == nil {
		l.groups[name] = map[string]bool{}
		l.listens(ctx, name, 1)
	}
	l.groups[name][channel] = true
	return nil
}

// GroupDiscard implements layertest.Layer.
func (l *onServers) GroupDiscard(ctx context.Context, group, channel string) error {
	err := l.Layer.GroupDiscard(ctx, group, channel)
	name := l.nameOf(group)
	if err != nil || !l.groups[name][channel] {
		return err
	}
	if delete(l.groups[name], channel); len(l.groups[name]) == 0 {
		delete(l.groups, name)
		l.listens(ctx, name, -1)
	}
	return nil
}

// Flush implements layertest.Layer.
func (l *onServers) Flush(ctx context.Context) error {
	err := l.Layer.Flush(ctx)
	for name := range l.groups {
		delete(l.groups, name)
		l.listens(ctx, name, -1)
	}
	return err
}

// nameOf is what a group is called on the server.
func (l *onServers) nameOf(group string) string {
	prefix := l.settings.Prefix
	if prefix == "" {
		prefix = "asgi"
	}
	return prefix + "__group__" + group
}

// listens waits until the servers know of more layers, or fewer, that listen to
// a name: for a while, as some may have lost their connections.
func (l *onServers) listens(ctx context.Context, name string, more int) {
	l.subscribed[name] += more
	if !l.publishes {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		if n, err := l.Listeners(ctx, max(l.settings.Shards, 1), name); err != nil || n == l.subscribed[name] {
			return // one that is gone is no news to whoever has struck it
		}
		select {
		case <-time.After(100 * time.Microsecond):
		case <-ctx.Done():
		}
	}
}
