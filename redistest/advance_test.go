package redistest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/redistest"
)

// lives tells which of the keys exist.
func lives(t *testing.T, c *redis.Client, keys ...string) []string {
	t.Helper()
	var alive []string
	for _, key := range keys {
		n, err := c.Exists(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			alive = append(alive, key)
		}
	}
	return alive
}

func TestAdvanceMovesExpiry(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), srv.Client()
		c.Set(ctx, "minute", "v", time.Minute)
		c.Set(ctx, "hour", "v", time.Hour)
		c.Set(ctx, "ever", "v", 0)
		c.HSet(ctx, "hash", "f", "v")
		c.Expire(ctx, "hash", time.Minute)
		keys := []string{"minute", "hour", "ever", "hash"}
		steps := []struct {
			d    time.Duration
			want []string
		}{
			{0, keys},
			{time.Minute - srv.Grain(), keys},
			{2 * srv.Grain(), []string{"hour", "ever"}},
			{59 * time.Minute, []string{"ever"}},
			{1000 * time.Hour, []string{"ever"}},
		}
		for _, step := range steps {
			if err := srv.Advance(ctx, step.d); err != nil {
				t.Fatalf("Advance(%v) = %v", step.d, err)
			}
			if diff := cmp.Diff(step.want, lives(t, c, keys...)); diff != "" {
				t.Errorf("alive after Advance(%v) (-want +got):\n%s", step.d, diff)
			}
		}
		if err := srv.Advance(ctx, -time.Second); err == nil {
			t.Error("Advance(-1s) = nil, want an error")
		}
	}, redistest.Fake(), redistest.Native(), exclusiveNative)
}

// TestNowIsWhereMomentsCountFrom hands the server a moment after its time has
// been moved: a key that is to expire a minute from Now has a minute left.
func TestNowIsWhereMomentsCountFrom(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		var clock conformance.Teller = srv
		ctx, c := t.Context(), srv.Client()
		if err := srv.Advance(ctx, 1000*time.Hour); err != nil {
			t.Fatal(err)
		}
		srv.Faults().Refuse() // those of the test are no reason not to know
		now := clock.Now()
		srv.Faults().Heal()
		c.Set(ctx, "k", "v", 0)
		if err := c.PExpireAt(ctx, "k", now.Add(time.Minute)).Err(); err != nil {
			t.Fatal(err)
		}
		if left := c.PTTL(ctx, "k").Val(); left <= time.Minute-10*time.Second || left > time.Minute {
			t.Errorf("PTTL of a key that expires at Now()+1m, after Advance = %v, want about 1m", left)
		}
	}, redistest.Fake(), redistest.Native())
}

func TestNowIsTheTimeOfTheBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.Start(t, redistest.Bubble())
		for _, d := range []time.Duration{0, time.Hour} {
			if err := srv.Advance(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			if got, want := srv.Now(), time.Now(); !got.Equal(want) {
				t.Errorf("Now() after Advance(%v) = %v, want the bubble's %v", d, got, want)
			}
		}
	})
}

// TestNowOfAServerThatIsGone asks one that cannot answer.
func TestNowOfAServerThatIsGone(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, redistest.Native(), redistest.Exclusive())
	if err := srv.Faults().Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if off := time.Since(srv.Now()); off < 0 || off > time.Minute {
		t.Errorf("Now() is %v from this machine's time, want that", off)
	}
}

func exclusiveNative(set *redistest.Settings) {
	redistest.With(redistest.NativeWith("exclusive", 16))(set)
	redistest.Exclusive()(set)
}

func TestAdvanceLeavesOtherLeasesAlone(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		other := redistest.Start(t, redistest.With(redistest.EngineOf(srv)))
		ctx := t.Context()
		for _, s := range []*redistest.Server{srv, other} {
			if err := s.Client().Set(ctx, "k", "v", time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if err := srv.Advance(ctx, 2*time.Hour); err != nil {
			t.Fatal(err)
		}
		if got := lives(t, other.Client(), "k"); len(got) != 1 {
			t.Error("Advance on one lease expired a key of another")
		}
	}, redistest.Fake(), redistest.Native())
}

