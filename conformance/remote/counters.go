package remote

import (
	"context"
	"math/big"
	"strconv"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// Incr implements cachetest.Counter.
func (c *Cache) Incr(ctx context.Context, key string, delta int64) (int64, error) {
	return typed[int64](c, ctx, "incr", arg{"key", key}, arg{"delta", delta})
}

// Decr implements cachetest.Counter.
func (c *Cache) Decr(ctx context.Context, key string, delta int64) (int64, error) {
	return typed[int64](c, ctx, "decr", arg{"key", key}, arg{"delta", delta})
}

// IncrCreate implements cachetest.Creator.
func (c *Cache) IncrCreate(ctx context.Context, key string, delta int64) (int64, error) {
	if err := c.has("cache.count.create"); err != nil {
		return 0, err
	}
	return typed[int64](c, ctx, "incr", arg{"key", key}, arg{"delta", delta}, arg{"ignore_key_check", true})
}

// IncrBig implements cachetest.BigCounter.
func (c *Cache) IncrBig(ctx context.Context, key string, delta *big.Int) (*big.Int, error) {
	if err := c.has("cache.count.big"); err != nil {
		return nil, err
	}
	v, err := c.plain(ctx, "incr", arg{"key", key}, arg{"delta", delta})
	if n, ok := v.(int64); ok {
		return big.NewInt(n), err
	}
	n, _ := v.(*big.Int)
	return n, err
}

// IncrFloat implements cachetest.FloatCounter.
func (c *Cache) IncrFloat(ctx context.Context, key string, delta float64) (float64, error) {
	if err := c.has("cache.count.float"); err != nil {
		return 0, err
	}
	return typed[float64](c, ctx, "incr", arg{"key", key}, arg{"delta", delta})
}

// At implements cachetest.Versioned.
func (c *Cache) At(version string) cachetest.Cache {
	at := *c
	at.version = version
	if n, err := strconv.ParseInt(version, 10, 64); err == nil {
		at.version = n
	}
	return &at
}

// IncrVersion implements cachetest.Versioned.
func (c *Cache) IncrVersion(ctx context.Context, key string, delta int64) (int64, error) {
	return typed[int64](c, ctx, "incr_version", arg{"key", key}, arg{"delta", delta})
}

// DecrVersion implements cachetest.Versioned.
func (c *Cache) DecrVersion(ctx context.Context, key string, delta int64) (int64, error) {
	return typed[int64](c, ctx, "decr_version", arg{"key", key}, arg{"delta", delta})
}
