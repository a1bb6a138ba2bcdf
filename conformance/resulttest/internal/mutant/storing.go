package mutant

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// seen is a bug in what get gives.
func seen(name string, change func(*Document)) Mutant {
	return Mutant{Name: name, Break: func(b Full, h *Hooks) {
		h.get = func(ctx context.Context, id string) (Document, error) {
			d, err := b.Get(ctx, id)
			if err == nil {
				change(&d)
			}
			return d, err
		}
	}}
}

// kept is a bug in what store keeps.
func kept(name string, change func(*Document)) Mutant {
	return Mutant{Name: name, Break: func(b Full, h *Hooks) {
		h.store = func(ctx context.Context, d Document) error {
			change(&d)
			return b.Store(ctx, d)
		}
	}}
}

// named is a bug in the ids under which results are kept.
func named(name string, change func(id string) string) Mutant {
	return Mutant{Name: name, Break: func(b Full, h *Hooks) {
		h.store = func(ctx context.Context, d Document) error {
			if d.TaskID != "" {
				d.TaskID = change(d.TaskID)
			}
			return b.Store(ctx, d)
		}
		h.get = func(ctx context.Context, id string) (Document, error) {
			d, err := b.Get(ctx, change(id))
			d.TaskID = id
			return d, err
		}
		h.forget = func(ctx context.Context, ids ...string) error {
			changed := make([]string, len(ids))
			for i, id := range ids {
				changed[i] = change(id)
			}
			return b.Forget(ctx, changed...)
		}
	}}
}

// rounded are floats where integers were, as a decoder without UseNumber has them.
func rounded(v any) any {
	switch v := v.(type) {
	case int64:
		return int64(float64(v))
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = rounded(e)
		}
		return out
	case map[string]any:
		out := maps.Clone(v)
		for k, e := range out {
			out[k] = rounded(e)
		}
		return out
	}
	return v
}

func storing() []Mutant {
	return []Mutant{
		seen("get-finds-nothing", func(d *Document) { *d = Document{TaskID: d.TaskID, Status: resulttest.Pending} }),
		seen("get-of-a-pending-task-says-unknown", func(d *Document) {
			if d.Status == resulttest.Pending {
				d.Status = "UNKNOWN"
			}
		}),
		named("ids-are-cut-to-a-letter", func(id string) string { return id[:1] }),
		named("ids-lose-their-case", strings.ToLower),
		{Name: "get-removes-the-result", Break: func(b Full, h *Hooks) {
			h.get = func(ctx context.Context, id string) (Document, error) {
				d, err := b.Get(ctx, id)
				_ = b.Forget(ctx, id)
				return d, err
			}
		}},
		kept("store-drops-the-group", func(d *Document) { d.GroupID = "" }),
		kept("store-drops-the-parent", func(d *Document) { d.ParentID = "" }),
		kept("store-drops-children-that-are-groups", func(d *Document) {
			d.Children = slices.DeleteFunc(slices.Clone(d.Children), func(c Child) bool { return c.Group != nil })
		}),
		kept("store-takes-an-empty-group-for-a-task", func(d *Document) {
			d.Children = slices.Clone(d.Children)
			for i, c := range d.Children {
				if len(c.Group) == 0 {
					d.Children[i].Group = nil
				}
			}
		}),
		kept("store-drops-what-result_extended-adds", func(d *Document) { d.Extended = nil }),
		{Name: "store-keeps-the-callers-pointer", Break: func(b Full, h *Hooks) {
			var mu sync.Mutex
			values := map[string]any{}
			h.store = func(ctx context.Context, d Document) error {
				err := b.Store(ctx, d)
				mu.Lock()
				defer mu.Unlock()
				if _, there := values[d.TaskID]; err == nil && !there && d.Status == resulttest.Success {
					values[d.TaskID] = d.Value
				}
				return err
			}
			h.get = func(ctx context.Context, id string) (Document, error) {
				d, err := b.Get(ctx, id)
				mu.Lock()
				defer mu.Unlock()
				if v, there := values[id]; there && d.Status == resulttest.Success {
					d.Value = v
				}
				return d, err
			}
			h.forget = func(ctx context.Context, ids ...string) error {
				mu.Lock()
				defer mu.Unlock()
				for _, id := range ids {
					delete(values, id)
				}
				return b.Forget(ctx, ids...)
			}
		}},
		{Name: "store-loses-the-old-result-when-it-fails", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				err := b.Store(ctx, d)
				if err != nil && ctx.Err() == nil && d.TaskID != "" {
					_ = b.Forget(ctx, d.TaskID)
				}
				return err
			}
		}},
		{Name: "store-of-what-cannot-be-serialized-succeeds", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				if _, bad := d.Value.(chan int); bad {
					return nil
				}
				return b.Store(ctx, d)
			}
		}},
		{Name: "store-without-an-id-succeeds", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				if d.TaskID == "" {
					d.TaskID = "nobody in particular"
				}
				return b.Store(ctx, d)
			}
		}},
		{Name: "forget-forgets-the-first-only", Break: func(b Full, h *Hooks) {
			h.forget = func(ctx context.Context, ids ...string) error {
				return b.Forget(ctx, ids[:min(1, len(ids))]...)
			}
		}},
		{Name: "forget-of-an-unknown-task-fails", Break: func(b Full, h *Hooks) {
			h.forget = func(ctx context.Context, ids ...string) error {
				for _, id := range ids {
					if d, err := b.Get(ctx, id); err == nil && d.Status == resulttest.Pending {
						return resulttest.ErrInvalid
					}
				}
				return b.Forget(ctx, ids...)
			}
		}},
		{Name: "forget-remembers-the-success", Break: func(b Full, h *Hooks) {
			var mu sync.Mutex
			was := map[string]bool{}
			h.forget = func(ctx context.Context, ids ...string) error {
				mu.Lock()
				defer mu.Unlock()
				for _, id := range ids {
					d, err := b.Get(ctx, id)
					was[id] = err == nil && d.Status == resulttest.Success
				}
				return b.Forget(ctx, ids...)
			}
			h.store = func(ctx context.Context, d Document) error {
				mu.Lock()
				defer mu.Unlock()
				if was[d.TaskID] && d.Status != resulttest.Success {
					return nil
				}
				return b.Store(ctx, d)
			}
		}},
		seen("get-rounds-integers-to-floats", func(d *Document) { d.Value = rounded(d.Value) }),
		seen("get-cuts-the-time-to-seconds", func(d *Document) { d.Done = d.Done.Truncate(time.Second) }),
	}
}
