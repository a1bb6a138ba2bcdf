package redistest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// guarded runs body under a guard on fake and native, wants it to fail with
// these words, and a body that keeps the rule to pass.
func guarded(t *testing.T, guard redistest.Option, breaks, keeps func(ctx context.Context, srv *redistest.Server), words ...string) {
	t.Helper()
	for _, engine := range []redistest.Option{redistest.Fake(), redistest.Native()} {
		wantText(t, recordFailure(t, func(tb redistest.TB) {
			breaks(tb.Context(), redistest.Start(tb, engine, guard))
		}), words...)
		if r := record(t, func(tb redistest.TB) { keeps(tb.Context(), redistest.Start(tb, engine, guard)) }); r.failed {
			t.Errorf("a test that keeps the rule failed:\n%s", r.text())
		}
	}
}

func TestRequireTTL(t *testing.T) {
	t.Parallel()
	guarded(t, redistest.RequireTTL("config:*"), func(ctx context.Context, srv *redistest.Server) {
		srv.Client().Set(ctx, "page", "x", 0)
		srv.Client().RPush(ctx, "a list", "x")
		srv.Client().Set(ctx, "good", "x", time.Minute)
	}, func(ctx context.Context, srv *redistest.Server) {
		srv.Client().Set(ctx, "good", "x", time.Minute)
		srv.Client().Set(ctx, "config:a/b", "x", 0)
	}, "redistest.RequireTTL: keys left without a time to live", "\n\t\"a list\" (list)\n\tpage (string)\n", "call EXPIRE")
}

func TestNoLeftovers(t *testing.T) {
	t.Parallel()
	guarded(t, redistest.NoLeftovers("cache:*"), func(ctx context.Context, srv *redistest.Server) {
		srv.Client().Set(ctx, "lock:1", "x", time.Minute)
	}, func(ctx context.Context, srv *redistest.Server) {
		srv.Client().Set(ctx, "cache:1", "x", 0)
		srv.Client().Set(ctx, "lock:1", "x", 0)
		srv.Client().Del(ctx, "lock:1")
	}, "redistest.NoLeftovers: keys left behind", "lock:1 (string, ttl 1m)", "delete them")
}

func TestNoLeaksFindsAClient(t *testing.T) {
	t.Parallel()
	var left *redis.Client
	guarded(t, redistest.NoLeaks(), func(ctx context.Context, srv *redistest.Server) {
		left = redis.NewClient(srv.Options())
		t.Cleanup(func() { _ = left.Close() })
		left.Set(ctx, "a", 1, 0)
	}, func(ctx context.Context, srv *redistest.Server) {
		srv.Client().Ping(ctx)
		c := redis.NewClient(srv.Options())
		c.Ping(ctx)
		_ = c.Close()
	}, "redistest.NoLeaks: connections left open", "connection 1, opened ", "last answered SET", "close clients")
}

func TestNoLeaksFindsASubscriptionAndABlockedCommand(t *testing.T) {
	t.Parallel()
	guarded(t, redistest.NoLeaks(), func(ctx context.Context, srv *redistest.Server) {
		sub := srv.Client().Subscribe(ctx, "news", "sport")
		for range 2 {
			if _, err := sub.Receive(ctx); err != nil {
				t.Errorf("Receive: %v", err)
			}
		}
		t.Cleanup(func() { _ = sub.Close() })
		c, done := redis.NewClient(srv.Options()), make(chan struct{})
		go func() { defer close(done); c.BLPop(context.WithoutCancel(ctx), 0, "queue") }() // ends with Close, awaited by the clean-up
		awaitBlocked(t, srv, "blpop")
		t.Cleanup(func() { srv.Faults().Cut(); _ = c.Close(); <-done })
	}, func(ctx context.Context, srv *redistest.Server) {
		sub := srv.Client().Subscribe(ctx, "news")
		if _, err := sub.Receive(ctx); err != nil {
			t.Errorf("Receive: %v", err)
		}
		_ = sub.Close()
	}, "subscribed to 2 channels", "still waits for BLPOP queue 0")
}

