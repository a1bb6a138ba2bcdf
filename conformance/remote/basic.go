package remote

import (
	"context"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// Get implements cachetest.Cache.
func (c *Cache) Get(ctx context.Context, key string) (any, bool, error) {
	var answer struct {
		Found bool
		Value any
	}
	if err := c.call(ctx, "get", &answer, arg{"key", key}); err != nil || !answer.Found {
		return nil, false, err
	}
	v, err := decode(answer.Value)
	return v, true, err
}

// Set implements cachetest.Cache.
func (c *Cache) Set(ctx context.Context, key string, value any, timeout cachetest.Timeout) error {
	return c.call(ctx, "set", nil, arg{"key", key}, arg{"value", value}, arg{"timeout", timeout})
}

// Delete implements cachetest.Cache.
func (c *Cache) Delete(ctx context.Context, key string) (bool, error) {
	return typed[bool](c, ctx, "delete", arg{"key", key})
}

// Add implements cachetest.Adder.
func (c *Cache) Add(ctx context.Context, key string, value any, timeout cachetest.Timeout) (bool, error) {
	return typed[bool](c, ctx, "add", arg{"key", key}, arg{"value", value}, arg{"timeout", timeout})
}

// Touch implements cachetest.Toucher.
func (c *Cache) Touch(ctx context.Context, key string, timeout cachetest.Timeout) (bool, error) {
	return typed[bool](c, ctx, "touch", arg{"key", key}, arg{"timeout", timeout})
}

// Has implements cachetest.Haser.
func (c *Cache) Has(ctx context.Context, key string) (bool, error) {
	return typed[bool](c, ctx, "has_key", arg{"key", key})
}

// GetMany implements cachetest.Many.
func (c *Cache) GetMany(ctx context.Context, keys []string) (map[string]any, error) {
	return typed[map[string]any](c, ctx, "get_many", arg{"keys", keys})
}

// SetMany implements cachetest.Many.
func (c *Cache) SetMany(ctx context.Context, values map[string]any, timeout cachetest.Timeout) error {
	return c.call(ctx, "set_many", nil, arg{"data", values}, arg{"timeout", timeout})
}

// DeleteMany implements cachetest.Many.
func (c *Cache) DeleteMany(ctx context.Context, keys []string) (int, error) {
	return number(c, ctx, "delete_many", arg{"keys", keys})
}

// GetOrSet implements cachetest.Filler.
func (c *Cache) GetOrSet(ctx context.Context, key string, compute func(context.Context) (any, error), timeout cachetest.Timeout) (any, error) {
	var raw any
	run := func() (any, error) { return compute(ctx) }
	if err := c.calling(ctx, "get_or_set", run, &raw, []arg{{"key", key}, {"timeout", timeout}}); err != nil {
		return nil, err
	}
	return decode(raw)
}

// SetIf implements cachetest.Conditional.
func (c *Cache) SetIf(ctx context.Context, key string, value any, timeout cachetest.Timeout, cond cachetest.Condition) (bool, error) {
	if err := c.has("cache.conditional"); err != nil {
		return false, err
	}
	return typed[bool](c, ctx, "set_if", arg{"key", key}, arg{"value", value}, arg{"timeout", timeout},
		arg{"nx", cond == cachetest.IfAbsent || cond == cachetest.IfBoth}, arg{"xx", cond == cachetest.IfPresent || cond == cachetest.IfBoth})
}
