package cache

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// GetMany implements Getter: one MGET, on a Cluster one per slot in one
// pipeline. Entries of another type are left out, as MGET does.
func (r *Redis) GetMany(ctx context.Context, keys []string, opts ...Option) (map[string]any, error) {
	const op = "get_many"
	if len(keys) == 0 {
		return map[string]any{}, nil
	}
	c := parse(opts)
	if err := stop(ctx, op, ""); err != nil {
		return nil, err
	}
	stored, err := r.keys.all(keys, &c)
	if err != nil {
		return nil, fail(op, "", nil, err)
	}
	found := make(map[string]any, len(keys))
	if !r.clustered() {
		cmd := redis.NewSliceCmd(ctx, words("mget", stored)...)
		if err := r.reader().Process(ctx, cmd); err != nil {
			return nil, failure(ctx, op, "", err)
		}
		return found, r.gather(op, found, keys, cmd.Val(), nil)
	}
	pipe := r.reader().Pipeline()
	groups := bySlot(stored)
	cmds := make([]*redis.SliceCmd, len(groups))
	for i, group := range groups {
		cmds[i] = redis.NewSliceCmd(ctx, words("mget", pick(stored, group))...)
		_ = pipe.Process(ctx, cmds[i])
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failure(ctx, op, "", err)
	}
	for i, group := range groups {
		if err := r.gather(op, found, keys, cmds[i].Val(), group); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// gather decodes the replies of an MGET; group says which of the keys they
// answer, nil that they answer all.
func (r *Redis) gather(op string, found map[string]any, keys []string, replies []any, group []int) error {
	for i, reply := range replies {
		text, ok := reply.(string)
		if !ok {
			continue
		}
		key := keys[i]
		if group != nil {
			key = keys[group[i]]
		}
		v, err := r.value(op, key, bytesOf(text))
		if err != nil {
			return err
		}
		found[key] = v
	}
	return nil
}

// words is a command on keys, which it refers to: a pointer takes no memory of
// its own in an interface.
func words(command string, keys []string) []any {
	args := make([]any, 1, len(keys)+1)
	args[0] = command
	for i := range keys {
		args = append(args, &keys[i])
	}
	return args
}

// pick returns the keys at the given positions.
func pick(keys []string, at []int) []string {
	out := make([]string, len(at))
	for i, n := range at {
		out[i] = keys[n]
	}
	return out
}

// SetMany implements Setter: MULTI, the writes, EXEC; on a Cluster a pipeline.
func (r *Redis) SetMany(ctx context.Context, values map[string]any, opts ...Option) error {
	const op = "set_many"
	if len(values) == 0 {
		return nil
	}
	if err := stop(ctx, op, ""); err != nil {
		return err
	}
	c := parse(opts)
	c.flags = 0
	cmds := make([]redis.Cmder, 0, len(values))
	for key, value := range values {
		stored, encoded, err := r.prepare(op, key, value, &c)
		if err != nil {
			return err
		}
		cmd, _ := r.setCommand(ctx, stored, encoded, &c)
		cmds = append(cmds, cmd)
	}
	pipe := r.primary.TxPipeline()
	if r.clustered() {
		pipe = r.primary.Pipeline()
	}
	for _, cmd := range cmds {
		_ = pipe.Process(ctx, cmd)
	}
	_, err := pipe.Exec(ctx)
	return failure(ctx, op, "", err)
}

// DeleteMany implements Deleter: one DEL, on a Cluster one per slot.
func (r *Redis) DeleteMany(ctx context.Context, keys []string, opts ...Option) (int, error) {
	const op = "delete_many"
	if len(keys) == 0 {
		return 0, nil
	}
	c := parse(opts)
	if err := stop(ctx, op, ""); err != nil {
		return 0, err
	}
	stored, err := r.keys.all(keys, &c)
	if err != nil {
		return 0, fail(op, "", nil, err)
	}
	n, err := r.remove(ctx, r.primary, stored)
	return n, failure(ctx, op, "", err)
}

// remove deletes stored keys on client and counts them.
func (r *Redis) remove(ctx context.Context, client redis.UniversalClient, stored []string) (int, error) {
	if len(stored) == 0 {
		return 0, nil
	}
	if !r.clustered() {
		cmd := redis.NewIntCmd(ctx, words("del", stored)...)
		err := client.Process(ctx, once{cmd})
		return int(cmd.Val()), err
	}
	pipe := client.Pipeline()
	var cmds []*redis.IntCmd
	for _, group := range bySlot(stored) {
		cmd := redis.NewIntCmd(ctx, words("del", pick(stored, group))...)
		_ = pipe.Process(ctx, once{cmd})
		cmds = append(cmds, cmd)
	}
	_, err := pipe.Exec(ctx)
	total := 0
	for _, cmd := range cmds {
		total += int(cmd.Val())
	}
	return total, err
}

// A redisPipe collects commands and how to read their replies.
type redisPipe struct {
	ctx    context.Context
	r      *Redis
	pipe   redis.Pipeliner
	settle []func() error
}

// Pipeline implements Pipeliner.
func (r *Redis) Pipeline(ctx context.Context, queue func(Pipe) error) error {
	if err := stop(ctx, "pipeline", ""); err != nil {
		return err
	}
	p := &redisPipe{ctx: ctx, r: r, pipe: r.primary.Pipeline()}
	if err := queue(p); err != nil {
		return err
	}
	if p.pipe.Len() > 0 {
		_, _ = p.pipe.Exec(ctx) // each command has its own error
	}
	var first error
	for _, settle := range p.settle {
		if err := settle(); err != nil && first == nil && !errors.Is(err, ErrNotFound) {
			first = err
		}
	}
	return first
}
