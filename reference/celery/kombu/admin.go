package kombu

import (
	"context"
	"fmt"
	"math"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/glob"
	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// Depth implements broker.Admin.
func (t *Transport) Depth(ctx context.Context, queue string) (int64, error) {
	pipe := t.client.TxPipeline()
	var sizes []*redis.IntCmd
	for _, list := range t.lists(queue) {
		sizes = append(sizes, pipe.LLen(ctx, list))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return 0, fmt.Errorf("measure queue %q: %w", queue, err)
	}
	var n int64
	for _, s := range sizes {
		n += s.Val()
	}
	return n, nil
}

// Unacked is the number of messages that are claimed or parked, of all queues.
func (t *Transport) Unacked(ctx context.Context) (int64, error) {
	n, err := t.client.HLen(ctx, t.key("unacked")).Result()
	if err != nil {
		return 0, fmt.Errorf("count unacked messages: %w", err)
	}
	return n, nil
}

// Purge implements broker.Admin. Claimed messages are left alone.
func (t *Transport) Purge(ctx context.Context, queue string) (int64, error) {
	pipe := t.client.TxPipeline()
	var sizes []*redis.IntCmd
	for _, list := range t.lists(queue) {
		sizes = append(sizes, pipe.LLen(ctx, list))
		pipe.Del(ctx, list)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return 0, fmt.Errorf("purge queue %q: %w", queue, err)
	}
	var n int64
	for _, s := range sizes {
		n += s.Val()
	}
	return n, nil
}

// Peek implements broker.Admin.
func (t *Transport) Peek(ctx context.Context, queue string, max int) ([]broker.Delivery, error) {
	if max <= 0 {
		max = math.MaxInt32
	}
	var found []broker.Delivery
	for _, list := range t.lists(queue) {
		raws, err := t.client.LRange(ctx, list, -int64(max), -1).Result()
		if err != nil {
			return nil, fmt.Errorf("look into queue %q: %w", queue, err)
		}
		for i := len(raws) - 1; i >= 0 && len(found) < max; i-- {
			found = append(found, broker.Delivery{Raw: []byte(raws[i]), Queue: queue, List: list})
		}
	}
	return found, nil
}

// ForeignLists returns lists of queue whose priority step is none of ours: a
// producer with other steps put messages there that no consumer here reads.
func (t *Transport) ForeignLists(ctx context.Context, queue string) ([]string, error) {
	own := map[string]bool{}
	for _, l := range t.lists(queue) {
		own[l] = true
	}
	var foreign []string
	iter := t.client.Scan(ctx, 0, glob.Escape(t.key(queue)+t.opt.Separator)+"*", 1000).Iterator()
	for iter.Next(ctx) {
		if !own[iter.Val()] {
			foreign = append(foreign, iter.Val())
		}
	}
	if err := iter.Err(); err != nil {
		return nil, fmt.Errorf("look for lists of queue %q: %w", queue, err)
	}
	return foreign, nil
}
