package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// A client that retries a command whose reply was lost executes it twice.
func ExampleServer_Faults() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()

		srv.Faults().On("INCR").DropReply()
		fmt.Println(client.Incr(ctx, "orders").Val()) // go-redis retries by itself
	})
	// Output: 2
}

func ExampleFaults_Refuse() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()

		srv.Faults().Refuse()
		err := client.Ping(ctx).Err()
		fmt.Println(errors.Is(err, syscall.ECONNREFUSED))

		srv.Faults().Heal()
		fmt.Println(client.Ping(ctx).Val())
	})
	// Output:
	// true
	// PONG
}

func ExampleFaults_Addr() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		worker := redis.NewClient(&redis.Options{Addr: srv.Faults().Addr(), DB: srv.DB()}) // no Dialer of ours
		defer worker.Close()

		srv.Faults().On("GET").Times(1).Reply(redistest.WrongType)
		fmt.Println(worker.Get(t.Context(), "job").Err())
	})
	// Output: WRONGTYPE Operation against a key holding the wrong kind of value
}

func ExampleSelection_Reply() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()

		srv.Faults().On("SET").Times(1).Reply(redistest.OutOfMemory)
		fmt.Println(client.Set(ctx, "a", 1, 0).Err())
		fmt.Println(client.Set(ctx, "a", 1, 0).Err())
	})
	// Output:
	// OOM command not allowed when used memory > 'maxmemory'.
	// <nil>
}

// Cut breaks what is open, Stall keeps a client waiting until Heal.
func ExampleFaults_Cut() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()
		client.Ping(ctx)

		srv.Faults().Cut()
		fmt.Println(client.Ping(ctx).Val()) // go-redis dials again

		srv.Faults().On("GET").Stall()
		short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
		defer cancel()
		fmt.Println(client.Get(short, "page").Err() != nil)
		fmt.Println(srv.Faults().Log())
	})
	// Output:
	// PONG
	// true
	// [Cut: 1 open connections broken Stall: GET page on connection 2]
}

func ExampleFaults_Kill() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native(), redistest.Exclusive())
		ctx, client := t.Context(), srv.Client()
		client.Set(ctx, "order:1", "paid", 0)

		var server redistest.Process = srv.Faults()
		if err := server.Kill(ctx); err != nil {
			t.Fatalf("%v", err)
		}
		if err := server.Restart(ctx); err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Println(client.Get(ctx, "order:1").Val()) // it keeps an append-only file
	})
	// Output: paid
}

// A server that starts again has lost what was not in its data: scripts,
// connections and their subscriptions.
func ExampleFaults_Restart() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native(), redistest.Exclusive())
		ctx, client := t.Context(), srv.Client()
		sha := client.ScriptLoad(ctx, "return 1").Val()

		if err := srv.Faults().Restart(ctx); err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Println(client.EvalSha(ctx, sha, nil).Err())
	})
	// Output: NOSCRIPT No matching script. Please use EVAL.
}

// A lost request is not executed; a lost reply, and one that is cut short, is.
func ExampleSelection_DropRequest() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		opts := srv.Options()
		opts.MaxRetries = -1 // to see each fault
		client := redis.NewClient(opts)
		defer client.Close()
		ctx := t.Context()

		srv.Faults().On("INCR").Times(1).DropRequest()
		lost := client.Incr(ctx, "orders").Err()
		srv.Faults().On("INCR").AfterBytes(2)
		cut := client.Incr(ctx, "orders").Err()
		fmt.Println(lost != nil, cut != nil, client.Get(ctx, "orders").Val())
	})
	// Output: true true 1
}

// Where looks at the arguments, Skip spares the first, Always holds till Heal.
func ExampleSelection_Where() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		opts := srv.Options()
		opts.MaxRetries = -1
		client := redis.NewClient(opts)
		defer client.Close()

		locks := func(args []string) bool { return strings.HasPrefix(args[1], "lock:") }
		srv.Faults().On("SET").Where(locks).Skip(1).Always().Reply(redistest.Busy)
		for _, key := range []string{"lock:1", "page:1", "lock:2", "lock:3"} {
			fmt.Println(key, client.Set(t.Context(), key, "me", 0).Err() == nil)
		}
	})
	// Output:
	// lock:1 true
	// page:1 true
	// lock:2 false
	// lock:3 false
}

// Any of these replies can be had from a server that is well.
func ExampleMoved() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		opts := srv.Options()
		opts.MaxRetries = -1
		client := redis.NewClient(opts)
		defer client.Close()

		for _, reply := range []string{
			redistest.Moved(42, "127.0.0.1:7001"), redistest.Ask(42, "127.0.0.1:7001"), redistest.ClusterDown,
			redistest.Loading, redistest.ReadOnly, redistest.MasterDown, redistest.NoReplicas, redistest.NoScript,
			redistest.NoAuth, redistest.MaxClients, redistest.CannotSave, redistest.AbortedTx, redistest.UnblockedNow,
		} {
			srv.Faults().On("GET").Times(1).Reply(reply)
			fmt.Println(strings.Fields(client.Get(t.Context(), "a").Err().Error())[0])
		}
	})
	// Output:
	// MOVED
	// ASK
	// CLUSTERDOWN
	// LOADING
	// READONLY
	// MASTERDOWN
	// NOREPLICAS
	// NOSCRIPT
	// NOAUTH
	// ERR
	// MISCONF
	// EXECABORT
	// UNBLOCKED
}
