package mutant

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// chatty holds bugs that show in what is sent to the server.
func chatty() []Mutant {
	return onServer(
		Mutant{Name: "get-asks-twice", Break: func(b Full, h *Hooks) {
			h.get = func(ctx context.Context, id string) (Document, error) {
				if _, err := b.Get(ctx, id); err != nil {
					return Document{}, err
				}
				return b.Get(ctx, id)
			}
		}},
		Mutant{Name: "forget-sends-a-command-for-each", Break: func(b Full, h *Hooks) {
			h.forget = func(ctx context.Context, ids ...string) error {
				for _, id := range ids {
					if err := b.Forget(ctx, id); err != nil {
						return err
					}
				}
				return nil
			}
		}},
		Mutant{Name: "wait-asks-for-each-by-itself", Break: func(b Full, h *Hooks) {
			h.wait = func(ctx context.Context, ids []string, each func(Document) bool) error {
				for _, id := range ids {
					if _, err := b.Get(ctx, id); err != nil {
						return err
					}
				}
				return b.Wait(ctx, ids, each)
			}
		}},
		Mutant{Name: "a-part-is-counted-in-two-steps", Break: func(b Full, h *Hooks) {
			h.part = func(ctx context.Context, group string, p Part) ([]Part, error) {
				if _, err := b.Get(ctx, p.TaskID); err != nil {
					return nil, err
				}
				return b.AddPart(ctx, group, p)
			}
		}},
	)
}

// frail holds bugs that show when the server fails.
func frail() []Mutant {
	return onServer(
		Mutant{Name: "an-unreachable-server-means-PENDING", Break: func(b Full, h *Hooks) {
			h.get = func(ctx context.Context, id string) (Document, error) {
				d, err := b.Get(ctx, id)
				if errors.Is(err, resulttest.ErrUnavailable) {
					return Document{TaskID: id, Status: resulttest.Pending}, nil
				}
				return d, err
			}
		}},
		Mutant{Name: "one-failure-is-the-end", Break: func(b Full, h *Hooks) {
			var broken atomic.Bool
			h.get = func(ctx context.Context, id string) (Document, error) {
				if broken.Load() {
					return Document{}, resulttest.ErrUnavailable
				}
				d, err := b.Get(ctx, id)
				broken.Store(errors.Is(err, resulttest.ErrUnavailable))
				return d, err
			}
		}},
		Mutant{Name: "a-store-that-fails-removes-the-result", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				err := b.Store(ctx, d)
				for range 3 { // the connection may be a broken one
					if err == nil || b.Forget(ctx, d.TaskID) == nil {
						break
					}
				}
				return err
			}
		}},
		Mutant{Name: "store-hides-that-the-server-refused", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				if err := b.Store(ctx, d); !errors.Is(err, resulttest.ErrUnavailable) {
					return err
				}
				return nil
			}
		}},
		Mutant{Name: "wait-without-a-server-ends-well", Break: func(b Full, h *Hooks) {
			h.wait = func(ctx context.Context, ids []string, each func(Document) bool) error {
				if err := b.Wait(ctx, ids, each); ctx.Err() == nil {
					return err
				}
				return nil
			}
		}},
		serverSide(recounting()),
	)
}

// serverSide is a bug once more, to be judged on a server.
func serverSide(m Mutant) Mutant {
	m.Name += "-on-a-server"
	return m
}

// ended holds calls that do not look at their context.
func ended() []Mutant {
	return []Mutant{
		{Name: "store-ignores-its-context", Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error { return b.Store(context.WithoutCancel(ctx), d) }
		}},
		{Name: "get-ignores-its-context", Break: func(b Full, h *Hooks) {
			h.get = func(ctx context.Context, id string) (Document, error) { return b.Get(context.WithoutCancel(ctx), id) }
		}},
		{Name: "a-part-ignores-its-context", Break: func(b Full, h *Hooks) {
			h.part = func(ctx context.Context, group string, p Part) ([]Part, error) {
				return b.AddPart(context.WithoutCancel(ctx), group, p)
			}
		}},
		{Name: "forget-ignores-its-context", Break: func(b Full, h *Hooks) {
			h.forget = func(ctx context.Context, ids ...string) error { return b.Forget(context.WithoutCancel(ctx), ids...) }
		}},
	}
}

// racing holds bugs between goroutines. Their moments of weakness last, so
// that in a bubble every goroutine meets them.
func racing() []Mutant {
	return []Mutant{
		{Name: "store-reads-then-writes", Bubble: true, Must: []conformance.ID{"RESULT-CON-001"}, Break: func(b Full, h *Hooks) {
			h.store = func(ctx context.Context, d Document) error {
				old, err := b.Get(ctx, d.TaskID)
				if err != nil || old.Status == resulttest.Success {
					return err
				}
				if d.Status != resulttest.Success {
					time.Sleep(time.Millisecond)
				}
				if err := b.Forget(ctx, d.TaskID); err != nil {
					return err
				}
				return b.Store(ctx, d)
			}
		}},
		{Name: "a-part-counts-then-looks", Bubble: true, Must: []conformance.ID{"RESULT-CON-002"}, Break: func(b Full, h *Hooks) {
			h.part = func(ctx context.Context, group string, p Part) ([]Part, error) {
				if _, err := b.AddPart(ctx, group, p); err != nil {
					return nil, err
				}
				time.Sleep(time.Millisecond)
				return b.AddPart(ctx, group, p)
			}
		}},
	}
}

func quirks() []Mutant {
	return []Mutant{
		{Name: "claims-naive-dates-and-writes-offsets", Server: true, Claims: []conformance.Capability{resulttest.QuirkNaiveDates}},
		{Name: "claims-to-recount-and-does-not", Claims: []conformance.Capability{resulttest.QuirkRecounts}},
		{Name: "claims-to-raise-on-odd-errors-and-does-not", Server: true, Claims: []conformance.Capability{resulttest.QuirkStrictErrors}},
	}
}
