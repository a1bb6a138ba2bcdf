package result

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery/internal/luajson"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

//go:embed lua/store.lua
var storeLua string

//go:embed lua/part.lua
var partLua string

// The scripts never change after this.
var (
	storeScript = redis.NewScript(luajson.Reader + storeLua)
	partScript  = redis.NewScript(partLua)
)

// Options of the Redis backend. The zero value is Celery's default.
type Options struct {
	// Prefix is result_backend_transport_options.global_keyprefix. Celery
	// appends "_" to it unless it ends in one of : _ - . and so do we.
	Prefix string
	// Expires is result_expires: how long results are kept, in whole seconds,
	// rounded up. 0 is Celery's one day, negative for good.
	Expires time.Duration
	Typed   message.Typed // how chord parts are written
}

// Redis keeps results in Redis as Celery does. It is safe for concurrent use.
type Redis struct {
	client redis.UniversalClient
	prefix string
	ttl    int64 // seconds; 0 for good
	typed  message.Typed
}

// NewRedis returns a backend on client, which stays the caller's to close.
func NewRedis(client redis.UniversalClient, opt Options) *Redis {
	b := &Redis{client: client, prefix: opt.Prefix, typed: opt.Typed}
	if b.prefix != "" && !strings.ContainsAny(b.prefix[len(b.prefix)-1:], ":_-.") {
		b.prefix += "_"
	}
	switch {
	case opt.Expires == 0:
		b.ttl = 24 * 3600
	case opt.Expires > 0:
		b.ttl = int64((opt.Expires + time.Second - 1) / time.Second)
	}
	return b
}

func (b *Redis) meta(id string) string { return b.prefix + "celery-task-meta-" + id }
func (b *Redis) set(group, suffix string) string {
	return b.prefix + "celery-taskset-meta-" + group + suffix
}

// failed adds what was done to an error of the client, and its kind.
func failed(err error, format string, args ...any) error {
	doing := fmt.Sprintf(format, args...)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%s: %w: %w", doing, ErrUnavailable, err)
}

// Store implements Backend.
func (b *Redis) Store(ctx context.Context, d *Document) error {
	text, err := d.Encode()
	if err != nil {
		return err
	}
	if err := storeScript.Run(ctx, b.client, []string{b.meta(d.TaskID)}, text, b.ttl).Err(); err != nil {
		return failed(err, "store result of task %s", d.TaskID)
	}
	return nil
}

// Get implements Backend.
func (b *Redis) Get(ctx context.Context, id string) (*Document, error) {
	text, err := b.client.Get(ctx, b.meta(id)).Bytes()
	if errors.Is(err, redis.Nil) {
		return &Document{TaskID: id, Status: Pending}, nil
	}
	if redis.HasErrorPrefix(err, "WRONGTYPE") {
		return nil, fmt.Errorf("get result of task %s: %w: %w", id, ErrDecode, err)
	}
	if err != nil {
		return nil, failed(err, "get result of task %s", id)
	}
	d, err := Decode(text)
	if err != nil {
		return nil, err
	}
	d.TaskID = id // gocelery stores ""
	return d, nil
}

// Forget implements Backend.
func (b *Redis) Forget(ctx context.Context, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = b.meta(id)
	}
	if err := b.client.Del(ctx, keys...).Err(); err != nil {
		return failed(err, "forget results")
	}
	return nil
}

// keep stores a value as Celery's backend.set does, and publishes it.
func (b *Redis) keep(ctx context.Context, key string, value any) error {
	_, err := b.client.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.Set(ctx, key, value, time.Duration(b.ttl)*time.Second)
		pipe.Publish(ctx, key, value)
		return nil
	})
	return err
}

// SetChordSize implements Backend.
func (b *Redis) SetChordSize(ctx context.Context, group string, size int) error {
	if err := b.keep(ctx, b.set(group, ".s"), size); err != nil {
		return failed(err, "set size of chord %s", group)
	}
	return nil
}

// AddPart implements Backend.
func (b *Redis) AddPart(ctx context.Context, chord Chord, part Part) ([]Part, error) {
	text, start, err := part.encode(b.typed)
	if err != nil {
		return nil, err
	}
	var place any = "+inf"
	if chord.Index != nil {
		place = chord.Index
	}
	reply, err := partScript.Run(ctx, b.client, []string{b.set(chord.Group, ".j"), b.set(chord.Group, ".t"), b.set(chord.Group, ".s")},
		text, start, place, b.ttl).Result()
	if err != nil {
		return nil, failed(err, "add part to chord %s", chord.Group)
	}
	all, complete := reply.([]any)
	if !complete {
		return nil, nil
	}
	texts := make([]string, len(all))
	for i, v := range all {
		texts[i], _ = v.(string)
	}
	return decodeParts(texts)
}

// EndChord implements Backend.
func (b *Redis) EndChord(ctx context.Context, group string) error {
	if err := b.client.Del(ctx, b.set(group, ".j"), b.set(group, ".t"), b.set(group, ".s")).Err(); err != nil {
		return failed(err, "end chord %s", group)
	}
	return nil
}

// SaveGroup implements Backend.
func (b *Redis) SaveGroup(ctx context.Context, group Child) error {
	text, err := pyjson.Encode(map[string]any{"result": group.tuple()})
	if err != nil {
		return fmt.Errorf("save group %s: %w: %w", group.ID, ErrEncode, err)
	}
	if err := b.keep(ctx, b.set(group.ID, ""), text); err != nil {
		return failed(err, "save group %s", group.ID)
	}
	return nil
}

// Group implements Backend.
func (b *Redis) Group(ctx context.Context, id string) (*Child, error) {
	text, err := b.client.Get(ctx, b.set(id, "")).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(err, "get group %s", id)
	}
	v, err := pyjson.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("get group %s: %w: %w", id, ErrDecode, err)
	}
	m, _ := v.(map[string]any)
	if c, ok := readChild(m["result"], 0); ok {
		return &c, nil
	}
	return nil, fmt.Errorf("get group %s: %w", id, ErrDecode)
}
