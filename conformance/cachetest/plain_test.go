package cachetest_test

import (
	"context"
	"fmt"
	"math/big"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/subjects"
)

// A picky cache takes the values that the port names and no others.
type picky struct{ *subjects.Adapter }

func (p picky) Set(ctx context.Context, key string, value any, timeout cachetest.Timeout) error {
	if err := carried(value); err != nil {
		return err
	}
	return p.Adapter.Set(ctx, key, value, timeout)
}

func (p picky) Add(ctx context.Context, key string, value any, timeout cachetest.Timeout) (bool, error) {
	if err := carried(value); err != nil {
		return false, err
	}
	return p.Adapter.Add(ctx, key, value, timeout)
}

func (p picky) SetIf(ctx context.Context, key string, value any, timeout cachetest.Timeout, cond cachetest.Condition) (bool, error) {
	if err := carried(value); err != nil {
		return false, err
	}
	return p.Adapter.SetIf(ctx, key, value, timeout, cond)
}

func (p picky) SetMany(ctx context.Context, values map[string]any, timeout cachetest.Timeout) error {
	if err := carried(values); err != nil {
		return err
	}
	return p.Adapter.SetMany(ctx, values, timeout)
}

func (p picky) GetOrSet(ctx context.Context, key string, compute func(context.Context) (any, error), timeout cachetest.Timeout) (any, error) {
	return p.Adapter.GetOrSet(ctx, key, func(ctx context.Context) (any, error) {
		v, err := compute(ctx)
		if err == nil {
			err = carried(v)
		}
		return v, err
	}, timeout)
}

func (p picky) SAdd(ctx context.Context, key string, members ...any) (int, error) {
	if err := carried(members); err != nil {
		return 0, err
	}
	return p.Adapter.SAdd(ctx, key, members...)
}

func (p picky) HSet(ctx context.Context, key string, fields map[string]any) (int, error) {
	if err := carried(fields); err != nil {
		return 0, err
	}
	return p.Adapter.HSet(ctx, key, fields)
}

func (p picky) ZAdd(ctx context.Context, key string, flags cachetest.ZFlags, members ...cachetest.Scored) (int, error) {
	for _, m := range members {
		if err := carried(m.Member); err != nil {
			return 0, err
		}
	}
	return p.Adapter.ZAdd(ctx, key, flags, members...)
}

func (p picky) At(version string) cachetest.Cache {
	return picky{p.Adapter.At(version).(*subjects.Adapter)}
}

func (p picky) Open(ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
	c, err := p.Adapter.Open(ctx, alias)
	if err != nil {
		return nil, err
	}
	return picky{c.(*subjects.Adapter)}, nil
}

// carried refuses what [cachetest.Cache] does not name.
func carried(v any) error {
	switch v := v.(type) {
	case nil, bool, int64, float64, string, []byte:
		return nil
	case *big.Int:
		if !v.IsInt64() {
			return nil
		}
	case []any:
		for _, e := range v {
			if err := carried(e); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		for _, e := range v {
			if err := carried(e); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%w: %T is no value of the port", cachetest.ErrSerialize, v)
}

// TestOnlyPlainDataCrossesThePort holds the suite to what it tells implementers:
// a cache that takes just that passes.
func TestOnlyPlainDataCrossesThePort(t *testing.T) {
	t.Parallel()
	subject := subjects.Memory()
	subject.Name = "picky"
	build := subject.New
	subject.New = func(tb conformance.TB) cachetest.Cache { return picky{build(tb).(*subjects.Adapter)} }
	if err := cachetest.Check(t.Context(), subject).Err(); err != nil {
		t.Error(err)
	}
}
