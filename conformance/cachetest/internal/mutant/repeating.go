package mutant

import (
	"context"
	"errors"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// twice is the second answer of a call whose first one was lost.
func twice[T any](call func() (T, error)) (T, error) {
	v, err := call()
	if errors.Is(err, cachetest.ErrUnavailable) {
		return call()
	}
	return v, err
}

// repeating holds bugs that repeat a call which may have been carried out.
func repeating() []Mutant {
	return onServer(
		Mutant{Name: "delete-is-repeated-when-its-reply-is-lost", Break: del(func(c Full, ctx context.Context, key string) (bool, error) {
			return twice(func() (bool, error) { return c.Delete(ctx, key) })
		})},
		Mutant{Name: "delete_many-is-repeated-when-its-reply-is-lost", Break: deleteMany(func(c Full, ctx context.Context, keys []string) (int, error) {
			return twice(func() (int, error) { return c.DeleteMany(ctx, keys) })
		})},
		Mutant{Name: "incr_version-is-repeated-when-its-reply-is-lost", Break: incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			return twice(func() (int64, error) { return c.IncrVersion(ctx, key, delta) })
		})},
		Mutant{Name: "spop-is-repeated-when-its-reply-is-lost", Break: sPop(func(c Full, ctx context.Context, key string, count int) ([]any, error) {
			return twice(func() ([]any, error) { return c.SPop(ctx, key, count) })
		})},
		Mutant{Name: "release-is-repeated-when-its-reply-is-lost", Break: locked(func(_ Full, _ string, _ cachetest.LockOptions, l cachetest.Lock) cachetest.Lock {
			return badLock{Lock: l, release: func(ctx context.Context) error {
				_, err := twice(func() (bool, error) { return true, l.Release(ctx) })
				return err
			}}
		})},
	)
}
