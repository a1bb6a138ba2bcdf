package mutant

import (
	"context"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// kindOf opens b again with another expiry.
func kindOf(ctx context.Context, b Full, expires time.Duration) (Full, error) {
	other, err := b.Open(ctx, Settings{Expires: expires})
	if err != nil {
		return nil, err
	}
	return other.(Full), nil
}

// lasting is a backend that keeps results for another time.
func lasting(name string, expires func(ctx context.Context, b Full, d Document) time.Duration) Mutant {
	return Mutant{Name: name, Server: true, Break: func(b Full, h *Hooks) {
		h.store = func(ctx context.Context, d Document) error {
			other, err := kindOf(ctx, b, expires(ctx, b, d))
			if err != nil {
				return err
			}
			return other.Store(ctx, d)
		}
	}}
}

func expiring() []Mutant {
	return []Mutant{
		lasting("results-are-kept-for-an-hour", func(context.Context, Full, Document) time.Duration { return time.Hour }),
		lasting("results-are-kept-for-good", func(context.Context, Full, Document) time.Duration { return -1 }),
		lasting("a-result-keeps-the-expiry-of-the-one-before", func(ctx context.Context, b Full, d Document) time.Duration {
			if e, err := b.Stored(ctx, metaKey+d.TaskID); err == nil && e.Kind != "" {
				return e.Left
			}
			return 0
		}),
		{Name: "result_expires-is-not-read", Server: true, Break: func(b Full, h *Hooks) {
			h.open = func(ctx context.Context, set Settings) (resulttest.Backend, error) {
				set.Expires = 0
				return b.Open(ctx, set)
			}
		}},
		{Name: "results-for-good-are-kept-for-a-week", Server: true, Break: func(b Full, h *Hooks) {
			h.open = func(ctx context.Context, set Settings) (resulttest.Backend, error) {
				if set.Expires < 0 {
					set.Expires = 7 * 24 * time.Hour
				}
				return b.Open(ctx, set)
			}
		}},
		{Name: "a-store-after-a-success-renews-it", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				old, err := b.Get(ctx, d.TaskID)
				if err == nil && old.Status == resulttest.Success {
					d = old
					if err := b.Forget(ctx, d.TaskID); err != nil {
						return err
					}
				}
				return b.Store(ctx, d)
			}
		}},
		{Name: "a-success-is-remembered-after-its-expiry", Break: func(b Full, h *Hooks) {
			var mu sync.Mutex
			succeeded := map[string]bool{}
			h.store = func(ctx context.Context, d Document) error {
				mu.Lock()
				defer mu.Unlock()
				if succeeded[d.TaskID] && d.Status != resulttest.Success {
					return nil
				}
				err := b.Store(ctx, d)
				succeeded[d.TaskID] = err == nil && d.Status == resulttest.Success
				return err
			}
			h.forget = func(ctx context.Context, ids ...string) error {
				mu.Lock()
				defer mu.Unlock()
				for _, id := range ids {
					delete(succeeded, id)
				}
				return b.Forget(ctx, ids...)
			}
		}},
		{Name: "a-group-never-expires", Break: func(b Full, h *Hooks) {
			var mu sync.Mutex
			saved := map[string]Child{}
			h.saveGroup = func(ctx context.Context, g Child) error {
				mu.Lock()
				defer mu.Unlock()
				saved[g.ID] = g
				return b.SaveGroup(ctx, g)
			}
			h.group = func(ctx context.Context, id string) (Child, bool, error) {
				mu.Lock()
				defer mu.Unlock()
				g, there := saved[id]
				return g, there, ctx.Err()
			}
		}},
		{Name: "groups-have-no-time-to-live", Server: true, Break: func(b Full, h *Hooks) {
			h.saveGroup = func(ctx context.Context, g Child) error {
				other, err := kindOf(ctx, b, -1)
				if err != nil {
					return err
				}
				return other.SaveGroup(ctx, g)
			}
		}},
	}
}
