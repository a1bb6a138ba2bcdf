package remote

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// A Cache is a cache in the child, behind the port of cachetest.
type Cache struct {
	p       *Process
	name    string
	entry   Entry
	lacks   []conformance.Capability
	version any // of At: nil, an integer or a text
	family  *family
}

// A family is a cache and the aliases opened from it.
type family struct {
	mu    sync.Mutex
	names []string // as the child knows them
}

// An Entry configures a cache as an entry of Django's CACHES does.
type Entry map[string]any

// opened numbers the caches of all processes.
var opened atomic.Int64

// always are the capabilities that no cache in another process has here.
func always() []conformance.Capability {
	return []conformance.Capability{"cache.hashes", "cache.inspect", "cache.patterns.quote", "cache.clear.prefix"}
}

// Open opens a cache in the child. lacks names more capabilities that it does
// not have, beyond what the child says itself.
func (p *Process) Open(ctx context.Context, entry Entry, lacks ...conformance.Capability) (*Cache, error) {
	return p.open(ctx, &family{}, entry, lacks)
}

func (p *Process) open(ctx context.Context, f *family, entry Entry, lacks []conformance.Capability) (*Cache, error) {
	c := &Cache{p: p, name: "cache-" + strconv.FormatInt(opened.Add(1), 10), entry: entry, lacks: append(always(), lacks...), family: f}
	var answer struct{ Lacks []conformance.Capability }
	if err := p.ask(ctx, c.name, "open", map[string]any{"entry": entry}, nil, &answer); err != nil {
		return nil, fmt.Errorf("open %v: %w", entry["BACKEND"], err)
	}
	c.lacks = append(c.lacks, answer.Lacks...)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.names = append(f.names, c.name)
	return c, nil
}

// Drop makes the child forget the cache and every alias opened from it, and
// close their connections: many caches in one child would hold theirs to its
// end. The cache must not be used any more.
func (c *Cache) Drop(ctx context.Context) error {
	c.family.mu.Lock()
	defer c.family.mu.Unlock()
	var errs []error
	for _, name := range c.family.names {
		err := c.p.ask(ctx, name, "drop", nil, nil, nil)
		if !errors.Is(err, errors.ErrUnsupported) { // a child may have nothing to close
			errs = append(errs, err)
		}
	}
	c.family.names = nil
	return errors.Join(errs...)
}

// Advance moves the clock of the child's caches that have one.
func (p *Process) Advance(ctx context.Context, d time.Duration) error {
	return p.ask(ctx, "", "advance", map[string]any{"seconds": d.Seconds()}, nil, nil)
}

// Grain is what LocMemCache's clock, a float of seconds, resolves.
func (p *Process) Grain() time.Duration { return time.Millisecond }

// Blocking is false: the clock does not move what waits in the child.
func (p *Process) Blocking() bool { return false }

// Lacks implements conformance.Lacking.
func (c *Cache) Lacks() []conformance.Capability { return c.lacks }

// has refuses what the cache lacks where the child has one method for more
// than one capability, and would take the call for another.
func (c *Cache) has(capability conformance.Capability) error {
	if slices.Contains(c.lacks, capability) {
		return fmt.Errorf("%s: %w", capability, errors.ErrUnsupported)
	}
	return nil
}

// An arg is one argument of an operation.
type arg struct {
	name  string
	value any
}

// call performs op and unmarshals what it answers into result.
func (c *Cache) call(ctx context.Context, op string, result any, args ...arg) error {
	return c.calling(ctx, op, nil, result, args)
}

func (c *Cache) calling(ctx context.Context, op string, compute func() (any, error), result any, args []arg) error {
	sent := make(map[string]any, len(args)+1)
	for _, a := range args {
		if a.name == "timeout" {
			t, isTimeout := a.value.(cachetest.Timeout)
			if isTimeout && t == cachetest.Default() {
				continue
			}
			if isTimeout {
				a.value = seconds(t)
			}
		}
		encoded, err := encode(a.value)
		if err != nil {
			return fmt.Errorf("%s: %w: %w", op, cachetest.ErrSerialize, err)
		}
		sent[a.name] = encoded
	}
	if c.version != nil {
		encoded, err := encode(c.version)
		if err != nil {
			return err
		}
		sent["version"] = encoded
	}
	return c.p.ask(ctx, c.name, op, sent, compute, result)
}

