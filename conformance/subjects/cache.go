package subjects

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"strconv"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/reference/cache"
)

// Adapter is a cache.Cache behind the port of cachetest. It has every method
// of the port; a field that is nil is a capability that it lacks.
type Adapter struct {
	Cache cache.Cache
	// Alias opens another cache on the same store.
	Alias func(ctx context.Context, alias cachetest.Alias) (cache.Cache, error)
	// Store is the way below the cache, or nil.
	Store cachetest.Inspector
	// Lose removes what the cache keeps under a key, below the cache, or is nil.
	Lose func(ctx context.Context, key string) error
	// CatchUp brings the replica up to date, or is nil.
	CatchUp func(ctx context.Context) error

	version []cache.Option // of At
}

// Lacks implements conformance.Lacking.
func (a *Adapter) Lacks() []conformance.Capability {
	var lacks []conformance.Capability
	if a.Store == nil {
		lacks = append(lacks, cachetest.Inspecting)
	}
	if a.Lose == nil {
		lacks = append(lacks, cachetest.Evicting)
	}
	if a.CatchUp == nil {
		lacks = append(lacks, cachetest.Replicas)
	}
	return lacks
}

// A kindMap maps the errors of a reference to those of its port.
type kindMap []struct{ from, to error }

// of makes err match the port's errors too.
func (m kindMap) of(err error) error {
	for _, k := range m {
		if err != nil && errors.Is(err, k.from) {
			return fmt.Errorf("%w: %w", k.to, err)
		}
	}
	return err
}

var kinds = kindMap{
	{cache.ErrNotFound, cachetest.ErrNotFound},
	{cache.ErrNotInteger, cachetest.ErrNotInteger},
	{cache.ErrOverflow, cachetest.ErrOverflow},
	{cache.ErrSerialize, cachetest.ErrSerialize},
	{cache.ErrDeserialize, cachetest.ErrDeserialize},
	{cache.ErrUnavailable, cachetest.ErrUnavailable},
	{cache.ErrWrongType, cachetest.ErrWrongType},
	{cache.ErrLockNotOwned, cachetest.ErrNotOwned},
	{cache.ErrInvalidKey, cachetest.ErrInvalid},
	{cache.ErrInvalidTimeout, cachetest.ErrInvalid},
	{cache.ErrInvalidOption, cachetest.ErrInvalid},
}

// translate makes an error of the cache one of the port.
func translate(err error) error { return kinds.of(err) }

func answer[T any](v T, err error) (T, error) { return v, translate(err) }

// found turns a not-found error into a result.
func found[T any](v T, err error) (T, bool, error) {
	if errors.Is(err, cache.ErrNotFound) {
		return v, false, nil
	}
	return v, err == nil, translate(err)
}

// timeoutOf is the option for a timeout of the port. One beyond what an
// int64 of nanoseconds holds cannot occur.
func timeoutOf(t cachetest.Timeout) cache.Timeout {
	switch t.Kind {
	case cachetest.Standard:
		return cache.Default
	case cachetest.Endless:
		return cache.Forever
	default:
		return cache.For(t.D)
	}
}

// with adds options to those of the version. The result is never shared.
func (a *Adapter) with(opts ...cache.Option) []cache.Option {
	return append(a.version[:len(a.version):len(a.version)], opts...)
}

func (a *Adapter) Get(ctx context.Context, key string) (any, bool, error) {
	return found(a.Cache.Get(ctx, key, a.version...))
}

func (a *Adapter) Set(ctx context.Context, key string, value any, t cachetest.Timeout) error {
	return translate(a.Cache.Set(ctx, key, value, a.with(timeoutOf(t))...))
}

