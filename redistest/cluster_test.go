package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// binaries runs fn on every server binary of REDISTEST_SERVERS, else on the
// one that Native finds.
func binaries(t *testing.T, fn func(t *testing.T, native redistest.Option)) {
	t.Helper()
	paths := filepath.SplitList(os.Getenv("REDISTEST_SERVERS"))
	if len(paths) == 0 {
		fn(t, redistest.Native())
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			fn(t, redistest.NativeAt(path))
		})
	}
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// fill writes n keys and returns them.
func fill(t *testing.T, c redis.UniversalClient, n int) (keys []string) {
	t.Helper()
	for i := range n {
		key := fmt.Sprint("key:", i)
		if err := c.Set(t.Context(), key, i, 0).Err(); err != nil {
			t.Fatalf("Set %s: %v", key, err)
		}
		keys = append(keys, key)
	}
	return keys
}

func expectFilled(t *testing.T, c redis.UniversalClient, keys []string) {
	t.Helper()
	for i, key := range keys {
		if v, err := c.Get(t.Context(), key).Result(); v != fmt.Sprint(i) || err != nil {
			t.Fatalf("Get %s = %q, %v, want %d", key, v, err, i)
		}
	}
}

func TestClusterServesAllSlots(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		c := redistest.Cluster(t, 3, 0, native)
		expectFilled(t, c.Client(), fill(t, c.Client(), 200))
		for _, addr := range c.Addrs() {
			node := redis.NewClient(&redis.Options{Addr: addr})
			info, err := node.ClusterInfo(t.Context()).Result()
			for _, want := range []string{"cluster_state:ok", "cluster_slots_assigned:16384", "cluster_known_nodes:3", "cluster_size:3"} {
				if err != nil || !strings.Contains(info, want) {
					t.Errorf("CLUSTER INFO of %s lacks %s: %v\n%s", addr, want, err, info)
				}
			}
			_ = node.Close()
		}
		err := c.Client().MSet(t.Context(), "{a}1", 1, "{b}1", 2).Err()
		if err == nil || !strings.Contains(err.Error(), "CROSSSLOT") {
			t.Errorf("MSET over two slots = %v, want CROSSSLOT", err)
		}
	})
}

// TestClusterMastersHaveKnownEpochs asks every master for the epochs of all: one
// that has a newer epoch than others know takes back a slot that moves, without
// its keys.
func TestClusterMastersHaveKnownEpochs(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		var first map[string]string // epochs, by id
		for _, addr := range redistest.Cluster(t, 3, 0, native).Addrs() {
			node := redis.NewClient(&redis.Options{Addr: addr})
			t.Cleanup(func() { _ = node.Close() })
			nodes, err := node.ClusterNodes(t.Context()).Result()
			if err != nil {
				t.Fatal(err)
			}
			epochs, owners := map[string]string{}, map[string]string{}
			for line := range strings.Lines(nodes) {
				f := strings.Fields(line)
				epochs[f[0]], owners[f[6]] = f[6], f[0]
			}
			if first == nil {
				first = epochs
			}
			if diff := cmp.Diff(first, epochs); diff != "" || len(owners) != 3 {
				t.Errorf("%s knows %d epochs of 3 masters; those it knows (-first node +it):\n%s", addr, len(owners), diff)
			}
		}
	})
}

func TestReplicasAreAsPatientAsTheirMasters(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		for _, addr := range redistest.Cluster(t, 2, 1, native).Addrs() {
			node := redis.NewClient(&redis.Options{Addr: addr})
			defer node.Close()
			config, err := node.ConfigGet(t.Context(), "cluster-node-timeout").Result()
			if got := config["cluster-node-timeout"]; err != nil || got != "15000" {
				t.Errorf("cluster-node-timeout of %s = %s, %v, want 15000", addr, got, err)
			}
		}
	})
}

func TestClusterFailoverKeepsTheData(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		ctx, c := bounded(t), redistest.Cluster(t, 3, 1, native)
		keys := fill(t, c.Client(), 100)
		shard := c.Shard(keys[0])
		before, err := c.Master(ctx, shard)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Failover(ctx, shard); err != nil {
			t.Fatalf("Failover: %v", err)
		}
		if after, err := c.Master(ctx, shard); after == before || err != nil {
			t.Errorf("master after Failover = %s, %v, want another than %s", after, err, before)
		}
		expectFilled(t, c.Client(), keys)
		if err := c.Failover(ctx, shard); err != nil {
			t.Errorf("Failover back: %v", err)
		}
	})
}

