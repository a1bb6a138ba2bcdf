package mutant

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// inVersionOne makes one call forget its version.
func inVersionOne(b func(one func() Full) Break) Break {
	return func(c Full) Full { return b(func() Full { return c.At("1").(Full) })(c) }
}

func versioning() []Mutant {
	return []Mutant{
		{Name: "versions-are-ignored", Break: at(func(c Full, _ string) cachetest.Cache { return c })},
		{Name: "delete-forgets-the-version", Break: inVersionOne(func(one func() Full) Break {
			return del(func(_ Full, ctx context.Context, key string) (bool, error) { return one().Delete(ctx, key) })
		})},
		{Name: "has-forgets-the-version", Break: inVersionOne(func(one func() Full) Break {
			return has(func(_ Full, ctx context.Context, key string) (bool, error) { return one().Has(ctx, key) })
		})},
		{Name: "incr-forgets-the-version", Break: inVersionOne(func(one func() Full) Break {
			return incr(func(_ Full, ctx context.Context, key string, delta int64) (int64, error) {
				return one().Incr(ctx, key, delta)
			})
		})},
		{Name: "touch-forgets-the-version", Break: inVersionOne(func(one func() Full) Break {
			return touch(func(_ Full, ctx context.Context, key string, timeout Timeout) (bool, error) {
				return one().Touch(ctx, key, timeout)
			})
		})},
		{Name: "delete_many-forgets-the-version", Break: inVersionOne(func(one func() Full) Break {
			return deleteMany(func(_ Full, ctx context.Context, keys []string) (int, error) { return one().DeleteMany(ctx, keys) })
		})},
		{Name: "version-one-is-not-the-default", Break: at(func(c Full, version string) cachetest.Cache {
			if version == "1" {
				version = "one"
			}
			return c.At(version)
		})},
		{Name: "the-version-of-the-alias-is-ignored", Break: opening(func(a *cachetest.Alias) { a.Version = "" })},
		{Name: "version-zero-means-the-default", Break: at(func(c Full, version string) cachetest.Cache {
			if version == "0" {
				version = "1"
			}
			return c.At(version)
		})},
		{Name: "versions-that-are-text-are-zero", Break: at(func(c Full, version string) cachetest.Cache {
			if _, err := strconv.Atoi(version); err != nil {
				version = "0"
			}
			return c.At(version)
		})},
		{Name: "incr_version-leaves-the-old-entry", Break: incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			v, _, _ := c.Get(ctx, key)
			left := remaining(c, ctx, key)
			n, err := c.IncrVersion(ctx, key, delta)
			if err == nil {
				err = c.Set(ctx, key, v, left)
			}
			return n, err
		})},
		{Name: "incr_version-returns-the-old-version", Break: incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.IncrVersion(ctx, key, delta)
			return n - delta, err
		})},
		{Name: "decr_version-stops-at-one", Break: decrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.DecrVersion(ctx, key, delta)
			if err == nil && n < 1 {
				return c.At(strconv.FormatInt(n, 10)).(Full).IncrVersion(ctx, key, 1-n)
			}
			return n, err
		})},
		{Name: "incr_version-keeps-what-is-at-the-new-version", Break: incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			if there, _ := c.At("2").(Full).Has(ctx, key); there && delta == 1 {
				_, err := c.Delete(ctx, key)
				return 2, err
			}
			return c.IncrVersion(ctx, key, delta)
		})},
		{Name: "incr_version-creates", Break: incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.IncrVersion(ctx, key, delta)
			if errors.Is(err, cachetest.ErrNotFound) {
				_ = c.At("2").(Full).Set(ctx, key, nil, cachetest.Default())
			}
			return n, err
		})},
		{Name: "incr_version-takes-nil-for-a-miss", Break: versionNil()},
		{Name: "version-nil-parity-is-claimed-without-need", Claims: []conformance.Capability{cachetest.QuirkVersionNil}},
		{Name: "incr_version-resets-the-timeout", Break: versionTimeout(func(Timeout) Timeout { return cachetest.Default() })},
		{Name: "version-expiry-parity-is-claimed-without-need", Claims: []conformance.Capability{cachetest.QuirkVersionExpiry}},
		{Name: "incr_version-rounds-the-timeout-to-seconds", Break: versionTimeout(func(t Timeout) Timeout {
			if t.Kind == cachetest.Lasting {
				t.D = t.D.Round(1e9)
			}
			return t
		})},
		{Name: "incr_version-by-zero-loses-the-entry", Break: incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			n, err := c.IncrVersion(ctx, key, delta)
			if delta == 0 {
				_, _ = c.Delete(ctx, key)
			}
			return n, err
		})},
		{Name: "incr_version-cuts-the-key-at-a-colon", Break: incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
			v, _, _ := c.Get(ctx, key)
			left := remaining(c, ctx, key)
			n, err := c.IncrVersion(ctx, key, delta)
			if i := strings.LastIndexByte(key, ':'); err == nil && i >= 0 {
				err = c.At(strconv.FormatInt(n, 10)).(Full).Set(ctx, key[i+1:], v, left)
			}
			return n, err
		})},
	}
}

func versionNil() Break {
	return incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
		if v, found, _ := c.Get(ctx, key); found && v == nil {
			return 0, cachetest.ErrNotFound
		}
		return c.IncrVersion(ctx, key, delta)
	})
}

// versionTimeout gives a moved entry another timeout.
func versionTimeout(change func(Timeout) Timeout) Break {
	return incrVersion(func(c Full, ctx context.Context, key string, delta int64) (int64, error) {
		left := change(remaining(c, ctx, key))
		n, err := c.IncrVersion(ctx, key, delta)
		if err == nil {
			_, err = c.At(strconv.FormatInt(n, 10)).(Full).Touch(ctx, key, left)
		}
		return n, err
	})
}
