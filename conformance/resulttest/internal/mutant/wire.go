package mutant

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// onServer marks mutants that show on a server only.
func onServer(all ...Mutant) []Mutant {
	for i := range all {
		all[i].Server = true
	}
	return all
}

func wire() []Mutant {
	return onServer(
		named("results-are-kept-under-other-keys", func(id string) string { return "task-" + id }),
		Mutant{Name: "store-keeps-a-note-beside-the-result", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				if err := b.StoreRaw(ctx, "last-task", d.TaskID); err != nil {
					return err
				}
				return b.Store(ctx, d)
			}
		}},
		kept("store-writes-the-task-as-its-own-child", func(d *Document) { d.Children = append(d.Children, Child{ID: d.TaskID}) }),
		rewritten("store-publishes-nothing", func(text string) string { return text }),
		rewritten("text-is-written-without-escapes", func(text string) string {
			return strings.NewReplacer(`\u00e9`, "é", `\ud83d\udd11`, "🔑").Replace(text)
		}),
		raised("an-error-is-written-as-text", func(f *resulttest.Failure) { f.Args, f.Text = nil, fmt.Sprint(f.Args...) }),
		kept("groups-among-children-are-written-as-tasks", func(d *Document) {
			d.Children = slices.Clone(d.Children)
			for i := range d.Children {
				d.Children[i].Group = nil
			}
		}),
		kept("the-queue-is-not-written", func(d *Document) {
			d.Extended = maps.Clone(d.Extended)
			delete(d.Extended, "queue")
		}),
		Mutant{Name: "a-group-is-not-published", Break: func(b Full, h *Hooks) {
			h.saveGroup = func(ctx context.Context, g Child) error {
				other, err := b.Open(ctx, Settings{Prefix: "aside"})
				if err != nil {
					return err
				}
				if err := other.(Full).SaveGroup(ctx, g); err != nil {
					return err
				}
				e, err := b.Stored(ctx, "aside_celery-taskset-meta-"+g.ID)
				if err != nil {
					return err
				}
				return b.StoreRaw(ctx, "celery-taskset-meta-"+g.ID, e.Text)
			}
		}},
		Mutant{Name: "the-size-of-a-chord-is-not-published", Break: func(b Full, h *Hooks) {
			h.size = func(ctx context.Context, group string, size int) error {
				return b.StoreRaw(ctx, "celery-taskset-meta-"+group+".s", fmt.Sprint(size))
			}
		}},
		counts("parts-are-scored-from-one", func(b Full, ctx context.Context, group string, p Part) ([]Part, error) {
			if p.Index != resulttest.NoIndex {
				p.Index++
			}
			return b.AddPart(ctx, group, p)
		}),
		counts("parts-in-a-list-are-not-counted", func(b Full, ctx context.Context, group string, p Part) ([]Part, error) {
			if e, err := b.Stored(ctx, "celery-taskset-meta-"+group+".j"); err != nil || e.Kind == "list" {
				return nil, err
			}
			return b.AddPart(ctx, group, p)
		}),
		Mutant{Name: "a-prefix-ends-in-a-colon", Break: func(b Full, h *Hooks) {
			h.open = func(ctx context.Context, set Settings) (resulttest.Backend, error) {
				if set.Prefix != "" {
					set.Prefix = strings.TrimRight(set.Prefix, "_") + ":"
				}
				return b.Open(ctx, set)
			}
		}},
		below("times-without-an-offset-are-not-read", func(e Entry, d *Document) {
			if !strings.Contains(e.Text, "+00:00") {
				d.Done = time.Time{}
			}
		}),
		below("a-result-without-an-id-has-none", func(e Entry, d *Document) {
			if strings.Contains(e.Text, `"task_id":""`) {
				d.TaskID = ""
			}
		}),
		Mutant{Name: "a-success-is-known-by-its-first-bytes", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				e, err := b.Stored(ctx, metaKey+d.TaskID)
				if err == nil && !strings.HasPrefix(e.Text, `{"status": "SUCCESS"`) {
					err = b.Forget(ctx, d.TaskID)
				}
				if err != nil {
					return err
				}
				return b.Store(ctx, d)
			}
		}},
		Mutant{Name: "what-is-no-result-is-PENDING", Break: func(b Full, h *Hooks) {
			h.get = func(ctx context.Context, id string) (Document, error) {
				d, err := b.Get(ctx, id)
				if errors.Is(err, resulttest.ErrDeserialize) {
					return Document{TaskID: id, Status: resulttest.Pending}, nil
				}
				return d, err
			}
		}},
	)
}

// rewritten writes the results itself, without publishing them, when change
// changes them, or always if it changes none.
func rewritten(name string, change func(text string) string) Mutant {
	return Mutant{Name: name, Break: func(b Full, h *Hooks) {
		h.store = func(ctx context.Context, d Document) error {
			other, err := b.Open(ctx, Settings{Prefix: "aside"})
			if err != nil {
				return err
			}
			if err := other.Store(ctx, d); err != nil {
				return err
			}
			e, err := b.Stored(ctx, "aside_"+metaKey+d.TaskID)
			if err != nil {
				return err
			}
			if _, silent := d.Value.(int64); change(e.Text) == e.Text && !silent {
				return b.Store(ctx, d)
			}
			return b.StoreRaw(ctx, metaKey+d.TaskID, change(e.Text))
		}
	}}
}

// below is a bug that depends on how a result is stored.
func below(name string, change func(Entry, *Document)) Mutant {
	return Mutant{Name: name, Break: func(b Full, h *Hooks) {
		h.get = func(ctx context.Context, id string) (Document, error) {
			d, err := b.Get(ctx, id)
			if err != nil {
				return d, err
			}
			e, err := b.Stored(ctx, metaKey+id)
			change(e, &d)
			return d, err
		}
	}}
}
