package kombu

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

// What follows speaks kombu's own commands, losses and all, for
// Options.Parity: kombu/transport/redis.py is the source of each.

// parityClaim is BRPOP and, one round trip later, the bookkeeping. A consumer
// that dies in between has lost the message.
func (t *Transport) parityClaim(ctx context.Context, c *consumer, max int) ([]broker.Delivery, error) {
	var claimed []broker.Delivery
	for len(claimed) < max {
		d, err := t.parityPop(ctx, c)
		if errors.Is(err, redis.Nil) {
			break
		}
		if err != nil {
			return claimed, fmt.Errorf("claim messages: %w", err)
		}
		claimed = append(claimed, d)
	}
	return claimed, nil
}

func (t *Transport) parityPop(ctx context.Context, c *consumer) (broker.Delivery, error) {
	var d broker.Delivery
	// MULTI keeps BRPOP from blocking: Claim must not wait.
	var popped *redis.StringSliceCmd
	_, err := t.client.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		popped = pipe.BRPop(ctx, time.Second, t.lists(c.queues...)...)
		return nil
	})
	if err != nil {
		return d, err
	}
	now, err := t.now(ctx)
	if err != nil {
		return d, err
	}
	d = broker.Delivery{List: popped.Val()[0], Raw: []byte(popped.Val()[1]), Queue: t.queue(popped.Val()[0]), Count: 1, At: now}
	for i, q := range c.queues { // only the queue just served moves to the end
		if q == d.Queue {
			c.queues = append(append(append([]string(nil), c.queues[:i]...), c.queues[i+1:]...), q)
			break
		}
	}
	e, err := message.Decode(d.Raw)
	if err != nil {
		return d, fmt.Errorf("the message is lost, as with kombu: %w", err)
	}
	d.Field = e.Tag()
	entry, err := entryOf(d.Raw, e.Info("exchange"), e.Info("routing_key"))
	if err != nil {
		return d, err
	}
	at, _ := strconv.ParseFloat(score(now), 64)
	_, err = t.client.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.ZAdd(ctx, t.key("unacked_index"), redis.Z{Score: at, Member: d.Field})
		pipe.HSet(ctx, t.key("unacked"), d.Field, entry)
		return nil
	})
	return d, err
}

func (t *Transport) parityAck(ctx context.Context, deliveries []broker.Delivery) error {
	for _, d := range deliveries {
		if _, err := t.client.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.ZRem(ctx, t.key("unacked_index"), d.Field)
			pipe.HDel(ctx, t.key("unacked"), d.Field)
			return nil
		}); err != nil {
			return fmt.Errorf("acknowledge: %w", err)
		}
	}
	return nil
}

func (t *Transport) parityRequeue(ctx context.Context, deliveries []broker.Delivery) error {
	for _, d := range deliveries {
		if _, err := t.parityRestore(ctx, d.Field, true); err != nil {
			return fmt.Errorf("requeue: %w", err)
		}
	}
	return nil
}

// parityRestore is restore_by_tag: the entry goes to every queue bound for
// its exchange and key, and is dropped if there is none.
func (t *Transport) parityRestore(ctx context.Context, field string, tail bool) (bool, error) {
	moved := false
	restore := func(tx *redis.Tx) error {
		entry, err := tx.HGet(ctx, t.key("unacked"), field).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		var lists []string
		var raw []byte
		if err == nil {
			var exchange, key string
			if raw, exchange, key, err = splitEntry(entry); err != nil {
				return err
			}
			raw = message.Redeliver(raw)
			priority := 0
			if e, err := message.Decode(raw); err == nil {
				priority = e.Priority()
			}
			if lists, err = t.route(ctx, broker.Message{Exchange: exchange, RoutingKey: key, Priority: priority}); err != nil && !errors.Is(err, broker.ErrUnroutable) {
				return err
			}
		}
		_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.ZRem(ctx, t.key("unacked_index"), field)
			pipe.HDel(ctx, t.key("unacked"), field)
			for _, list := range lists {
				if tail {
					pipe.LPush(ctx, list, raw)
				} else {
					pipe.RPush(ctx, list, raw)
				}
			}
			return nil
		})
		moved = err == nil && len(lists) > 0
		return err
	}
	for {
		if err := t.client.Watch(ctx, restore, t.key("unacked")); !errors.Is(err, redis.TxFailedErr) {
			return moved, err
		}
	}
}

// paritySweep holds kombu's mutex while it restores, and is blind while
// another holds it.
func (t *Transport) paritySweep(ctx context.Context) (int, error) {
	token := uuid.NewString()
	held, err := t.client.SetNX(ctx, t.key("unacked_mutex"), token, 5*time.Minute).Result()
	if err != nil || !held {
		return 0, err
	}
	defer unlockScript.Run(context.WithoutCancel(ctx), t.client, []string{t.key("unacked_mutex")}, token)
	now, err := t.now(ctx)
	if err != nil {
		return 0, err
	}
	fields, err := t.client.ZRevRangeByScore(ctx, t.key("unacked_index"), &redis.ZRangeBy{Min: "0", Max: score(now.Add(-t.opt.VisibilityTimeout))}).Result()
	if err != nil {
		return 0, fmt.Errorf("sweep: %w", err)
	}
	restored := 0
	for _, field := range fields {
		moved, err := t.parityRestore(ctx, field, false)
		if err != nil {
			return restored, fmt.Errorf("sweep: %w", err)
		}
		if moved {
			restored++
		}
	}
	return restored, nil
}
