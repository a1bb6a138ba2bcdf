package cache_test

import (
	"context"
	"errors"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/redkit-dev/redkit/fixtures/golden/python"
	"github.com/redkit-dev/redkit/reference/cache"
	"github.com/redkit-dev/redkit/reference/plain"
)

func TestEntries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		if _, err := c.Get(ctx, "absent"); !errors.Is(err, cache.ErrNotFound) {
			t.Errorf("Get(absent) = %v, want ErrNotFound", err)
		}
		if err := c.Set(ctx, "nil", nil); err != nil {
			t.Fatal(err)
		}
		if v, err := c.Get(ctx, "nil"); v != nil || err != nil {
			t.Errorf("Get of a stored nil = %v, %v, want nil, nil", v, err)
		}
		if ok := must[bool](t)(c.Add(ctx, "nil", 1)); ok {
			t.Error("Add over a stored nil reports true")
		}
		if ok := must[bool](t)(c.Add(ctx, "k", "v")); !ok {
			t.Error("Add of an absent key reports false")
		}
		if err := c.Set(ctx, "k", "w", cache.NX); !errors.Is(err, cache.ErrNotStored) {
			t.Errorf("Set NX on a live key = %v, want ErrNotStored", err)
		}
		if err := c.Set(ctx, "other", "w", cache.XX); !errors.Is(err, cache.ErrNotStored) {
			t.Errorf("Set XX on an absent key = %v, want ErrNotStored", err)
		}
		if err := c.Set(ctx, "k", "w", cache.NX, cache.XX); !errors.Is(err, cache.ErrInvalidOption) {
			t.Errorf("Set NX XX = %v, want ErrInvalidOption", err)
		}
		if err := c.Set(ctx, "k", "w", cache.XX); err != nil {
			t.Errorf("Set XX on a live key = %v", err)
		}
		got := must[map[string]any](t)(c.GetMany(ctx, []string{"k", "nil", "absent", "k"}))
		if diff := cmp.Diff(map[string]any{"k": "w", "nil": nil}, got); diff != "" {
			t.Errorf("GetMany (-want +got):\n%s", diff)
		}
		if err := c.SetMany(ctx, map[string]any{"a": 1, "b": 2.5, "k": nil}, cache.Version(2)); err != nil {
			t.Fatal(err)
		}
		if v := must[any](t)(c.Get(ctx, "k")); v != "w" {
			t.Errorf("another version changed this one to %v", v)
		}
		if n := must[int](t)(c.DeleteMany(ctx, []string{"a", "b", "absent"}, cache.Version(2))); n != 2 {
			t.Errorf("DeleteMany = %d, want 2", n)
		}
		if ok := must[bool](t)(c.Delete(ctx, "k", cache.Version(2))); !ok {
			t.Error("Delete of a live key reports false")
		}
		if ok := must[bool](t)(c.Delete(ctx, "k", cache.Version(2))); ok {
			t.Error("Delete of a deleted key reports true")
		}
		if err := c.Set(ctx, "k", 1, cache.VersionName("beta")); err != nil {
			t.Fatal(err)
		}
		if ok := must[bool](t)(c.Has(ctx, "k", cache.VersionName("beta"))); !ok {
			t.Error("Has of a named version reports false")
		}
	})
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		set := func(key string, opts ...cache.Option) {
			t.Helper()
			if err := c.Set(ctx, key, key, opts...); err != nil {
				t.Fatal(err)
			}
		}
		ttl := func(key string) time.Duration {
			t.Helper()
			return must[time.Duration](t)(c.TTL(ctx, key))
		}
		set("default")
		set("forever", cache.Forever)
		set("short", cache.For(1500*time.Millisecond))
		set("gone")
		set("gone", cache.Discard)
		if ttl("default") != 300*time.Second || ttl("forever") != cache.NoExpiry {
			t.Errorf("TTL = %v and %v, want 5m0s and NoExpiry", ttl("default"), ttl("forever"))
		}
		if ok := must[bool](t)(c.Has(ctx, "gone")); ok {
			t.Error("Discard left the entry")
		}
		if ok := must[bool](t)(c.Add(ctx, "unborn", 1, cache.Discard)); !ok {
			t.Error("Add with Discard of an absent key reports false")
		}
		if ok := must[bool](t)(c.Has(ctx, "unborn")); ok {
			t.Error("Add with Discard stored the entry")
		}
		c.advance(t, 1400*time.Millisecond)
		if ok := must[bool](t)(c.Has(ctx, "short")); !ok {
			t.Error("an entry is gone before its time")
		}
		c.advance(t, 200*time.Millisecond)
		if ok := must[bool](t)(c.Has(ctx, "short")); ok {
			t.Error("an entry outlives its time")
		}
		if _, err := c.PTTL(ctx, "short"); !errors.Is(err, cache.ErrNotFound) {
			t.Errorf("PTTL of an expired key = %v, want ErrNotFound", err)
		}
		for _, tt := range []struct {
			key  string
			opts []cache.Option
			want bool
		}{
			{"forever", []cache.Option{cache.Forever}, true},
			{"default", []cache.Option{cache.Forever}, true},
			{"absent", []cache.Option{cache.Forever}, false},
			{"absent", nil, false},
			{"forever", []cache.Option{cache.For(time.Minute)}, true},
		} {
			if got := must[bool](t)(c.Touch(ctx, tt.key, tt.opts...)); got != tt.want {
				t.Errorf("Touch(%s, %v) = %v, want %v", tt.key, tt.opts, got, tt.want)
			}
		}
		if ttl("default") != cache.NoExpiry || ttl("forever") != time.Minute {
			t.Errorf("after Touch TTL = %v and %v, want NoExpiry and 1m0s", ttl("default"), ttl("forever"))
		}
		if ok := must[bool](t)(c.Touch(ctx, "forever", cache.Discard)); !ok {
			t.Error("Touch with Discard of a live key reports false")
		}
		if ok := must[bool](t)(c.Has(ctx, "forever")); ok {
			t.Error("Touch with Discard left the entry")
		}
	})
}