func (a *Adapter) SetIf(ctx context.Context, key string, value any, t cachetest.Timeout, cond cachetest.Condition) (bool, error) {
	opts := a.with(timeoutOf(t))
	if cond != cachetest.IfPresent {
		opts = append(opts, cache.NX)
	}
	if cond != cachetest.IfAbsent {
		opts = append(opts, cache.XX)
	}
	err := a.Cache.Set(ctx, key, value, opts...)
	if errors.Is(err, cache.ErrNotStored) {
		return false, nil
	}
	return err == nil, translate(err)
}

func (a *Adapter) Delete(ctx context.Context, key string) (bool, error) {
	return answer(a.Cache.Delete(ctx, key, a.version...))
}

func (a *Adapter) Add(ctx context.Context, key string, value any, t cachetest.Timeout) (bool, error) {
	return answer(a.Cache.Add(ctx, key, value, a.with(timeoutOf(t))...))
}

func (a *Adapter) Touch(ctx context.Context, key string, t cachetest.Timeout) (bool, error) {
	return answer(a.Cache.Touch(ctx, key, a.with(timeoutOf(t))...))
}

func (a *Adapter) Has(ctx context.Context, key string) (bool, error) {
	return answer(a.Cache.Has(ctx, key, a.version...))
}

func (a *Adapter) GetMany(ctx context.Context, keys []string) (map[string]any, error) {
	return answer(a.Cache.GetMany(ctx, keys, a.version...))
}

func (a *Adapter) SetMany(ctx context.Context, values map[string]any, t cachetest.Timeout) error {
	return translate(a.Cache.SetMany(ctx, values, a.with(timeoutOf(t))...))
}

func (a *Adapter) DeleteMany(ctx context.Context, keys []string) (int, error) {
	return answer(a.Cache.DeleteMany(ctx, keys, a.version...))
}

func (a *Adapter) GetOrSet(ctx context.Context, key string, compute func(context.Context) (any, error), t cachetest.Timeout) (any, error) {
	return answer(a.Cache.GetOrSet(ctx, key, compute, a.with(timeoutOf(t))...))
}

func (a *Adapter) Incr(ctx context.Context, key string, delta int64) (int64, error) {
	return answer(a.Cache.Incr(ctx, key, delta, a.version...))
}

func (a *Adapter) Decr(ctx context.Context, key string, delta int64) (int64, error) {
	return answer(a.Cache.Decr(ctx, key, delta, a.version...))
}

func (a *Adapter) IncrCreate(ctx context.Context, key string, delta int64) (int64, error) {
	return answer(a.Cache.Incr(ctx, key, delta, a.with(cache.Create)...))
}

func (a *Adapter) IncrBig(ctx context.Context, key string, delta *big.Int) (*big.Int, error) {
	return answer(a.Cache.IncrBig(ctx, key, delta, a.version...))
}

func (a *Adapter) IncrFloat(ctx context.Context, key string, delta float64) (float64, error) {
	return answer(a.Cache.IncrFloat(ctx, key, delta, a.version...))
}

// At implements cachetest.Versioned: a text that is a number is that version.
func (a *Adapter) At(version string) cachetest.Cache {
	other := *a
	other.version = []cache.Option{cache.VersionName(version)}
	if n, err := strconv.ParseInt(version, 10, 64); err == nil {
		other.version = []cache.Option{cache.Version(n)}
	}
	return &other
}

func (a *Adapter) IncrVersion(ctx context.Context, key string, delta int64) (int64, error) {
	return answer(a.Cache.IncrVersion(ctx, key, delta, a.version...))
}

func (a *Adapter) DecrVersion(ctx context.Context, key string, delta int64) (int64, error) {
	return answer(a.Cache.DecrVersion(ctx, key, delta, a.version...))
}

func left(d time.Duration, err error) (cachetest.Timeout, bool, error) {
	d, ok, err := found(d, err)
	if d == cache.NoExpiry {
		return cachetest.Forever(), ok, err
	}
	return cachetest.For(d), ok, err
}

