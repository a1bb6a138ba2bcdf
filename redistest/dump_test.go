package redistest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// furnish writes data of every type.
func furnish(t *testing.T, srv *redistest.Server) {
	t.Helper()
	ctx := t.Context()
	if _, err := srv.Client().Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, "plain", "text", 0)
		p.Set(ctx, "two words", "a b", 90*time.Second)
		p.Set(ctx, "json", `{"a": 1}`, 36*time.Hour)
		p.Set(ctx, "\x00\xff", "line\nbreak", 10*time.Second)
		p.Set(ctx, "empty", "", 2*time.Hour)
		p.RPush(ctx, "list", "b", "a", "b")
		p.SAdd(ctx, "set", "y", "x", "10", "9")
		p.HSet(ctx, "hash", "name", "ann", "age", 7)
		p.Expire(ctx, "hash", 30*time.Minute)
		p.ZAdd(ctx, "zset", redis.Z{Score: 1.5, Member: "b"}, redis.Z{Score: 1.5, Member: "a"}, redis.Z{Score: -3, Member: "c"}, redis.Z{Score: 1e21, Member: "d"})
		p.XAdd(ctx, &redis.XAddArgs{Stream: "stream", ID: "1-1", Values: []string{"z", "1", "a", "2"}})
		p.XAdd(ctx, &redis.XAddArgs{Stream: "stream", ID: "2-0", Values: []string{"z", "3"}})
		p.XGroupCreate(ctx, "stream", "workers", "0")
		p.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "workers", Consumer: "w1", Streams: []string{"stream", ">"}, Count: 1})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

const furnished = `"\x00\xff"  string  ttl 10s
  "line\nbreak"
empty  string  ttl 2h
  ""
hash  hash  ttl 30m
  age = 7
  name = ann
json  string  ttl 36h
  ` + "`" + `{"a": 1}` + "`" + `
list  list
  b
  a
  b
plain  string
  text
set  set
  10
  9
  x
  y
stream  stream
  1-1  z 1 a 2
  2-0  z 3
  group workers at 1-1
    consumer w1
    pending 1-1 of w1, delivered once
"two words"  string  ttl 1m30s
  "a b"
zset  zset
  -3 c
  1.5 a
  1.5 b
  1e+21 d
`

func TestDumpIsTheSameOnEveryEngine(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		furnish(t, srv)
		if diff := cmp.Diff(furnished, srv.Dump(t.Context())); diff != "" {
			t.Errorf("dump (-want +got):\n%s", diff)
		}
	})
	binaries(t, func(t *testing.T, native redistest.Option) {
		srv := redistest.Start(t, native)
		furnish(t, srv)
		if diff := cmp.Diff(furnished, srv.Dump(t.Context())); diff != "" {
			t.Errorf("dump (-want +got):\n%s", diff)
		}
	})
}

func TestDumpInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.Start(t, redistest.Bubble())
		furnish(t, srv)
		if diff := cmp.Diff(furnished, srv.Dump(t.Context())); diff != "" {
			t.Errorf("dump (-want +got):\n%s", diff)
		}
	})
}

func TestDumpShowsFieldLifetimes(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		srv := redistest.Start(t, native)
		ctx, c := t.Context(), srv.Client()
		c.HSet(ctx, "h", "a", 1, "b", 2)
		want := "h  hash\n  a = 1\n  b = 2  ttl 1m\n"
		if err := c.HExpire(ctx, "h", time.Minute, "b").Err(); err != nil {
			if !strings.Contains(err.Error(), "unknown command") { // before Redis 7.4
				t.Fatal(err)
			}
			want = "h  hash\n  a = 1\n  b = 2\n"
		}
		if got := srv.Dump(ctx); got != want {
			t.Errorf("dump:\n%s\nwant\n%s", got, want)
		}
	})
}

func TestDumpOfAWholeServerNamesOtherDatabases(t *testing.T) {
	t.Parallel()
	for _, opt := range []redistest.Option{redistest.Fake(), redistest.Native()} {
		srv := redistest.Start(t, opt, redistest.Exclusive())
		ctx := t.Context()
		srv.Client().Set(ctx, "a", 1, 0)
		c := srv.Options()
		c.DB = 3
		other := redis.NewClient(c)
		other.Set(ctx, "b", 2, 0)
		_ = other.Close()
		if got, want := srv.Dump(ctx), "a  string\n  1\ndb 3: b  string\n  2\n"; got != want {
			t.Errorf("%s: dump:\n%s\nwant\n%s", srv.Engine(), got, want)
		}
	}
}

func TestDiffTellsWhatChanged(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), srv.Client()
		furnish(t, srv)
		before := srv.Snapshot(ctx)
		if got := srv.Diff(ctx, before); got != "" {
			t.Errorf("diff of nothing:\n%s", got)
		}
		c.Del(ctx, "plain")
		c.Set(ctx, "new", 1, time.Minute)
		c.HSet(ctx, "hash", "age", 8)
		c.Persist(ctx, "hash")
		c.RPop(ctx, "list")
		c.LPush(ctx, "list", "b")
		want := `~ hash  hash  (was: hash  hash  ttl 30m)
-   age = 7
+   age = 8
~ list  list
-   b
-   a
-   b
+   b
+   b
+   a
+ new  string  ttl 1m
+   1
- plain  string
-   text
`
		if diff := cmp.Diff(want, srv.Diff(ctx, before)); diff != "" {
			t.Errorf("diff (-want +got):\n%s", diff)
		}
	})
}

func TestAFailedTestTellsItsData(t *testing.T) {
	t.Parallel()
	text := recordFailure(t, func(tb redistest.TB) {
		srv := redistest.Start(tb)
		ctx, c := tb.Context(), srv.Client()
		for i := range 40 {
			c.RPush(ctx, fmt.Sprintf("key:%02d", i), 1, 2, 3, 4, 5, 6)
		}
		c.Set(ctx, "a", strings.Repeat("x", 100), time.Minute)
		tb.Errorf("as planned")
	})
	wantText(t, text, "its data:", "  a  string  ttl 1m\n", "…(100 bytes)", "key:00  list\n    1\n    2\n    3\n    4\n    5\n    …\n", "… and 11 keys more")
}

func ExampleServer_Dump() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()

		client.HSet(ctx, "session:1", "name", "ann", "visits", 3)
		client.Expire(ctx, "session:1", 30*time.Minute)
		fmt.Print(srv.Dump(ctx))
	})
	// Output:
	// session:1  hash  ttl 30m
	//   name = ann
	//   visits = 3
}

func ExampleServer_Diff() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		ctx, client := t.Context(), srv.Client()
		client.Set(ctx, "stock:apple", 5, 0)
		before := srv.Snapshot(ctx)

		client.Decr(ctx, "stock:apple")
		client.RPush(ctx, "orders", "apple")
		fmt.Print(srv.Diff(ctx, before))
	})
	// Output:
	// + orders  list
	// +   apple
	// ~ stock:apple  string
	// -   5
	// +   4
}

func ExampleSnapshot() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t)
		srv.Client().Set(t.Context(), "stock:apple", 5, 0)
		var before redistest.Snapshot = srv.Snapshot(t.Context())

		srv.Client().FlushDB(t.Context())
		fmt.Print(before.String()) // it stays as it was
	})
	// Output:
	// stock:apple  string
	//   5
}
