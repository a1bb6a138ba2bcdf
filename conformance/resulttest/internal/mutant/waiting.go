package mutant

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// waits is a bug in Wait, which shows at once where time can be moved.
func waits(name string, wait func(b Full, ctx context.Context, ids []string, each func(Document) bool) error) Mutant {
	return Mutant{Name: name, Bubble: true, Break: func(b Full, h *Hooks) {
		h.wait = func(ctx context.Context, ids []string, each func(Document) bool) error {
			return wait(b, ctx, ids, each)
		}
	}}
}

// final reports whether a state is one that a wait gives.
func final(d Document) bool {
	return d.Status == resulttest.Success || d.Status == resulttest.Failed || d.Status == resulttest.Revoked
}

func waiting() []Mutant {
	return []Mutant{
		waits("wait-looks-once", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			for _, id := range ids {
				if d, err := b.Get(ctx, id); err == nil && final(d) && !each(d) {
					return nil
				}
			}
			<-ctx.Done()
			return ctx.Err()
		}),
		waits("wait-misses-what-was-there-before", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			before := map[string]bool{}
			for _, id := range ids {
				d, err := b.Get(ctx, id)
				before[id] = err == nil && final(d)
			}
			err := b.Wait(ctx, ids, func(d Document) bool { return before[d.TaskID] || each(d) })
			if len(before) > 0 && err == nil {
				for _, there := range before {
					if there {
						<-ctx.Done()
						return ctx.Err()
					}
				}
			}
			return err
		}),
		waits("wait-gives-any-state", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			for _, id := range ids {
				for {
					d, err := b.Get(ctx, id)
					if err != nil {
						return err
					}
					if d.Status != resulttest.Pending {
						if !each(d) {
							return nil
						}
						break
					}
					if err := pause(ctx); err != nil {
						return err
					}
				}
			}
			return nil
		}),
		waits("wait-ends-without-an-error-when-its-context-does", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			err := b.Wait(ctx, ids, each)
			if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
				return nil
			}
			return err
		}),
		waits("wait-gives-the-first-result-twice", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			n := 0
			return b.Wait(ctx, ids, func(d Document) bool {
				if n++; n == 1 && len(ids) > 1 && !each(d) {
					return false
				}
				return each(d)
			})
		}),
		waits("wait-for-several-ends-with-the-first", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			return b.Wait(ctx, ids, func(d Document) bool { each(d); return false })
		}),
		waits("wait-goes-on-though-nobody-wants-more", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			return b.Wait(ctx, ids, func(d Document) bool { each(d); return true })
		}),
		waits("wait-for-nothing-waits", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			if len(ids) == 0 {
				<-ctx.Done()
				return ctx.Err()
			}
			return b.Wait(ctx, ids, each)
		}),
		{Name: "one-waiter-at-a-time-is-told", Bubble: true, Break: func(b Full, h *Hooks) {
			waiting := make(chan struct{}, 1)
			h.wait = func(ctx context.Context, ids []string, each func(Document) bool) error {
				select {
				case waiting <- struct{}{}:
					return b.Wait(ctx, ids, each)
				default:
					<-ctx.Done()
					return ctx.Err()
				}
			}
		}},
	}
}

// pause lets a little of a bubble's time pass.
func pause(ctx context.Context) error {
	select {
	case <-time.After(time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// losing holds bugs of waiting that show on a server only.
func losing() []Mutant {
	return onServer(
		waits("wait-looks-and-then-subscribes", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			missed := map[string]bool{}
			for _, id := range ids {
				first, err := b.Get(ctx, id)
				if err != nil {
					return err
				}
				then, err := b.Get(ctx, id) // what came between was published to nobody
				if err != nil {
					return err
				}
				missed[id] = !final(first) && final(then)
			}
			err := b.Wait(ctx, ids, func(d Document) bool { return missed[d.TaskID] || each(d) })
			for _, m := range missed {
				if m {
					<-ctx.Done()
					return ctx.Err()
				}
			}
			return err
		}),
		waits("wait-ends-when-its-connection-is-lost", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			ctx, lost := context.WithCancelCause(ctx)
			defer lost(nil)
			watched := make(chan struct{})
			go func() { // ends with ctx; waited for below
				defer close(watched)
				for pause(ctx) == nil {
					if _, err := b.Get(context.WithoutCancel(ctx), "watch"); err != nil {
						lost(err)
					}
				}
			}()
			err := b.Wait(ctx, ids, each)
			if cause := context.Cause(ctx); err != nil && cause != nil {
				err = cause
			}
			lost(nil)
			<-watched
			return err
		}),
		waits("wait-hears-only-what-is-published", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			short, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			err := b.Wait(short, ids, each)
			if short.Err() != nil {
				<-ctx.Done()
				return ctx.Err()
			}
			return err
		}),
		Mutant{Name: "wait-leaves-its-subscription", Bubble: true, Break: func(b Full, h *Hooks) {
			h.wait = func(ctx context.Context, ids []string, each func(Document) bool) error {
				for _, id := range ids {
					listens := make(chan struct{})
					go func() { // ends with the instance
						_, _ = b.Heard(h.life, metaKey+id, func() { close(listens); <-h.life.Done() })
					}()
					select {
					case <-listens:
					case <-ctx.Done():
					}
				}
				return b.Wait(ctx, ids, each)
			}
		}},
		waits("wait-counts-the-names-it-was-given", func(b Full, ctx context.Context, ids []string, each func(Document) bool) error {
			left := len(ids)
			err := b.Wait(ctx, ids, func(d Document) bool { left--; return each(d) })
			if err == nil && left > 0 && slices.Contains(ids[1:], ids[0]) {
				<-ctx.Done()
				return ctx.Err()
			}
			return err
		}),
	)
}
