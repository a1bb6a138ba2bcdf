package mutant

import (
	"context"
	"reflect"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// Hooks is a backend some of whose methods a bug replaces.
type Hooks struct {
	Full
	life      context.Context // of the instance
	store     func(context.Context, Document) error
	get       func(context.Context, string) (Document, error)
	wait      func(context.Context, []string, func(Document) bool) error
	forget    func(context.Context, ...string) error
	size      func(context.Context, string, int) error
	part      func(context.Context, string, Part) ([]Part, error)
	end       func(context.Context, string) error
	saveGroup func(context.Context, Child) error
	group     func(context.Context, string) (Child, bool, error)
	open      func(context.Context, Settings) (resulttest.Backend, error)
}

// Store implements resulttest.Backend.
func (h *Hooks) Store(ctx context.Context, d Document) error {
	return or(h.store, h.Full.Store)(ctx, d)
}

// Get implements resulttest.Backend.
func (h *Hooks) Get(ctx context.Context, id string) (Document, error) {
	return or(h.get, h.Full.Get)(ctx, id)
}

// Wait implements resulttest.Waiter.
func (h *Hooks) Wait(ctx context.Context, ids []string, each func(Document) bool) error {
	return or(h.wait, h.Full.Wait)(ctx, ids, each)
}

// Forget implements resulttest.Forgetter.
func (h *Hooks) Forget(ctx context.Context, ids ...string) error {
	return or(h.forget, h.Full.Forget)(ctx, ids...)
}

// SetChordSize implements resulttest.Chords.
func (h *Hooks) SetChordSize(ctx context.Context, group string, size int) error {
	return or(h.size, h.Full.SetChordSize)(ctx, group, size)
}

// AddPart implements resulttest.Chords.
func (h *Hooks) AddPart(ctx context.Context, group string, p Part) ([]Part, error) {
	return or(h.part, h.Full.AddPart)(ctx, group, p)
}

// EndChord implements resulttest.Chords.
func (h *Hooks) EndChord(ctx context.Context, group string) error {
	return or(h.end, h.Full.EndChord)(ctx, group)
}

// SaveGroup implements resulttest.Groups.
func (h *Hooks) SaveGroup(ctx context.Context, g Child) error {
	return or(h.saveGroup, h.Full.SaveGroup)(ctx, g)
}

// Group implements resulttest.Groups.
func (h *Hooks) Group(ctx context.Context, id string) (Child, bool, error) {
	return or(h.group, h.Full.Group)(ctx, id)
}

// Open implements resulttest.Opener.
func (h *Hooks) Open(ctx context.Context, set Settings) (resulttest.Backend, error) {
	return h.open(ctx, set)
}

// or is the bug's method if there is one.
func or[F any](bug, sound F) F {
	if reflect.ValueOf(bug).IsNil() {
		return sound
	}
	return bug
}
