package cache

import (
	"context"
	"math"
	"math/big"
)

// Incr implements Counter. It counts as a use of the entry.
func (m *Memory) Incr(ctx context.Context, key string, delta int64, opts ...Option) (sum int64, err error) {
	err = m.count(ctx, "incr", key, opts, func(v any) (any, error) {
		n, err := addBig(v, big.NewInt(delta))
		if err == nil && !n.IsInt64() {
			err = ErrOverflow
		}
		if err != nil {
			return nil, err
		}
		sum = n.Int64()
		return sum, nil
	})
	return sum, err
}

// Decr implements Counter.
func (m *Memory) Decr(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	if delta == math.MinInt64 {
		return 0, fail("decr", key, ErrOverflow, nil)
	}
	return m.Incr(ctx, key, -delta, opts...)
}

// IncrBig implements Counter.
func (m *Memory) IncrBig(ctx context.Context, key string, delta *big.Int, opts ...Option) (sum *big.Int, err error) {
	err = m.count(ctx, "incr", key, opts, func(v any) (any, error) {
		sum, err = addBig(v, delta)
		return sum, err
	})
	return sum, err
}

// IncrFloat implements Counter.
func (m *Memory) IncrFloat(ctx context.Context, key string, delta float64, opts ...Option) (sum float64, err error) {
	err = m.count(ctx, "incr", key, opts, func(v any) (any, error) {
		sum, err = addFloat(v, delta)
		return sum, err
	})
	return sum, err
}

// count replaces the value of a live entry by what add makes of it, under its
// lock. With Create a missing entry counts from 0 and never expires.
func (m *Memory) count(ctx context.Context, op, key string, opts []Option, add func(any) (any, error)) error {
	if err := stop(ctx, op, key); err != nil {
		return err
	}
	c := parse(opts)
	stored, err := m.keys.bytes(nil, key, &c)
	if err != nil {
		return fail(op, key, nil, err)
	}
	m.write(stored, c.has(Create) && !m.peek(stored), func(sh *shard) {
		e, ok := sh.live(stored, m.now)
		var before any = int64(0)
		switch {
		case ok:
			before, err = m.thaw(e.content)
		case !c.has(Create):
			err = ErrNotFound
		}
		if err != nil {
			return
		}
		after, failed := add(before)
		if failed != nil {
			err = failed
			return
		}
		frozen, failed := m.freeze(after)
		if failed != nil {
			err = failed
			return
		}
		if ok {
			frozen.expires = e.expires
		}
		m.store.set(sh, hash(stored), stored, frozen)
	})
	if err != nil {
		return fail(op, key, nil, err)
	}
	return nil
}

// addBig adds to a decoded value that must be an integer.
func addBig(v any, delta *big.Int) (*big.Int, error) {
	switch v := v.(type) {
	case int64:
		return new(big.Int).Add(big.NewInt(v), delta), nil
	case *big.Int:
		return new(big.Int).Add(v, delta), nil
	}
	return nil, ErrNotInteger
}

// addFloat adds to a decoded value that must be a number.
func addFloat(v any, delta float64) (float64, error) {
	switch v := v.(type) {
	case int64:
		return float64(v) + delta, nil
	case float64:
		return v + delta, nil
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f + delta, nil
	}
	return 0, ErrNotInteger
}

// IncrVersion implements Versioner.
func (m *Memory) IncrVersion(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	const op = "incr_version"
	if err := stop(ctx, op, key); err != nil {
		return 0, err
	}
	c := parse(opts)
	from, err := m.keys.number(&c)
	if err != nil {
		return 0, fail(op, key, nil, err)
	}
	to := from + Version(delta)
	older, newer := c.at(from), c.at(to)
	source, err := m.keys.bytes(nil, key, &older)
	if err != nil {
		return 0, fail(op, key, nil, err)
	}
	target, err := m.keys.bytes(nil, key, &newer)
	if err != nil {
		return 0, fail(op, key, nil, err)
	}
	m.store.lockAll()
	defer m.store.unlockAll()
	sh := m.store.shard(source)
	e, ok := sh.live(source, m.now)
	if !ok {
		return 0, fail(op, key, ErrNotFound, nil)
	}
	if delta != 0 {
		m.store.remove(e)
		m.store.put(target, e.content, e.expires)
	}
	return int64(to), nil
}

// DecrVersion implements Versioner.
func (m *Memory) DecrVersion(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	return m.IncrVersion(ctx, key, -delta, opts...)
}