func TestAdvanceMovesEachKeyOnce(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), srv.Client()
		const n = 20_000
		for first := 0; first < n; first += 1000 {
			if _, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
				for i := range 1000 {
					life := time.Hour
					if i%2 == 0 {
						life = time.Minute
					}
					p.Set(ctx, fmt.Sprint("key", first+i), "v", life)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := srv.Advance(ctx, 40*time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := c.DBSize(ctx).Val(); got != n/2 {
			t.Errorf("DBSIZE = %d, want %d", got, n/2)
		}
		for i := 1; i < n; i += 997 * 2 {
			left := c.PTTL(ctx, fmt.Sprint("key", i)).Val()
			if left > 20*time.Minute || left < 19*time.Minute {
				t.Fatalf("PTTL of key%d = %v, want just under 20m", i, left)
			}
		}
	}, redistest.Fake(), redistest.Native())
}

func TestAdvanceExpiresInsteadOfDeleting(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, redistest.Native(), redistest.Exclusive())
	ctx, c := t.Context(), srv.Client()
	c.ConfigSet(ctx, "notify-keyspace-events", "Exg")
	sub := c.PSubscribe(ctx, "__keyevent@*")
	defer sub.Close()
	if _, err := sub.Receive(ctx); err != nil {
		t.Fatal(err)
	}
	c.Set(ctx, "k", "v", time.Minute)
	if err := srv.Advance(ctx, time.Hour); err != nil {
		t.Fatal(err)
	}
	limit, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for {
		m, err := sub.ReceiveMessage(limit)
		if err != nil {
			t.Fatalf("no expired event: %v", err)
		}
		if strings.HasSuffix(m.Channel, ":del") {
			t.Fatalf("the key was deleted: %v", m)
		}
		if strings.HasSuffix(m.Channel, ":expired") {
			break
		}
	}
	if info := c.InfoMap(ctx, "stats").Item("Stats", "expired_keys"); info != "1" {
		t.Errorf("expired_keys = %q, want 1", info)
	}
}

func TestAdvanceDeletesNoneOfManyKeys(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		srv := redistest.Start(t, native, redistest.Exclusive())
		ctx, c := t.Context(), srv.Client()
		const n = 100_000 // of which some meet the beginning of a millisecond
		if err := c.Eval(ctx, `for i = 1, ARGV[1] do redis.call('SET', i, 'v', 'PX', 60000) end`, nil, n).Err(); err != nil && err != redis.Nil {
			t.Fatal(err)
		}
		if err := srv.Advance(ctx, time.Hour); err != nil {
			t.Fatal(err)
		}
		if left := c.DBSize(ctx).Val(); left != 0 {
			t.Errorf("%d keys are left", left)
		}
		if got := c.InfoMap(ctx, "stats").Item("Stats", "expired_keys"); got != fmt.Sprint(n) {
			t.Errorf("expired_keys = %s, want %d: the others were deleted", got, n)
		}
	})
}

func TestAdvanceMovesHashFields(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		srv := redistest.Start(t, native)
		ctx, c := t.Context(), srv.Client()
		c.HSet(ctx, "h", "minute", "v", "hour", "v", "ever", "v")
		if info := c.Do(ctx, "command", "info", "hpexpire").Val().([]any); info[0] == nil {
			if err := srv.Advance(ctx, 2*time.Minute); err != nil { // Redis before 7.4, and Valkey 8, have no such lifetimes
				t.Fatal(err)
			}
			return
		}
		c.HExpire(ctx, "h", time.Minute, "minute")
		c.HExpire(ctx, "h", time.Hour, "hour")
		if err := srv.Advance(ctx, 2*time.Minute); err != nil {
			t.Fatal(err)
		}
		if c.HExists(ctx, "h", "minute").Val() {
			t.Error("a field with a minute to live is there after two")
		}
		left := c.HPTTL(ctx, "h", "hour", "ever").Val()
		if hour := time.Duration(left[0]) * time.Millisecond; hour > 58*time.Minute || hour < 57*time.Minute || left[1] != -1 {
			t.Errorf("HPTTL of an hour and of ever after 2m = %v, want just under 58m and -1", left)
		}
	})
}
