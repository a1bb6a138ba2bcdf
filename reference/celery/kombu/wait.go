package kombu

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// A waiter sleeps until one of many keys changes, without taking anything
// from them. It asks the server to track the keys that an EXISTS reads
// (CLIENT TRACKING, Redis 6.0) and waits for the invalidation: one connection
// for any number of lists, woken by every producer's push, and nothing is on
// its way when it is killed. Servers without tracking are polled, at longer
// and longer intervals up to half a second.
type waiter struct {
	t     *Transport
	track *tracker
	poll  bool
}

// wait returns when one of the lists is not empty or something parked changes.
// A context that ends closes the connection; what its reader then says of it
// is no news.
func (w *waiter) wait(ctx context.Context, lists []string, limit time.Duration) error {
	err := w.waitFor(ctx, lists, limit)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (w *waiter) waitFor(ctx context.Context, lists []string, limit time.Duration) error {
	if single, ok := w.t.client.(*redis.Client); ok && !w.poll {
		if w.track == nil {
			track, err := dialTracker(ctx, single.Options())
			switch {
			case errors.Is(err, errNoTracking):
				w.t.opt.Logger.Info("the server does not track keys, so queues are polled", "err", err)
				w.poll = true
			case err != nil:
				return fmt.Errorf("wait for messages: %w", err)
			}
			w.track = track
		}
		if w.track != nil {
			err := w.track.wait(ctx, lists, w.t.key("redkit.parked"), limit)
			if err != nil {
				_ = w.close() // answers may be on their way: the next wait dials anew
				err = fmt.Errorf("wait for messages: %w", err)
			}
			return err
		}
	}
	return w.pollFor(ctx, lists, limit)
}

func (w *waiter) pollFor(ctx context.Context, lists []string, limit time.Duration) error {
	end := time.NewTimer(limit)
	defer end.Stop()
	for pause := time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		n, err := w.t.client.Exists(ctx, lists...).Result()
		if err != nil {
			return fmt.Errorf("wait for messages: %w", err)
		}
		if n > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return nil
		case <-time.After(pause):
		}
	}
}

func (w *waiter) close() error {
	if w.track == nil {
		return nil
	}
	err := w.track.close()
	w.track = nil
	return err
}
