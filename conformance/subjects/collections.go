package subjects

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/reference/cache"
)

// Lock implements cachetest.Locker.
func (a *Adapter) Lock(key string, opts cachetest.LockOptions) cachetest.Lock {
	return lock{a.Cache.Lock(key, cache.LockOptions(opts), a.version...)}
}

type lock struct{ inner cache.Lock }

func (l lock) Acquire(ctx context.Context) (bool, error) { return answer(l.inner.Acquire(ctx)) }
func (l lock) Release(ctx context.Context) error         { return translate(l.inner.Release(ctx)) }
func (l lock) Reacquire(ctx context.Context) error       { return translate(l.inner.Reacquire(ctx)) }
func (l lock) Locked(ctx context.Context) (bool, error)  { return answer(l.inner.Locked(ctx)) }
func (l lock) Owned(ctx context.Context) (bool, error)   { return answer(l.inner.Owned(ctx)) }

func (l lock) Extend(ctx context.Context, d time.Duration) error {
	return translate(l.inner.Extend(ctx, d))
}

func (l lock) ExtendTo(ctx context.Context, d time.Duration) error {
	return translate(l.inner.ExtendTo(ctx, d))
}

func (a *Adapter) SAdd(ctx context.Context, key string, members ...any) (int, error) {
	return answer(a.Cache.SAdd(ctx, key, members, a.version...))
}

func (a *Adapter) SRem(ctx context.Context, key string, members ...any) (int, error) {
	return answer(a.Cache.SRem(ctx, key, members, a.version...))
}

func (a *Adapter) SCard(ctx context.Context, key string) (int, error) {
	return answer(a.Cache.SCard(ctx, key, a.version...))
}

func (a *Adapter) SIsMember(ctx context.Context, key string, member any) (bool, error) {
	return answer(a.Cache.SIsMember(ctx, key, member, a.version...))
}

func (a *Adapter) SMIsMember(ctx context.Context, key string, members ...any) ([]bool, error) {
	return answer(a.Cache.SMIsMember(ctx, key, members, a.version...))
}

func (a *Adapter) SMembers(ctx context.Context, key string) ([]any, error) {
	return answer(a.Cache.SMembers(ctx, key, a.version...))
}

func (a *Adapter) SPop(ctx context.Context, key string, count int) ([]any, error) {
	return answer(a.Cache.SPop(ctx, key, count, a.version...))
}

func (a *Adapter) SRandMember(ctx context.Context, key string, count int) ([]any, error) {
	return answer(a.Cache.SRandMember(ctx, key, count, a.version...))
}

func (a *Adapter) SMove(ctx context.Context, from, to string, member any) (bool, error) {
	return answer(a.Cache.SMove(ctx, from, to, member, a.version...))
}

func (a *Adapter) SScan(ctx context.Context, key, pattern string) ([]any, error) {
	return answer(a.Cache.SScan(ctx, key, pattern, a.version...))
}

func (a *Adapter) SDiff(ctx context.Context, keys ...string) ([]any, error) {
	return answer(a.Cache.SDiff(ctx, keys, a.version...))
}

func (a *Adapter) SInter(ctx context.Context, keys ...string) ([]any, error) {
	return answer(a.Cache.SInter(ctx, keys, a.version...))
}

func (a *Adapter) SUnion(ctx context.Context, keys ...string) ([]any, error) {
	return answer(a.Cache.SUnion(ctx, keys, a.version...))
}

func (a *Adapter) SDiffStore(ctx context.Context, to string, keys ...string) (int, error) {
	return answer(a.Cache.SDiffStore(ctx, to, keys, a.version...))
}

func (a *Adapter) SInterStore(ctx context.Context, to string, keys ...string) (int, error) {
	return answer(a.Cache.SInterStore(ctx, to, keys, a.version...))
}

func (a *Adapter) SUnionStore(ctx context.Context, to string, keys ...string) (int, error) {
	return answer(a.Cache.SUnionStore(ctx, to, keys, a.version...))
}

func (a *Adapter) HSet(ctx context.Context, key string, fields map[string]any) (int, error) {
	return answer(a.Cache.HSet(ctx, key, fields, a.version...))
}

func (a *Adapter) HGet(ctx context.Context, key, field string) (any, bool, error) {
	return found(a.Cache.HGet(ctx, key, field, a.version...))
}

func (a *Adapter) HGetAll(ctx context.Context, key string) (map[string]any, error) {
	return answer(a.Cache.HGetAll(ctx, key, a.version...))
}

func (a *Adapter) HDel(ctx context.Context, key string, fields ...string) (int, error) {
	return answer(a.Cache.HDel(ctx, key, fields, a.version...))
}

func (a *Adapter) HLen(ctx context.Context, key string) (int, error) {
	return answer(a.Cache.HLen(ctx, key, a.version...))
}

func (a *Adapter) HKeys(ctx context.Context, key string) ([]string, error) {
	return answer(a.Cache.HKeys(ctx, key, a.version...))
}

func (a *Adapter) HExists(ctx context.Context, key, field string) (bool, error) {
	return answer(a.Cache.HExists(ctx, key, field, a.version...))
}
