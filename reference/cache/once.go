package cache

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// once is a command that the client sends a second time for no error, whatever
// its settings: its reply may be lost after it was executed, and a repeated one
// would count twice, or find what the first one left. A cluster client repeats
// others even where it was told not to, since the number of its redirections is
// the number of its attempts.
type once struct{ redis.Cmder }

// NoRetry implements redis.Cmder.
func (once) NoRetry() bool { return true }

// sendOnce is send for a command that must not be repeated.
func sendOnce[C redis.Cmder](ctx context.Context, client redis.UniversalClient, op, key string, cmd C) (C, error) {
	return cmd, failure(ctx, op, key, client.Process(ctx, once{cmd}))
}

// sendOr is send, or sendOnce for a command that takes what it answers.
func sendOr[C redis.Cmder](ctx context.Context, client redis.UniversalClient, op, key string, cmd C) (C, error) {
	switch op {
	case "spop", "zpopmin", "zpopmax":
		return sendOnce(ctx, client, op, key, cmd)
	}
	return send(ctx, client, op, key, cmd)
}

// onceScripter runs scripts that must not be repeated.
type onceScripter struct{ redis.UniversalClient }

// EvalSha implements redis.Scripter.
func (s onceScripter) EvalSha(ctx context.Context, sha string, keys []string, args ...any) *redis.Cmd {
	return s.run(ctx, "evalsha", sha, keys, args)
}

// Eval implements redis.Scripter.
func (s onceScripter) Eval(ctx context.Context, script string, keys []string, args ...any) *redis.Cmd {
	return s.run(ctx, "eval", script, keys, args)
}

func (s onceScripter) run(ctx context.Context, command, script string, keys []string, args []any) *redis.Cmd {
	all := make([]any, 0, 3+len(keys)+len(args))
	all = append(all, command, script, len(keys))
	for i := range keys { // as they are: the client finds the slot by them
		all = append(all, keys[i])
	}
	cmd := redis.NewCmd(ctx, append(all, args...)...)
	_ = s.Process(ctx, once{cmd}) // the command has the error
	return cmd
}
