package channels_test

import (
	"log/slog"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/channels"
)

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
