package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// small is an engine whose shared server serves t alone and has few
// databases, so that a test can take them all.
func small(t *testing.T, databases int) redistest.Option {
	t.Helper()
	needNative(t)
	engine := redistest.NativeWith("small", databases)
	t.Cleanup(func() {
		if err := redistest.EndShared(engine); err != nil {
			t.Error(err)
		}
	})
	return redistest.With(engine)
}

func TestLeasesAreApart(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[int]string{}
	t.Run("group", func(t *testing.T) {
		for i := range 200 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				srv := redistest.Start(t, redistest.Native())
				mu.Lock()
				if owner, taken := seen[srv.DB()]; taken {
					t.Errorf("database %d is leased to %s and %s", srv.DB(), owner, t.Name())
				}
				seen[srv.DB()] = t.Name()
				mu.Unlock()
				t.Cleanup(func() { mu.Lock(); defer mu.Unlock(); delete(seen, srv.DB()) })
				ctx := t.Context()
				if n, err := srv.Client().DBSize(ctx).Result(); n != 0 || err != nil {
					t.Errorf("DBSIZE of a fresh lease = %d, %v, want 0", n, err)
				}
				if err := srv.Client().Set(ctx, "k", t.Name(), 0).Err(); err != nil {
					t.Error(err)
				}
				if got := srv.Client().Get(ctx, "k").Val(); got != t.Name() {
					t.Errorf("GET = %q, want %q", got, t.Name())
				}
			})
		}
	})
}

func TestALeaseComesBackClean(t *testing.T) {
	t.Parallel()
	engines := map[string]func(t *testing.T) redistest.Option{
		"native":   func(t *testing.T) redistest.Option { return small(t, 2) }, // one database to lease
		"external": func(t *testing.T) redistest.Option { return redistest.External(host(t, "databases 2").URL()) },
	}
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := engine(t)
			for _, keys := range []int{1, 0, 64, 500, 1} { // freed in several ways
				r := record(t, func(tb redistest.TB) {
					ctx, c := tb.Context(), redistest.Start(tb, engine).Client()
					if n := c.DBSize(ctx).Val(); n != 0 {
						tb.Errorf("DBSIZE of a fresh lease = %d, want 0", n)
					}
					c.Pipelined(ctx, func(p redis.Pipeliner) error {
						for i := range keys {
							p.Set(ctx, fmt.Sprint("k", i), "v", time.Duration(i%2)*time.Millisecond) // half of them expire
						}
						return nil
					})
				})
				if r.failed {
					t.Fatal(r.text())
				}
			}
		})
	}
}

func TestLeasesDoNotWrap(t *testing.T) {
	t.Parallel()
	engine := small(t, 3)
	redistest.Start(t, engine)
	redistest.Start(t, engine)
	r := record(t, func(tb redistest.TB) { redistest.Start(tb, engine) })
	if !r.failed {
		t.Error("a third lease of two databases did not fail the test")
	}
	wantText(t, r.text(), "all 2 databases are leased", "by TestLeasesDoNotWrap, TestLeasesDoNotWrap:", "-parallel")
}

func TestADirtyDatabaseIsNotLeased(t *testing.T) {
	t.Parallel()
	engine := small(t, 3)
	srv := redistest.Start(t, engine)
	opts := srv.Options()
	opts.DB = 2
	stray := redis.NewClient(opts)
	defer stray.Close()
	if err := stray.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	r := record(t, func(tb redistest.TB) { redistest.Start(tb, engine) })
	if !r.failed {
		t.Error("leasing a database that holds a key did not fail the test")
	}
	wantText(t, r.text(), "database 2", "holds 1 keys")
}

