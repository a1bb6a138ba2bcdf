package mutant

import (
	"context"
	"errors"
	"slices"
)

func administering() []Mutant {
	return []Mutant{
		{Name: "depth-looks-at-priority-zero-only", Break: is(bug{depth: func(b Full, ctx ctx, q string) (int, error) {
			ds, err := b.Peek(ctx, q, 0)
			n := 0
			for _, d := range ds {
				if p, ok := d.Priority.(int64); !ok || p < 3 {
					n++
				}
			}
			return n, err
		}})},
		{Name: "a-purge-returns-one", Break: is(bug{purge: func(b Full, ctx ctx, q string) (int, error) {
			n, err := b.Purge(ctx, q)
			return min(n, 1), err
		}})},
		{Name: "a-purge-leaves-one-message", Break: is(bug{purge: func(b Full, ctx ctx, q string) (int, error) {
			ds, err := b.Peek(ctx, q, 0)
			if err != nil {
				return 0, err
			}
			n, err := b.Purge(ctx, q)
			if len(ds) > 0 {
				err = errors.Join(err, b.Publish(ctx, plainly(ds[0])))
			}
			return n, err
		}})},
		{Name: "a-purge-empties-every-queue", Break: is(bug{purge: func(b Full, ctx ctx, q string) (int, error) {
			_, _ = b.Purge(ctx, "r")
			return b.Purge(ctx, q)
		}})},
		{Name: "a-purge-takes-what-is-claimed", Break: func() bug {
			h := &held{}
			b := h.account()
			b.purge = func(b Full, ctx ctx, q string) (int, error) {
				for _, x := range h.all {
					_ = x.t.Ack(ctx, x.d)
				}
				return b.Purge(ctx, q)
			}
			return b
		}},
		{Name: "a-peek-takes-what-it-shows", Break: is(bug{peek: func(b Full, ctx ctx, q string, max int) ([]Delivery, error) {
			ds, err := b.Peek(ctx, q, max)
			_, _ = b.Purge(ctx, q)
			return ds, err
		}})},
		{Name: "a-peek-shows-the-newest-first", Break: is(bug{peek: func(b Full, ctx ctx, q string, max int) ([]Delivery, error) {
			ds, err := b.Peek(ctx, q, 0)
			slices.Reverse(ds)
			if max > 0 {
				ds = ds[:min(max, len(ds))]
			}
			return ds, err
		}})},
		{Name: "a-peek-shows-everything", Break: is(bug{peek: func(b Full, ctx ctx, q string, _ int) ([]Delivery, error) { return b.Peek(ctx, q, 0) }})},
		{Name: "an-unbound-queue-keeps-its-messages", Break: is(bug{unbind: func(b Full, ctx ctx, bs []Binding) error {
			for _, x := range bs {
				ds, err := b.Peek(ctx, x.Queue, 0)
				if err = errors.Join(err, b.Unbind(ctx, x)); err != nil {
					return err
				}
				for _, d := range ds {
					if err := b.Publish(ctx, plainly(d)); err != nil {
						return err
					}
				}
			}
			return nil
		}})},
		{Name: "a-queue-cannot-be-declared-again", Break: func() bug {
			n := 0
			return bug{declare: func(b Full, ctx ctx, kind string, bs []Binding) error {
				if n++; n == 3 {
					return nil
				}
				return b.Declare(ctx, kind, bs...)
			}}
		}},
		{Name: "publish-ignores-its-context", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			return b.Publish(context.WithoutCancel(ctx), ms...)
		}})},
		{Name: "claim-ignores-its-context", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			return t.Claim(context.WithoutCancel(ctx), max)
		}})},
		{Name: "ack-and-requeue-ignore-their-context", Break: is(bug{
			ack: func(t taken, ctx ctx, ds []Delivery) error { return t.Ack(context.WithoutCancel(ctx), ds...) },
			reject: func(t taken, ctx ctx, back bool, ds []Delivery) error {
				return t.Reject(context.WithoutCancel(ctx), back, ds...)
			},
		})},
		{Name: "administration-ignores-its-context", Break: is(bug{
			depth:   func(b Full, ctx ctx, q string) (int, error) { return b.Depth(context.WithoutCancel(ctx), q) },
			purge:   func(b Full, ctx ctx, q string) (int, error) { return b.Purge(context.WithoutCancel(ctx), q) },
			restore: func(b Full, ctx ctx) error { return b.Restore(context.WithoutCancel(ctx)) },
		})},
	}
}
