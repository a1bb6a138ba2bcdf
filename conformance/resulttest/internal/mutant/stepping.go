package mutant

import (
	"context"
	"errors"
	"sync"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// stepping holds bugs between two commands.
func stepping() []Mutant {
	return onServer(
		Mutant{Name: "a-store-removes-and-writes", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				if old, err := b.Get(ctx, d.TaskID); err != nil || old.Status == resulttest.Success {
					return err
				}
				if err := b.Forget(ctx, d.TaskID); err != nil {
					return err
				}
				return b.Store(ctx, d)
			}
		}},
		Mutant{Name: "a-part-is-noted-before-it-counts", Break: func(b Full, h *Hooks) {
			h.part = func(ctx context.Context, group string, p Part) ([]Part, error) {
				note := "noted-" + group + "-" + p.TaskID
				if _, noted, err := b.Group(ctx, note); noted || err != nil {
					return nil, err
				}
				if err := b.SaveGroup(ctx, Child{ID: note, Group: []Child{}}); err != nil {
					return nil, err
				}
				return b.AddPart(ctx, group, p)
			}
		}},
		Mutant{Name: "a-size-is-set-once", Break: func(b Full, h *Hooks) {
			var mu sync.Mutex
			set := map[string]bool{}
			h.size = func(ctx context.Context, group string, size int) error {
				mu.Lock()
				defer mu.Unlock()
				if set[group] {
					return nil
				}
				set[group] = true
				return b.SetChordSize(ctx, group, size)
			}
		}},
		Mutant{Name: "forget-hides-that-it-could-not", Break: func(b Full, h *Hooks) {
			h.forget = func(ctx context.Context, ids ...string) error { return unless(b.Forget(ctx, ids...)) }
		}},
		Mutant{Name: "saving-a-group-hides-that-it-could-not", Break: func(b Full, h *Hooks) {
			h.saveGroup = func(ctx context.Context, g Child) error { return unless(b.SaveGroup(ctx, g)) }
		}},
		Mutant{Name: "wait-takes-what-is-no-result-for-nothing", Break: func(b Full, h *Hooks) {
			h.wait = func(ctx context.Context, ids []string, each func(Document) bool) error {
				err := b.Wait(ctx, ids, each)
				if errors.Is(err, resulttest.ErrDeserialize) {
					<-ctx.Done()
					return ctx.Err()
				}
				return err
			}
		}},
	)
}

// unless hides an outage.
func unless(err error) error {
	if errors.Is(err, resulttest.ErrUnavailable) {
		return nil
	}
	return err
}
