package mutant

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// sticky is a backend in which every state stays that stays says.
func sticky(name string, stays func(status string) bool) Mutant {
	return Mutant{Name: name, Break: func(b Full, h *Hooks) {
		h.store = func(ctx context.Context, d Document) error {
			if old, err := b.Get(ctx, d.TaskID); err == nil && stays(old.Status) {
				return nil
			}
			return b.Store(ctx, d)
		}
	}}
}

func states() []Mutant {
	return []Mutant{
		{Name: "a-failure-replaces-a-success", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				if d.Status == resulttest.Failed {
					_ = b.Forget(ctx, d.TaskID)
				}
				return b.Store(ctx, d)
			}
		}},
		{Name: "a-later-success-replaces-the-first", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				if d.Status == resulttest.Success {
					_ = b.Forget(ctx, d.TaskID)
				}
				return b.Store(ctx, d)
			}
		}},
		sticky("a-failure-stays", func(s string) bool { return s == resulttest.Failed }),
		sticky("a-revocation-stays", func(s string) bool { return s == resulttest.Revoked }),
		sticky("a-retry-stays", func(s string) bool { return s == resulttest.Retry }),
		kept("store-drops-the-meta-of-custom-states", func(d *Document) {
			if d.Status == "PROGRESS" {
				d.Value = nil
			}
		}),
		kept("every-state-has-the-time-of-an-end", func(d *Document) {
			if d.Done.IsZero() {
				d.Done = time.Unix(1e9, 0)
			}
		}),
		kept("store-drops-the-traceback", func(d *Document) { d.Traceback = "" }),
		seen("a-revocation-has-no-error", func(d *Document) {
			if d.Status == resulttest.Revoked {
				d.Error = nil
			}
		}),
	}
}
