package main_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/examples/django/goshop"
	"github.com/redkit-dev/redkit/reference/channels"
)

// sockets: Go tells a browser that is connected to Django, and hears what
// Django tells it.
func (s *scene) sockets(kind devenv.LayerKind) {
	s.title("Channels, CHANNEL_LAYERS_DEFAULT_BACKEND=" + string(kind))
	layer := s.shop.Layer
	if kind != s.set.Channels.Backend {
		client, err := s.set.Open(s.set.Channels.URL)
		if err != nil {
			s.t.Fatal(err)
		}
		set := s.set.Channels
		set.Backend = kind
		if layer, err = goshop.NewLayer(client, set, nil); err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() {
			if err := errors.Join(layer.Close(), client.Close()); err != nil {
				s.t.Error(err)
			}
		})
	}
	s.django(fmt.Sprintf("use_layer(%q)", kind))
	s.django(`connect("/ws/orders/")`)
	s.until("the server knows the member of the group", func(ctx context.Context) (bool, error) { return s.hasMember(ctx, "orders") })
	s.golang(`Layer.GroupSend("orders", {"type": "order.paid", "id": 7, "by": "go"})`, "sent",
		layer.GroupSend(s.ctx, "orders", channels.Message{"type": "order.paid", "id": 7, "by": "go"}))
	s.django("socket.hears()")

	own, err := layer.NewChannel(s.ctx, "")
	if err == nil {
		err = layer.GroupAdd(s.ctx, "orders", own)
	}
	s.golang(`Layer.GroupAdd("orders", a channel of its own)`, "added", err)
	s.django(`group_send("orders", {"type": "order.paid", "id": 8, "by": "django"})`)
	message, err := layer.Receive(s.ctx, own)
	s.golang("Layer.Receive(its channel)", message, err)
	s.django("socket.hears()")
	s.golang(`Layer.GroupDiscard("orders", its channel)`, "left", layer.GroupDiscard(s.ctx, "orders", own))
	s.django("socket.close()")
}

// hasMember reports whether anybody is in a group. Django's layer on publish
// and subscribe does not wait for the server's answer, so a browser may be
// connected a moment before it hears.
func (s *scene) hasMember(ctx context.Context, group string) (bool, error) {
	client, err := s.set.Open(s.set.Channels.URL)
	if err != nil {
		return false, err
	}
	defer client.Close()
	held, err := s.set.Channels.Keys(ctx, devenv.LayerOptions{}, client)
	if err != nil {
		return false, err
	}
	for _, g := range held.Groups {
		if g.Name == group && g.Members > 0 {
			return true, nil
		}
	}
	return false, nil
}
