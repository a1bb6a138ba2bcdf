package channels_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/channels"
)

func TestSendWritesWhatChannelsRedisWrites(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b, c := onRedis(t, channels.Options{}, srv), srv.Client()
		name := b.newChannel()
		b.send("jobs", msg(1))
		b.send(name, msg(1))
		b.add("grp", "plain")
		b.groupSend("grp", channels.Message{"type": "g", "n": 2})
		queue := "asgi" + name[:strings.Index(name, "!")+1]
		for key, want := range map[string]string{
			"asgijobs":  "82a16e01a474797065a174",
			queue:       "83a16e01a474797065a174b05f5f617367695f6368616e6e656c5f5fd94a" + hex.EncodeToString([]byte(name)),
			"asgiplain": "83a16e02a474797065a167b05f5f617367695f6368616e6e656c5f5f91a5706c61696e",
		} {
			all, err := c.ZRangeWithScores(t.Context(), key, 0, -1).Result()
			if err != nil || len(all) != 1 {
				t.Fatalf("ZRANGE %s = %v, %v, want one message", key, all, err)
			}
			if got := hex.EncodeToString([]byte(all[0].Member.(string))[12:]); got != want {
				t.Errorf("body in %s = %s, want %s", key, got, want)
			}
			if at := float64(b.clock.Now().Unix()); all[0].Score < at || all[0].Score > at+0.1 {
				t.Errorf("score in %s = %f, want the time, %f", key, all[0].Score, at)
			}
			if ttl := c.PTTL(t.Context(), key).Val(); ttl <= 30*time.Second || ttl > time.Minute {
				t.Errorf("%s lives %v, want a minute", key, ttl)
			}
		}
		if ttl := c.PTTL(t.Context(), "asgi:group:grp").Val(); ttl <= 12*time.Hour || ttl > 24*time.Hour {
			t.Errorf("the group lives %v, want a day", ttl)
		}
		if members := c.ZRange(t.Context(), "asgi:group:grp", 0, -1).Val(); fmt.Sprint(members) != "[plain]" {
			t.Errorf("members = %v, want plain", members)
		}
	})
}

func TestSendCostsOneRoundTrip(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	b := onRedis(t, channels.Options{}, srv)
	name := b.newChannel()
	b.send("jobs", msg(0)) // the server knows the script from now on
	redistest.MaxRoundTrips(t, srv, 1, func() { b.send("jobs", msg(1)) })
	redistest.MaxRoundTrips(t, srv, 1, func() { b.send(name, msg(1)) })
	redistest.MaxRoundTrips(t, srv, 1, func() { b.add("g", name) })
	redistest.MaxRoundTrips(t, srv, 2, func() { b.groupSend("g", msg(1)) })
	redistest.MaxRoundTrips(t, srv, 0, func() { b.newChannel() })
}

func TestMessagesKeepTheirOrder(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := onRedis(t, channels.Options{}, srv)
		name := b.newChannel()
		for i := range 20 {
			b.send("jobs", msg(i))
			b.send(name, msg(i))
		}
		for i := range 20 {
			b.gets("jobs", msg(i))
			b.gets(name, msg(i))
		}
	})
}

func TestValuesArriveAsTheyWere(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		for _, opt := range []channels.Options{{}, {Keys: []string{"new", "old"}}, {RandomPrefix: -1}, {Serializer: channels.JSON}} {
			b := onRedis(t, opt, srv)
			want := channels.Message{"t": "é", "i": int64(-1), "f": 1.5, "n": nil, "l": []any{int64(1), "x"}, "m": map[string]any{"k": true}}
			if opt.Serializer != channels.JSON {
				want["b"] = []byte{0, 255}
			}
			b.send("jobs", want)
			b.gets("jobs", want)
			b.send("jobs", channels.Message{})
			b.gets("jobs", channels.Message{})
		}
	})
}

