package cache_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
)

// TestOnACluster runs the operations on many keys where the keys are on
// different nodes and have no hash tag.
func TestOnACluster(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.Cluster(t, 3, 0)
	c := cache.NewRedis(srv.Client(), cache.RedisOptions{KeyPrefix: "p"})
	values, keys := make(map[string]any), []string(nil)
	for i := range 200 {
		key := fmt.Sprint("key:", i)
		keys = append(keys, key)
		values[key] = int64(i)
	}
	if err := c.SetMany(ctx, values, cache.For(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(values, must[map[string]any](t)(c.GetMany(ctx, append(keys, "absent")))); diff != "" {
		t.Errorf("GetMany (-want +got):\n%s", diff)
	}
	if got := must[[]string](t)(c.Keys(ctx, "key:*")); len(got) != 200 {
		t.Errorf("Keys found %d of 200", len(got))
	}
	if n := must[int](t)(c.DeleteMany(ctx, keys[:50])); n != 50 {
		t.Errorf("DeleteMany = %d, want 50", n)
	}
	if n := must[int](t)(c.DeletePattern(ctx, "key:1*")); n != 100 {
		t.Errorf("DeletePattern = %d, want the 100 from key:100 to key:199", n)
	}
	once := srv.Options()
	once.MaxRetries = -1 // which this client does not heed where it may repeat
	client := redis.NewClusterClient(once)
	t.Cleanup(func() { _ = client.Close() })
	losesReplies(t, client, srv.Faults())
	moved := 0
	for i := range 20 { // most of them change their slot
		key := fmt.Sprint("v:", i)
		if err := c.Set(ctx, key, i, cache.For(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if v := must[int64](t)(c.IncrVersion(ctx, key, 1)); v != 2 {
			t.Errorf("IncrVersion = %d, want 2", v)
		}
		d := must[time.Duration](t)(c.TTL(ctx, key, cache.Version(2)))
		if got := must[any](t)(c.Get(ctx, key, cache.Version(2))); got != int64(i) || d < 59*time.Second || d > time.Minute {
			t.Errorf("after IncrVersion %s = %v for %v, want %d for a minute", key, got, d, i)
		}
		if _, err := c.Get(ctx, key); errors.Is(err, cache.ErrNotFound) {
			moved++
		}
	}
	if moved != 20 {
		t.Errorf("%d of 20 old versions are gone", moved)
	}
	if _, err := c.IncrVersion(ctx, "absent", 1); !errors.Is(err, cache.ErrNotFound) {
		t.Errorf("IncrVersion of nothing = %v, want ErrNotFound", err)
	}
	if n := must[*big.Int](t)(c.IncrBig(ctx, "v:1", new(big.Int).Lsh(big.NewInt(1), 65), cache.Version(2))); n.BitLen() != 66 {
		t.Errorf("IncrBig = %v", n)
	}
}

// TestCollectionsOnACluster combines sets of different nodes.
func TestCollectionsOnACluster(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.Cluster(t, 3, 0)
	c := cache.NewRedis(srv.Client(), cache.RedisOptions{})
	for key, members := range map[string][]any{"a": {"x", "y"}, "b": {"y", "z"}, "c": {"q"}} {
		if _, err := c.SAdd(ctx, key, members); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]any{"y"}, must[[]any](t)(c.SInter(ctx, []string{"a", "b"}))); diff != "" {
		t.Errorf("SInter (-want +got):\n%s", diff)
	}
	if n := must[int](t)(c.SUnionStore(ctx, "u", []string{"a", "b", "c"})); n != 4 {
		t.Errorf("SUnionStore = %d, want 4", n)
	}
	if n := must[int](t)(c.SDiffStore(ctx, "u", []string{"c", "c"})); n != 0 {
		t.Errorf("SDiffStore = %d, want 0", n)
	}
	if ok := must[bool](t)(c.SMove(ctx, "a", "b", "x")); !ok {
		t.Error("SMove between nodes reports false")
	}
	lock := c.Lock("l", cache.LockOptions{Timeout: time.Minute})
	if ok := must[bool](t)(lock.Acquire(ctx)); !ok {
		t.Fatal("the lock was not acquired")
	}
	if n := must[int](t)(c.ClearPrefix(ctx)); n != 3 {
		t.Errorf("ClearPrefix = %d, want the sets a, b and c", n)
	}
	if err := lock.Release(ctx); err != nil {
		t.Errorf("ClearPrefix took the lock: %v", err)
	}
	if err := errors.Join(c.Set(ctx, "k", 1), c.Clear(ctx)); err != nil {
		t.Fatal(err)
	}
	if ok := must[bool](t)(c.Has(ctx, "k")); ok {
		t.Error("Clear left an entry")
	}
}

// TestReplicasServeReads routes reads to one server and writes to another.
func TestReplicasServeReads(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	primary, replica := redistest.Start(t), redistest.Start(t)
	writes := cache.NewRedis(primary.Client(), cache.RedisOptions{})
	c := cache.NewRedis(primary.Client(), cache.RedisOptions{Replicas: []redis.UniversalClient{replica.Client()}})
	if err := c.Set(ctx, "k", "v"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(ctx, "k"); !errors.Is(err, cache.ErrNotFound) {
		t.Errorf("a read on the replica, which has nothing = %v, want ErrNotFound", err)
	}
	if v := must[any](t)(writes.Get(ctx, "k")); v != "v" {
		t.Errorf("the primary has %v, want v", v)
	}
	if keys := must[[]string](t)(c.Keys(ctx, "*")); !slices.Equal(keys, []string{}) {
		t.Errorf("Keys on the replica = %q, want none", keys)
	}
	if n := must[int64](t)(c.Incr(ctx, "n", 1, cache.Create)); n != 1 {
		t.Errorf("Incr on the primary = %d, want 1", n)
	}
	if n := must[int](t)(c.DeletePattern(ctx, "*")); n != 2 {
		t.Errorf("DeletePattern on the primary = %d, want 2", n)
	}
}
