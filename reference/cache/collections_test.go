package cache_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
)

func sorted(v []any) []any {
	slices.SortFunc(v, func(a, b any) int {
		if fmt.Sprint(a) < fmt.Sprint(b) {
			return -1
		}
		return 1
	})
	return v
}

func TestSets(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		count := must[int](t)
		list := must[[]any](t)
		if n := count(c.SAdd(ctx, "a", []any{1, "1", true, nil, "x", "x"})); n != 5 {
			t.Errorf("SAdd = %d, want 5: 1 and \"1\" differ", n)
		}
		if n := count(c.SAdd(ctx, "b", []any{"x", "y"})); n != 2 {
			t.Errorf("SAdd = %d, want 2", n)
		}
		if diff := cmp.Diff([]bool{true, false}, must[[]bool](t)(c.SMIsMember(ctx, "a", []any{"x", "y"}))); diff != "" {
			t.Errorf("SMIsMember (-want +got):\n%s", diff)
		}
		for name, tt := range map[string]struct{ got, want []any }{
			"diff":    {list(c.SDiff(ctx, []string{"b", "a"})), []any{"y"}},
			"inter":   {list(c.SInter(ctx, []string{"a", "b"})), []any{"x"}},
			"union":   {list(c.SUnion(ctx, []string{"b", "absent"})), []any{"x", "y"}},
			"members": {list(c.SMembers(ctx, "absent")), []any{}},
			"pop":     {list(c.SPop(ctx, "absent", 1)), []any{}},
		} {
			if diff := cmp.Diff(tt.want, sorted(tt.got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if n := count(c.SUnionStore(ctx, "u", []string{"a", "b"})); n != 6 {
			t.Errorf("SUnionStore = %d, want 6", n)
		}
		if ok := must[bool](t)(c.SMove(ctx, "b", "c", "y", cache.Version(1))); !ok {
			t.Error("SMove of a member reports false")
		}
		if n := count(c.SInterStore(ctx, "u", []string{"a", "absent"})); n != 0 {
			t.Errorf("SInterStore = %d, want 0", n)
		}
		// miniredis keeps an empty set where Redis removes the key.
		if ok := must[bool](t)(c.Has(ctx, "u")); ok && c.name != "fake" {
			t.Error("an empty result is stored")
		}
		if got := list(c.SRandMember(ctx, "b", -3)); len(got) != 3 {
			t.Errorf("SRandMember(-3) of one member = %v", got)
		}
		if got := list(c.SPop(ctx, "a", 10)); len(got) != 5 {
			t.Errorf("SPop(10) = %v, want 5 members", got)
		}
		if err := c.Set(ctx, "v", "text"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.SAdd(ctx, "v", []any{1}); !errors.Is(err, cache.ErrWrongType) {
			t.Errorf("SAdd to a value = %v, want ErrWrongType", err)
		}
		if _, err := c.Get(ctx, "b"); !errors.Is(err, cache.ErrWrongType) {
			t.Errorf("Get of a set = %v, want ErrWrongType", err)
		}
		if got := must[map[string]any](t)(c.GetMany(ctx, []string{"b", "v"})); len(got) != 1 {
			t.Errorf("GetMany of a set and a value = %v, want the value", got)
		}
	})
}

func TestHashes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		if n := must[int](t)(c.HSet(ctx, "h", map[string]any{"a": 1, "b": []any{"x"}, "c": nil})); n != 3 {
			t.Errorf("HSet = %d, want 3", n)
		}
		if v := must[any](t)(c.HGet(ctx, "h", "a")); v != int64(1) {
			t.Errorf("HGet = %v, want 1", v)
		}
		if _, err := c.HGet(ctx, "h", "z"); !errors.Is(err, cache.ErrNotFound) {
			t.Errorf("HGet of no field = %v, want ErrNotFound", err)
		}
		want := map[string]any{"a": int64(1), "b": []any{"x"}, "c": nil}
		if diff := cmp.Diff(want, must[map[string]any](t)(c.HGetAll(ctx, "h"))); diff != "" {
			t.Errorf("HGetAll (-want +got):\n%s", diff)
		}
		keys := must[[]string](t)(c.HKeys(ctx, "h"))
		slices.Sort(keys)
		if diff := cmp.Diff([]string{"a", "b", "c"}, keys); diff != "" {
			t.Errorf("HKeys (-want +got):\n%s", diff)
		}
		if n := must[int](t)(c.HDel(ctx, "h", []string{"a", "z"})); n != 1 {
			t.Errorf("HDel = %d, want 1", n)
		}
		if n := must[int](t)(c.HLen(ctx, "h")); n != 2 {
			t.Errorf("HLen = %d, want 2", n)
		}
		if ok := must[bool](t)(c.HExists(ctx, "h", "b")); !ok {
			t.Error("HExists of a field reports false")
		}
	})
}

