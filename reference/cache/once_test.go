package cache_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
)

// TestALostReplyIsNoSecondTry counts, adds and removes through a client that
// repeats what failed, while one reply is lost.
func TestALostReplyIsNoSecondTry(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	o := srv.Options()
	o.MaxRetries = 3
	client := redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	losesReplies(t, client, srv.Faults())
}

// losesReplies loses one reply to each command that must not be repeated.
func losesReplies(t *testing.T, client redis.UniversalClient, faults *redistest.Faults) {
	t.Helper()
	ctx := t.Context()
	c := cache.NewRedis(client, cache.RedisOptions{KeyPrefix: "{lost}"})
	for name, try := range map[string]func() (any, error){
		"EVALSHA": func() (any, error) { return c.Incr(ctx, "n", 1) },
		"SET":     func() (any, error) { return c.Add(ctx, "a", "mine") },
		"SPOP":    func() (any, error) { return c.SPop(ctx, "s", 1) },
		"DEL":     func() (any, error) { return c.DeleteMany(ctx, []string{"d", "e"}) },
		"RENAME":  func() (any, error) { return c.IncrVersion(ctx, "v", 1) },
		"PEXPIRE": func() (any, error) { return c.Touch(ctx, "t", cache.Discard) },
	} {
		if err := c.SetMany(ctx, map[string]any{"n": 1, "d": 1, "e": 1, "v": 1, "t": 1}); err != nil {
			t.Fatal(err)
		}
		must[int](t)(c.SAdd(ctx, "s", []any{"x", "y"}))
		must[int64](t)(c.Incr(ctx, "n", 0)) // the script is known now
		faults.On(name).DropReply()
		if got, err := try(); !errors.Is(err, cache.ErrUnavailable) {
			t.Errorf("%s whose reply was lost = %v, %v, want ErrUnavailable: nobody knows", name, got, err)
		}
		faults.Heal()
		if n := must[any](t)(c.Get(ctx, "n")); n != int64(1) && n != int64(2) {
			t.Errorf("the counter is %v after no Incr of 1 or one, want 1 or 2", n)
		}
	}
	if n := must[int](t)(c.SCard(ctx, "s")); n < 1 {
		t.Errorf("the set lost more than one member: %d are left", n)
	}
}

// TestAnEntryInItsLastMillisecondStaysMortal moves an entry to another slot
// when Redis says that no millisecond is left of it.
func TestAnEntryInItsLastMillisecondStaysMortal(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.Start(t)
	ring := redis.NewRing(&redis.RingOptions{NewClient: func(*redis.Options) *redis.Client { return redis.NewClient(srv.Options()) }, Addrs: map[string]string{"one": srv.Addr()}})
	t.Cleanup(func() { _ = ring.Close() })
	c := cache.NewRedis(ring, cache.RedisOptions{})
	ring.AddHook(leaves(0))
	if err := c.Set(ctx, "k", "v", cache.For(time.Minute)); err != nil {
		t.Fatal(err)
	}
	must[int64](t)(c.IncrVersion(ctx, "k", 1))
	if d, err := c.PTTL(ctx, "k", cache.Version(2)); err == nil && d == cache.NoExpiry {
		t.Error("an entry with no millisecond left never expires once it was moved")
	}
}

// leaves is a server that says of every entry in a pipeline how long it lives.
type leaves time.Duration

func (leaves) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (leaves) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (d leaves) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := next(ctx, cmds)
		for _, cmd := range cmds {
			if left, ok := cmd.(*redis.DurationCmd); ok {
				left.SetVal(time.Duration(d))
			}
		}
		return err
	}
}
