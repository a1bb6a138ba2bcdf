package mutant

import (
	"context"
	"math/big"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

type getHook struct {
	Full
	f func(c Full, ctx context.Context, key string) (any, bool, error)
}

func (m getHook) Get(ctx context.Context, key string) (any, bool, error) {
	return m.f(m.Full, ctx, key)
}

func get(f func(c Full, ctx context.Context, key string) (any, bool, error)) Break {
	return func(c Full) Full { return getHook{c, f} }
}

type setHook struct {
	Full
	f func(c Full, ctx context.Context, key string, value any, timeout Timeout) error
}

func (m setHook) Set(ctx context.Context, key string, value any, timeout Timeout) error {
	return m.f(m.Full, ctx, key, value, timeout)
}

func set(f func(c Full, ctx context.Context, key string, value any, timeout Timeout) error) Break {
	return func(c Full) Full { return setHook{c, f} }
}

type delHook struct {
	Full
	f func(c Full, ctx context.Context, key string) (bool, error)
}

func (m delHook) Delete(ctx context.Context, key string) (bool, error) {
	return m.f(m.Full, ctx, key)
}

func del(f func(c Full, ctx context.Context, key string) (bool, error)) Break {
	return func(c Full) Full { return delHook{c, f} }
}

type addHook struct {
	Full
	f func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error)
}

func (m addHook) Add(ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
	return m.f(m.Full, ctx, key, value, timeout)
}

func add(f func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error)) Break {
	return func(c Full) Full { return addHook{c, f} }
}

type setIfHook struct {
	Full
	f func(c Full, ctx context.Context, key string, value any, timeout Timeout, cond cachetest.Condition) (bool, error)
}

func (m setIfHook) SetIf(ctx context.Context, key string, value any, timeout Timeout, cond cachetest.Condition) (bool, error) {
	return m.f(m.Full, ctx, key, value, timeout, cond)
}

func setIf(f func(c Full, ctx context.Context, key string, value any, timeout Timeout, cond cachetest.Condition) (bool, error)) Break {
	return func(c Full) Full { return setIfHook{c, f} }
}

type touchHook struct {
	Full
	f func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error)
}

func (m touchHook) Touch(ctx context.Context, key string, timeout Timeout) (bool, error) {
	return m.f(m.Full, ctx, key, timeout)
}

func touch(f func(c Full, ctx context.Context, key string, timeout Timeout) (bool, error)) Break {
	return func(c Full) Full { return touchHook{c, f} }
}

type hasHook struct {
	Full
	f func(c Full, ctx context.Context, key string) (bool, error)
}

func (m hasHook) Has(ctx context.Context, key string) (bool, error) {
	return m.f(m.Full, ctx, key)
}

func has(f func(c Full, ctx context.Context, key string) (bool, error)) Break {
	return func(c Full) Full { return hasHook{c, f} }
}

type getManyHook struct {
	Full
	f func(c Full, ctx context.Context, keys []string) (map[string]any, error)
}

func (m getManyHook) GetMany(ctx context.Context, keys []string) (map[string]any, error) {
	return m.f(m.Full, ctx, keys)
}

func getMany(f func(c Full, ctx context.Context, keys []string) (map[string]any, error)) Break {
	return func(c Full) Full { return getManyHook{c, f} }
}

type setManyHook struct {
	Full
	f func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error
}

func (m setManyHook) SetMany(ctx context.Context, values map[string]any, timeout Timeout) error {
	return m.f(m.Full, ctx, values, timeout)
}

func setMany(f func(c Full, ctx context.Context, values map[string]any, timeout Timeout) error) Break {
	return func(c Full) Full { return setManyHook{c, f} }
}

type deleteManyHook struct {
	Full
	f func(c Full, ctx context.Context, keys []string) (int, error)
}

func (m deleteManyHook) DeleteMany(ctx context.Context, keys []string) (int, error) {
	return m.f(m.Full, ctx, keys)
}

func deleteMany(f func(c Full, ctx context.Context, keys []string) (int, error)) Break {
	return func(c Full) Full { return deleteManyHook{c, f} }
}

type getOrSetHook struct {
	Full
	f func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error)
}

func (m getOrSetHook) GetOrSet(ctx context.Context, key string, compute Compute, timeout Timeout) (any, error) {
	return m.f(m.Full, ctx, key, compute, timeout)
}

func getOrSet(f func(c Full, ctx context.Context, key string, compute Compute, timeout Timeout) (any, error)) Break {
	return func(c Full) Full { return getOrSetHook{c, f} }
}

type incrHook struct {
	Full
	f func(c Full, ctx context.Context, key string, delta int64) (int64, error)
}