// seconds is a timeout as Python writes it: whole where it is.
func seconds(t cachetest.Timeout) any {
	switch {
	case t.Kind == cachetest.Endless:
		return nil
	case t.D%time.Second == 0:
		return int64(t.D / time.Second)
	}
	return t.D.Seconds()
}

// plain performs op and decodes the value it answers.
func (c *Cache) plain(ctx context.Context, op string, args ...arg) (any, error) {
	var raw any
	if err := c.call(ctx, op, &raw, args...); err != nil {
		return nil, err
	}
	return decode(raw)
}

// typed is plain with a type; nil is its zero value.
func typed[T any](c *Cache, ctx context.Context, op string, args ...arg) (T, error) {
	v, err := c.plain(ctx, op, args...)
	t, ok := v.(T)
	if err == nil && !ok && v != nil {
		err = fmt.Errorf("%s: the child answers %T", op, v)
	}
	return t, err
}

// number is typed for counts.
func number(c *Cache, ctx context.Context, op string, args ...arg) (int, error) {
	n, err := typed[int64](c, ctx, op, args...)
	return int(n), err
}

// Get implements cachetest.Cache.
func (c *Cache) Get(ctx context.Context, key string) (any, bool, error) {
	var answer struct {
		Found bool
		Value any
	}
	if err := c.call(ctx, "get", &answer, arg{"key", key}); err != nil || !answer.Found {
		return nil, false, err
	}
	v, err := decode(answer.Value)
	return v, true, err
}

// Set implements cachetest.Cache.
func (c *Cache) Set(ctx context.Context, key string, value any, timeout cachetest.Timeout) error {
	return c.call(ctx, "set", nil, arg{"key", key}, arg{"value", value}, arg{"timeout", timeout})
}

// Delete implements cachetest.Cache.
func (c *Cache) Delete(ctx context.Context, key string) (bool, error) {
	return typed[bool](c, ctx, "delete", arg{"key", key})
}

// Add implements cachetest.Adder.
func (c *Cache) Add(ctx context.Context, key string, value any, timeout cachetest.Timeout) (bool, error) {
	return typed[bool](c, ctx, "add", arg{"key", key}, arg{"value", value}, arg{"timeout", timeout})
}

// Touch implements cachetest.Toucher.
func (c *Cache) Touch(ctx context.Context, key string, timeout cachetest.Timeout) (bool, error) {
	return typed[bool](c, ctx, "touch", arg{"key", key}, arg{"timeout", timeout})
}

// Has implements cachetest.Haser.
func (c *Cache) Has(ctx context.Context, key string) (bool, error) {
	return typed[bool](c, ctx, "has_key", arg{"key", key})
}

// GetMany implements cachetest.Many.
func (c *Cache) GetMany(ctx context.Context, keys []string) (map[string]any, error) {
	return typed[map[string]any](c, ctx, "get_many", arg{"keys", keys})
}

// SetMany implements cachetest.Many.
func (c *Cache) SetMany(ctx context.Context, values map[string]any, timeout cachetest.Timeout) error {
	return c.call(ctx, "set_many", nil, arg{"data", values}, arg{"timeout", timeout})
}

// DeleteMany implements cachetest.Many.
func (c *Cache) DeleteMany(ctx context.Context, keys []string) (int, error) {
	return number(c, ctx, "delete_many", arg{"keys", keys})
}

// GetOrSet implements cachetest.Filler.
func (c *Cache) GetOrSet(ctx context.Context, key string, compute func(context.Context) (any, error), timeout cachetest.Timeout) (any, error) {
	var raw any
	run := func() (any, error) { return compute(ctx) }
	if err := c.calling(ctx, "get_or_set", run, &raw, []arg{{"key", key}, {"timeout", timeout}}); err != nil {
		return nil, err
	}
	return decode(raw)
}

// Incr implements cachetest.Counter.
func (c *Cache) Incr(ctx context.Context, key string, delta int64) (int64, error) {
	return typed[int64](c, ctx, "incr", arg{"key", key}, arg{"delta", delta})
}

// Decr implements cachetest.Counter.
func (c *Cache) Decr(ctx context.Context, key string, delta int64) (int64, error) {
	return typed[int64](c, ctx, "decr", arg{"key", key}, arg{"delta", delta})
}

