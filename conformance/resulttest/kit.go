package resulttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

// A kit is what a check works with: the probe, and a backend whose calls are
// recorded.
type kit struct {
	*conformance.Probe
	b     Backend
	label string // how messages call the backend: "" or "other."
	ctx   context.Context
}

// check adapts a check on a kit to the engine.
func check(f func(k *kit)) func(*conformance.Probe, Backend) {
	return func(p *conformance.Probe, b Backend) { f(&kit{Probe: p, b: b, ctx: p.Context()}) }
}

// within is the kit with another context.
func (k *kit) within(ctx context.Context) *kit {
	other := *k
	other.ctx = ctx
	return &other
}

// open is the kit of another backend on the same store.
func (k *kit) open(label string, set Settings) *kit {
	k.Helper()
	k.Call("%s = Open(%+v)", label, set)
	b, err := k.b.(Opener).Open(k.ctx, set)
	if err != nil {
		k.Fatalf("Open(%+v) failed: %v, want no error", set, err)
	}
	return &kit{Probe: k.Probe, b: b, label: label + ".", ctx: k.ctx}
}

// did records a call that is about to be made.
func (k *kit) did(format string, args ...any) string {
	call := k.label + fmt.Sprintf(format, args...)
	k.Call("%s", call)
	return call
}

// try is store for a check that judges the error.
func (k *kit) try(d Document) verdict {
	call := k.did("Store(%s)", shown(d))
	return verdict{k, call, k.b.Store(k.ctx, d)}
}

func (k *kit) store(d Document) {
	k.Helper()
	k.try(d).ok()
}

// look is get for a check that judges the error.
func (k *kit) look(id string) (Document, verdict) {
	call := k.did("Get(%q)", id)
	d, err := k.b.Get(k.ctx, id)
	return d, verdict{k, call, err}
}

func (k *kit) get(id string) found {
	k.Helper()
	d, v := k.look(id)
	v.ok()
	return found{k, v.call, d}
}

func (k *kit) forget(ids ...string) {
	k.Helper()
	call := k.did("Forget(%q)", ids)
	verdict{k, call, k.b.(Forgetter).Forget(k.ctx, ids...)}.ok()
}

// A verdict is what a call came to, but for its value.
type verdict struct {
	k    *kit
	call string
	err  error
}

// ok wants no error, and ends the check without it: what follows builds on it.
func (v verdict) ok() {
	if v.err != nil {
		v.k.Helper()
		v.k.Fatalf("%s failed: %v, want no error", v.call, v.err)
	}
}

// fails wants one of the errors; with none given any error will do.
func (v verdict) fails(kinds ...error) {
	if v.err != nil && (len(kinds) == 0 || slices.ContainsFunc(kinds, func(k error) bool { return errors.Is(v.err, k) })) {
		return
	}
	v.k.Helper()
	words := []string{"any"}
	for i, k := range kinds {
		if i == 0 {
			words = nil
		}
		words = append(words, fmt.Sprintf("%q", k))
	}
	got := "succeeded"
	if v.err != nil {
		got = "failed: " + v.err.Error()
	}
	v.k.Errorf("%s %s, want an error: %s", v.call, got, strings.Join(words, " or "))
}

// found is a document that a call gave.
type found struct {
	k    *kit
	call string
	d    Document
}

// is wants the document, whole.
func (f found) is(want Document) {
	if problem := differ(want, f.d); problem != "" {
		f.k.Helper()
		f.k.Errorf("%s = %s, want %s: %s", f.call, shown(f.d), shown(want), problem)
	}
}

// in wants the state.
func (f found) in(status string) {
	if f.d.Status != status {
		f.k.Helper()
		f.k.Errorf("%s is in state %q, want %q", f.call, f.d.Status, status)
	}
}
