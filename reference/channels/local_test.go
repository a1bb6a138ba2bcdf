package channels_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/channels"
)

func TestLocalChannels(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b, other := onRedis(t, channels.Options{Capacity: 3}, srv), onRedis(t, channels.Options{}, srv)
		one, two := b.newChannel(), b.newChannel()
		if one == two || !regexp.MustCompile(`^specific\.[0-9a-f]{32}![0-9a-f]{32}$`).MatchString(one) {
			t.Errorf("new channels are %s and %s", one, two)
		}
		_, err := b.Receive(t.Context(), other.newChannel())
		b.refuses("Receive from another layer's channel", err, channels.ErrForeign)

		other.send(two, msg(2))
		other.send(one, msg(1))
		b.gets(one, msg(1))
		b.gets(two, msg(2))

		b.add("g", one)
		b.add("g", two)
		other.groupSend("g", channels.Message{"list": []any{}})
		b.gets(two, channels.Message{"list": []any{}})
		b.gets(one, channels.Message{"list": []any{}})

		for i := range 2 { // of what nobody reads, the oldest goes
			for j := range 3 {
				other.send(one, msg(3*i+j))
			}
			other.send(two, msg(i))
			b.gets(two, msg(i))
		}
		b.gets(one, msg(3))
	})
}

func TestUnreadLocalChannelsAreForgotten(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	b := onRedis(t, channels.Options{}, srv)
	live := b.newChannel()
	for i := range 100 {
		for range 9 {
			b.send(b.newChannel(), msg(i))
		}
		b.send(live, msg(i))
		b.gets(live, msg(i))
		b.clock.Advance(10 * time.Second)
	}
	if n := b.Layer.(*channels.Redis).Buffered(); n > 200 {
		t.Errorf("%d channels have buffers after 900 that nobody reads, want no more than 200", n)
	}
}
