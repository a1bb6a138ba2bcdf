package subjects

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/reference/cache"
)

// Memory is cache.Memory on a clock that only Advance moves.
func Memory() cachetest.Subject {
	s := cachetest.Subject{Name: "Memory", Claims: memoryClaims(), Profiles: []conformance.Profile{conformance.Strict}}
	s.New = func(tb conformance.TB) cachetest.Cache {
		clock := &conformance.Manual{}
		tb.Equip(conformance.Equipment{Clock: clock})
		return newMemory(clock.Now)
	}
	return s
}

// MemoryInBubble is cache.Memory on the time of a synctest bubble.
func MemoryInBubble() cachetest.Subject {
	return cachetest.Subject{
		Name:      "Memory in a bubble",
		New:       func(conformance.TB) cachetest.Cache { return newMemory(time.Now) },
		Claims:    memoryClaims(),
		Profiles:  []conformance.Profile{conformance.Strict},
		Equipment: conformance.Equipment{Clock: conformance.Bubble{}},
	}
}

func memoryClaims() []conformance.Capability {
	return []conformance.Capability{
		cachetest.SubSecond, cachetest.CountsDeletes, cachetest.AnyKey, cachetest.AnyFloat, cachetest.Bytes, cachetest.Culls,
		cachetest.SingleFlight, cachetest.AtomicMany, cachetest.IgnoresErrors, cachetest.Serializers,
	}
}

func newMemory(now func() time.Time) *Adapter {
	store := cache.NewStore()
	build := func(_ context.Context, a cachetest.Alias) (cache.Cache, error) {
		version, err := versionOf(a)
		if err != nil {
			return nil, err
		}
		o := cache.MemoryOptions{
			Store: store, Now: now, KeyPolicy: policyOf(a),
			Timeout: aliasTimeout(a), KeyPrefix: a.Prefix, Version: version,
			KeyFunction: a.KeyFunction, MaxEntries: a.MaxEntries, CullFrequency: a.CullFrequency,
		}
		if a.Serializer+a.Compressor != "" {
			if o.Serializer, err = cache.NewSerializer(a.Serializer, a.PickleVersion); err != nil {
				return nil, err
			}
			if o.Compressor, err = cache.NewCompressor(a.Compressor, 0); err != nil {
				return nil, err
			}
		}
		return ignoring(a, cache.NewMemory(o)), nil
	}
	unbounded := cachetest.Alias{MaxEntries: math.MaxInt} // the rules of most areas write more than 300
	c, _ := build(context.Background(), unbounded)        // its settings are good
	below := cache.NewMemory(cache.MemoryOptions{Store: store, Now: now, MaxEntries: math.MaxInt, KeyPolicy: cache.KeysAny})
	lose := func(ctx context.Context, key string) error {
		_, err := below.Delete(ctx, key)
		return err
	}
	return &Adapter{Cache: c, Alias: build, Lose: lose}
}

// versionOf is the version of an alias, which the reference has as a number.
func versionOf(a cachetest.Alias) (cache.Version, error) {
	if a.Version == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(a.Version, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("alias version %q: want a number: %w", a.Version, err)
	}
	return cache.Version(n), nil
}

// aliasTimeout is the timeout of an alias: zero discards.
func aliasTimeout(a cachetest.Alias) cache.Timeout { return timeoutOf(a.Timeout) }

// policyOf takes any key unless the alias is strict: Redis has no limits.
func policyOf(a cachetest.Alias) cache.KeyPolicy {
	if a.StrictKeys {
		return cache.KeysStrict
	}
	return cache.KeysAny
}