func (a *Adapter) TTL(ctx context.Context, key string) (cachetest.Timeout, bool, error) {
	return left(a.Cache.TTL(ctx, key, a.version...))
}

func (a *Adapter) PTTL(ctx context.Context, key string) (cachetest.Timeout, bool, error) {
	return left(a.Cache.PTTL(ctx, key, a.version...))
}

func (a *Adapter) Persist(ctx context.Context, key string) (bool, error) {
	return answer(a.Cache.Persist(ctx, key, a.version...))
}

func (a *Adapter) Expire(ctx context.Context, key string, d time.Duration) (bool, error) {
	return answer(a.Cache.Expire(ctx, key, d, a.version...))
}

func (a *Adapter) PExpire(ctx context.Context, key string, d time.Duration) (bool, error) {
	return answer(a.Cache.PExpire(ctx, key, d, a.version...))
}

func (a *Adapter) ExpireAt(ctx context.Context, key string, t time.Time) (bool, error) {
	return answer(a.Cache.ExpireAt(ctx, key, t, a.version...))
}

func (a *Adapter) PExpireAt(ctx context.Context, key string, t time.Time) (bool, error) {
	return answer(a.Cache.PExpireAt(ctx, key, t, a.version...))
}

func (a *Adapter) Keys(ctx context.Context, pattern string) ([]string, error) {
	return answer(a.Cache.Keys(ctx, pattern, a.version...))
}

func (a *Adapter) IterKeys(ctx context.Context, pattern string, step int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for key, err := range a.Cache.IterKeys(ctx, pattern, a.with(cache.ScanCount(step))...) {
			if !yield(key, translate(err)) {
				return
			}
		}
	}
}

func (a *Adapter) DeletePattern(ctx context.Context, pattern string) (int, error) {
	return answer(a.Cache.DeletePattern(ctx, pattern, a.version...))
}

// QuotePattern implements cachetest.Quoter.
func (a *Adapter) QuotePattern(text string) string { return cache.EscapePattern(text) }

func (a *Adapter) Clear(ctx context.Context) error { return translate(a.Cache.Clear(ctx)) }

func (a *Adapter) ClearPrefix(ctx context.Context) (int, error) {
	return answer(a.Cache.ClearPrefix(ctx))
}

func (a *Adapter) Close() error { return translate(a.Cache.Close()) }

// Open implements cachetest.Opener.
func (a *Adapter) Open(ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
	c, err := a.Alias(ctx, alias)
	if err != nil {
		return nil, translate(err)
	}
	return &Adapter{Cache: c, Alias: a.Alias, Store: a.Store, Lose: a.Lose, CatchUp: a.CatchUp}, nil
}

// Stored implements cachetest.Inspector.
func (a *Adapter) Stored(ctx context.Context, stored string) (cachetest.Entry, error) {
	if a.Store == nil {
		return cachetest.Entry{}, errors.ErrUnsupported
	}
	return a.Store.Stored(ctx, stored)
}

// StoreRaw implements cachetest.Inspector.
func (a *Adapter) StoreRaw(ctx context.Context, stored string, raw []byte) error {
	if a.Store == nil {
		return errors.ErrUnsupported
	}
	return a.Store.StoreRaw(ctx, stored, raw)
}

// StoredKeys implements cachetest.Inspector.
func (a *Adapter) StoredKeys(ctx context.Context) ([]string, error) {
	if a.Store == nil {
		return nil, errors.ErrUnsupported
	}
	return a.Store.StoredKeys(ctx)
}

// Evict implements cachetest.Evicter.
func (a *Adapter) Evict(ctx context.Context, key string) error {
	if a.Lose == nil {
		return errors.ErrUnsupported
	}
	return a.Lose(ctx, key)
}

// Replicate implements cachetest.Replicated.
func (a *Adapter) Replicate(ctx context.Context) error {
	if a.CatchUp == nil {
		return errors.ErrUnsupported
	}
	return a.CatchUp(ctx)
}
