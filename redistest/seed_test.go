package redistest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// cart is a data set with every type of value.
type cart struct {
	hash    string
	applied atomic.Int32
	err     error
}

func (c *cart) Hash() string { return c.hash }

func (c *cart) Apply(ctx context.Context, client redis.UniversalClient) error {
	c.applied.Add(1)
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, "string", "a\x00b\xff", 0)
		p.Set(ctx, "hour", "v", time.Hour)
		p.HSet(ctx, "hash", "f", "v")
		p.RPush(ctx, "list", "a", "b")
		p.SAdd(ctx, "set", "a")
		p.ZAdd(ctx, "zset", redis.Z{Score: 1.5, Member: "a"})
		p.XAdd(ctx, &redis.XAddArgs{Stream: "stream", ID: "1-1", Values: []string{"f", "v"}})
		return nil
	})
	return errors.Join(err, c.err)
}

func TestSeed(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		data := &cart{hash: rand.Text()} // new to the server whatever ran before
		for i := range 3 {
			s := redistest.Start(t, redistest.With(redistest.EngineOf(srv)), redistest.Seed(data))
			ctx, c := t.Context(), s.Client()
			got := map[string]string{}
			for _, key := range c.Keys(ctx, "*").Val() {
				got[key] = c.Type(ctx, key).Val()
			}
			want := map[string]string{"string": "string", "hour": "string", "hash": "hash", "list": "list", "set": "set", "zset": "zset", "stream": "stream"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("keys of test %d (-want +got):\n%s", i, diff)
			}
			if v := c.Get(ctx, "string").Val(); v != "a\x00b\xff" {
				t.Errorf("GET string = %q, want %q", v, "a\x00b\xff")
			}
			if left := c.PTTL(ctx, "hour").Val(); left <= 59*time.Minute || left > time.Hour {
				t.Errorf("PTTL hour = %v, want just under an hour", left)
			}
			c.Del(ctx, "string") // not in the template
		}
		if srv.Engine() != "fake" && data.applied.Load() != 1 {
			t.Errorf("Apply ran %d times for three tests, want once", data.applied.Load())
		}
	}, redistest.Fake(), redistest.Native())
}

func TestSeedOnAServerOfItsOwn(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, exclusiveNative, redistest.Seed(&cart{hash: "own"}))
	if n := srv.Client().DBSize(t.Context()).Val(); n != 7 {
		t.Errorf("DBSIZE = %d, want 7", n)
	}
}

func TestSeedOfAnExternalServer(t *testing.T) {
	t.Parallel()
	srv := host(t, "databases 4")
	data := &cart{hash: "external"}
	s := redistest.Start(t, redistest.External(srv.URL()), redistest.Seed(data))
	if n := s.Client().DBSize(t.Context()).Val(); n != 7 {
		t.Errorf("DBSIZE = %d, want 7", n)
	}
}

// orders is a data set with streams.
type orders struct{ pending bool }

func (o orders) Hash() string { return fmt.Sprint("orders, pending: ", o.pending) }

func (o orders) Apply(ctx context.Context, client redis.UniversalClient) error {
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.XAdd(ctx, &redis.XAddArgs{Stream: "new", ID: "1-1", Values: []string{"b", "1", "a", "2"}})
		p.XAdd(ctx, &redis.XAddArgs{Stream: "new", ID: "7-0", Values: []string{"b", "3"}})
		p.XGroupCreate(ctx, "new", "workers", "1-1")
		p.Expire(ctx, "new", time.Hour)
		p.XAdd(ctx, &redis.XAddArgs{Stream: "done", ID: "5-0", Values: []string{"a", "1"}})
		p.XDel(ctx, "done", "5-0")
		p.XGroupCreateMkStream(ctx, "idle", "workers", "$")
		if o.pending {
			p.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "workers", Consumer: "w1", Streams: []string{"new", ">"}})
		}
		return nil
	})
	return err
}

func TestSeedBelowAPrefix(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		one := redistest.Start(t, native, redistest.Conf("databases 1"))
		many := redistest.Cluster(t, 2, 0, native)
		for what, url := range map[string]string{"one database": one.URL(), "a cluster": "redis+cluster://" + many.Addrs()[0]} {
			data := &cart{hash: rand.Text()}
			for range 2 {
				want := redistest.Start(t, redistest.Fake(), redistest.Seed(data), redistest.Seed(orders{}))
				got := redistest.Start(t, redistest.External(url), redistest.Seed(data), redistest.Seed(orders{}))
				if got.Prefix() == "" {
					t.Fatalf("%s: no prefix", what)
				}
				if diff := cmp.Diff(want.Dump(t.Context()), got.Dump(t.Context())); diff != "" {
					t.Errorf("%s: data below the prefix (-fake +real):\n%s", what, diff)
				}
				if err := got.Client().XAdd(t.Context(), &redis.XAddArgs{Stream: got.Prefix() + "done", ID: "5-0", Values: []string{"a", "1"}}).Err(); err == nil {
					t.Errorf("%s: XADD took an id that the stream has had", what)
				}
			}
			if n := data.applied.Load(); n != 3 { // for each fake, and for all prefixes
				t.Errorf("%s: Apply ran %d times, want 3", what, n)
			}
			wantText(t, recordFailure(t, func(tb redistest.TB) {
				redistest.Start(tb, redistest.External(url), redistest.Seed(orders{pending: true}))
			}), "below a prefix", `stream "new"`, `1 entries of group "workers" wait to be acknowledged`)
		}
	})
}

func TestASeedThatFailsFailsTheTest(t *testing.T) {
	t.Parallel()
	engine := small(t, 8)
	data := &cart{hash: "broken", err: errors.New("disk on fire")}
	for range 2 {
		r := record(t, func(tb redistest.TB) { redistest.Start(tb, engine, redistest.Seed(data)) })
		if !r.failed {
			t.Error("a seed that fails did not fail the test")
		}
		wantText(t, r.text(), "seed: disk on fire")
	}
	if n := data.applied.Load(); n != 2 {
		t.Errorf("Apply ran %d times for two tests, want it tried again: twice", n)
	}
	data.err = nil
	srv := redistest.Start(t, engine, redistest.Seed(data))
	if n := srv.Client().DBSize(t.Context()).Val(); n != 7 {
		t.Errorf("DBSIZE after the seed was mended = %d, want 7", n)
	}
}

func TestSeedsInParallelFillOnce(t *testing.T) {
	t.Parallel()
	engine := small(t, 64)
	data := &cart{hash: "parallel"}
	t.Run("group", func(t *testing.T) {
		for i := range 20 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				srv := redistest.Start(t, engine, redistest.Seed(data))
				if n := srv.Client().DBSize(t.Context()).Val(); n != 7 {
					t.Errorf("DBSIZE = %d, want 7", n)
				}
			})
		}
	})
	if n := data.applied.Load(); n != 1 {
		t.Errorf("Apply ran %d times, want once", n)
	}
}