func TestClusterSurvivesTheDeathOfAMaster(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		ctx, c := bounded(t), redistest.Cluster(t, 3, 1, native, redistest.Auth("", "s3cret"))
		keys := fill(t, c.Client(), 100)
		for shard := range 3 { // what is acknowledged by a replica must survive
			if err := c.Client().ForEachMaster(ctx, func(ctx context.Context, m *redis.Client) error {
				return m.Wait(ctx, 1, 10*time.Second).Err()
			}); err != nil {
				t.Fatalf("WAIT: %v", err)
			}
			before, err := c.Master(ctx, shard)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.KillMaster(ctx, shard); err != nil {
				t.Fatalf("KillMaster: %v", err)
			}
			expectFilled(t, c.Client(), keys)
			if err := c.Restart(ctx); err != nil {
				t.Fatalf("Restart: %v", err)
			}
			if after, err := c.Master(ctx, shard); after == before || err != nil {
				t.Errorf("master of shard %d = %s, %v, want another than %s", shard, after, err, before)
			}
		}
		expectFilled(t, c.Client(), keys)
	})
}

func TestAMasterWithoutReplicaIsMissedUntilRestart(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		ctx, c := bounded(t), redistest.Cluster(t, 3, 0, native)
		keys := fill(t, c.Client(), 50)
		if err := c.KillMaster(ctx, c.Shard(keys[0])); err != nil {
			t.Fatal(err)
		}
		if err := c.Client().Get(ctx, keys[0]).Err(); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("Get from a dead shard = %v, want ECONNREFUSED", err)
		}
		if err := c.Failover(ctx, c.Shard(keys[0])); err == nil || !strings.Contains(err.Error(), "Restart") {
			t.Errorf("Failover of a dead shard = %v, want a hint to Restart", err)
		}
		if err := c.Restart(ctx); err != nil {
			t.Fatalf("Restart: %v", err)
		}
		expectFilled(t, c.Client(), keys)
	})
}

func TestMigrateSlotMovesItsKeys(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		ctx, c := bounded(t), redistest.Cluster(t, 2, 0, native)
		client := c.Client()
		// An old client learns of the move from a node, not by looking around.
		opts := c.Options()
		opts.ClusterStateReloadInterval = time.Hour
		old := redis.NewClusterClient(opts)
		t.Cleanup(func() { _ = old.Close() })
		if err := old.Ping(ctx).Err(); err != nil {
			t.Fatal(err)
		}
		var keys []string
		for i := range 250 {
			keys = append(keys, fmt.Sprintf("{tag}:%d", i))
			if err := client.Set(ctx, keys[i], i, 0).Err(); err != nil {
				t.Fatal(err)
			}
		}
		slot, to := redistest.Slot("{tag}"), 1-c.Shard("{tag}")
		m, err := c.StartMigration(ctx, slot, to)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.MoveKeys(ctx, keys[:10]...); err != nil {
			t.Fatal(err)
		}
		tr := c.Trace(func() {
			if v, err := client.Get(ctx, keys[5]).Result(); v != "5" || err != nil {
				t.Errorf("Get of a moved key = %q, %v, want 5", v, err)
			}
		})
		if text := tr.String(); !strings.Contains(text, "error ASK ") || !strings.Contains(text, "ASKING") {
			t.Errorf("trace of a key that has moved before its slot:\n%s\nwant ASK and ASKING", text)
		}
		if err := m.Finish(ctx); err != nil {
			t.Fatal(err)
		}
		if got := c.Shard("{tag}"); got != to {
			t.Errorf("Shard = %d, want %d", got, to)
		}
		tr = c.Trace(func() { expectFilled(t, old, keys) })
		if text := tr.String(); !strings.Contains(text, "error MOVED ") {
			t.Errorf("no MOVED after a migration:\n%s", text)
		}
		expectFilled(t, client, keys)
		if err := c.MigrateSlot(ctx, slot, 1-to); err != nil {
			t.Errorf("MigrateSlot back: %v", err)
		}
		expectFilled(t, client, keys)
	})
}

func TestFaultsReachEveryNode(t *testing.T) {
	t.Parallel()
	c := redistest.Cluster(t, 2, 0)
	keys := fill(t, c.Client(), 4)
	c.Faults().On("GET").Times(1).Reply(redistest.TryAgain)
	tr := c.Trace(func() { c.Client().Get(t.Context(), keys[0]) })
	if text := tr.String(); !strings.Contains(text, "TRYAGAIN") {
		t.Errorf("trace:\n%s\nwant TRYAGAIN", text)
	}
}

func TestClusterRefusesWhatItCannotBe(t *testing.T) {
	t.Parallel()
	needNative(t)
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Cluster(tb, 0, 1) }), "want at least one master")
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Cluster(tb, 1, 0, redistest.Fake()) }), "not on fake: use redistest.Native()")
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Cluster(tb, 1, 0, redistest.Conf("nonsense 1")) }), "nonsense")
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Cluster(tb, 1, 0).Faults().Addr() }), "use the Dialer of Options")
}
