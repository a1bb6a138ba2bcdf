package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

func ExampleCluster() {
	inTest(func(t redistest.TB) {
		c := redistest.Cluster(t, 3, 1) // three masters with a replica each
		var client redis.UniversalClient = c.Client()
		ctx := t.Context()

		client.Set(ctx, "user:1", "ann", 0)
		if err := c.Failover(ctx, c.Shard("user:1")); err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Println(client.Get(ctx, "user:1").Val(), len(c.Addrs()))
	})
	// Output: ann 6
}

func ExampleClusterServer_MigrateSlot() {
	inTest(func(t redistest.TB) {
		c := redistest.Cluster(t, 2, 0)
		ctx, client := t.Context(), c.Client()

		client.Set(ctx, "user:1", "ann", 0)
		if err := c.MigrateSlot(ctx, redistest.Slot("user:1"), 1-c.Shard("user:1")); err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Println(client.Get(ctx, "user:1").Val()) // the old owner says MOVED
	})
	// Output: ann
}

func ExampleClusterServer_KillMaster() {
	inTest(func(t redistest.TB) {
		c := redistest.Cluster(t, 3, 1)
		ctx, client := t.Context(), c.Client()

		client.Set(ctx, "user:1", "ann", 0)
		client.ForEachMaster(ctx, func(ctx context.Context, m *redis.Client) error { return m.Wait(ctx, 1, time.Second).Err() })
		if err := c.KillMaster(ctx, c.Shard("user:1")); err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Println(client.Get(ctx, "user:1").Val())
	})
	// Output: ann
}

// Without a replica nobody takes over, and Restart brings the data back.
func ExampleClusterServer_Restart() {
	inTest(func(t redistest.TB) {
		c := redistest.Cluster(t, 1, 0)
		ctx, client := t.Context(), c.Client()
		client.Set(ctx, "user:1", "ann", 0)

		errs := errors.Join(c.KillMaster(ctx, 0), c.Restart(ctx))
		addr, err := c.Master(ctx, 0)
		fmt.Println(errors.Join(errs, err), addr == c.Addrs()[0], client.Get(ctx, "user:1").Val())
	})
	// Output: <nil> true ann
}

// While a slot is on its way, its old owner says ASK for keys that have left.
func ExampleClusterServer_StartMigration() {
	inTest(func(t redistest.TB) {
		c := redistest.Cluster(t, 2, 0)
		ctx, client := t.Context(), c.Client()
		client.Set(ctx, "user:1", "ann", 0)

		var m *redistest.Migration
		m, err := c.StartMigration(ctx, redistest.Slot("user:1"), 1-c.Shard("user:1"))
		if err != nil {
			t.Fatalf("%v", err)
		}
		if err := m.MoveKeys(ctx, "user:1"); err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Println(client.Get(ctx, "user:1").Val()) // after ASK
		fmt.Println(m.Finish(ctx))
	})
	// Output:
	// ann
	// <nil>
}

func ExampleSentinel() {
	inTest(func(t redistest.TB) {
		s := redistest.Sentinel(t, 1)
		ctx := t.Context()

		s.Client().Set(ctx, "user:1", "ann", 0)
		s.Client().Wait(ctx, 1, time.Second) // the replica has it
		if err := s.KillMaster(ctx); err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Println(s.Client().Get(ctx, "user:1").Val())
		fmt.Println(s.Restart(ctx)) // the old master is a replica now
	})
	// Output:
	// ann
	// <nil>
}

// A program that asks the sentinels by itself is told their addresses.
func ExampleSentinelServer_Addrs() {
	inTest(func(t redistest.TB) {
		var s *redistest.SentinelServer = redistest.Sentinel(t, 1)
		ctx := t.Context()
		client := redis.NewFailoverClient(&redis.FailoverOptions{SentinelAddrs: s.Addrs(), MasterName: s.MasterName()})
		defer client.Close()

		before, err := s.Master(ctx)
		err = errors.Join(err, s.Failover(ctx))
		after, err2 := s.Master(ctx)
		fmt.Println(errors.Join(err, err2), before != after, client.Ping(ctx).Val())
	})
	// Output: <nil> true PONG
}

// Topologies take the options of Start.
func ExampleClusterServer_Certificates() {
	inTest(func(t redistest.TB) {
		c := redistest.Cluster(t, 1, 0, redistest.TLS(), redistest.User("reader", "on", ">secret", "~*", "+@read", "+cluster|slots", "+command"))
		s := redistest.Sentinel(t, 1, redistest.MutualTLS())
		ctx := t.Context()

		reader := redis.NewClusterClient(c.OptionsAs("reader"))
		defer reader.Close()
		fmt.Println(errors.Is(reader.Get(ctx, "a").Err(), redis.Nil), s.Client().Ping(ctx).Val())
		fmt.Println(len(c.Certificates().CA) > 0, len(s.Certificates().ClientCert) > 0)
	})
	// Output:
	// true PONG
	// true true
}

// A topology is broken, traced and shown as a single server is.
func ExampleClusterServer_Trace() {
	inTest(func(t redistest.TB) {
		c := redistest.Cluster(t, 2, 0)
		ctx := t.Context()
		opts := c.Options()
		opts.MaxRedirects = -1 // to see each fault
		client := redis.NewClusterClient(opts)
		defer client.Close()

		fmt.Print(c.Trace(func() { client.Set(ctx, "user:1", "ann", time.Hour) }))
		c.Faults().On("GET").Times(1).Reply(redistest.ClusterDown)
		fmt.Println(client.Get(ctx, "user:1").Err())
		fmt.Print(c.Dump(ctx))
	})
	// Output:
	// 1 round trip, 1 command
	//     1  SET user:1 ann ex 3600 -> OK
	// CLUSTERDOWN The cluster is down
	// user:1  string  ttl 1h
	//   ann
}

func ExampleSentinelServer_Options() {
	inTest(func(t redistest.TB) {
		s := redistest.Sentinel(t, 1, redistest.User("reader", "on", ">secret", "~*", "+@read", "+hello", "+client"))
		ctx := t.Context()
		writer, reader := redis.NewFailoverClient(s.Options()), redis.NewFailoverClient(s.OptionsAs("reader"))
		defer writer.Close()
		defer reader.Close()

		fmt.Print(s.Trace(func() { writer.Set(ctx, "user:1", "ann", 0) }))
		s.Faults().On("GET").Times(1).DropReply()
		fmt.Println(reader.Get(ctx, "user:1").Val()) // go-redis asks again
		fmt.Print(s.Dump(ctx))
	})
	// Output:
	// 1 round trip, 1 command
	//     1  SET user:1 ann -> OK
	// ann
	// user:1  string
	//   ann
}