// IncrCreate implements cachetest.Creator.
func (c *Cache) IncrCreate(ctx context.Context, key string, delta int64) (int64, error) {
	if err := c.has("cache.count.create"); err != nil {
		return 0, err
	}
	return typed[int64](c, ctx, "incr", arg{"key", key}, arg{"delta", delta}, arg{"ignore_key_check", true})
}

// IncrBig implements cachetest.BigCounter.
func (c *Cache) IncrBig(ctx context.Context, key string, delta *big.Int) (*big.Int, error) {
	if err := c.has("cache.count.big"); err != nil {
		return nil, err
	}
	v, err := c.plain(ctx, "incr", arg{"key", key}, arg{"delta", delta})
	if n, ok := v.(int64); ok {
		return big.NewInt(n), err
	}
	n, _ := v.(*big.Int)
	return n, err
}

// IncrFloat implements cachetest.FloatCounter.
func (c *Cache) IncrFloat(ctx context.Context, key string, delta float64) (float64, error) {
	if err := c.has("cache.count.float"); err != nil {
		return 0, err
	}
	return typed[float64](c, ctx, "incr", arg{"key", key}, arg{"delta", delta})
}

// At implements cachetest.Versioned.
func (c *Cache) At(version string) cachetest.Cache {
	at := *c
	at.version = version
	if n, err := strconv.ParseInt(version, 10, 64); err == nil {
		at.version = n
	}
	return &at
}

// IncrVersion implements cachetest.Versioned.
func (c *Cache) IncrVersion(ctx context.Context, key string, delta int64) (int64, error) {
	return typed[int64](c, ctx, "incr_version", arg{"key", key}, arg{"delta", delta})
}

// DecrVersion implements cachetest.Versioned.
func (c *Cache) DecrVersion(ctx context.Context, key string, delta int64) (int64, error) {
	return typed[int64](c, ctx, "decr_version", arg{"key", key}, arg{"delta", delta})
}

// Clear implements cachetest.Clearer: it takes no version.
func (c *Cache) Clear(ctx context.Context) error {
	return c.p.ask(ctx, c.name, "clear", map[string]any{}, nil, nil)
}

// Close implements cachetest.Closer.
func (c *Cache) Close() error {
	return c.p.ask(context.Background(), c.name, "close", map[string]any{}, nil, nil)
}

// SetIf implements cachetest.Conditional.
func (c *Cache) SetIf(ctx context.Context, key string, value any, timeout cachetest.Timeout, cond cachetest.Condition) (bool, error) {
	if err := c.has("cache.conditional"); err != nil {
		return false, err
	}
	return typed[bool](c, ctx, "set_if", arg{"key", key}, arg{"value", value}, arg{"timeout", timeout},
		arg{"nx", cond == cachetest.IfAbsent || cond == cachetest.IfBoth}, arg{"xx", cond == cachetest.IfPresent || cond == cachetest.IfBoth})
}

// Keys implements cachetest.Scanner.
func (c *Cache) Keys(ctx context.Context, pattern string) ([]string, error) {
	return texts(c.plain(ctx, "keys", arg{"search", pattern}))
}

// IterKeys implements cachetest.Scanner. The child walks to the end at once.
func (c *Cache) IterKeys(ctx context.Context, pattern string, step int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		args := []arg{{"search", pattern}}
		if step > 0 {
			args = append(args, arg{"itersize", int64(step)})
		}
		keys, err := texts(c.plain(ctx, "iter_keys", args...))
		if err != nil {
			yield("", err)
		}
		for _, key := range keys {
			if !yield(key, nil) {
				return
			}
		}
	}
}

func texts(v any, err error) ([]string, error) {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i := range list {
		out[i], _ = list[i].(string)
	}
	return out, err
}

// DeletePattern implements cachetest.Scanner.
func (c *Cache) DeletePattern(ctx context.Context, pattern string) (int, error) {
	return number(c, ctx, "delete_pattern", arg{"pattern", pattern})
}

// Open implements cachetest.Opener: the same entry with another configuration.
func (c *Cache) Open(ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
	if alias.KeyFunction != nil || alias.StrictKeys {
		return nil, fmt.Errorf("open an alias with functions in another process: %w", errors.ErrUnsupported)
	}
	entry, err := c.entry.with(alias)
	if err != nil {
		return nil, err
	}
	return c.p.open(ctx, c.family, entry, slices.Clone(c.lacks))
}
