package redistest_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// host is a server for t alone, to be used by its URL as a server of others.
func host(t *testing.T, conf ...string) *redistest.Server {
	t.Helper()
	return redistest.Start(t, redistest.With(redistest.NativeWith("host", 0)), redistest.Conf(conf...))
}

// at is a client to one database of srv that knows no lease.
func at(t *testing.T, srv *redistest.Server, db int) *redis.Client {
	t.Helper()
	opts := srv.Options()
	opts.DB = db
	c := redis.NewClient(opts)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestExternalLeasesFreeDatabasesOnly(t *testing.T) {
	t.Parallel()
	srv := host(t, "databases 5")
	for _, db := range []int{0, 2} { // the control database and one of somebody's
		if err := at(t, srv, db).Set(t.Context(), "precious", "v", 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	external := redistest.External(srv.URL())
	r := record(t, func(tb redistest.TB) {
		seen := map[int]bool{}
		for range 3 {
			s := redistest.Start(tb, external)
			seen[s.DB()] = true
			s.Client().Set(tb.Context(), "k", "v", 0)
		}
		if diff := cmp.Diff(map[int]bool{1: true, 3: true, 4: true}, seen); diff != "" {
			tb.Errorf("leased databases (-want +got):\n%s", diff)
		}
		full := record(t, func(tb redistest.TB) { redistest.Start(tb, external) })
		wantText(t, full.text(), "all 4 databases", "1 hold keys that redistest did not write", "databases 1024")
	})
	if r.failed {
		t.Fatal(r.text())
	}
	left := map[string]string{}
	for db := range 5 {
		for _, key := range at(t, srv, db).Keys(t.Context(), "*").Val() {
			left[fmt.Sprint(db, " ", key)] = ""
		}
	}
	if diff := cmp.Diff(map[string]string{"0 precious": "", "2 precious": ""}, left); diff != "" {
		t.Errorf("keys left after the tests (-want +got):\n%s", diff)
	}
}

func TestExternalLeaseThatRanOut(t *testing.T) {
	t.Parallel()
	srv := host(t, "databases 2")
	external := redistest.External(srv.URL())
	old := record(t, func(tb redistest.TB) {
		s := redistest.Start(tb, external)
		s.Client().Set(tb.Context(), "stale", "v", 0)
		// As after half a minute without a heartbeat.
		if err := at(t, srv, 0).Del(tb.Context(), "redistest:lease:1").Err(); err != nil {
			tb.Errorf("%v", err)
		}
		next := record(t, func(tb redistest.TB) {
			s := redistest.Start(tb, external)
			if n := s.Client().DBSize(tb.Context()).Val(); n != 0 {
				tb.Errorf("DBSIZE of a lease after a dead owner = %d, want 0", n)
			}
		})
		if next.failed {
			t.Error(next.text())
		}
		wantText(t, next.text(), "emptied database 1")
	})
	if !old.failed {
		t.Error("a test whose lease ran out passed")
	}
	wantText(t, old.text(), "its lease ran out")
}

func TestAFullServerSaysWhoHoldsItsLeases(t *testing.T) {
	t.Parallel()
	external := redistest.External(host(t, "databases 3").URL())
	redistest.Start(t, external)
	t.Run("other", func(t *testing.T) {
		redistest.Start(t, external)
		r := record(t, func(tb redistest.TB) { redistest.Start(tb, external) })
		if !r.failed {
			t.Error("a third lease of two databases did not fail the test")
		}
		pid := fmt.Sprintf(" (pid %d on ", os.Getpid())
		wantText(t, r.text(), "all 2 databases of the server are taken", "leased by TestAFullServerSaysWhoHoldsItsLeases"+pid,
			"TestAFullServerSaysWhoHoldsItsLeases/other"+pid, "databases 1024 in redis.conf")
	})
}

func TestExternalKeepsItsLeaseAlive(t *testing.T) {
	t.Parallel()
	srv := host(t, "databases 2")
	r := record(t, func(tb redistest.TB) {
		s := redistest.Start(tb, redistest.External(srv.URL()))
		control := at(t, srv, 0)
		control.PExpire(tb.Context(), "redistest:lease:1", 5*time.Second)
		if err := redistest.Beat(s); err != nil {
			tb.Errorf("beat: %v", err)
		}
		if left := control.PTTL(tb.Context(), "redistest:lease:1").Val(); left < 20*time.Second {
			tb.Errorf("PTTL of the lease after a heartbeat = %v, want about 30s", left)
		}
	})
	if r.failed {
		t.Error(r.text())
	}
}

// clusterOfOne makes srv, started with cluster-enabled, serve all slots.
func clusterOfOne(t *testing.T, srv *redistest.Server) {
	t.Helper()
	slots := make([]any, 0, 16386)
	slots = append(slots, "cluster", "addslots")
	for slot := range 16384 {
		slots = append(slots, slot)
	}
	if err := srv.Client().Do(t.Context(), slots...).Err(); err != nil {
		t.Fatal(err)
	}
	limit, tick := time.After(20*time.Second), time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		if strings.Contains(srv.Client().ClusterInfo(t.Context()).Val(), "cluster_state:ok") {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("the cluster is not ok after 20 s")
		}
	}
}

// freePort is a port that was free a moment ago, and so was the one 10,000
// above it, where a cluster node talks to others.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20_000 + rand.IntN(20_000)
		bus, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port+10_000))
		if err != nil {
			continue
		}
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
		_ = bus.Close()
		if err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("found no free port")
	return 0
}

