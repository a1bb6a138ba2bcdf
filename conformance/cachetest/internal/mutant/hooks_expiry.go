package mutant

import (
	"context"
	"iter"
	"time"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

type ttlHook struct {
	Full
	f func(c Full, ctx context.Context, key string) (Timeout, bool, error)
}

func (m ttlHook) TTL(ctx context.Context, key string) (Timeout, bool, error) {
	return m.f(m.Full, ctx, key)
}

func ttl(f func(c Full, ctx context.Context, key string) (Timeout, bool, error)) Break {
	return func(c Full) Full { return ttlHook{c, f} }
}

type pttlHook struct {
	Full
	f func(c Full, ctx context.Context, key string) (Timeout, bool, error)
}

func (m pttlHook) PTTL(ctx context.Context, key string) (Timeout, bool, error) {
	return m.f(m.Full, ctx, key)
}

func pttl(f func(c Full, ctx context.Context, key string) (Timeout, bool, error)) Break {
	return func(c Full) Full { return pttlHook{c, f} }
}

type persistHook struct {
	Full
	f func(c Full, ctx context.Context, key string) (bool, error)
}

func (m persistHook) Persist(ctx context.Context, key string) (bool, error) {
	return m.f(m.Full, ctx, key)
}

func persist(f func(c Full, ctx context.Context, key string) (bool, error)) Break {
	return func(c Full) Full { return persistHook{c, f} }
}

type expireHook struct {
	Full
	f func(c Full, ctx context.Context, key string, d time.Duration) (bool, error)
}

func (m expireHook) Expire(ctx context.Context, key string, d time.Duration) (bool, error) {
	return m.f(m.Full, ctx, key, d)
}

func expire(f func(c Full, ctx context.Context, key string, d time.Duration) (bool, error)) Break {
	return func(c Full) Full { return expireHook{c, f} }
}

type pExpireHook struct {
	Full
	f func(c Full, ctx context.Context, key string, d time.Duration) (bool, error)
}

func (m pExpireHook) PExpire(ctx context.Context, key string, d time.Duration) (bool, error) {
	return m.f(m.Full, ctx, key, d)
}

func pExpire(f func(c Full, ctx context.Context, key string, d time.Duration) (bool, error)) Break {
	return func(c Full) Full { return pExpireHook{c, f} }
}

type expireAtHook struct {
	Full
	f func(c Full, ctx context.Context, key string, t time.Time) (bool, error)
}

func (m expireAtHook) ExpireAt(ctx context.Context, key string, t time.Time) (bool, error) {
	return m.f(m.Full, ctx, key, t)
}

func expireAt(f func(c Full, ctx context.Context, key string, t time.Time) (bool, error)) Break {
	return func(c Full) Full { return expireAtHook{c, f} }
}

type pExpireAtHook struct {
	Full
	f func(c Full, ctx context.Context, key string, t time.Time) (bool, error)
}

func (m pExpireAtHook) PExpireAt(ctx context.Context, key string, t time.Time) (bool, error) {
	return m.f(m.Full, ctx, key, t)
}

func pExpireAt(f func(c Full, ctx context.Context, key string, t time.Time) (bool, error)) Break {
	return func(c Full) Full { return pExpireAtHook{c, f} }
}

type keysHook struct {
	Full
	f func(c Full, ctx context.Context, pattern string) ([]string, error)
}

func (m keysHook) Keys(ctx context.Context, pattern string) ([]string, error) {
	return m.f(m.Full, ctx, pattern)
}

func keys(f func(c Full, ctx context.Context, pattern string) ([]string, error)) Break {
	return func(c Full) Full { return keysHook{c, f} }
}

type iterKeysHook struct {
	Full
	f func(c Full, ctx context.Context, pattern string, step int) iter.Seq2[string, error]
}

func (m iterKeysHook) IterKeys(ctx context.Context, pattern string, step int) iter.Seq2[string, error] {
	return m.f(m.Full, ctx, pattern, step)
}

func iterKeys(f func(c Full, ctx context.Context, pattern string, step int) iter.Seq2[string, error]) Break {
	return func(c Full) Full { return iterKeysHook{c, f} }
}

type deletePatternHook struct {
	Full
	f func(c Full, ctx context.Context, pattern string) (int, error)
}

func (m deletePatternHook) DeletePattern(ctx context.Context, pattern string) (int, error) {
	return m.f(m.Full, ctx, pattern)
}

func deletePattern(f func(c Full, ctx context.Context, pattern string) (int, error)) Break {
	return func(c Full) Full { return deletePatternHook{c, f} }
}

type quotePatternHook struct {
	Full
	f func(c Full, text string) string
}

func (m quotePatternHook) QuotePattern(text string) string {
	return m.f(m.Full, text)
}

func quotePattern(f func(c Full, text string) string) Break {
	return func(c Full) Full { return quotePatternHook{c, f} }
}

type lockHook struct {
	Full
	f func(c Full, key string, opts cachetest.LockOptions) cachetest.Lock
}

func (m lockHook) Lock(key string, opts cachetest.LockOptions) cachetest.Lock {
	return m.f(m.Full, key, opts)
}

func lock(f func(c Full, key string, opts cachetest.LockOptions) cachetest.Lock) Break {
	return func(c Full) Full { return lockHook{c, f} }
}
