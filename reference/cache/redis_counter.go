package cache

import (
	"context"
	"errors"
	"math"
	"math/big"

	"github.com/redis/go-redis/v9"
)

// Incr implements Counter.
func (r *Redis) Incr(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	stored, c, err := r.begin(ctx, "incr", key, opts)
	if err != nil {
		return 0, err
	}
	sum, err := incrScript.Run(ctx, onceScripter{r.primary}, []string{stored}, delta, flag(c.has(Create))).Int64()
	err = failure(ctx, "incr", key, err)
	if err == nil || !errors.Is(err, ErrNotInteger) && !errors.Is(err, ErrOverflow) {
		return sum, err
	}
	// Beyond 64 bits, or no integer: Redis does not tell them apart.
	err = r.change(ctx, "incr", key, stored, func(v any) (any, error) {
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
func (r *Redis) Decr(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	if delta == math.MinInt64 {
		return 0, fail("decr", key, ErrOverflow, nil)
	}
	return r.Incr(ctx, key, -delta, opts...)
}

// IncrBig implements Counter.
func (r *Redis) IncrBig(ctx context.Context, key string, delta *big.Int, opts ...Option) (*big.Int, error) {
	if delta.IsInt64() {
		n, err := r.Incr(ctx, key, delta.Int64(), opts...)
		if !errors.Is(err, ErrOverflow) {
			return big.NewInt(n), err
		}
	}
	stored, _, err := r.begin(ctx, "incr", key, opts)
	if err != nil {
		return nil, err
	}
	var sum *big.Int
	err = r.change(ctx, "incr", key, stored, func(v any) (any, error) {
		sum, err = addBig(v, delta)
		return sum, err
	})
	return sum, err
}

// IncrFloat implements Counter.
func (r *Redis) IncrFloat(ctx context.Context, key string, delta float64, opts ...Option) (float64, error) {
	stored, _, err := r.begin(ctx, "incr", key, opts)
	if err != nil {
		return 0, err
	}
	var sum float64
	err = r.change(ctx, "incr", key, stored, func(v any) (any, error) {
		sum, err = addFloat(v, delta)
		return sum, err
	})
	return sum, err
}

// change replaces the value of an entry by what f makes of it, atomically: it
// starts over when somebody else wrote meanwhile. The expiry stays.
func (r *Redis) change(ctx context.Context, op, key, stored string, f func(any) (any, error)) error {
	for {
		before, err := r.primary.Get(ctx, stored).Bytes()
		if err != nil {
			return failure(ctx, op, key, err)
		}
		v, err := r.codec.decode(before)
		if err == nil {
			v, err = f(v)
		}
		var after []byte
		if err == nil {
			after, err = r.codec.encode(v)
		}
		if err != nil {
			return fail(op, key, nil, err)
		}
		swapped, err := swapScript.Run(ctx, onceScripter{r.primary}, []string{stored}, before, after).Bool()
		if err != nil {
			return failure(ctx, op, key, err)
		}
		if swapped {
			return nil
		}
	}
}

// IncrVersion implements Versioner: one RENAME, which keeps the time to live
// and which no reader sees half done.
func (r *Redis) IncrVersion(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	const op = "incr_version"
	if err := stop(ctx, op, key); err != nil {
		return 0, err
	}
	c := parse(opts)
	from, err := r.keys.number(&c)
	if err != nil {
		return 0, fail(op, key, nil, err)
	}
	to := from + Version(delta)
	older, newer := c.at(from), c.at(to)
	source, err := r.keys.stored(key, &older)
	if err != nil {
		return 0, fail(op, key, nil, err)
	}
	target, err := r.keys.stored(key, &newer)
	if err != nil {
		return 0, fail(op, key, nil, err)
	}
	if r.clustered() && !sameSlot(source, target) {
		err = r.move(ctx, source, target)
	} else {
		err = r.primary.Process(ctx, once{redis.NewStatusCmd(ctx, "rename", source, target)})
	}
	if err != nil {
		return 0, failure(ctx, op, key, err)
	}
	return int64(to), nil
}

// move is RENAME between slots: copy with the time to live, then delete the
// source unless it was written meanwhile, and then start over. A reader sees
// both for a moment, but never neither. It moves values only, no collections.
func (r *Redis) move(ctx context.Context, source, target string) error {
	for {
		p := r.primary.TxPipeline()
		get, left := p.Get(ctx, source), p.PTTL(ctx, source)
		if _, err := p.Exec(ctx); err != nil {
			return err
		}
		args := []any{"set", target, get.Val()}
		if left.Val() != NoExpiry { // in its last millisecond nothing is left
			args = append(args, "px", max(1, left.Val().Milliseconds()))
		}
		if err := r.primary.Process(ctx, redis.NewStatusCmd(ctx, args...)); err != nil {
			return err
		}
		done, err := releaseScript.Run(ctx, onceScripter{r.primary}, []string{source}, get.Val()).Bool()
		if done || err != nil {
			return err
		}
		if n, err := r.primary.Exists(ctx, source).Result(); n == 0 || err != nil {
			return err // it expired meanwhile: the copy stands for it
		}
	}
}

// DecrVersion implements Versioner.
func (r *Redis) DecrVersion(ctx context.Context, key string, delta int64, opts ...Option) (int64, error) {
	return r.IncrVersion(ctx, key, -delta, opts...)
}