func TestSortedSets(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		count := must[int](t)
		list := must[[]cache.Scored](t)
		a, b, d := cache.Scored{Member: "a", Score: 1}, cache.Scored{Member: "b", Score: 2}, cache.Scored{Member: "d", Score: 2}
		if n := count(c.ZAdd(ctx, "z", []cache.Scored{b, a, d})); n != 3 {
			t.Errorf("ZAdd = %d, want 3", n)
		}
		if n := count(c.ZAdd(ctx, "z", []cache.Scored{{Member: "a", Score: 5}}, cache.NX)); n != 0 {
			t.Errorf("ZAdd NX = %d, want 0", n)
		}
		if n := count(c.ZAdd(ctx, "z", []cache.Scored{{Member: "a", Score: 0}}, cache.GT, cache.CH)); n != 0 {
			t.Errorf("ZAdd GT CH = %d, want 0", n)
		}
		two := cache.ScoreRange{Min: 1, Max: 2, ExcludeMin: true}
		for _, tt := range []struct {
			name      string
			got, want []cache.Scored
		}{
			{"range", list(c.ZRange(ctx, "z", 0, -1)), []cache.Scored{a, b, d}},
			{"revrange", list(c.ZRevRange(ctx, "z", 0, 0)), []cache.Scored{d}},
			{"by score", list(c.ZRangeByScore(ctx, "z", two)), []cache.Scored{b, d}},
			{"rev by score", list(c.ZRevRangeByScore(ctx, "z", cache.ScoreRange{Min: 0, Max: 9, Offset: 1, Count: 1})), []cache.Scored{b}},
			{"absent", list(c.ZRange(ctx, "absent", 0, -1)), []cache.Scored{}},
			{"pop min", list(c.ZPopMin(ctx, "z", 1)), []cache.Scored{a}},
			{"pop nothing", list(c.ZPopMax(ctx, "absent", 1)), []cache.Scored{}},
		} {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			}
		}
		if n := count(c.ZCount(ctx, "z", two)); n != 2 {
			t.Errorf("ZCount = %d, want 2", n)
		}
		if f := must[float64](t)(c.ZIncrBy(ctx, "z", 1.5, "b")); f != 3.5 {
			t.Errorf("ZIncrBy = %v, want 3.5", f)
		}
		if n := count(c.ZRank(ctx, "z", "b")); n != 1 {
			t.Errorf("ZRank = %d, want 1", n)
		}
		if _, err := c.ZScore(ctx, "z", "nobody"); !errors.Is(err, cache.ErrNotFound) {
			t.Errorf("ZScore of nobody = %v, want ErrNotFound", err)
		}
		if n := count(c.ZRemRangeByScore(ctx, "z", cache.ScoreRange{Min: 0, Max: 3})); n != 1 {
			t.Errorf("ZRemRangeByScore = %d, want 1", n)
		}
	})
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		for _, key := range []string{"user:1", "user:2", "user[1]", "item:1", `back\slash`} {
			if err := c.Set(ctx, key, 1); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Set(ctx, "user:9", 1, cache.Version(2)); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			pattern string
			want    []string
		}{
			{"user:*", []string{"user:1", "user:2"}},
			{"user[1]", nil},
			{cache.EscapePattern("user[1]"), []string{"user[1]"}},
			{cache.EscapePattern(`back\slash`), []string{`back\slash`}},
			{"?tem:[^2]", []string{"item:1"}},
			{"nothing*", nil},
		} {
			got := must[[]string](t)(c.Keys(ctx, tt.pattern))
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("Keys(%q) = %q, want %q", tt.pattern, got, tt.want)
			}
		}
		var walked []string
		for key, err := range c.IterKeys(ctx, "user:*", cache.ScanCount(1)) {
			if err != nil {
				t.Fatal(err)
			}
			if walked = append(walked, key); len(walked) == 1 {
				break
			}
		}
		if len(walked) != 1 {
			t.Errorf("IterKeys went on after break: %q", walked)
		}
		if n := must[int](t)(c.DeletePattern(ctx, "user:*")); n != 2 {
			t.Errorf("DeletePattern = %d, want 2", n)
		}
		if ok := must[bool](t)(c.Has(ctx, "user:9", cache.Version(2))); !ok {
			t.Error("DeletePattern crossed into another version")
		}
	})
}

