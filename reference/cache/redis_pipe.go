package cache

import (
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// queue adds the command that build makes; read turns its reply into a result.
// An error of build settles the Future at once and sends nothing.
func queue[T any, C redis.Cmder](p *redisPipe, op, key string, opts []Option, build func(stored string, c *call) (C, error), read func(C) (T, error)) *Future[T] {
	f := pending[T]()
	stored, c, err := p.r.begin(p.ctx, op, key, opts)
	var cmd C
	if err == nil {
		cmd, err = build(stored, &c)
	}
	if err != nil {
		var zero T
		f.settle(zero, failure(p.ctx, op, key, err))
		p.settle = append(p.settle, func() error { return f.err })
		return f
	}
	_ = p.pipe.Process(p.ctx, once{cmd})
	p.settle = append(p.settle, func() error {
		v, err := read(cmd)
		f.settle(v, failure(p.ctx, op, key, err))
		return f.err
	})
	return f
}

func (p *redisPipe) Get(key string, opts ...Option) *Future[any] {
	return queue(p, "get", key, opts, func(stored string, _ *call) (*redis.StringCmd, error) {
		return redis.NewStringCmd(p.ctx, "get", stored), nil
	}, func(cmd *redis.StringCmd) (any, error) {
		b, err := cmd.Bytes()
		if err != nil {
			return nil, err
		}
		return p.r.value("get", key, b)
	})
}

func (p *redisPipe) PTTL(key string, opts ...Option) *Future[time.Duration] {
	return queue(p, "pttl", key, opts, func(stored string, _ *call) (*redis.IntCmd, error) {
		return redis.NewIntCmd(p.ctx, "pttl", stored), nil
	}, func(cmd *redis.IntCmd) (time.Duration, error) { return remaining("pttl", "", time.Millisecond, cmd) })
}

// count queues a command whose reply is positive for true.
func (p *redisPipe) count(op, key string, opts []Option, args func(stored string, c *call) []any) *Future[bool] {
	return queue(p, op, key, opts, func(stored string, c *call) (*redis.IntCmd, error) {
		return redis.NewIntCmd(p.ctx, args(stored, c)...), nil
	}, func(cmd *redis.IntCmd) (bool, error) { return cmd.Val() > 0, cmd.Err() })
}

func (p *redisPipe) Has(key string, opts ...Option) *Future[bool] {
	return p.count("has", key, opts, func(stored string, _ *call) []any { return []any{"exists", stored} })
}

func (p *redisPipe) Delete(key string, opts ...Option) *Future[bool] {
	return p.count("delete", key, opts, func(stored string, _ *call) []any { return []any{"del", stored} })
}

func (p *redisPipe) Touch(key string, opts ...Option) *Future[bool] {
	if c := parse(opts); c.timeout.or(p.r.timeout) != Forever {
		return p.count("touch", key, opts, func(stored string, c *call) []any {
			return []any{"pexpire", stored, c.timeout.or(p.r.timeout).millis()}
		})
	}
	if stored, _, err := p.r.begin(p.ctx, "touch", key, opts); err == nil {
		p.pipe.Persist(p.ctx, stored)
	}
	return p.count("touch", key, opts, func(stored string, _ *call) []any { return []any{"exists", stored} })
}

func (p *redisPipe) Set(key string, value any, opts ...Option) *Future[bool] {
	return p.write("set", key, value, opts, 0)
}

func (p *redisPipe) Add(key string, value any, opts ...Option) *Future[bool] {
	return p.write("add", key, value, opts, NX)
}

func (p *redisPipe) write(op, key string, value any, opts []Option, flags Flag) *Future[bool] {
	var held func() bool
	return queue(p, op, key, opts, func(_ string, c *call) (redis.Cmder, error) {
		if flags != 0 {
			c.flags = flags
		}
		stored, encoded, err := p.r.prepare(op, key, value, c)
		if err != nil {
			return nil, err
		}
		var cmd redis.Cmder
		cmd, held = p.r.setCommand(p.ctx, stored, encoded, c)
		return cmd, nil
	}, func(cmd redis.Cmder) (bool, error) {
		if err := cmd.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return false, err
		}
		return held(), nil
	})
}

func (p *redisPipe) Incr(key string, delta int64, opts ...Option) *Future[int64] {
	return queue(p, "incr", key, opts, func(stored string, c *call) (*redis.Cmd, error) {
		return redis.NewCmd(p.ctx, "eval", incrSource, 1, stored, delta, flag(c.has(Create))), nil
	}, func(cmd *redis.Cmd) (int64, error) { return cmd.Int64() })
}
