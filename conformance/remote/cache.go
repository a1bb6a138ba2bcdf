package remote

import (
	"context"
	"errors"
	"fmt"
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

// Open opens a cache in the child. lacks names more capabilities that it does
// not have, beyond what the child says itself.
func (p *Process) Open(ctx context.Context, entry Entry, lacks ...conformance.Capability) (*Cache, error) {
	return p.open(ctx, &family{}, entry, lacks)
}

func (p *Process) open(ctx context.Context, f *family, entry Entry, lacks []conformance.Capability) (*Cache, error) {
	c := &Cache{p: p, name: "cache-" + strconv.FormatInt(opened.Add(1), 10), entry: entry, lacks: slices.Clone(lacks), family: f}
	var can able
	if err := p.ask(ctx, c.name, "open", map[string]any{"entry": map[string]any(entry)}, nil, &can); err != nil {
		return nil, fmt.Errorf("open %v: %w", entry["BACKEND"], err)
	}
	c.lacks = append(c.lacks, missing(can, cachetest.Suite().Features)...)
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

// String is how a message shows the cache.
func (c *Cache) String() string { return fmt.Sprintf("a cache of %v", c.entry["BACKEND"]) }

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
		if t, is := a.value.(cachetest.Timeout); is {
			if t == cachetest.Default() {
				continue
			}
			a.value = seconds(t)
		}
		sent[a.name] = a.value
	}
	if c.version != nil {
		sent["version"] = c.version
	}
	return c.p.ask(ctx, c.name, op, sent, compute, result)
}

// seconds is a timeout as Python writes it.
func seconds(t cachetest.Timeout) any {
	if t.Kind == cachetest.Endless {
		return nil
	}
	return inSeconds(t.D)
}

// inSeconds is a duration as Python writes it: whole where it is.
func inSeconds(d time.Duration) any {
	if d%time.Second == 0 {
		return int64(d / time.Second)
	}
	return d.Seconds()
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

// Open implements cachetest.Opener: the same entry with another configuration.
func (c *Cache) Open(ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
	if err := c.has("cache.aliases"); err != nil {
		return nil, err
	}
	if alias.KeyFunction != nil || alias.StrictKeys {
		return nil, fmt.Errorf("open an alias with functions in another process: %w", errors.ErrUnsupported)
	}
	entry, err := c.entry.with(alias)
	if err != nil {
		return nil, err
	}
	return c.p.open(ctx, c.family, entry, slices.Clone(c.lacks))
}