func TestWhatCannotBeSentIsRefused(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	for _, tt := range []struct {
		opt channels.Options
		msg channels.Message
	}{
		{msg: channels.Message{"__asgi_channel__": "x"}},
		{msg: channels.Message{"a": make(chan int)}},
		{msg: channels.Message{"a": map[int]int{1: 2}}},
		{msg: channels.Message{"a": time.Now()}},
		{msg: channels.Message{"a": "\xff"}},
		{opt: channels.Options{Serializer: channels.JSON}, msg: channels.Message{"a": []any{[]byte("b")}}},
	} {
		b := onRedis(t, tt.opt, srv)
		b.refuses("Send", b.Send(t.Context(), "jobs", tt.msg), channels.ErrMessage)
		b.refuses("GroupSend", b.GroupSend(t.Context(), "g", tt.msg), channels.ErrMessage)
	}
	if n := srv.Client().DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("%d keys are written, want none", n)
	}
}

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

func TestCancelledReceiversLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := onRedis(t, channels.Options{}, srv)
		sender := onRedis(t, channels.Options{Clock: b.clock}, srv)
		local := b.newChannel()
		for _, channel := range []string{"jobs", local} {
			lost := 0
			for i := range 30 {
				ctx, cancel := context.WithCancel(t.Context())
				got := b.receiving(ctx, channel)
				go cancel() // at any moment of the send
				sender.send(channel, msg(i))
				if r := <-got; r.err == nil {
					lost--
				} else if r.err != context.Canceled {
					t.Fatalf("Receive = %v, want it cancelled", r.err)
				}
				lost++
			}
			for range lost { // each that was cancelled left its message
				if _, err := b.Receive(t.Context(), channel); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			got := b.receiving(ctx, channel)
			cancel()
			if r := <-got; r.err != context.Canceled {
				t.Errorf("Receive from the empty %s = %v, %v, want it cancelled", channel, r.msg, r.err)
			}
		}
	})
}

func TestReceiversAreServedInTheirOrder(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := onRedis(t, channels.Options{}, srv)
		var got []<-chan result
		for range 3 {
			got = append(got, b.receiving(t.Context(), "jobs"))
		}
		for i := range 3 {
			b.send("jobs", msg(i))
		}
		for i, g := range got {
			if r := <-g; r.err != nil || r.msg["n"] != int64(i) {
				t.Errorf("receiver %d got %v, %v, want message %d", i, r.msg, r.err, i)
			}
		}
	})
}

func TestBackupOfADeadProcessIsDelivered(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b, c := onRedis(t, channels.Options{Lease: -1}, srv), srv.Client()
		b.send("jobs", msg(1))
		z := c.ZPopMin(t.Context(), "asgijobs").Val()[0]
		c.ZAdd(t.Context(), "asgijobs$inflight", redis.Z{Score: z.Score, Member: z.Member})
		b.gets("jobs", msg(1))
		b.must("Close", b.Close()) // it has confirmed the message by then

		patient := onRedis(t, channels.Options{Clock: b.clock, Poll: time.Second}, srv)
		c.ZAdd(t.Context(), "asgijobs$inflight", redis.Z{Score: z.Score, Member: z.Member})
		patient.send("jobs", msg(2))
		patient.gets("jobs", msg(2)) // the other one may still be in hand
		b.clock.Advance(5 * time.Second)
		patient.gets("jobs", msg(1))
		b.must("Close", patient.Close())
		if n := c.Exists(t.Context(), "asgijobs$inflight", "asgijobs").Val(); n != 0 {
			t.Errorf("%d keys are left, want none", n)
		}
	})
}

func TestPoisonCostsOneError(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := onRedis(t, channels.Options{Keys: []string{"a"}}, srv)
		onRedis(t, channels.Options{Keys: []string{"b"}, Clock: b.clock}, srv).send("jobs", msg(0))
		b.clock.Advance(time.Second) // or the two would have one score, and no order
		b.send("jobs", msg(1))
		_, err := b.Receive(t.Context(), "jobs")
		b.refuses("Receive of another key's message", err, channels.ErrCorrupt)
		b.gets("jobs", msg(1))
		onRedis(t, channels.Options{Keys: []string{"a"}, Clock: b.clock, DeliverStale: true}, srv).send("jobs", msg(2))
		late := onRedis(t, channels.Options{Keys: []string{"a"}, Clock: b.clock, DeliverStale: true}, srv)
		b.clock.Advance(72 * time.Second)
		_, err = late.Receive(t.Context(), "jobs")
		late.refuses("Receive of an old token", err, channels.ErrCorrupt)
	})
}

