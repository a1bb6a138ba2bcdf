package cache

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// Lock implements Locker. Python's redis-py locks the same key the same way.
func (r *Redis) Lock(key string, lock LockOptions, opts ...Option) Lock {
	c := parse(opts)
	stored, err := r.keys.stored(key, &c)
	return newMutex(&redisHolder{r, key, stored, err}, key, lock)
}

type redisHolder struct {
	r      *Redis
	key    string
	stored string
	err    error // the key is invalid
}

func (h *redisHolder) ready(ctx context.Context, op string) error {
	if h.err != nil {
		return fail(op, h.key, nil, h.err)
	}
	return stop(ctx, op, h.key)
}

func (h *redisHolder) take(ctx context.Context, t string, hold time.Duration) (bool, error) {
	if err := h.ready(ctx, "acquire"); err != nil {
		return false, err
	}
	cmd := redis.NewStatusCmd(ctx, "set", h.stored, t, "nx")
	if hold > 0 {
		cmd = redis.NewStatusCmd(ctx, "set", h.stored, t, "nx", "px", For(hold).millis())
	}
	err := h.r.primary.Process(ctx, once{cmd})
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, failure(ctx, "acquire", h.key, err)
}

// run is a script on the lock whose reply is 1 if the lock was the holder's.
func (h *redisHolder) run(ctx context.Context, op string, script *redis.Script, args ...any) (bool, error) {
	if err := h.ready(ctx, op); err != nil {
		return false, err
	}
	ok, err := script.Run(ctx, onceScripter{h.r.primary}, []string{h.stored}, args...).Bool()
	return ok, failure(ctx, op, h.key, err)
}

func (h *redisHolder) drop(ctx context.Context, t string) (bool, error) {
	return h.run(ctx, "release", releaseScript, t)
}

func (h *redisHolder) extend(ctx context.Context, t string, d time.Duration, replace bool) (bool, error) {
	return h.run(ctx, "extend", extendScript, t, d.Milliseconds(), flag(replace))
}

func (h *redisHolder) current(ctx context.Context) (string, error) {
	if err := h.ready(ctx, "locked"); err != nil {
		return "", err
	}
	t, err := h.r.primary.Get(ctx, h.stored).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return t, failure(ctx, "locked", h.key, err)
}
