package channels_test

import (
	"context"
	"encoding/hex"
	"regexp"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/channels"
)

// apart gives servers that share no pub/sub channels with other tests.
func apart(t *testing.T, fn func(t *testing.T, srv *redistest.Server)) {
	t.Parallel()
	redistest.Each(t, fn, redistest.Fake())
	redistest.Versions(t, fn, redistest.Exclusive())
}

func TestPubSubPublishesWhatChannelsRedisPublishes(t *testing.T) {
	apart(t, func(t *testing.T, srv *redistest.Server) {
		b := onPubSub(t, channels.PubSubOptions{}, srv)
		sub := srv.Client().Subscribe(t.Context(), "jobs", "asgi__group__g")
		defer sub.Close()
		for range 2 {
			if _, err := sub.Receive(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		b.send("jobs", channels.Message{"type": "t"})
		b.groupSend("g", channels.Message{"type": "t"})
		for _, name := range []string{"jobs", "asgi__group__g"} {
			m, err := sub.ReceiveMessage(t.Context())
			if err != nil || m.Channel != name || hex.EncodeToString([]byte(m.Payload)) != "81a474797065a174" {
				t.Errorf("published %v, %v, want the message on %s", m, err, name)
			}
		}
	})
}

func TestPubSub(t *testing.T) {
	apart(t, func(t *testing.T, srv *redistest.Server) {
		for _, opt := range []channels.PubSubOptions{{}, {Strict: true, Prefix: "app", Keys: []string{"k"}, Serializer: channels.JSON}} {
			b, other := onPubSub(t, opt, srv), onPubSub(t, opt, srv)
			name := b.newChannel()
			if !regexp.MustCompile(`^(asgi|app)specific\.[0-9a-f]{32}$`).MatchString(name) {
				t.Errorf("new channel %s", name)
			}
			for i := range 3 {
				other.send(name, msg(i))
			}
			for i := range 3 {
				b.gets(name, msg(i))
			}
			ctx, cancel := context.WithCancel(t.Context())
			got := b.receiving(ctx, name)
			cancel()
			if r := <-got; r.err != context.Canceled {
				t.Errorf("Receive = %v, %v, want it cancelled", r.msg, r.err)
			}
			other.send(name, msg(4)) // the subscription stays
			b.gets(name, msg(4))

			second := b.newChannel()
			b.refuses("GroupAdd of another layer's channel", other.GroupAdd(t.Context(), "g", name), channels.ErrForeign)
			b.add("g", name)
			b.add("g", second)
			other.groupSend("g", msg(5))
			b.gets(name, msg(5))
			b.gets(second, msg(5))
			p := b.Layer.(*channels.PubSub)
			b.must("CloseChannel", p.CloseChannel(t.Context(), second))
			b.refuses("GroupAdd of a closed channel", b.GroupAdd(t.Context(), "g", second), channels.ErrForeign)
			b.must("GroupDiscard", b.GroupDiscard(t.Context(), "g", name))
			b.must("GroupDiscard again", b.GroupDiscard(t.Context(), "g", name))
			other.groupSend("g", msg(6))
			other.send(name, msg(7))
			b.gets(name, msg(7))
		}
	})
}

func TestPubSubKeepsNoMoreThanItsCapacity(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	b := onPubSub(t, channels.PubSubOptions{Capacity: 2}, srv)
	name, last := b.newChannel(), b.newChannel()
	for i := range 5 {
		b.send(name, msg(i))
	}
	b.send(last, msg(9))
	b.gets(last, msg(9)) // the others have come, too
	b.gets(name, msg(3))
	b.gets(name, msg(4))
}

func TestPubSubListensAgainAfterItsConnectionIsLost(t *testing.T) {
	apart(t, func(t *testing.T, srv *redistest.Server) {
		down, up := make(chan error, 9), make(chan int, 9)
		b := onPubSub(t, channels.PubSubOptions{
			OnDisconnect: func(_ int, err error) { down <- err },
			OnReconnect:  func(shard int) { up <- shard },
		}, srv)
		name := b.newChannel()
		b.add("g", name)
		srv.Faults().Cut()
		if err := <-down; err == nil {
			t.Error("OnDisconnect has no error")
		}
		<-up
		b.groupSend("g", msg(1))
		b.gets(name, msg(1))
	})
}

func TestPubSubFlushAndClose(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	b := onPubSub(t, channels.PubSubOptions{}, srv)
	name := b.newChannel()
	b.send(name, msg(1))
	b.must("Flush", b.Flush(t.Context()))
	b.refuses("GroupAdd after Flush", b.GroupAdd(t.Context(), "g", name), channels.ErrForeign)
	name = b.newChannel()
	got := b.receiving(t.Context(), name)
	b.must("Close", b.Close())
	b.refuses("Receive", (<-got).err, channels.ErrClosed)
	_, err := b.NewChannel(t.Context(), "")
	b.refuses("NewChannel", err, channels.ErrClosed)
	b.refuses("Send", b.Send(t.Context(), name, msg(1)), channels.ErrClosed)
}

func TestPubSubAnEndedContextTakesNothing(t *testing.T) {
	t.Parallel()
	b := onPubSub(t, channels.PubSubOptions{}, redistest.Start(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	name := b.newChannel()
	for i := range 20 { // a choice between the two would be made by chance
		b.send(name, msg(i))
		_, err := b.Receive(ctx, name)
		b.refuses("Receive with an ended context", err, context.Canceled)
		b.gets(name, msg(i))
	}
}

func TestPubSubClosingAChannelEndsWhoeverBeginsToReceive(t *testing.T) {
	t.Parallel()
	b := onPubSub(t, channels.PubSubOptions{}, redistest.Start(t))
	p := b.Layer.(*channels.PubSub)
	for range 200 {
		got := b.receiving(t.Context(), "news")
		deadline := time.After(10 * time.Second)
		for waits := true; waits; {
			select {
			case r := <-got:
				b.refuses("Receive", r.err, channels.ErrClosed)
				waits = false
			case <-deadline:
				t.Fatal("a receiver waits for a channel that was closed")
			default:
				b.must("CloseChannel", p.CloseChannel(t.Context(), "news"))
			}
		}
	}
}

func TestPubSubRepeatsNoPublication(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	b := onPubSub(t, channels.PubSubOptions{}, srv)
	name := b.newChannel()
	srv.Faults().On("PUBLISH").DropReply()
	if err := b.Send(t.Context(), name, msg(1)); err == nil {
		t.Error("Send whose reply is lost succeeds: it cannot know")
	}
	b.send(name, msg(2))
	b.gets(name, msg(1))
	b.gets(name, msg(2))
}
