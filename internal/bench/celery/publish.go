package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"

	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

// spread calls op from n goroutines until the time is over.
func spread(n int, op func(context.Context) error) way {
	return func(ctx context.Context, span time.Duration) (int, error) {
		var done atomic.Int64
		var failed atomic.Pointer[error]
		var all sync.WaitGroup
		end := time.Now().Add(span)
		for range n {
			all.Go(func() {
				for time.Now().Before(end) && failed.Load() == nil {
					if err := op(ctx); err != nil {
						failed.Store(&err)
						return
					}
					done.Add(1)
				}
			})
		}
		all.Wait()
		if err := failed.Load(); err != nil {
			return 0, *err
		}
		return int(done.Load()), nil
	}
}

// bytes is a message of the size that Send sends.
func bytes() ([]byte, error) {
	t := message.Task{ID: "6cdac36e-9601-495b-9530-31a12dd758ab", Name: "bench.noop", Args: []any{2, 3}, Origin: "gen7140@vm",
		ReplyTo: "51fbe816-dcbd-3092-9849-59980c14c4fc", IgnoreResult: true}
	return t.Encode("", "celery", "e9f7a9eb-0c58-4dd5-91c6-a9654030ddfe")
}

func (b *bench) publish(ctx context.Context) ([]row, error) {
	raw, err := bytes()
	if err != nil {
		return nil, err
	}
	send := func(app *celery.App) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := app.Send(ctx, "bench.noop", celery.Args(2, 3))
			return err
		}
	}
	push := func(ctx context.Context) error { return b.client.LPush(ctx, "celery", raw).Err() }
	enqueue := func(ctx context.Context) error {
		_, err := b.asynq.EnqueueContext(ctx, asynq.NewTask("bench.noop", []byte("[2, 3]")))
		return err
	}
	var rows []row
	for _, n := range []int{1, 8, 64} {
		r, err := b.rates(ctx, spread(n, push), spread(n, send(b.app)), spread(n, send(b.dedup)), spread(n, enqueue))
		if err != nil {
			return nil, err
		}
		limit := func(l float64) float64 {
			if n == 1 {
				return l
			}
			return 0
		}
		rows = append(rows,
			row{Name: fmt.Sprintf("publish, %d at once", n), Base: "go-redis LPUSH of the same bytes", Unit: "/s", Ours: r[1], Of: r[0], Ratio: r[1] / r[0], Limit: limit(.85)},
			row{Name: fmt.Sprintf("publish, %d at once", n), Base: "asynq Enqueue", Unit: "/s", Ours: r[1], Of: r[3], Ratio: r[1] / r[3], Limit: limit(1.5)},
			row{Name: fmt.Sprintf("publish never doubled, %d at once", n), Base: "publish", Unit: "/s", Ours: r[2], Of: r[1], Ratio: r[2] / r[1]})
	}
	return rows, nil
}

// batch compares batches with LPUSH of as many messages of the same bytes.
func (b *bench) batch(ctx context.Context) ([]row, error) {
	raw, err := bytes()
	if err != nil {
		return nil, err
	}
	const batch = 100
	signatures, raws := make([]*celery.Signature, batch), make([]any, batch)
	for i := range batch {
		signatures[i], raws[i] = celery.Sig("bench.noop", 2, 3), raw
	}
	many := func(app *celery.App) func(context.Context) error {
		return func(ctx context.Context) error { _, err := app.SendMany(ctx, signatures...); return err }
	}
	r, err := b.rates(ctx, spread(1, func(ctx context.Context) error { return b.client.LPush(ctx, "celery", raws...).Err() }), spread(1, many(b.app)), spread(1, many(b.dedup)))
	if err != nil {
		return nil, err
	}
	return []row{
		{Name: "publish in batches of 100", Base: "go-redis LPUSH of 100 such messages", Unit: "/s", Ours: r[1] * batch, Of: r[0] * batch, Ratio: r[1] / r[0], Limit: .6},
		{Name: "publish never doubled, in batches of 100", Base: "publish in batches", Unit: "/s", Ours: r[2] * batch, Of: r[1] * batch, Ratio: r[2] / r[1]},
	}, nil
}
