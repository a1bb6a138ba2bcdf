package channels_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/internal/edition"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/channels"
)

// written is a message for the peer, and how it shows it.
var written = map[string]any{
	"type": "chat.message", "n": -1.0, "big": 4294967296.0, "f": 1.5, "none": nil, "yes": true, "list": []any{"é", 200.0},
	"map": map[string]any{"k": "v"}, "raw": map[string]any{"bytes": base64.StdEncoding.EncodeToString([]byte{0, 255})},
}

// ours is the same message here.
var ours = channels.Message{
	"type": "chat.message", "n": int64(-1), "big": int64(1 << 32), "f": 1.5, "none": nil, "yes": true, "list": []any{"é", int64(200)},
	"map": map[string]any{"k": "v"}, "raw": []byte{0, 255},
}

func (p *peer) gets(channel string) {
	p.t.Helper()
	if diff := cmp.Diff(any(written), p.does("receive", channel)); diff != "" {
		p.t.Errorf("channels_redis receives from %s (-want +got):\n%s", channel, diff)
	}
}

// Python's own words are integers and floats apart, which its JSON keeps: the
// message is made here so that both see the same numbers.
func numbers(m map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	out["n"], out["big"], out["list"] = -1, int64(1<<32), []any{"é", 200}
	return out
}

func TestChannelsRedis(t *testing.T) {
	eachEdition(t, func(t *testing.T, e edition.Edition) {
		redistest.Versions(t, func(t *testing.T, srv *redistest.Server) { exchange(t, e, srv) })
		redistest.Each(t, func(t *testing.T, srv *redistest.Server) { exchange(t, e, srv, "secret", "older") }, redistest.Native())
	})
}

// exchange lets the two send each other messages, encrypted if there are keys.
func exchange(t *testing.T, e edition.Edition, srv *redistest.Server, keys ...string) {
	t.Helper()
	b, p := onRedis(t, channels.Options{Keys: keys, Lease: -1}, srv), meet(t, e, srv, "core", keys...)
	mine, theirs := b.newChannel(), p.does("new_channel").(string)

	b.send("jobs", ours)
	p.gets("jobs")
	p.does("send", "jobs", numbers(written))
	b.gets("jobs", ours)
	b.send(theirs, ours)
	p.gets(theirs)
	p.does("send", mine, numbers(written))
	b.gets(mine, ours)

	p.asks("receive", theirs) // waits
	b.send(theirs, ours)
	p.answers()
	got := b.receiving(t.Context(), mine)
	p.does("send", mine, numbers(written))
	if r := <-got; r.err != nil || !cmp.Equal(r.msg, ours) {
		t.Errorf("a waiting Receive = %v, %v", r.msg, r.err)
	}

	b.add("chat", theirs)
	p.does("group_add", "chat", mine)
	b.add("chat", "jobs")
	b.groupSend("chat", ours)
	p.gets(theirs)
	b.gets(mine, ours)
	p.gets("jobs")
	p.does("group_send", "chat", numbers(written))
	p.gets(theirs)
	b.gets(mine, ours)
	b.gets("jobs", ours)

	p.does("group_discard", "chat", mine)
	b.must("GroupDiscard", b.GroupDiscard(t.Context(), "chat", theirs))
	b.groupSend("chat", ours)
	p.gets("jobs")
	b.send("jobs", ours)
	p.does("flush")
	if n := srv.Client().DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("%d keys are left after channels_redis' flush, want none", n)
	}
}

func TestChannelsRedisPubSub(t *testing.T) {
	eachEdition(t, func(t *testing.T, e edition.Edition) {
		redistest.Each(t, func(t *testing.T, srv *redistest.Server) { publish(t, e, srv) }, redistest.Native(), redistest.Exclusive())
	})
}

// publish is exchange of the layers that publish.
func publish(t *testing.T, e edition.Edition, srv *redistest.Server) {
	t.Helper()
	b, p := onPubSub(t, channels.PubSubOptions{}, srv), meet(t, e, srv, "pubsub")
	mine, theirs := b.newChannel(), p.does("new_channel").(string)
	subscribed(t, srv, theirs)
	b.send(theirs, pubsubOurs())
	p.does("send", mine, pubsubWritten())
	b.gets(mine, pubsubOurs())
	if diff := cmp.Diff(any(pubsubSeen()), p.does("receive", theirs)); diff != "" {
		t.Errorf("channels_redis receives (-want +got):\n%s", diff)
	}
	b.add("chat", mine)
	p.does("group_add", "chat", theirs)
	subscribed(t, srv, "asgi__group__chat")
	for range 2 {
		b.groupSend("chat", pubsubOurs())
		p.does("group_send", "chat", pubsubWritten())
		for range 2 {
			b.gets(mine, pubsubOurs())
			if diff := cmp.Diff(any(pubsubSeen()), p.does("receive", theirs)); diff != "" {
				t.Errorf("channels_redis receives (-want +got):\n%s", diff)
			}
		}
	}
}

// subscribed waits for a subscription of channels_redis, which does not wait
// for its confirmation.
func subscribed(t *testing.T, srv *redistest.Server, name string) {
	t.Helper()
	want := int64(1)
	if strings.Contains(name, "group") {
		want = 2 // ours and theirs
	}
	for {
		n, err := srv.Client().PubSubNumSub(t.Context(), name).Result()
		if err != nil {
			t.Fatal(err)
		}
		if n[name] >= want {
			return
		}
	}
}

func pubsubOurs() channels.Message { return channels.Message{"type": "t", "n": int64(7)} }

func pubsubWritten() map[string]any { return map[string]any{"type": "t", "n": 7} }

func pubsubSeen() map[string]any { return map[string]any{"type": "t", "n": 7.0} }