func TestExpiryCalls(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		if err := c.Set(ctx, "k", 1, cache.Forever); err != nil {
			t.Fatal(err)
		}
		if ok := must[bool](t)(c.Persist(ctx, "k")); ok {
			t.Error("Persist of a persistent key reports true")
		}
		if ok := must[bool](t)(c.Expire(ctx, "k", time.Minute)); !ok {
			t.Error("Expire of a live key reports false")
		}
		if ok := must[bool](t)(c.Persist(ctx, "k")); !ok {
			t.Error("Persist of a volatile key reports false")
		}
		if _, err := c.Expire(ctx, "k", 1500*time.Millisecond); !errors.Is(err, cache.ErrInvalidTimeout) {
			t.Errorf("Expire of 1.5s = %v, want ErrInvalidTimeout", err)
		}
		if ok := must[bool](t)(c.PExpire(ctx, "k", 1500*time.Millisecond)); !ok {
			t.Error("PExpire of a live key reports false")
		}
		if ok := must[bool](t)(c.ExpireAt(ctx, "absent", time.Now())); ok {
			t.Error("ExpireAt of an absent key reports true")
		}
		if ok := must[bool](t)(c.PExpireAt(ctx, "k", time.Unix(1, 0))); !ok {
			t.Error("PExpireAt into the past reports false")
		}
		if ok := must[bool](t)(c.Has(ctx, "k")); ok {
			t.Error("PExpireAt into the past left the entry")
		}
	})
}

