package redistest_test

import (
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

func ExampleServer_Trace() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()

		fmt.Print(srv.Trace(func() {
			client.Set(ctx, "user:1", "ann", 0)
			client.Pipelined(ctx, func(p redis.Pipeliner) error {
				p.Get(ctx, "user:1")
				p.Get(ctx, "user:2")
				return nil
			})
		}))
	})
	// Output:
	// 2 round trips, 3 commands
	//     1  SET user:1 ann -> OK
	//     2  GET user:1 -> 3 bytes
	//        GET user:2 -> nil
}

func ExampleMaxRoundTrips() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()

		redistest.MaxRoundTrips(t, srv, 1, func() {
			client.MGet(ctx, "user:1", "user:2", "user:3")
		})
	})
	// Output:
}

// A trace can be looked at in parts.
func ExampleTrace_Exchanges() {
	inTest(func(t redistest.TB) {
		var srv redistest.Tracer = redistest.Start(t) // a cluster is one too
		ctx, client := t.Context(), srv.(*redistest.Server).Client()

		tr := srv.Trace(func() {
			for i := range 3 {
				client.Get(ctx, fmt.Sprint("user:", i))
			}
		})
		for _, exchange := range tr.Exchanges() {
			var first redistest.Command = exchange[0]
			fmt.Println(first.RoundTrip, strings.Join(first.Args, " "), "->", first.Reply)
		}
		for _, repeat := range tr.Repeats() {
			fmt.Println(repeat.String())
		}
		fmt.Println(len(tr.Timings()) > len(tr.String()))
	})
	// Output:
	// 1 get user:0 -> nil
	// 2 get user:1 -> nil
	// 3 get user:2 -> nil
	// N+1: GET user:* was sent 3 times, one by one (round trips 1-3): use MGET or a pipeline
	// true
}

func ExampleRepeat() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()

		tr := srv.Trace(func() {
			for i := range 3 {
				client.HGetAll(ctx, fmt.Sprint("user:", i))
			}
		})
		for _, r := range tr.Repeats() {
			fmt.Println(r.Command, r.Keys, r.RoundTrips, r.Same)
		}
	})
	// Output: HGETALL user:* [1 2 3] false
}