func TestClearPrefixLeavesLocksAndOthers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		if err := c.SetMany(ctx, map[string]any{"a": 1, "b": "text"}); err != nil {
			t.Fatal(err)
		}
		if err := c.Set(ctx, "c", 1, cache.VersionName("beta")); err != nil {
			t.Fatal(err)
		}
		if err := c.Set(ctx, "a", "theirs", cache.Prefix("other")); err != nil {
			t.Fatal(err)
		}
		if err := c.Set(ctx, "a", "longer", cache.Prefix("p:prod")); err != nil {
			t.Fatal(err)
		}
		if _, err := c.SAdd(ctx, "set", []any{1}); err != nil {
			t.Fatal(err)
		}
		lock := c.Lock("lock", cache.LockOptions{Timeout: time.Minute})
		if ok := must[bool](t)(lock.Acquire(ctx)); !ok {
			t.Fatal("the lock was not acquired")
		}
		if n := must[int](t)(c.ClearPrefix(ctx)); n != 4 {
			t.Errorf("ClearPrefix = %d, want 4", n)
		}
		if err := lock.Release(ctx); err != nil {
			t.Errorf("the lock is gone: %v", err)
		}
		if v := must[any](t)(c.Get(ctx, "a", cache.Prefix("other"))); v != "theirs" {
			t.Errorf("the other prefix has %v", v)
		}
		if v := must[any](t)(c.Get(ctx, "a", cache.Prefix("p:prod"))); v != "longer" {
			t.Errorf("the longer prefix has %v", v)
		}
		if err := c.Clear(ctx); err != nil {
			t.Fatal(err)
		}
		if ok := must[bool](t)(c.Has(ctx, "a", cache.Prefix("other"))); ok {
			t.Error("Clear left an entry")
		}
	})
}

