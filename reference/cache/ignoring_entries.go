package cache

import (
	"context"
	"math/big"
	"time"
)

// Get implements Getter.
func (g *Ignoring) Get(ctx context.Context, key string, opts ...Option) (any, error) {
	v, err := g.cache.Get(ctx, key, opts...)
	return orMissing(g, "get", key, v, err)
}

// GetMany implements Getter.
func (g *Ignoring) GetMany(ctx context.Context, keys []string, opts ...Option) (map[string]any, error) {
	v, err := g.cache.GetMany(ctx, keys, opts...)
	return orEmpty(g, v, map[string]any{}, err)
}

// Has implements Getter.
func (g *Ignoring) Has(ctx context.Context, key string, opts ...Option) (bool, error) {
	v, err := g.cache.Has(ctx, key, opts...)
	return orZero(g, v, err)
}

// Set implements Setter.
func (g *Ignoring) Set(ctx context.Context, key string, value any, opts ...Option) error {
	return g.orNil(g.cache.Set(ctx, key, value, opts...))
}

// Add implements Setter.
func (g *Ignoring) Add(ctx context.Context, key string, value any, opts ...Option) (bool, error) {
	v, err := g.cache.Add(ctx, key, value, opts...)
	return orZero(g, v, err)
}

// SetMany implements Setter.
func (g *Ignoring) SetMany(ctx context.Context, values map[string]any, opts ...Option) error {
	return g.orNil(g.cache.SetMany(ctx, values, opts...))
}

// Delete implements Deleter.
func (g *Ignoring) Delete(ctx context.Context, key string, opts ...Option) (bool, error) {
	v, err := g.cache.Delete(ctx, key, opts...)
	return orZero(g, v, err)
}

// DeleteMany implements Deleter.
func (g *Ignoring) DeleteMany(ctx context.Context, keys []string, opts ...Option) (int, error) {
	v, err := g.cache.DeleteMany(ctx, keys, opts...)
	return orZero(g, v, err)
}

// Touch implements Toucher.
func (g *Ignoring) Touch(ctx context.Context, key string, opts ...Option) (bool, error) {
	v, err := g.cache.Touch(ctx, key, opts...)
	return orZero(g, v, err)
}

// Incr implements Counter.
func (g *Ignoring) Incr(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	v, err := g.cache.Incr(ctx, key, delta, opts...)
	return orMissing(g, "incr", key, v, err)
}

// Decr implements Counter.
func (g *Ignoring) Decr(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	v, err := g.cache.Decr(ctx, key, delta, opts...)
	return orMissing(g, "decr", key, v, err)
}

// IncrBig implements Counter.
func (g *Ignoring) IncrBig(ctx context.Context, key string, delta *big.Int, opts ...Option) (*big.Int, error) {
	v, err := g.cache.IncrBig(ctx, key, delta, opts...)
	return orMissing(g, "incrbig", key, v, err)
}

// IncrFloat implements Counter.
func (g *Ignoring) IncrFloat(ctx context.Context, key string, delta float64, opts ...Option) (float64, error) {
	v, err := g.cache.IncrFloat(ctx, key, delta, opts...)
	return orMissing(g, "incrfloat", key, v, err)
}

// IncrVersion implements Versioner.
func (g *Ignoring) IncrVersion(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	v, err := g.cache.IncrVersion(ctx, key, delta, opts...)
	return orMissing(g, "incr_version", key, v, err)
}

// DecrVersion implements Versioner.
func (g *Ignoring) DecrVersion(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	v, err := g.cache.DecrVersion(ctx, key, delta, opts...)
	return orMissing(g, "decr_version", key, v, err)
}

// TTL implements Expirer.
func (g *Ignoring) TTL(ctx context.Context, key string, opts ...Option) (time.Duration, error) {
	v, err := g.cache.TTL(ctx, key, opts...)
	return orMissing(g, "ttl", key, v, err)
}

// PTTL implements Expirer.
func (g *Ignoring) PTTL(ctx context.Context, key string, opts ...Option) (time.Duration, error) {
	v, err := g.cache.PTTL(ctx, key, opts...)
	return orMissing(g, "pttl", key, v, err)
}

// Persist implements Expirer.
func (g *Ignoring) Persist(ctx context.Context, key string, opts ...Option) (bool, error) {
	v, err := g.cache.Persist(ctx, key, opts...)
	return orZero(g, v, err)
}

// Expire implements Expirer.
func (g *Ignoring) Expire(ctx context.Context, key string, d time.Duration, opts ...Option) (bool, error) {
	v, err := g.cache.Expire(ctx, key, d, opts...)
	return orZero(g, v, err)
}

// PExpire implements Expirer.
func (g *Ignoring) PExpire(ctx context.Context, key string, d time.Duration, opts ...Option) (bool, error) {
	v, err := g.cache.PExpire(ctx, key, d, opts...)
	return orZero(g, v, err)
}

// ExpireAt implements Expirer.
func (g *Ignoring) ExpireAt(ctx context.Context, key string, t time.Time, opts ...Option) (bool, error) {
	v, err := g.cache.ExpireAt(ctx, key, t, opts...)
	return orZero(g, v, err)
}

// PExpireAt implements Expirer.
func (g *Ignoring) PExpireAt(ctx context.Context, key string, t time.Time, opts ...Option) (bool, error) {
	v, err := g.cache.PExpireAt(ctx, key, t, opts...)
	return orZero(g, v, err)
}

// Keys implements Scanner.
func (g *Ignoring) Keys(ctx context.Context, pattern string, opts ...Option) ([]string, error) {
	v, err := g.cache.Keys(ctx, pattern, opts...)
	return orEmpty(g, v, []string{}, err)
}

// DeletePattern implements Scanner.
func (g *Ignoring) DeletePattern(ctx context.Context, pattern string, opts ...Option) (int, error) {
	v, err := g.cache.DeletePattern(ctx, pattern, opts...)
	return orZero(g, v, err)
}

// Clear implements Clearer.
func (g *Ignoring) Clear(ctx context.Context) error {
	return g.orNil(g.cache.Clear(ctx))
}

// ClearPrefix implements Clearer.
func (g *Ignoring) ClearPrefix(ctx context.Context) (int, error) {
	v, err := g.cache.ClearPrefix(ctx)
	return orZero(g, v, err)
}

// Close implements Cache.
func (g *Ignoring) Close() error { return g.cache.Close() }