func TestShards(t *testing.T) {
	t.Parallel()
	one, two := redistest.Start(t), redistest.Start(t)
	b, sender := onRedis(t, channels.Options{}, one, two), onRedis(t, channels.Options{}, one, two)
	for i := range 10 {
		sender.send("jobs", msg(i))
	}
	for i, srv := range []*redistest.Server{one, two} {
		if n := srv.Client().ZCard(t.Context(), "asgijobs").Val(); n != 5 {
			t.Errorf("shard %d has %d messages of 10, want 5", i, n)
		}
	}
	seen := map[any]bool{}
	for range 10 {
		m, err := b.Receive(t.Context(), "jobs")
		b.must("Receive", err)
		seen[m["n"]] = true
	}
	if len(seen) != 10 {
		t.Errorf("received %v, want 10 messages", seen)
	}
	for i := range 40 {
		name := b.newChannel()
		sender.send(name, msg(i))
		b.gets(name, msg(i))
		sender.add("g", name)
	}
	got := b.receiving(t.Context(), "wait")
	sender.send("wait", msg(1)) // wherever it goes
	if r := <-got; r.err != nil {
		t.Errorf("Receive = %v", r.err)
	}
	b.must("Flush", b.Flush(t.Context()))
	for i, srv := range []*redistest.Server{one, two} {
		if n := srv.Client().DBSize(t.Context()).Val(); n != 0 {
			t.Errorf("shard %d has %d keys after Flush", i, n)
		}
	}
}

func TestFlushKeepsWhatIsNotItsOwn(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b, c := onRedis(t, channels.Options{Prefix: "ca*"}, srv), srv.Client()
		b.send("jobs", msg(1))
		b.add("g", "jobs")
		c.Set(t.Context(), "ca*jobs.text", "x", 0)
		c.ZAdd(t.Context(), "capital", redis.Z{Member: "x"})
		b.must("Flush", b.Flush(t.Context()))
		keys := c.Keys(t.Context(), "*").Val()
		if len(keys) != 2 {
			t.Errorf("keys after Flush: %q, want the two that are not the layer's", keys)
		}
	})
}

func TestCloseEndsReceivers(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		for _, b := range []*bench{onRedis(t, channels.Options{}, srv), inMemory(t, channels.Options{})} {
			got := b.receiving(t.Context(), "jobs")
			if _, is := b.Layer.(*channels.Redis); !is {
				b.must("Close", b.Close())
			}
			b.must("Close", b.Close())
			b.refuses("Receive", (<-got).err, channels.ErrClosed)
			b.refuses("Send", b.Send(t.Context(), "jobs", msg(1)), channels.ErrClosed)
			b.refuses("GroupAdd", b.GroupAdd(t.Context(), "g", "jobs"), channels.ErrClosed)
			b.refuses("GroupDiscard", b.GroupDiscard(t.Context(), "g", "jobs"), channels.ErrClosed)
			b.refuses("GroupSend", b.GroupSend(t.Context(), "g", msg(1)), channels.ErrClosed)
			b.refuses("Flush", b.Flush(t.Context()), channels.ErrClosed)
		}
	})
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	srv := redistest.Sentinel(t, 1)
	client := srv.Client()
	l, err := channels.NewRedis([]*redis.Client{client}, channels.Options{Logger: slog.New(slog.DiscardHandler)})
	b := wrap(t, l, nil, err)
	b.send("jobs", msg(1))
	b.gets("jobs", msg(1))
	p, err := channels.NewPubSub([]*redis.Client{client}, channels.PubSubOptions{Logger: slog.New(slog.DiscardHandler)})
	b = wrap(t, p, nil, err)
	name := b.newChannel()
	b.send(name, msg(2))
	b.gets(name, msg(2))
}
