package redistest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// everything is what Start takes, for a topology that must take it too.
func everything(native redistest.Option, data redistest.Data) []redistest.Option {
	return []redistest.Option{
		native, redistest.MutualTLS(), redistest.Auth("ann", "s3cret"), redistest.RESP(2), redistest.Seed(data),
		redistest.User("reader", "on", ">secret", "~*", "+@read", "+@connection", "+cluster"),
		redistest.Fence(), redistest.Exclusive(), redistest.Conf("maxmemory 64mb"), redistest.AtLeast("6.0"),
		redistest.NoLeaks(), redistest.NoLeftovers("new"), redistest.Forbid("KEYS"), redistest.ClusterSafe(),
	}
}

// expectEverything looks for what everything asks for, by two clients.
func expectEverything(t *testing.T, client, reader redis.UniversalClient, dump string, data redistest.Data) {
	t.Helper()
	ctx := t.Context()
	if diff := cmp.Diff(redistest.Start(t, redistest.Fake(), redistest.Seed(data)).Dump(ctx), dump); diff != "" {
		t.Errorf("seeded data (-fake +topology):\n%s", diff)
	}
	if who, err := client.Do(ctx, "acl", "whoami").Text(); who != "ann" || err != nil {
		t.Errorf("ACL WHOAMI = %q, %v, want ann", who, err)
	}
	if err := client.Publish(ctx, "news", "x").Err(); err != nil {
		t.Errorf("Publish: %v", err)
	}
	if v, err := client.Do(ctx, "hgetall", "hash").Result(); err != nil {
		t.Errorf("HGETALL: %v", err)
	} else if _, flat := v.([]any); !flat {
		t.Errorf("HGETALL over RESP2 is a %T", v)
	}
	if v, err := reader.Get(ctx, "hour").Result(); v != "v" || err != nil {
		t.Errorf("Get as reader = %q, %v, want v", v, err)
	}
	if err := reader.Set(ctx, "hour", "x", 0).Err(); err == nil || !strings.HasPrefix(err.Error(), "NOPERM") {
		t.Errorf("Set as reader = %v, want NOPERM", err)
	}
}

func expectNoStrangers(t *testing.T, addrs []string, certs *redistest.Certificates) {
	t.Helper()
	config, err := certs.ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	config.Certificates = nil
	for what, opts := range map[string]*redis.Options{"in plain text": {}, "without a certificate": {TLSConfig: config}} {
		opts.Addr, opts.MaxRetries, opts.DialerRetries = addrs[0], -1, 1
		stranger := redis.NewClient(opts)
		if err := stranger.Ping(t.Context()).Err(); err == nil || strings.HasPrefix(err.Error(), "NOAUTH") {
			t.Errorf("Ping %s = %v, want no connection", what, err)
		}
		_ = stranger.Close()
	}
}

func TestAClusterTakesAllOptions(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		ctx, data := bounded(t), &cart{hash: rand.Text()}
		c := redistest.Cluster(t, 2, 1, everything(native, data)...)
		reader := redis.NewClusterClient(c.OptionsAs("reader"))
		defer reader.Close()
		expectEverything(t, c.Client(), reader, c.Dump(ctx), data)
		expectNoStrangers(t, c.Addrs(), c.Certificates())
		shard := c.Shard("hour")
		for what, change := range map[string]func() error{
			"Failover":    func() error { return c.Failover(ctx, shard) },
			"KillMaster":  func() error { return c.KillMaster(ctx, shard) },
			"MigrateSlot": func() error { return c.MigrateSlot(ctx, redistest.Slot("hour"), 1-c.Shard("hour")) },
		} {
			if err := change(); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if err := c.Restart(ctx); err != nil {
				t.Fatalf("Restart after %s: %v", what, err)
			}
			if v, err := c.Client().Get(ctx, "hour").Result(); v != "v" || err != nil {
				t.Fatalf("Get after %s = %q, %v, want v", what, v, err)
			}
		}
		if err := c.Client().Publish(ctx, "news", "x").Err(); err != nil {
			t.Errorf("Publish after a restart: %v", err)
		}
		if err := c.Client().Set(ctx, "new", 1, 0).Err(); err != nil {
			t.Errorf("Set: %v", err)
		}
	})
}

func TestSentinelTakesAllOptions(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		ctx, data := bounded(t), &cart{hash: rand.Text()}
		s := redistest.Sentinel(t, 1, everything(native, data)...)
		reader := redis.NewFailoverClient(s.OptionsAs("reader"))
		defer reader.Close()
		expectEverything(t, s.Client(), reader, s.Dump(ctx), data)
		expectNoStrangers(t, s.Addrs(), s.Certificates())
		for what, change := range map[string]func(context.Context) error{"Failover": s.Failover, "KillMaster": s.KillMaster} {
			if err := change(ctx); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if err := s.Restart(ctx); err != nil {
				t.Fatalf("Restart after %s: %v", what, err)
			}
			if v, err := s.Client().Get(ctx, "hour").Result(); v != "v" || err != nil {
				t.Fatalf("Get after %s = %q, %v, want v", what, v, err)
			}
		}
		if err := s.Client().Set(ctx, "new", 1, 0).Err(); err != nil {
			t.Errorf("Set: %v", err)
		}
	})
}

func TestGuardsWatchOverTopologies(t *testing.T) {
	t.Parallel()
	breaks := func(ctx context.Context, client redis.UniversalClient) {
		client.Set(ctx, "page", "x", 0)
		client.Set(ctx, "lock", "x", time.Minute)
		client.Keys(ctx, "*")
	}
	guards := []redistest.Option{redistest.RequireTTL(), redistest.NoLeftovers(), redistest.NoLeaks(), redistest.Forbid()}
	words := []string{
		"redistest.RequireTTL: keys left without a time to live:\n\tpage (string)\n",
		"redistest.NoLeftovers: keys left behind:\n\tlock (string, ttl 1m)\n\tpage (string)\n",
		"redistest.NoLeaks: connections left open", "last answered PING",
		"redistest.Forbid: forbidden commands:\n\tKEYS *: use SCAN",
	}
	wantText(t, recordFailure(t, func(tb redistest.TB) {
		c := redistest.Cluster(tb, 1, 0, guards...)
		breaks(tb.Context(), c.Client())
		left := redis.NewClusterClient(c.Options())
		t.Cleanup(func() { _ = left.Close() })
		left.Ping(tb.Context())
	}), words...)
	wantText(t, recordFailure(t, func(tb redistest.TB) {
		s := redistest.Sentinel(tb, 1, guards...)
		breaks(tb.Context(), s.Client())
		left := redis.NewFailoverClient(s.Options())
		t.Cleanup(func() { _ = left.Close() })
		left.Ping(tb.Context())
	}), words...)
}

func TestATopologyWhoseSeedFails(t *testing.T) {
	t.Parallel()
	data := &cart{hash: "broken", err: errors.New("disk on fire")}
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Cluster(tb, 1, 0, redistest.Seed(data)) }), "a cluster: seed: disk on fire")
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Sentinel(tb, 1, redistest.Seed(data)) }), "seed: disk on fire")
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Cluster(tb, 1, 0).OptionsAs("ann") }), `no user "ann"`)
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Sentinel(tb, 1).OptionsAs("ann") }), `no user "ann"`)
}
