package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/redistest"
)

// In a test, t is its *testing.T.
func ExampleStart() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t) // the fake, or what REDISTEST_ENGINE says
		ctx, client := t.Context(), srv.Client()

		client.Set(ctx, "session:ann", "token", 30*time.Minute)
		if err := srv.Advance(ctx, 31*time.Minute); err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Println(errors.Is(client.Get(ctx, "session:ann").Err(), redis.Nil))
	})
	// Output: true
}

func ExampleFake() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Fake()) // whatever REDISTEST_ENGINE says
		fmt.Println(srv.Engine(), srv.Client().Ping(t.Context()).Val())
	})
	// Output: fake PONG
}

func ExampleReal() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Real()) // skips the test if there is none
		fmt.Println(srv.Client().Do(t.Context(), "object", "help").Err())
	})
	// Output: <nil>
}

func ExampleNative() {
	inTest(func(t redistest.TB) {
		srv, other := redistest.Start(t, redistest.Native()), redistest.Start(t, redistest.Native())
		fmt.Println(srv.Addr() == other.Addr(), srv.DB() == other.DB()) // one server, two leases
	})
	// Output: true false
}

// A server for tests that several processes share is named by its URL.
func ExampleExternal() {
	inTest(func(t redistest.TB) {
		team := redistest.Start(t, redistest.Native(), redistest.Exclusive())

		srv := redistest.Start(t, redistest.External(team.URL())) // External("") means REDISTEST_URL
		fmt.Println(srv.Client().DBSize(t.Context()).Val())
	})
	// Output: 0
}

func ExampleExclusive() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native(), redistest.Exclusive())
		fmt.Println(srv.Client().ConfigSet(t.Context(), "maxmemory", "1mb").Val()) // nobody else minds
	})
	// Output: OK
}

func ExampleConf() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native(), redistest.Conf("maxmemory 1mb", "maxmemory-policy allkeys-lru"))
		fmt.Println(srv.Client().ConfigGet(t.Context(), "maxmemory").Val()["maxmemory"])
	})
	// Output: 1048576
}

func ExampleAuth() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native(), redistest.Auth("ann", "secret"))
		fmt.Println(srv.Client().Do(t.Context(), "acl", "whoami").Val())
	})
	// Output: ann
}

func ExampleAtLeast() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native(), redistest.AtLeast("6.0")) // skips on older ones
		fmt.Println(srv.Version() != "")
	})
	// Output: true
}

// The test fails at its end, naming FLUSHALL; here the command is harmless.
func ExampleFence() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native(), redistest.Fence())
		fmt.Println(srv.Client().FlushDB(t.Context()).Val()) // its own database
	})
	// Output: OK
}

// permissions is a data set; those of package fixtures have the same methods.
type permissions struct{}

func (permissions) Hash() string { return "permissions v1" }

func (permissions) Apply(ctx context.Context, client redis.UniversalClient) error {
	return client.SAdd(ctx, "permissions:ann", "read", "write").Err()
}

func ExampleSeed() {
	inTest(func(t redistest.TB) {
		var data redistest.Data = permissions{}
		srv := redistest.Start(t, redistest.Native(), redistest.Seed(data))
		fmt.Println(srv.Client().SIsMember(t.Context(), "permissions:ann", "write").Val())
	})
	// Output: true
}

func ExampleServer_Advance() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native()) // a real server
		ctx, client := t.Context(), srv.Client()
		client.Set(ctx, "code", "123456", 10*time.Minute)

		srv.Advance(ctx, 10*time.Minute-srv.Grain())
		before := client.Exists(ctx, "code").Val()
		srv.Advance(ctx, 2*srv.Grain())
		fmt.Println(before, client.Exists(ctx, "code").Val())
	})
	// Output: 1 0
}

// A moment counts from the server's time, not from this machine's.
func ExampleServer_Now() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()
		srv.Advance(ctx, 24*time.Hour)

		client.Set(ctx, "offer", "half price", 0)
		client.ExpireAt(ctx, "offer", srv.Now().Add(time.Hour))
		fmt.Println(client.TTL(ctx, "offer").Val().Round(time.Minute))
	})
	// Output: 1h0m0s
}

// Code that makes its own client takes the URL; code that takes options, the
// options, which carry faults and traces.
func ExampleServer_Options() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		opts := srv.Options()
		opts.Protocol = 2
		client := redis.NewClient(opts)
		defer client.Close()
		fmt.Println(client.Set(t.Context(), "k", "v", 0).Val())
	})
	// Output: OK
}

func ExampleServer_URL() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		opts, err := redis.ParseURL(srv.URL())
		fmt.Println(err, opts.Addr == srv.Addr(), opts.DB == srv.DB())
	})
	// Output: <nil> true true
}

// On a server with one database the keys of a test begin with its prefix.
func ExampleServer_Prefix() {
	inTest(func(t redistest.TB) {
		managed := redistest.Start(t, redistest.Native(), redistest.Conf("databases 1"))

		srv := redistest.Start(t, redistest.External(managed.URL()))
		ctx, client := t.Context(), srv.Client()
		fmt.Println(client.Set(ctx, srv.Prefix()+"cart", "v", 0).Val())
	})
	// Output: OK
}

// Each is called from a test, and makes a subtest per engine.
func ExampleEach() {
	golden.InTest(func(t *testing.T) {
		redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
			fmt.Println(t.Name(), srv.Client().Echo(t.Context(), "hello").Val())
		}, redistest.Fake(), redistest.Native())
	})
	// Output:
	// TestExample/fake hello
	// TestExample/native hello
}

// Versions is called from a test, and makes a subtest per binary in
// REDISTEST_SERVERS, named redis-6.0.16, redis-7.0.15, valkey-8.1.1, …
func ExampleVersions() {
	golden.InTest(func(t *testing.T) {
		versions := map[string]bool{}
		redistest.Versions(t, func(t *testing.T, srv *redistest.Server) {
			versions[srv.Engine()] = srv.Client().Ping(t.Context()).Val() == "PONG"
		}, redistest.AtLeast("6.0"))
		fmt.Println(len(versions) > 0, !slices.Contains(slices.Collect(maps.Values(versions)), false))
	})
	// Output: true true
}

// In a bubble time stands still until everything waits, and passes at once.
func ExampleBubble() {
	golden.InTest(func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			srv := redistest.Start(t, redistest.Bubble())
			client := srv.Client()
			client.Set(t.Context(), "code", "123456", 10*time.Minute)
			time.Sleep(11 * time.Minute)
			fmt.Println(client.Exists(t.Context(), "code").Val())

			start := time.Now()
			err := client.BLPop(t.Context(), time.Hour, "queue").Err()
			fmt.Println(err, time.Since(start))
		})
	})
	// Output:
	// 0
	// redis: nil 1h0m0s
}