func TestADatabaseWithAClientOnItIsQuarantined(t *testing.T) {
	t.Parallel()
	engine := small(t, 3)
	var left *redis.Client
	r := record(t, func(tb redistest.TB) {
		srv := redistest.Start(tb, engine)
		left = redis.NewClient(srv.Options())
		left.Set(tb.Context(), "k", "v", 0)
	})
	if r.failed {
		t.Fatal(r.text())
	}
	srv := redistest.Start(t, engine) // database 2
	over := record(t, func(tb redistest.TB) { redistest.Start(tb, engine) })
	wantText(t, over.text(), "1 in quarantine")
	if err := left.Set(t.Context(), "late", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if n := srv.Client().Exists(t.Context(), "late").Val(); n != 0 {
		t.Error("a write by a client of an ended test reached another test's lease")
	}
	_ = left.Close()
	// The next return looks after the quarantine; both databases are free then.
	again := record(t, func(tb redistest.TB) {
		record(t, func(tb redistest.TB) { redistest.Start(tb, redistest.With(redistest.EngineOf(srv))) })
	})
	if again.failed {
		t.Error(again.text())
	}
}

func TestAFailedTestKeepsItsData(t *testing.T) {
	t.Parallel()
	engine := small(t, 4)
	watch := redistest.Start(t, engine)
	var db int
	record(t, func(tb redistest.TB) {
		srv := redistest.Start(tb, engine)
		db = srv.DB()
		srv.Client().Set(tb.Context(), "evidence", "v", 0)
		tb.Errorf("the test fails")
	})
	opts := watch.Options()
	opts.DB = db
	look := redis.NewClient(opts)
	defer look.Close()
	if got, err := look.Get(t.Context(), "evidence").Result(); got != "v" || err != nil {
		t.Errorf("GET of a failed test's key after its end = %q, %v, want %q", got, err, "v")
	}
}

func TestConnectionsAreLentAsNew(t *testing.T) {
	t.Parallel()
	engine := small(t, 8)
	record(t, func(tb redistest.TB) {
		srv := redistest.Start(tb, engine)
		ctx := tb.Context()
		conn := srv.Client().Conn()
		conn.ClientSetName(ctx, "first").Err()
		conn.Do(ctx, "watch", "k")
		conn.Do(ctx, "multi")
		_ = conn.Close()
		sub := srv.Client().Subscribe(ctx, "news")
		if _, err := sub.Receive(ctx); err != nil {
			tb.Errorf("subscribe: %v", err)
		}
		_ = sub.Close()
	})
	for range 4 {
		srv := redistest.Start(t, engine, redistest.AtLeast("6.2")) // CLIENT INFO
		c := srv.Client().Conn()
		name, err := c.ClientGetName(t.Context()).Result()
		if name != "" || (err != nil && !errors.Is(err, redis.Nil)) {
			t.Errorf("CLIENT GETNAME on a lent connection = %q, %v, want none", name, err)
		}
		info, _ := c.Do(t.Context(), "client", "info").Text()
		if want := fmt.Sprintf(" db=%d sub=0 psub=0 ", srv.DB()); !strings.Contains(info, want) {
			t.Errorf("CLIENT INFO on a lent connection = %s, want it to hold %q", info, want)
		}
		if err := c.Do(t.Context(), "exec").Err(); err == nil || !strings.Contains(err.Error(), "without MULTI") {
			t.Errorf("EXEC on a lent connection = %v, want an error about no MULTI", err)
		}
	}
}

func TestASharedServerThatEndedIsReplaced(t *testing.T) {
	t.Parallel()
	engine := small(t, 4)
	record(t, func(tb redistest.TB) {
		srv := redistest.Start(tb, engine)
		srv.Client().Do(context.WithoutCancel(tb.Context()), "shutdown", "nosave")
		tb.Errorf("fails, as it should")
	})
	r := record(t, func(tb redistest.TB) {
		srv := redistest.Start(tb, engine)
		if err := srv.Client().Ping(tb.Context()).Err(); err != nil {
			tb.Errorf("PING = %v", err)
		}
	})
	if r.failed {
		t.Error(r.text())
	}
	wantText(t, r.text(), "had ended", "redistest.Exclusive()")
}

func TestFenceNamesWhatItStopped(t *testing.T) {
	t.Parallel()
	redistest.Versions(t, func(t *testing.T, srv *redistest.Server) {
		tests := map[string][]any{
			"FLUSHALL": {"flushall"}, "SWAPDB": {"swapdb", 1, 2}, "CONFIG": {"config", "set", "hz", "10"},
			"SHUTDOWN": {"shutdown", "nosave"}, "SELECT": {"select", 0}, "MOVE": {"move", "k", 0},
			"COPY K L DB 0": {"copy", "k", "l", "db", 0}, "MIGRATE": {"migrate", "127.0.0.1", 1, "k", 0, 10},
			"CLIENT": {"client", "kill", "type", "pubsub"}, "SLOWLOG": {"slowlog", "reset"}, "LATENCY": {"latency", "reset"},
		}
		if !strings.HasPrefix(srv.Version(), "6.") {
			tests["FUNCTION"] = []any{"function", "flush"}
		}
		for name, command := range tests {
			t.Run(name, func(t *testing.T) {
				r := record(t, func(tb redistest.TB) {
					srv := redistest.Start(tb, redistest.With(redistest.EngineOf(srv)), redistest.Fence())
					_ = srv.Client().Set(tb.Context(), "k", "v", 0).Err()
					_ = srv.Client().Do(tb.Context(), command...).Err() // swallowed
				})
				if !r.failed {
					t.Errorf("%v inside the fence did not fail the test", command)
				}
				wantText(t, strings.ToUpper(r.text()), "THE FENCE STOPPED "+name, "EXCLUSIVE()")
			})
		}
		t.Run("innocent", func(t *testing.T) {
			r := record(t, func(tb redistest.TB) {
				srv := redistest.Start(tb, redistest.With(redistest.EngineOf(srv)), redistest.Fence())
				ctx := tb.Context()
				c := srv.Client()
				for _, err := range []error{
					c.Set(ctx, "k", "v", 0).Err(), c.FlushDB(ctx).Err(), c.Eval(ctx, "return redis.call('incr', KEYS[1])", []string{"n"}).Err(),
					c.ClientList(ctx).Err(), c.ClientUnblock(ctx, 1).Err(), c.Do(ctx, "slowlog", "get").Err(), c.Do(ctx, "latency", "latest").Err(),
					c.Publish(ctx, "news", "x").Err(), c.Keys(ctx, "*").Err(), c.ConfigGet(ctx, "maxmemory").Err(), c.Info(ctx).Err(),
				} {
					if err != nil {
						tb.Errorf("%v", err)
					}
				}
				if err := c.Copy(ctx, "k", "l", srv.DB(), false).Err(); err != nil && !strings.HasPrefix(srv.Version(), "6.0") {
					tb.Errorf("COPY within the database: %v", err)
				}
			})
			if r.failed {
				t.Error(r.text())
			}
		})
	})
}
