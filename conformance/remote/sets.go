package remote

import (
	"context"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

func list(v any, err error) ([]any, error) {
	l, _ := v.([]any)
	return l, err
}

// SAdd implements cachetest.Sets, as the methods below do.
func (c *Cache) SAdd(ctx context.Context, key string, members ...any) (int, error) {
	return number(c, ctx, "sadd", arg{"key", key}, arg{"values", members})
}

func (c *Cache) SRem(ctx context.Context, key string, members ...any) (int, error) {
	return number(c, ctx, "srem", arg{"key", key}, arg{"values", members})
}

func (c *Cache) SCard(ctx context.Context, key string) (int, error) {
	return number(c, ctx, "scard", arg{"key", key})
}

func (c *Cache) SIsMember(ctx context.Context, key string, member any) (bool, error) {
	return typed[bool](c, ctx, "sismember", arg{"key", key}, arg{"member", member})
}

func (c *Cache) SMIsMember(ctx context.Context, key string, members ...any) ([]bool, error) {
	all, err := list(c.plain(ctx, "smismember", arg{"key", key}, arg{"values", members}))
	is := make([]bool, len(all))
	for i := range all {
		is[i], _ = all[i].(bool)
	}
	return is, err
}

func (c *Cache) SMembers(ctx context.Context, key string) ([]any, error) {
	return list(c.plain(ctx, "smembers", arg{"key", key}))
}

func (c *Cache) SPop(ctx context.Context, key string, count int) ([]any, error) {
	return list(c.plain(ctx, "spop", arg{"key", key}, arg{"count", count}))
}

func (c *Cache) SRandMember(ctx context.Context, key string, count int) ([]any, error) {
	return list(c.plain(ctx, "srandmember", arg{"key", key}, arg{"count", count}))
}

func (c *Cache) SMove(ctx context.Context, from, to string, member any) (bool, error) {
	return typed[bool](c, ctx, "smove", arg{"source", from}, arg{"destination", to}, arg{"member", member})
}

func (c *Cache) SScan(ctx context.Context, key, pattern string) ([]any, error) {
	args := []arg{{"key", key}}
	if pattern != "" {
		args = append(args, arg{"match", pattern})
	}
	return list(c.plain(ctx, "sscan_iter", args...))
}

func (c *Cache) SDiff(ctx context.Context, keys ...string) ([]any, error) {
	return list(c.plain(ctx, "sdiff", arg{"values", keys}))
}

func (c *Cache) SInter(ctx context.Context, keys ...string) ([]any, error) {
	return list(c.plain(ctx, "sinter", arg{"values", keys}))
}

func (c *Cache) SUnion(ctx context.Context, keys ...string) ([]any, error) {
	return list(c.plain(ctx, "sunion", arg{"values", keys}))
}

func (c *Cache) SDiffStore(ctx context.Context, to string, keys ...string) (int, error) {
	return number(c, ctx, "sdiffstore", arg{"dest", to}, arg{"values", keys})
}

func (c *Cache) SInterStore(ctx context.Context, to string, keys ...string) (int, error) {
	return number(c, ctx, "sinterstore", arg{"dest", to}, arg{"values", keys})
}

func (c *Cache) SUnionStore(ctx context.Context, to string, keys ...string) (int, error) {
	return number(c, ctx, "sunionstore", arg{"dest", to}, arg{"values", keys})
}

var (
	_ cachetest.Many        = (*Cache)(nil)
	_ cachetest.Filler      = (*Cache)(nil)
	_ cachetest.Counter     = (*Cache)(nil)
	_ cachetest.Versioned   = (*Cache)(nil)
	_ cachetest.Expirer     = (*Cache)(nil)
	_ cachetest.Scanner     = (*Cache)(nil)
	_ cachetest.Conditional = (*Cache)(nil)
	_ cachetest.Locker      = (*Cache)(nil)
	_ cachetest.Sets        = (*Cache)(nil)
	_ cachetest.Opener      = (*Cache)(nil)
	_ cachetest.Closer      = (*Cache)(nil)
)
