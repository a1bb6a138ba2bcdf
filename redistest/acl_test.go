package redistest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

func TestUser(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		srv := redistest.Start(t, native,
			redistest.User("reader", "on", ">secret", "~app:*", "+@read", "+@connection"),
			redistest.User("off", "off"))
		ctx := t.Context()
		srv.Client().Set(ctx, "app:1", "x", 0)
		reader := redis.NewClient(srv.OptionsAs("reader"))
		defer reader.Close()
		if v, err := reader.Get(ctx, "app:1").Result(); v != "x" || err != nil {
			t.Errorf("Get = %q, %v, want x", v, err)
		}
		for what, err := range map[string]error{
			"Set":               reader.Set(ctx, "app:1", "y", 0).Err(),
			"Get of other keys": reader.Get(ctx, "other").Err(),
		} {
			if err == nil || !strings.HasPrefix(err.Error(), "NOPERM") {
				t.Errorf("%s = %v, want NOPERM", what, err)
			}
		}
		closed := redis.NewClient(srv.OptionsAs("off"))
		defer closed.Close()
		if err := closed.Ping(ctx).Err(); err == nil {
			t.Error("Ping as a user who is off = nil, want an error")
		}
	})
}

func TestUserMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		opt  redistest.Option
		want string
	}{
		{redistest.User("two words"), "want a name without blanks"},
		{redistest.User("a", "on >x"), "one rule per argument"},
		{redistest.User("a", "nonsense"), "nonsense"},
		{redistest.RESP(4), "want 2 or 3"},
	} {
		wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Start(tb, redistest.Native(), tt.opt) }), tt.want)
	}
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Start(tb).OptionsAs("ann") }), `no user "ann"`)
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Start(tb, redistest.Fake(), redistest.User("ann", "on")) }), "user")
}

func TestRESP(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]string{2: "[]interface {}", 3: "map[interface {}]interface {}"} {
		redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
			srv.Client().HSet(t.Context(), "h", "a", 1)
			v, err := srv.Client().Do(t.Context(), "hgetall", "h").Result()
			if got := fmt.Sprintf("%T", v); got != want || err != nil {
				t.Errorf("HGETALL over RESP%d = %s, %v, want %s", version, got, err, want)
			}
		}, redistest.Fake(), redistest.Native(), redistest.RESP(version))
	}
}

func ExampleUser() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native(), redistest.User("reader", "on", ">secret", "~app:*", "+@read"))
		reader := redis.NewClient(srv.OptionsAs("reader"))
		defer reader.Close()
		err := reader.Set(t.Context(), "app:1", "x", 0).Err()
		fmt.Println(strings.Fields(err.Error())[0])
	})
	// Output: NOPERM
}
