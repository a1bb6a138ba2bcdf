package redistest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

func ExampleNoLeftovers() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.NoLeftovers("cache:*"))
		srv.Client().Set(t.Context(), "lock:1", "me", time.Minute)
	})
	// Output:
	// redistest.NoLeftovers: keys left behind:
	// 	lock:1 (string, ttl 1m)
	// 	delete them where their work ends, or except those that are meant to stay: redistest.NoLeftovers("cache:*")
}

func ExampleNoLeaks() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.NoLeaks())
		client := redis.NewClient(srv.Options())
		defer client.Close() // without it the test fails
		fmt.Println(client.Ping(t.Context()).Val())
	})
	// Output: PONG
}

func ExampleForbid() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Forbid("FLUSHALL"))
		fmt.Println(srv.Client().FlushAll(t.Context()).Err())
	})
	// Output:
	// NOPERM FLUSHALL is forbidden by redistest.Forbid: use UNLINK on the keys of your own
	// redistest.Forbid: forbidden commands:
	// 	FLUSHALL: use UNLINK on the keys of your own
	// 	they were not sent; what the rule allows is set by redistest.Forbid
}

func ExampleClusterSafe() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.ClusterSafe())
		srv.Client().MGet(t.Context(), "{user:1}:name", "{user:1}:cart") // one slot
		srv.Client().MGet(t.Context(), "user:1", "user:2")
	})
	// Output:
	// redistest.ClusterSafe: commands that a cluster refuses:
	// 	MGET user:1 user:2: user:1 is in slot 10778, user:2 in slot 6777
	// 	give keys that belong together a common hash tag, such as {user:1}:cart and {user:1}:seen, or send one command for each
}

func ExampleRESP() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.RESP(2))
		fmt.Println(srv.Options().Protocol)
	})
	// Output: 2
}

func ExampleSelection_Chance() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()

		srv.Faults().Seed(1)
		srv.Faults().On("SET", "GET").Chance(0.3).Reply(redistest.TryAgain) // which go-redis retries
		for i := range 10 {
			client.Set(ctx, fmt.Sprint("key:", i), i, 0)
		}
		srv.Faults().Heal()
		fmt.Println(client.DBSize(ctx).Val())
	})
	// Output: 10
}

func ExampleSelection_Delay() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		srv.Faults().On("GET").Delay(time.Hour)

		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		fmt.Println(srv.Client().Get(ctx, "page").Err() != nil)
	})
	// Output: true
}
