package remote

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/layertest"
)

// A Layer is a channel layer in the child, behind the port of layertest.
type Layer struct {
	p      *Process
	name   string
	entry  Entry
	limits layertest.Limits
	hosts  func(n int) []string
	lacks  []conformance.Capability
}

// OpenLayer opens a layer in the child with an entry of Django's
// CHANNEL_LAYERS, to whose CONFIG the limits are added, and the addresses of
// the first n servers as hosts tells them. A nil hosts adds none.
func (p *Process) OpenLayer(ctx context.Context, entry Entry, limits layertest.Limits, hosts func(n int) []string) (*Layer, error) {
	l := &Layer{p: p, entry: entry, limits: limits, hosts: hosts}
	return l.open(ctx, layertest.Settings{})
}

// open opens another layer with the entry of this one.
func (l *Layer) open(ctx context.Context, s layertest.Settings) (*Layer, error) {
	config := map[string]any{
		"capacity": l.limits.Capacity, "expiry": seconds(cachetest.For(l.limits.Expiry)), "group_expiry": seconds(cachetest.For(l.limits.GroupExpiry)),
	}
	if l.hosts != nil {
		config["hosts"] = l.hosts(max(s.Shards, 1))
	}
	if own, ok := l.entry["CONFIG"].(map[string]any); ok {
		maps.Copy(config, own)
	}
	if config["hosts"] == nil {
		delete(config, "hosts")
	}
	if s.Prefix != "" {
		config["prefix"] = s.Prefix
	}
	if s.Keys != nil {
		config["symmetric_encryption_keys"] = s.Keys
	}
	if s.Serializer != "" {
		config["serializer_format"] = s.Serializer
	}
	entry := maps.Clone(map[string]any(l.entry))
	entry["CONFIG"] = config
	other := *l
	other.name = newName("layer")
	var can able
	if err := other.call(ctx, "open", map[string]any{"entry": entry}, &can); err != nil {
		return nil, fmt.Errorf("open %v: %w", l.entry["BACKEND"], err)
	}
	other.lacks = missing(can, layertest.Suite().Features)
	return &other, nil
}

// layerError is an error of the protocol as callers of a layer know it.
func layerError(err error) error {
	switch {
	case errors.Is(err, cachetest.ErrInvalid), errors.Is(err, cachetest.ErrSerialize):
		return fmt.Errorf("%w: %w", layertest.ErrInvalid, err)
	case errors.Is(err, cachetest.ErrDeserialize):
		return fmt.Errorf("%w: %w", layertest.ErrCorrupt, err)
	}
	return err
}

func (l *Layer) call(ctx context.Context, op string, args map[string]any, result any) error {
	return layerError(l.p.ask(ctx, l.name, op, args, nil, result))
}

// Drop forgets the layer and closes its connections.
func (l *Layer) Drop(ctx context.Context) error { return l.call(ctx, "drop", nil, nil) }

// Lacks implements conformance.Lacking.
func (l *Layer) Lacks() []conformance.Capability { return slices.Clone(l.lacks) }

// Limits implements layertest.Layer.
func (l *Layer) Limits() layertest.Limits { return l.limits }

// Open implements layertest.Opener.
func (l *Layer) Open(ctx context.Context, s layertest.Settings) (layertest.Layer, error) {
	return l.open(ctx, s)
}

// given performs an operation on a message, which then is what the layer made
// of it.
func (l *Layer) given(ctx context.Context, op, to, name string, msg layertest.Message) error {
	var raw any
	if err := l.call(ctx, op, map[string]any{to: name, "message": encoded{lenient(msg)}}, &raw); err != nil || raw == nil {
		return err
	}
	after, err := decode(raw)
	if err != nil {
		return err
	}
	changed, ok := after.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: the message has become %v, want a dict", op, after)
	}
	clear(msg)
	maps.Copy(msg, changed)
	return nil
}

// Send implements layertest.Layer.
func (l *Layer) Send(ctx context.Context, channel string, msg layertest.Message) error {
	return l.given(ctx, "send", "channel", channel, msg)
}

// GroupSend implements layertest.Layer.
func (l *Layer) GroupSend(ctx context.Context, group string, msg layertest.Message) error {
	return l.given(ctx, "group_send", "group", group, msg)
}

// NewChannel implements layertest.Layer.
func (l *Layer) NewChannel(ctx context.Context) (name string, err error) {
	return name, l.call(ctx, "new_channel", nil, &name)
}

// GroupAdd implements layertest.Layer.
func (l *Layer) GroupAdd(ctx context.Context, group, channel string) error {
	return l.call(ctx, "group_add", map[string]any{"group": group, "channel": channel}, nil)
}

// GroupDiscard implements layertest.Layer.
func (l *Layer) GroupDiscard(ctx context.Context, group, channel string) error {
	return l.call(ctx, "group_discard", map[string]any{"group": group, "channel": channel}, nil)
}

// Flush implements layertest.Layer.
func (l *Layer) Flush(ctx context.Context) error { return l.call(ctx, "flush", nil, nil) }

// Receive implements layertest.Layer. The child is told when ctx ends, and has
// the last word: the message may have come first.
func (l *Layer) Receive(ctx context.Context, channel string) (layertest.Message, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	call := newName("receive")
	waiting, giveUp := context.WithCancelCause(context.WithoutCancel(ctx))
	defer giveUp(nil)
	answered, told := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() { // awaited below
		defer close(told)
		if err := l.call(waiting, "cancel", map[string]any{"call": call}, nil); err != nil {
			giveUp(err)
		}
		limit := time.NewTimer(patience)
		defer limit.Stop()
		select {
		case <-answered:
		case <-limit.C:
			giveUp(fmt.Errorf("receive: the child has not ended it within %v of its cancellation", patience))
		}
	})
	var answer struct {
		Message   any
		Cancelled bool
	}
	err := layerError(l.p.askFor(waiting, forever, l.name, "receive", map[string]any{"channel": channel, "call": call}, nil, &answer))
	close(answered)
	if !stop() {
		<-told
	}
	switch {
	case waiting.Err() != nil:
		return nil, context.Cause(waiting)
	case err != nil:
		return nil, err
	case answer.Cancelled && ctx.Err() != nil:
		return nil, ctx.Err()
	case answer.Cancelled:
		return nil, errors.New("receive: the child has cancelled it by itself")
	}
	v, err := decode(answer.Message)
	msg, ok := v.(map[string]any)
	if err != nil || !ok {
		return nil, fmt.Errorf("receive: %w: the message is %v, want a dict", ErrProtocol, answer.Message)
	}
	return msg, nil
}
