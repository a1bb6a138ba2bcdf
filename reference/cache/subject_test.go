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

// A subject is a cache under test and its clock.
type subject struct {
	cache.Cache
	name    string
	advance func(t *testing.T, d time.Duration)
	srv     *redistest.Server // nil for memory
}

// each runs test on a Memory, and on a Redis on a fake and on a real server.
func each(t *testing.T, test func(t *testing.T, c subject)) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		now := newClock()
		c := cache.NewMemory(cache.MemoryOptions{Now: now.Now, KeyPrefix: "p"})
		test(t, subject{c, "memory", func(_ *testing.T, d time.Duration) { now.Advance(d) }, nil})
	})
	t.Run("fake", func(t *testing.T) {
		t.Parallel()
		test(t, onServer(t, "fake", cache.RedisOptions{KeyPrefix: "p"}))
	})
	t.Run("real", func(t *testing.T) {
		t.Parallel()
		test(t, onServer(t, "real", cache.RedisOptions{KeyPrefix: "p"}, redistest.Real()))
	})
}

func onServer(t *testing.T, name string, o cache.RedisOptions, opts ...redistest.Option) subject {
	t.Helper()
	srv := redistest.Start(t, opts...)
	return subject{cache.NewRedis(srv.Client(), o), name, func(t *testing.T, d time.Duration) {
		t.Helper()
		err := srv.Advance(t.Context(), d)
		if errors.Is(err, errors.ErrUnsupported) {
			err = warp(t.Context(), srv.Client(), d)
		}
		if err != nil {
			t.Fatal(err)
		}
	}, srv}
}

// warp moves every expiry d nearer.
func warp(ctx context.Context, client *redis.Client, d time.Duration) error {
	keys, err := client.Keys(ctx, "*").Result()
	if err != nil {
		return err
	}
	for _, key := range keys {
		left, err := client.PTTL(ctx, key).Result()
		if err == nil && left > 0 {
			err = client.PExpire(ctx, key, left-d).Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
