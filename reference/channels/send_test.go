package channels_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

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
