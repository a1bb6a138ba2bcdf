package mutant

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

func chords() []Mutant {
	return []Mutant{
		{Name: "a-chord-orders-parts-by-id", Break: func(b Full, h *Hooks) {
			h.part = func(ctx context.Context, group string, p Part) ([]Part, error) {
				all, err := b.AddPart(ctx, group, p)
				slices.SortFunc(all, func(x, y Part) int { return strings.Compare(x.TaskID, y.TaskID) })
				return all, err
			}
		}},
		{Name: "a-chord-wants-one-part-less", Break: func(b Full, h *Hooks) {
			h.size = func(ctx context.Context, group string, size int) error {
				return b.SetChordSize(ctx, group, size-1)
			}
		}},
		recounting(),
		counts("a-part-without-a-place-is-dropped", func(b Full, ctx context.Context, group string, p Part) ([]Part, error) {
			if p.Index == resulttest.NoIndex {
				return nil, nil
			}
			return b.AddPart(ctx, group, p)
		}),
		counts("a-failed-part-does-not-count", func(b Full, ctx context.Context, group string, p Part) ([]Part, error) {
			if p.Error != nil {
				return nil, nil
			}
			return b.AddPart(ctx, group, p)
		}),
		{Name: "the-size-forgets-the-parts-before-it", Break: func(b Full, h *Hooks) {
			h.size = func(ctx context.Context, group string, size int) error {
				if err := b.EndChord(ctx, group); err != nil {
					return err
				}
				return b.SetChordSize(ctx, group, size)
			}
		}},
		counts("parts-are-counted-by-the-first-letter-of-the-group", func(b Full, ctx context.Context, group string, p Part) ([]Part, error) {
			return b.AddPart(ctx, group[:1], p)
		}),
		{Name: "an-ended-chord-is-remembered", Break: func(b Full, h *Hooks) {
			h.end = func(ctx context.Context, _ string) error { return ctx.Err() }
		}},
		counts("a-complete-chord-is-forgotten-at-once", func(b Full, ctx context.Context, group string, p Part) ([]Part, error) {
			all, err := b.AddPart(ctx, group, p)
			if all != nil {
				err = b.EndChord(ctx, group)
			}
			return all, err
		}),
		counts("counting-a-part-stores-its-result", func(b Full, ctx context.Context, group string, p Part) ([]Part, error) {
			if err := b.Store(ctx, Document{TaskID: p.TaskID, Status: p.Status, Value: p.Value, Error: p.Error}); err != nil {
				return nil, err
			}
			return b.AddPart(ctx, group, p)
		}),
		{Name: "equal-values-count-once", Break: func(b Full, h *Hooks) {
			var mu sync.Mutex
			first := map[string]string{} // group and value to the task
			h.part = func(ctx context.Context, group string, p Part) ([]Part, error) {
				mu.Lock()
				key := group + fmt.Sprint(p.Value, p.Error)
				if first[key] == "" {
					first[key] = p.TaskID
				}
				p.TaskID = first[key]
				mu.Unlock()
				return b.AddPart(ctx, group, p)
			}
		}},
	}
}

// counts is a bug in AddPart.
func counts(name string, part func(b Full, ctx context.Context, group string, p Part) ([]Part, error)) Mutant {
	return Mutant{Name: name, Break: func(b Full, h *Hooks) {
		h.part = func(ctx context.Context, group string, p Part) ([]Part, error) { return part(b, ctx, group, p) }
	}}
}

// recounting counts messages, not tasks, as Celery does.
func recounting() Mutant {
	return Mutant{Name: "a-redelivered-part-counts-again", Break: func(b Full, h *Hooks) {
		var mu sync.Mutex
		parts, sizes := map[string][]Part{}, map[string]int{}
		h.size = func(_ context.Context, group string, size int) error {
			mu.Lock()
			defer mu.Unlock()
			sizes[group] = size
			return nil
		}
		h.part = func(_ context.Context, group string, p Part) ([]Part, error) {
			mu.Lock()
			defer mu.Unlock()
			parts[group] = append(parts[group], p)
			if size, ok := sizes[group]; !ok || len(parts[group]) != size {
				return nil, nil
			}
			all := slices.Clone(parts[group])
			slices.SortStableFunc(all, func(x, y Part) int { return x.Index - y.Index })
			return all, nil
		}
	}}
}
