package subjects

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"net"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// A Twist breaks a reference from below, for mutants: it changes what its
// client sends. The zero value changes nothing.
type Twist struct {
	Parity, NoDedup bool                    // of kombu.Transport, as in kombu.Options
	Script          func(string) string     // changes the text of each Lua script
	Command         func([]string) []string // changes each command of texts only
}

// twisting is the hook that does it. It is safe for concurrent use.
type twisting struct {
	Twist
	mu  sync.Mutex
	sha map[string]string // of scripts, before and after
}

func newTwisting(t Twist) *twisting { return &twisting{Twist: t, sha: map[string]string{}} }

// DialHook implements redis.Hook.
func (*twisting) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (t *twisting) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		t.edit(cmd)
		return next(ctx, cmd)
	}
}

// ProcessPipelineHook implements redis.Hook.
func (t *twisting) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			t.edit(cmd)
		}
		return next(ctx, cmds)
	}
}

// edit changes a command in place. A script is found by the hash of its text
// as the reference wrote it.
func (t *twisting) edit(cmd redis.Cmder) {
	args := cmd.Args()
	name := strings.ToLower(cmd.Name())
	text := 0
	switch {
	case name == "eval":
		text = 1
	case name == "script" && len(args) == 3:
		text = 2
	case name == "evalsha":
		before, _ := args[1].(string)
		t.mu.Lock()
		if after := t.sha[before]; after != "" {
			args[1] = after
		}
		t.mu.Unlock()
	}
	if before, ok := args[text].(string); ok && text > 0 && t.Script != nil {
		after := t.Script(before)
		args[text] = after
		t.mu.Lock()
		t.sha[hash(before)] = hash(after)
		t.mu.Unlock()
	}
	if t.Command != nil {
		t.command(args)
	}
}

// command changes the texts among the arguments.
func (t *twisting) command(args []any) {
	words := make([]string, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			words[i] = a
		case []byte:
			words[i] = string(a)
		}
	}
	for i, w := range t.Command(words) {
		switch args[i].(type) {
		case string, []byte:
			args[i] = w
		}
	}
}

func hash(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}
