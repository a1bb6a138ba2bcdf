package mutant

import (
	"context"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// storing changes what set stores.
func storing(change func(any) any) Break {
	return set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
		return c.Set(ctx, key, change(value), timeout)
	})
}

// when changes values of one type.
func when[T any](change func(T) any) Break {
	return storing(func(v any) any {
		if t, ok := v.(T); ok {
			return change(t)
		}
		return v
	})
}

func values() []Mutant {
	return []Mutant{
		{Name: "the-empty-text-is-nil", Break: when(func(s string) any {
			if s == "" {
				return nil
			}
			return s
		})},
		{Name: "texts-end-at-64k", Break: when(func(s string) any { return s[:min(len(s), 64<<10)] })},
		{Name: "texts-end-at-a-zero-byte", Break: when(func(s string) any { s, _, _ = strings.Cut(s, "\x00"); return s })},
		{Name: "texts-of-digits-are-integers", Break: when(func(s string) any {
			if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				return n
			}
			return s
		})},
		{Name: "integers-are-floats-inside", Break: when(func(n int64) any { return int64(float64(n)) })},
		{Name: "integers-beyond-64-bits-are-text", Break: when(func(n *big.Int) any { return n.String() })},
		{Name: "bools-are-integers", Break: when(func(b bool) any {
			if b {
				return int64(1)
			}
			return int64(0)
		})},
		{Name: "whole-floats-are-integers", Break: when(func(f float64) any {
			if f == math.Trunc(f) && math.Abs(f) < 1e15 {
				return int64(f)
			}
			return f
		})},
		{Name: "floats-have-six-digits", Break: when(func(f float64) any {
			g, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 6, 64), 64)
			return g
		})},
		{Name: "nan-is-nil", Break: when(func(f float64) any {
			if math.IsNaN(f) {
				return nil
			}
			return f
		})},
		{Name: "any-float-is-not-claimed", Unclaims: []conformance.Capability{cachetest.AnyFloat}},
		{Name: "bytes-are-text", Break: when(func(b []byte) any { return string(b) })},
		{Name: "bytes-are-not-claimed", Unclaims: []conformance.Capability{cachetest.Bytes}},
		{Name: "empty-lists-are-nil", Break: when(func(l []any) any {
			if len(l) == 0 {
				return nil
			}
			return l
		})},
		{Name: "values-above-a-mebibyte-are-dropped", Break: set(func(c Full, ctx context.Context, key string, value any, timeout Timeout) error {
			if s, ok := value.(string); ok && len(s) > 1<<20 {
				return nil
			}
			return c.Set(ctx, key, value, timeout)
		})},
	}
}