func (m incrHook) Incr(ctx context.Context, key string, delta int64) (int64, error) {
	return m.f(m.Full, ctx, key, delta)
}

func incr(f func(c Full, ctx context.Context, key string, delta int64) (int64, error)) Break {
	return func(c Full) Full { return incrHook{c, f} }
}

type decrHook struct {
	Full
	f func(c Full, ctx context.Context, key string, delta int64) (int64, error)
}

func (m decrHook) Decr(ctx context.Context, key string, delta int64) (int64, error) {
	return m.f(m.Full, ctx, key, delta)
}

func decr(f func(c Full, ctx context.Context, key string, delta int64) (int64, error)) Break {
	return func(c Full) Full { return decrHook{c, f} }
}

type incrCreateHook struct {
	Full
	f func(c Full, ctx context.Context, key string, delta int64) (int64, error)
}

func (m incrCreateHook) IncrCreate(ctx context.Context, key string, delta int64) (int64, error) {
	return m.f(m.Full, ctx, key, delta)
}

func incrCreate(f func(c Full, ctx context.Context, key string, delta int64) (int64, error)) Break {
	return func(c Full) Full { return incrCreateHook{c, f} }
}

type incrBigHook struct {
	Full
	f func(c Full, ctx context.Context, key string, delta *big.Int) (*big.Int, error)
}

func (m incrBigHook) IncrBig(ctx context.Context, key string, delta *big.Int) (*big.Int, error) {
	return m.f(m.Full, ctx, key, delta)
}

func incrBig(f func(c Full, ctx context.Context, key string, delta *big.Int) (*big.Int, error)) Break {
	return func(c Full) Full { return incrBigHook{c, f} }
}

type incrFloatHook struct {
	Full
	f func(c Full, ctx context.Context, key string, delta float64) (float64, error)
}

func (m incrFloatHook) IncrFloat(ctx context.Context, key string, delta float64) (float64, error) {
	return m.f(m.Full, ctx, key, delta)
}

func incrFloat(f func(c Full, ctx context.Context, key string, delta float64) (float64, error)) Break {
	return func(c Full) Full { return incrFloatHook{c, f} }
}

type atHook struct {
	Full
	f func(c Full, version string) cachetest.Cache
}

func (m atHook) At(version string) cachetest.Cache {
	return m.f(m.Full, version)
}

func at(f func(c Full, version string) cachetest.Cache) Break {
	return func(c Full) Full { return atHook{c, f} }
}

type incrVersionHook struct {
	Full
	f func(c Full, ctx context.Context, key string, delta int64) (int64, error)
}

func (m incrVersionHook) IncrVersion(ctx context.Context, key string, delta int64) (int64, error) {
	return m.f(m.Full, ctx, key, delta)
}

func incrVersion(f func(c Full, ctx context.Context, key string, delta int64) (int64, error)) Break {
	return func(c Full) Full { return incrVersionHook{c, f} }
}

type decrVersionHook struct {
	Full
	f func(c Full, ctx context.Context, key string, delta int64) (int64, error)
}

func (m decrVersionHook) DecrVersion(ctx context.Context, key string, delta int64) (int64, error) {
	return m.f(m.Full, ctx, key, delta)
}

func decrVersion(f func(c Full, ctx context.Context, key string, delta int64) (int64, error)) Break {
	return func(c Full) Full { return decrVersionHook{c, f} }
}

type wipeHook struct {
	Full
	f func(c Full, ctx context.Context) error
}

func (m wipeHook) Clear(ctx context.Context) error {
	return m.f(m.Full, ctx)
}

func wipe(f func(c Full, ctx context.Context) error) Break {
	return func(c Full) Full { return wipeHook{c, f} }
}

type clearPrefixHook struct {
	Full
	f func(c Full, ctx context.Context) (int, error)
}

func (m clearPrefixHook) ClearPrefix(ctx context.Context) (int, error) {
	return m.f(m.Full, ctx)
}

func clearPrefix(f func(c Full, ctx context.Context) (int, error)) Break {
	return func(c Full) Full { return clearPrefixHook{c, f} }
}

type shutHook struct {
	Full
	f func(c Full) error
}

func (m shutHook) Close() error {
	return m.f(m.Full)
}

func shut(f func(c Full) error) Break { return func(c Full) Full { return shutHook{c, f} } }

type openHook struct {
	Full
	f func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error)
}

func (m openHook) Open(ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
	return m.f(m.Full, ctx, alias)
}

func open(f func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error)) Break {
	return func(c Full) Full { return openHook{c, f} }
}
