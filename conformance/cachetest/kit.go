package cachetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// A kit is what a check works with: the probe, and a cache whose calls are
// recorded.
type kit struct {
	*conformance.Probe
	c     Cache
	label string // how messages call the cache: "" or "other."
	ctx   context.Context
}

// check adapts a check on a kit to the engine.
func check(f func(k *kit)) func(*conformance.Probe, Cache) {
	return func(p *conformance.Probe, c Cache) { f(&kit{Probe: p, c: c, ctx: p.Context()}) }
}

// on is the kit of another cache on the same store.
func (k *kit) on(label string, c Cache) *kit {
	return &kit{Probe: k.Probe, c: c, label: label + ".", ctx: k.ctx}
}

// within is the kit with another context.
func (k *kit) within(ctx context.Context) *kit {
	other := *k
	other.ctx = ctx
	return &other
}

// at is the kit of another version.
func (k *kit) at(version string) *kit {
	return k.on(k.label+"At("+version+")", k.c.(Versioned).At(version))
}

// open is the kit of another alias on the same store.
func (k *kit) open(label string, alias Alias) *kit {
	k.Call("%s = Open(%+v)", label, shownAlias(alias))
	c, err := k.c.(Opener).Open(k.ctx, alias)
	if err != nil {
		k.Helper()
		k.Fatalf("Open(%+v) failed: %v, want no error", shownAlias(alias), err)
	}
	return k.on(label, c)
}

// openFails wants the alias refused, as a setting that the cache does not have.
func (k *kit) openFails(alias Alias) {
	k.Helper()
	_, err := k.c.(Opener).Open(k.ctx, alias)
	k.did("Open", shownAlias(alias)).got(nil, err).fails(errors.ErrUnsupported, ErrInvalid)
}

// shownAlias is what is set in an alias.
func shownAlias(a Alias) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if a.Prefix != "" {
		add("Prefix: %q", a.Prefix)
	}
	if a.Version != "" {
		add("Version: %s", a.Version)
	}
	if a.Timeout != Default() {
		add("Timeout: %v", a.Timeout)
	}
	if a.Serializer+a.Compressor != "" {
		add("Serializer: %q, Compressor: %q", a.Serializer, a.Compressor)
	}
	if a.PickleVersion != 0 {
		add("PickleVersion: %d", a.PickleVersion)
	}
	if a.KeyFunction != nil {
		add("KeyFunction: …")
	}
	if a.StrictKeys {
		add("StrictKeys: true")
	}
	if a.MaxEntries != 0 || a.CullFrequency != 0 {
		add("MaxEntries: %d, CullFrequency: %d", a.MaxEntries, a.CullFrequency)
	}
	if a.IgnoreExceptions {
		add("IgnoreExceptions: true")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// did records a call that is about to be made and returns its outcome-to-be.
func (k *kit) did(name string, args ...any) outcome {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = show(a)
	}
	o := outcome{k: k, call: k.label + name + "(" + strings.Join(parts, ", ") + ")"}
	k.Call("%s", o.call)
	return o
}

func (o outcome) got(value any, err error) outcome {
	o.value, o.err = value, err
	return o
}

func (o outcome) found(value any, found bool, err error) outcome {
	o.value, o.missing, o.err = value, !found, err
	return o
}

// Short names of the calls every check makes.

func (k *kit) get(key string) outcome {
	return k.did("Get", key).found(k.c.Get(k.ctx, key))
}

// try is set for a check that judges the error.
func (k *kit) try(key string, value any, timeout Timeout) outcome {
	return k.did("Set", key, value, timeout).got(nil, k.c.Set(k.ctx, key, plain(value), timeout))
}

func (k *kit) set(key string, value any, timeout Timeout) {
	k.Helper()
	k.try(key, value, timeout).ok()
}

func (k *kit) del(key string) outcome {
	return k.did("Delete", key).got(k.c.Delete(k.ctx, key))
}

func (k *kit) add(key string, value any, timeout Timeout) outcome {
	return k.did("Add", key, value, timeout).got(k.c.(Adder).Add(k.ctx, key, plain(value), timeout))
}

func (k *kit) touch(key string, timeout Timeout) outcome {
	return k.did("Touch", key, timeout).got(k.c.(Toucher).Touch(k.ctx, key, timeout))
}

func (k *kit) has(key string) outcome {
	return k.did("Has", key).got(k.c.(Haser).Has(k.ctx, key))
}

func (k *kit) incr(key string, delta int64) outcome {
	return k.did("Incr", key, delta).got(k.c.(Counter).Incr(k.ctx, key, delta))
}

func (k *kit) decr(key string, delta int64) outcome {
	return k.did("Decr", key, delta).got(k.c.(Counter).Decr(k.ctx, key, delta))
}

func (k *kit) getMany(keys ...string) outcome {
	return k.did("GetMany", keys).got(k.c.(Many).GetMany(k.ctx, keys))
}

func (k *kit) setMany(values map[string]any, timeout Timeout) outcome {
	return k.did("SetMany", values, timeout).got(nil, k.c.(Many).SetMany(k.ctx, plainMap(values), timeout))
}

func (k *kit) delMany(keys ...string) outcome {
	return k.did("DeleteMany", keys).got(k.c.(Many).DeleteMany(k.ctx, keys))
}

// fill is GetOrSet with a value that is ready.
func (k *kit) fill(key string, value any, timeout Timeout) outcome {
	return k.fillBy(key, func(context.Context) (any, error) { return plain(value), nil }, timeout)
}

func (k *kit) fillBy(key string, compute func(context.Context) (any, error), timeout Timeout) outcome {
	return k.did("GetOrSet", key, "compute", timeout).got(k.c.(Filler).GetOrSet(k.ctx, key, compute, timeout))
}

// lasts checks that key holds want until d and nothing after it.
func (k *kit) lasts(d *conformance.Deadline, key string, want any) {
	k.Helper()
	d.Before()
	k.get(key).until(d, want)
	d.After()
	k.get(key).none()
}

// stays checks that key holds want after the time that d would have ended it.
func (k *kit) stays(d time.Duration, key string, want any) {
	k.Helper()
	k.Advance(d + k.Margin())
	k.get(key).is(want)
}
