package channels_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/channels"
)

func TestCapacity(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := onRedis(t, channels.Options{Capacity: 3, Capacities: []channels.Capacity{
			{Pattern: "http.request", Limit: 2}, {Pattern: "http.response!*", Limit: 1}, {Regexp: regexp.MustCompile(`^ws\..`), Limit: 4},
		}}, srv)
		for channel, limit := range map[string]int{"jobs": 3, "http.request": 2, "http.requestx": 3, "http.response!x": 1, "ws.more": 4, "xws.more": 3} {
			for i := range limit {
				b.send(channel, msg(i))
			}
			b.refuses("Send to the full "+channel, b.Send(t.Context(), channel, msg(9)), channels.ErrFull)
		}
		b.add("g", "jobs")
		b.add("g", "free")
		b.groupSend("g", msg(7))
		b.gets("free", msg(7))
		b.gets("jobs", msg(0))
		b.clock.Advance(time.Minute + time.Second)
		b.send("http.request", msg(5)) // what has expired does not count
	})
}

func TestExpiry(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := onRedis(t, channels.Options{GroupExpiry: 2 * time.Minute}, srv)
		b.add("g", "jobs")
		b.send("jobs", msg(1))
		b.clock.Advance(40 * time.Second)
		b.send("jobs", msg(2))
		b.clock.Advance(40 * time.Second)
		b.gets("jobs", msg(2))
		b.clock.Advance(time.Minute)
		b.groupSend("g", msg(3)) // to nobody any more
		b.send("jobs", msg(4))
		b.gets("jobs", msg(4))

		b.send("dead", msg(1))
		b.must("Advance", srv.Advance(t.Context(), 61*time.Second))
		if n := srv.Client().Exists(t.Context(), "asgidead").Val(); n != 0 {
			t.Error("an unread queue is still there after its expiry")
		}
		old := onRedis(t, channels.Options{DeliverStale: true, Clock: b.clock}, srv)
		old.send("old", msg(1))
		b.clock.Advance(2 * time.Minute)
		old.gets("old", msg(1))
	})
}
