package goshop

import (
	"context"
	"errors"

	"github.com/redkit-dev/redkit/reference/cache"
	"github.com/redkit-dev/redkit/reference/celery"
)

// Queue holds the tasks that Go runs: CELERY_TASK_ROUTES sends goshop.* there.
const Queue = "go"

// Keys makes the keys of shop/keys.py.
func Keys() cache.Keys { return cache.Keys{Namespace: "shop", Version: 1} }

// handle registers the tasks that Django sends.
func (s *Shop) handle() error {
	return errors.Join(
		s.App.Handle("goshop.invoice", celery.Typed(s.invoice)),
		s.App.Handle("goshop.double", celery.F1(func(_ context.Context, n int) (int, error) { return 2 * n, nil })),
		s.App.Handle("goshop.total", celery.F1(func(_ context.Context, numbers []int) (sum int, err error) {
			for _, n := range numbers {
				sum += n
			}
			return sum, nil
		})),
		s.App.Handle("goshop.restock", celery.F1(s.restock)),
	)
}

// An Order is what goshop.invoice is called with: goshop.invoice(7, currency="EUR").
type Order struct {
	ID       int    `json:"id"`
	Currency string `json:"currency"`
}

func (s *Shop) invoice(_ context.Context, _ *celery.Task, order Order) (map[string]any, error) {
	return map[string]any{"order": order.ID, "currency": order.Currency, "by": "go"}, nil
}

// restock counts in the cache who asked for it.
func (s *Shop) restock(ctx context.Context, by string) (int64, error) {
	counter, err := s.Caches.Get("default")
	if err != nil {
		return 0, err
	}
	key := "restocks:" + by
	if _, err := counter.Add(ctx, key, 0, cache.Forever); err != nil {
		return 0, err
	}
	return counter.Incr(ctx, key, 1)
}