func TestCounters(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		huge := new(big.Int).Lsh(big.NewInt(1), 70)
		for key, v := range map[string]any{"n": 40, "max": int64(math.MaxInt64), "huge": huge, "text": "5", "float": 1.5, "nil": nil, "true": true} {
			if err := c.Set(ctx, key, v, cache.For(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		if n := must[int64](t)(c.Incr(ctx, "n", 2)); n != 42 {
			t.Errorf("40 + 2 = %d", n)
		}
		if n := must[int64](t)(c.Decr(ctx, "n", 50)); n != -8 {
			t.Errorf("42 - 50 = %d", n)
		}
		for _, tt := range []struct {
			key   string
			delta int64
			want  error
		}{
			{"absent", 1, cache.ErrNotFound}, {"absent", 0, cache.ErrNotFound}, {"text", 1, cache.ErrNotInteger}, {"nil", 1, cache.ErrNotInteger},
			{"true", 1, cache.ErrNotInteger}, {"float", 1, cache.ErrNotInteger}, {"max", 1, cache.ErrOverflow}, {"huge", 1, cache.ErrOverflow},
		} {
			if _, err := c.Incr(ctx, tt.key, tt.delta); !errors.Is(err, tt.want) {
				t.Errorf("Incr(%s, %d) = %v, want %v", tt.key, tt.delta, err, tt.want)
			}
		}
		if v := must[any](t)(c.Get(ctx, "max")); v != int64(math.MaxInt64) {
			t.Errorf("an overflow left %v", v)
		}
		if n := must[*big.Int](t)(c.IncrBig(ctx, "max", big.NewInt(1))); n.String() != "9223372036854775808" {
			t.Errorf("max + 1 = %v", n)
		}
		if n := must[int64](t)(c.Decr(ctx, "max", 1)); n != math.MaxInt64 {
			t.Errorf("back below the border = %d", n)
		}
		if d := must[time.Duration](t)(c.TTL(ctx, "max")); d != time.Hour {
			t.Errorf("counting beyond 64 bits changed the TTL to %v", d)
		}
		if f := must[float64](t)(c.IncrFloat(ctx, "float", 1)); f != 2.5 {
			t.Errorf("1.5 + 1 = %v", f)
		}
		if n := must[int64](t)(c.Incr(ctx, "new", 3, cache.Create)); n != 3 {
			t.Errorf("a created counter = %d, want 3", n)
		}
		if d := must[time.Duration](t)(c.TTL(ctx, "new")); d != cache.NoExpiry {
			t.Errorf("a created counter lives %v, want NoExpiry", d)
		}
		if v := must[int64](t)(c.IncrVersion(ctx, "n", 2)); v != 3 {
			t.Errorf("IncrVersion(2) = %d, want 3", v)
		}
		if d := must[time.Duration](t)(c.TTL(ctx, "n", cache.Version(3))); d != time.Hour {
			t.Errorf("IncrVersion changed the TTL to %v", d)
		}
		if _, err := c.IncrVersion(ctx, "n", 1); !errors.Is(err, cache.ErrNotFound) {
			t.Errorf("IncrVersion of what moved away = %v, want ErrNotFound", err)
		}
		if v := must[int64](t)(c.DecrVersion(ctx, "nil", 1)); v != 0 {
			t.Errorf("DecrVersion = %d, want 0", v)
		}
	})
}

func TestValuesComeBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		all, err := python.Values()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all {
			if err := c.Set(t.Context(), "k", v.Plain); err != nil {
				t.Errorf("set %s: %v", v.Name, err)
				continue
			}
			got, err := c.Get(t.Context(), "k")
			if err != nil {
				t.Errorf("get %s: %v", v.Name, err)
				continue
			}
			want, err := plain.Snapshot(v.Plain)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 }), cmp.Comparer(time.Time.Equal)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", v.Name, diff)
			}
		}
	})
}

func TestBadInputChangesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		if err := c.Set(ctx, "k", "before"); err != nil {
			t.Fatal(err)
		}
		done, cancel := context.WithCancel(ctx)
		cancel()
		for name, tt := range map[string]struct {
			err  error
			want error
		}{
			"a function":       {c.Set(ctx, "k", func() {}), cache.ErrSerialize},
			"not UTF-8":        {c.SetMany(ctx, map[string]any{"k": "after", "bad": make(chan int)}), cache.ErrSerialize},
			"a long key":       {c.Set(ctx, string(make([]byte, 300)), 1), cache.ErrInvalidKey},
			"a control":        {c.Set(ctx, "a\nb", 1), cache.ErrInvalidKey},
			"a cancelled call": {c.Set(done, "k", "after"), context.Canceled},
		} {
			if !errors.Is(tt.err, tt.want) {
				t.Errorf("%s: %v, want %v", name, tt.err, tt.want)
			}
		}
		for _, s := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e19} {
			if _, err := cache.Seconds(s); !errors.Is(err, cache.ErrInvalidTimeout) {
				t.Errorf("Seconds(%v) = %v, want ErrInvalidTimeout", s, err)
			}
		}
		if v := must[any](t)(c.Get(ctx, "k")); v != "before" {
			t.Errorf("bad input left %v", v)
		}
		if keys := must[[]string](t)(c.Keys(ctx, "*")); len(keys) != 1 {
			t.Errorf("bad input left the keys %q", keys)
		}
	})
}
