package remote

import (
	"context"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// A Results is a result backend in the child, behind the port of resulttest.
type Results struct {
	resulttest.Inspector // the Redis below it

	p    *Process
	name string
	url  string
}

// OpenResults opens a result backend in the child on the Redis at url, which
// below reaches, too. Drop it.
func (p *Process) OpenResults(ctx context.Context, url string, below resulttest.Inspector, s resulttest.Settings) (*Results, error) {
	settings := map[string]any{}
	if s.Prefix != "" {
		settings["prefix"] = s.Prefix
	}
	switch {
	case s.Expires < 0:
		settings["expires"] = nil
	case s.Expires > 0:
		settings["expires"] = s.Expires.Seconds()
	}
	r := &Results{Inspector: below, p: p, name: newName("results"), url: url}
	return r, p.tell(ctx, r.name, "open", map[string]any{"url": url, "settings": settings})
}

// Drop forgets the backend and closes its connections.
func (r *Results) Drop(ctx context.Context) error { return r.p.tell(ctx, r.name, "drop", nil) }

// Store implements resulttest.Backend.
func (r *Results) Store(ctx context.Context, d resulttest.Document) error {
	return r.p.tell(ctx, r.name, "store", map[string]any{"document": sentDocument(d)})
}

// Get implements resulttest.Backend.
func (r *Results) Get(ctx context.Context, id string) (resulttest.Document, error) {
	v, err := r.p.value(ctx, r.name, "get", map[string]any{"task": id})
	if err != nil {
		return resulttest.Document{}, err
	}
	return seenDocument(v)
}

// Wait implements resulttest.Waiter.
func (r *Results) Wait(ctx context.Context, ids []string, each func(resulttest.Document) bool) error {
	wait := newName("wait")
	if err := r.p.tell(ctx, r.name, "wait", map[string]any{"name": wait, "tasks": ids}); err != nil {
		return err
	}
	defer func() { _ = r.p.tell(context.WithoutCancel(ctx), r.name, "stop", map[string]any{"wait": wait}) }() // what it came to is known
	for {
		v, err := r.p.value(ctx, r.name, "next", map[string]any{"wait": wait})
		if err != nil || v == nil {
			return err
		}
		d, err := seenDocument(v)
		if err != nil || !each(d) {
			return err
		}
	}
}

// Forget implements resulttest.Forgetter.
func (r *Results) Forget(ctx context.Context, ids ...string) error {
	return r.p.tell(ctx, r.name, "forget", map[string]any{"tasks": append([]string{}, ids...)})
}

// SetChordSize implements resulttest.Chords.
func (r *Results) SetChordSize(ctx context.Context, group string, size int) error {
	return r.p.tell(ctx, r.name, "size", map[string]any{"group": group, "size": size})
}

// AddPart implements resulttest.Chords.
func (r *Results) AddPart(ctx context.Context, group string, part resulttest.Part) ([]resulttest.Part, error) {
	sent := map[string]any{"task_id": part.TaskID, "status": part.Status, "value": part.Value, "error": sentFailure(part.Error)}
	if part.Index != resulttest.NoIndex {
		sent["index"] = part.Index
	}
	v, err := r.p.value(ctx, r.name, "part", map[string]any{"group": group, "part": sent})
	if err != nil || v == nil {
		return nil, err
	}
	all := dicts(v)
	seen := make([]resulttest.Part, len(all))
	for i, m := range all {
		seen[i] = resulttest.Part{TaskID: m.text("task_id"), Index: resulttest.NoIndex, Status: m.text("status"), Value: m["value"], Error: seenFailure(m["error"])}
	}
	return seen, nil
}

// EndChord implements resulttest.Chords.
func (r *Results) EndChord(ctx context.Context, group string) error {
	return r.p.tell(ctx, r.name, "endchord", map[string]any{"group": group})
}

// SaveGroup implements resulttest.Groups.
func (r *Results) SaveGroup(ctx context.Context, group resulttest.Child) error {
	return r.p.tell(ctx, r.name, "savegroup", map[string]any{"group": sentChild(group)})
}

// Group implements resulttest.Groups.
func (r *Results) Group(ctx context.Context, id string) (resulttest.Child, bool, error) {
	v, err := r.p.value(ctx, r.name, "group", map[string]any{"group": id})
	m, ok := asDict(v)
	if err != nil || !ok {
		return resulttest.Child{}, false, err
	}
	return seenChild(m), true, nil
}

// Open implements resulttest.Opener.
func (r *Results) Open(ctx context.Context, set resulttest.Settings) (resulttest.Backend, error) {
	other, err := r.p.OpenResults(ctx, r.url, r.Inspector, set)
	if err != nil {
		return nil, err
	}
	return other, nil
}
