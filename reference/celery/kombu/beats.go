package kombu

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Lead implements broker.Beats.
func (t *Transport) Lead(ctx context.Context, id string, lease time.Duration) (bool, error) {
	ok, err := leadScript.Run(ctx, t.client, []string{t.key("redkit.beat.leader")}, id, lease.Milliseconds()).Int64()
	if err != nil {
		return false, fmt.Errorf("take the lead: %w", err)
	}
	return ok == 1, nil
}

// Yield implements broker.Beats.
func (t *Transport) Yield(ctx context.Context, id string) error {
	if err := unlockScript.Run(ctx, t.client, []string{t.key("redkit.beat.leader")}, id).Err(); err != nil {
		return fmt.Errorf("give up the lead: %w", err)
	}
	return nil
}

// LastTick implements broker.Beats.
func (t *Transport) LastTick(ctx context.Context, entry string) (time.Time, error) {
	ms, err := t.client.HGet(ctx, t.key("redkit.beat.ticks"), entry).Int64()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read when entry %q was due: %w", entry, err)
	}
	return time.UnixMilli(ms), nil
}

// SetTick implements broker.Beats, to the millisecond.
func (t *Transport) SetTick(ctx context.Context, entry string, at time.Time) error {
	if err := tickScript.Run(ctx, t.client, []string{t.key("redkit.beat.ticks")}, entry, at.UnixMilli()).Err(); err != nil {
		return fmt.Errorf("note when entry %q was due: %w", entry, err)
	}
	return nil
}
