package subjects

import (
	"context"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/reference/channels"
)

// Layer is a channels.Layer behind the port of layertest. It has every method
// of the port; Missing names the capabilities behind those that the layer
// lacks.
type Layer struct {
	Layer   channels.Layer
	Says    layertest.Limits // the limits it has, or, of a mutant's, should have
	Missing []conformance.Capability
	// Build makes another layer like this one, with other limits and settings.
	Build func(layertest.Limits, layertest.Settings) channels.Layer
	layertest.Server
}

var layerKinds = kindMap{
	{channels.ErrFull, layertest.ErrFull},
	{channels.ErrName, layertest.ErrInvalid},
	{channels.ErrMessage, layertest.ErrInvalid},
	{channels.ErrForeign, layertest.ErrInvalid},
	{channels.ErrCorrupt, layertest.ErrCorrupt},
}

// Lacks implements conformance.Lacking.
func (l *Layer) Lacks() []conformance.Capability { return l.Missing }

// With is a fresh layer with other limits, that says it has those of l.
func (l *Layer) With(limits layertest.Limits) layertest.Layer {
	other := *l
	other.Layer = l.Build(limits, layertest.Settings{})
	return &other
}

// Open implements layertest.Opener.
func (l *Layer) Open(_ context.Context, s layertest.Settings) (layertest.Layer, error) {
	other := *l
	other.Layer = l.Build(l.Says, s)
	return &other, nil
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

// CloseChannel implements layertest.ChannelCloser.
func (l *Layer) CloseChannel(ctx context.Context, channel string) error {
	return layerKinds.of(l.Layer.(*channels.PubSub).CloseChannel(ctx, channel))
}