func TestKeysAreLeasedWhereThereIsOneDatabase(t *testing.T) {
	t.Parallel()
	tests := map[string]func(t *testing.T) (srv *redistest.Server, url string){
		"one database": func(t *testing.T) (*redistest.Server, string) {
			srv := host(t, "databases 1")
			return srv, srv.URL()
		},
		"cluster": func(t *testing.T) (*redistest.Server, string) {
			port := freePort(t)
			srv := host(t, fmt.Sprintf("port %d", port), "bind 127.0.0.1", "cluster-enabled yes")
			clusterOfOne(t, srv)
			return srv, fmt.Sprintf("redis+cluster://127.0.0.1:%d", port)
		},
	}
	for name, start := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, url := start(t)
			external := redistest.External(url)
			if err := srv.Client().Set(t.Context(), "precious", "v", time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
			r := record(t, func(tb redistest.TB) {
				ctx := tb.Context()
				mine, other := redistest.Start(tb, external), redistest.Start(tb, external)
				for _, s := range []*redistest.Server{mine, other} {
					if s.Prefix() == "" {
						tb.Fatalf("Prefix() is empty")
					}
					for i := range 50 {
						if err := s.Client().Set(ctx, fmt.Sprint(s.Prefix(), i), "v", time.Minute).Err(); err != nil {
							tb.Errorf("SET below the prefix: %v", err)
						}
					}
				}
				if err := mine.Advance(ctx, 2*time.Minute); err != nil {
					tb.Errorf("%v", err)
				}
				if n := mine.Client().Exists(ctx, mine.Prefix()+"7").Val(); n != 0 {
					tb.Errorf("a key of a minute is there after two")
				}
				if n := other.Client().Exists(ctx, other.Prefix()+"7").Val(); n != 1 {
					tb.Errorf("Advance on one lease moved the keys of another")
				}
			})
			if r.failed {
				t.Fatal(r.text())
			}
			if diff := cmp.Diff([]string{"precious"}, srv.Client().Keys(t.Context(), "*").Val()); diff != "" {
				t.Errorf("keys left after the leases (-want +got):\n%s", diff)
			}
			if users, _ := srv.Client().Do(t.Context(), "acl", "users").StringSlice(); len(users) != 1 {
				t.Errorf("ACL users left after the leases: %q, want default alone", users)
			}
			stray := record(t, func(tb redistest.TB) {
				s := redistest.Start(tb, external)
				_ = s.Client().Get(tb.Context(), "precious").Err() // swallowed
				_ = s.Client().FlushDB(tb.Context()).Err()
			})
			if !stray.failed {
				t.Error("touching keys of others did not fail the test")
			}
			wantText(t, stray.text(), `stopped a command on the key "precious"`, "stopped FLUSHDB", "with Server.Prefix")
		})
	}
}

func TestChannelsOfOthersAreOutOfReachOrTheTestIsToldSo(t *testing.T) {
	t.Parallel()
	redistest.Versions(t, func(t *testing.T, srv *redistest.Server) {
		r := record(t, func(tb redistest.TB) {
			s := redistest.Start(tb, redistest.External(srv.URL()))
			if err := s.Client().Publish(tb.Context(), s.Prefix()+"news", "x").Err(); err != nil {
				tb.Errorf("PUBLISH below the prefix: %v", err)
			}
			_ = s.Client().Publish(tb.Context(), "news", "x").Err() // swallowed
		})
		if strings.HasPrefix(srv.Version(), "6.0") {
			wantText(t, r.text(), "knows no rules for channels")
		} else {
			wantText(t, r.text(), `stopped a command on the channel "news" (1 times, NOPERM)`)
		}
	}, redistest.Conf("databases 1"))
}

func TestLeftKeysOfADeadProcessAreSwept(t *testing.T) {
	t.Parallel()
	srv := host(t, "databases 1")
	ctx, c := t.Context(), srv.Client()
	dead, alive := "rt-aaaaaaaaaaaa", "rt-bbbbbbbbbbbb"
	for _, tag := range []string{dead, alive} {
		c.Set(ctx, "{"+tag+"}:k", "v", 0)
		c.Do(ctx, "acl", "setuser", "redistest-"+tag)
	}
	c.Set(ctx, "redistest:lease:{"+alive+"}", "somebody", time.Minute)
	redistest.Start(t, redistest.External(srv.URL()))
	if n := c.Exists(ctx, "{"+dead+"}:k").Val(); n != 0 {
		t.Error("the keys of a dead process are there after the next lease")
	}
	if n := c.Exists(ctx, "{"+alive+"}:k").Val(); n != 1 {
		t.Error("the keys of a living process were swept")
	}
	users, _ := c.Do(ctx, "acl", "users").StringSlice()
	if got := strings.Join(users, " "); strings.Contains(got, dead) || !strings.Contains(got, alive) {
		t.Errorf("ACL users after a sweep: %s, want that of %s alone", got, alive)
	}
}

func TestExternalNeverShowsAPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://u:secret@h", "redis://u:secret@127.0.0.1:1/x", "sentinel://:secret@127.0.0.1:1/0?master_name=m", "redis://u:secret@127.0.0.1:1"} {
		r := record(t, func(tb redistest.TB) { redistest.Start(tb, redistest.External(url)) })
		if !r.failed || strings.Contains(r.text(), "secret") {
			t.Errorf("Start with %s: failed %v, reported %s; want a failure without the password", url, r.failed, r.text())
		}
		wantText(t, r.text(), " of redistest.External: ")
	}
}
