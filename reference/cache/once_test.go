package cache_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
)

// TestALostReplyIsNoSecondTry counts and adds through a client that repeats
// what failed, while one reply is lost.
func TestALostReplyIsNoSecondTry(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.Start(t)
	o := srv.Options()
	o.MaxRetries = 3
	client := redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	c := cache.NewRedis(client, cache.RedisOptions{})
	for name, try := range map[string]func() (any, error){
		"EVALSHA": func() (any, error) { return c.Incr(ctx, "n", 1) },
		"SET":     func() (any, error) { return c.Add(ctx, "a", "mine") },
		"SPOP":    func() (any, error) { return c.SPop(ctx, "s", 1) },
	} {
		if err := c.Set(ctx, "n", 1); err != nil {
			t.Fatal(err)
		}
		must[int](t)(c.SAdd(ctx, "s", []any{"x", "y"}))
		must[int64](t)(c.Incr(ctx, "n", 0)) // the script is known now
		srv.Faults().On(name).DropReply()
		if got, err := try(); err == nil {
			t.Errorf("%s whose reply was lost = %v, want an error: nobody knows", name, got)
		}
		srv.Faults().Heal()
		if n := must[any](t)(c.Get(ctx, "n")); n != int64(1) && n != int64(2) {
			t.Errorf("the counter is %v after no Incr of 1 or one, want 1 or 2", n)
		}
	}
	if n := must[int](t)(c.SCard(ctx, "s")); n < 1 {
		t.Errorf("the set lost more than one member: %d are left", n)
	}
}