func TestForbid(t *testing.T) {
	t.Parallel()
	guarded(t, redistest.Forbid(), func(ctx context.Context, srv *redistest.Server) {
		srv.Client().Set(ctx, "a", 1, 0)
		for range 2 {
			if err := srv.Client().Keys(ctx, "*").Err(); err == nil || !strings.Contains(err.Error(), "use SCAN") {
				t.Errorf("Keys = %v, want a hint", err)
			}
		}
		srv.Client().FlushAll(ctx)
		if n := srv.Client().DBSize(ctx).Val(); n != 1 {
			t.Errorf("FLUSHALL was sent: %d keys are left, want 1", n)
		}
	}, func(ctx context.Context, srv *redistest.Server) {
		srv.Client().Scan(ctx, 0, "*", 10)
	}, "redistest.Forbid: forbidden commands", "KEYS *: use SCAN (2 times)", "FLUSHALL: use UNLINK")
	guarded(t, redistest.Forbid("config get", "DEL"), func(ctx context.Context, srv *redistest.Server) {
		srv.Client().ConfigGet(ctx, "databases")
	}, func(ctx context.Context, srv *redistest.Server) {
		srv.Client().Keys(ctx, "*")
	}, "CONFIG get databases")
}

func TestClusterSafe(t *testing.T) {
	t.Parallel()
	guarded(t, redistest.ClusterSafe(), func(ctx context.Context, srv *redistest.Server) {
		c := srv.Client()
		c.MSet(ctx, "a", 1, "b", 2)
		c.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "x", 1, 0)
			p.Set(ctx, "y", 1, 0)
			return nil
		})
		conn := c.Conn()
		conn.Ping(ctx)
		conn.Select(ctx, srv.DB())
		_ = conn.Close()
	}, func(ctx context.Context, srv *redistest.Server) {
		c := srv.Client()
		c.MSet(ctx, "{u}a", 1, "{u}b", 2)
		c.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "x", 1, 0)
			p.Set(ctx, "y", 1, 0)
			return nil
		})
		c.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "{u}x", 1, 0)
			p.Incr(ctx, "{u}x")
			return nil
		})
	}, "MSET a 1 b 2: a is in slot 15495, b in slot 3300", "a transaction: x is in slot", ": a cluster has one database", "hash tag")
}

func TestGuardsRefuseBadPatterns(t *testing.T) {
	t.Parallel()
	for _, guard := range []redistest.Option{redistest.RequireTTL("[a"), redistest.NoLeftovers("[a")} {
		wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Start(tb, guard) }), `("[a"): syntax error in pattern`)
	}
}

func TestGuardsAndFaultsInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.Start(t, redistest.Bubble(), redistest.NoLeaks(), redistest.RequireTTL(), redistest.Forbid(), redistest.ClusterSafe())
		ctx, c := t.Context(), srv.Client()
		srv.Faults().On("SET").Times(1).Delay(time.Second)
		start := time.Now()
		if err := c.Set(ctx, "a", 1, time.Hour).Err(); err != nil || time.Since(start) != time.Second {
			t.Errorf("a delayed Set took %v, %v, want 1s", time.Since(start), err)
		}
		srv.Faults().On("GET").Stall()
		time.AfterFunc(time.Minute, func() { srv.Faults().Heal() }) // on the clock of the bubble
		opt := srv.Options()
		opt.ReadTimeout = time.Hour
		patient := redis.NewClient(opt)
		defer patient.Close()
		start = time.Now()
		if v, err := patient.Get(ctx, "a").Result(); v != "1" || err != nil || time.Since(start) != time.Minute {
			t.Errorf("a stalled Get = %q, %v after %v, want 1 after 1m", v, err, time.Since(start))
		}
		tr := srv.Trace(func() { c.Get(ctx, "a") })
		if got, want := tr.String(), "1 round trip, 1 command\n    1  GET a -> 1 byte\n"; got != want {
			t.Errorf("trace:\n%s\nwant\n%s", got, want)
		}
	})
}

func TestNoProxyInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wantText(t, recordFailure(t, func(tb redistest.TB) {
			redistest.Start(tb, redistest.Bubble()).Faults().Addr()
		}), "no socket works in a bubble")
	})
}

func ExampleRequireTTL() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.RequireTTL("config:*"), redistest.NoLeaks(), redistest.Forbid(), redistest.ClusterSafe())
		ctx := t.Context()

		srv.Client().Set(ctx, "page:1", "…", time.Hour)
		srv.Client().Set(ctx, "config:theme", "dark", 0)
		fmt.Println(srv.Client().Keys(ctx, "*").Err())
	})
	// Output:
	// NOPERM KEYS is forbidden by redistest.Forbid: use SCAN
	// redistest.Forbid: forbidden commands:
	// 	KEYS *: use SCAN
	// 	they were not sent; what the rule allows is set by redistest.Forbid
}