func TestLocks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		ours := c.Lock("l", cache.LockOptions{Timeout: 10 * time.Second, Wait: -1})
		theirs := c.Lock("l", cache.LockOptions{Timeout: 10 * time.Second, Wait: -1})
		acquire := func(l cache.Lock, want bool) {
			t.Helper()
			if got := must[bool](t)(l.Acquire(ctx)); got != want {
				t.Errorf("Acquire = %v, want %v", got, want)
			}
		}
		if err := ours.Release(ctx); !errors.Is(err, cache.ErrLockNotOwned) {
			t.Errorf("Release of a free lock = %v, want ErrLockNotOwned", err)
		}
		acquire(ours, true)
		acquire(theirs, false)
		if ok := must[bool](t)(theirs.Locked(ctx)); !ok {
			t.Error("Locked of a held lock reports false")
		}
		if ok := must[bool](t)(theirs.Owned(ctx)); ok {
			t.Error("Owned of another's lock reports true")
		}
		if err := ours.Extend(ctx, 10*time.Second); err != nil {
			t.Fatal(err)
		}
		c.advance(t, 15*time.Second)
		if ok := must[bool](t)(ours.Owned(ctx)); !ok {
			t.Error("an extended lock is lost before its time")
		}
		if err := ours.Reacquire(ctx); err != nil {
			t.Fatal(err)
		}
		c.advance(t, 11*time.Second)
		acquire(theirs, true)
		if err := ours.Release(ctx); !errors.Is(err, cache.ErrLockNotOwned) {
			t.Errorf("Release of another's lock = %v, want ErrLockNotOwned", err)
		}
		if err := ours.Do(ctx, nil); !errors.Is(err, cache.ErrLockNotAcquired) {
			t.Errorf("Do under another's lock = %v, want ErrLockNotAcquired", err)
		}
		if _, err := c.Get(ctx, "l"); !errors.Is(err, cache.ErrDeserialize) {
			t.Errorf("Get of a lock = %v, want ErrDeserialize", err)
		}
		if err := theirs.Release(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestPipeline(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx := t.Context()
		var added, again *cache.Future[bool]
		var got *cache.Future[any]
		var n *cache.Future[int64]
		err := c.Pipeline(ctx, func(p cache.Pipe) error {
			added = p.Add("k", 5)
			again = p.Add("k", 6)
			n = p.Incr("k", 2)
			got = p.Get("k")
			p.Touch("k", cache.Forever)
			p.Get("absent")
			p.Set("bad", func() {})
			return nil
		})
		if !errors.Is(err, cache.ErrSerialize) {
			t.Errorf("Pipeline = %v, want the ErrSerialize of its last operation", err)
		}
		if a, b := must[bool](t)(added.Result()), must[bool](t)(again.Result()); !a || b {
			t.Errorf("two Adds = %v and %v, want true and false", a, b)
		}
		if v, w := must[any](t)(got.Result()), must[int64](t)(n.Result()); v != int64(7) || w != 7 {
			t.Errorf("Get = %v, Incr = %v, want 7", v, w)
		}
		if d := must[time.Duration](t)(c.TTL(ctx, "k")); d != cache.NoExpiry {
			t.Errorf("after Touch(Forever) TTL = %v", d)
		}
	})
}

// TestScoresAreComparedOnServersBefore62 has ZADD with GT and LT refused, as
// Redis 6.0 does: a script compares, and the server is asked only once.
func TestScoresAreComparedOnServersBefore62(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.Start(t)
	c := cache.NewRedis(srv.Client(), cache.RedisOptions{})
	add := func(score float64, opts ...cache.Option) int {
		t.Helper()
		return must[int](t)(c.ZAdd(ctx, "z", []cache.Scored{{Member: "m", Score: score}, {Member: "n", Score: 1}}, opts...))
	}
	add(5)
	srv.Faults().On("ZADD").Where(func(args []string) bool { return slices.Contains(args, "gt") || slices.Contains(args, "lt") }).Always().
		Reply("ERR syntax error")
	for _, tt := range []struct {
		score  float64
		opts   []cache.Option
		count  int
		result float64
	}{
		{4, []cache.Option{cache.GT}, 0, 5},
		{6, []cache.Option{cache.GT}, 0, 6},
		{7, []cache.Option{cache.GT, cache.CH}, 1, 7},
		{8, []cache.Option{cache.LT, cache.CH}, 0, 7},
		{math.Inf(-1), []cache.Option{cache.LT, cache.CH, cache.XX}, 1, math.Inf(-1)},
		{math.Inf(1), []cache.Option{cache.GT, cache.XX}, 0, math.Inf(1)},
	} {
		if n, score := add(tt.score, tt.opts...), must[float64](t)(c.ZScore(ctx, "z", "m")); n != tt.count || score != tt.result {
			t.Errorf("ZAdd(%v, %v) = %d and leaves %v, want %d and %v", tt.score, tt.opts, n, score, tt.count, tt.result)
		}
	}
	asked := srv.Trace(func() { add(1, cache.GT) })
	for _, cmd := range asked.Commands {
		if strings.EqualFold(cmd.Args[0], "zadd") {
			t.Errorf("ZADD is sent again after the server refused it: %v", cmd.Args)
		}
	}
}
