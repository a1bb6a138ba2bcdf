package kombu

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// consumer claims from a fixed set of queues.
type consumer struct {
	t        *Transport
	owner    string
	id       int       // unique in the transport
	queues   []string  // in the order in which they are looked at next
	calls    int64     // that were answered
	due      time.Time // when something parked is due, by the broker's clock; zero: nothing is
	now      time.Time // the broker's time at the last claim
	waiter   *waiter
	awaiting *awaitConn // nil until Await needs one
	blind    bool       // the server cannot have one
	orphan   int64      // the connection of an awaitConn that broke while it waited
	bury     func(context.Context, broker.Delivery, string)
}

// Consume implements broker.Broker. Blanks in the owner's name are replaced,
// for it is part of a record.
func (t *Transport) Consume(owner string, queues ...string) broker.Consumer {
	owner = strings.Join(strings.Fields(owner), "_")
	t.mu.Lock()
	defer t.mu.Unlock()
	t.consumers++
	return &consumer{t: t, owner: owner, id: t.consumers, queues: append([]string(nil), queues...), waiter: &waiter{t: t}}
}

// Claim implements broker.Consumer. An error of one list, such as a key of
// another type, is logged and does not keep the other lists from being read.
func (c *consumer) Claim(ctx context.Context, max int) ([]broker.Delivery, error) {
	if len(c.queues) == 0 || max <= 0 {
		return nil, nil
	}
	if c.t.opt.Parity {
		return c.t.parityClaim(ctx, c, max)
	}
	for {
		claimed, err := c.claim(ctx, min(max, chunk))
		if err != nil {
			return nil, err
		}
		good, err := c.sortOut(ctx, claimed)
		if err != nil {
			return nil, err
		}
		if len(good) > 0 || len(claimed) == 0 {
			return good, nil
		}
	}
}

func (c *consumer) claim(ctx context.Context, max int) ([]broker.Delivery, error) {
	if single, ok := c.t.client.(*redis.Client); ok {
		if err := c.settleOrphan(ctx, single); err != nil {
			return nil, err
		}
	}
	keys, args := c.request(max)
	reply, err := claimScript.Run(ctx, c.t.client, keys, args...).Result()
	if err != nil {
		return nil, fmt.Errorf("claim messages: %w", err) // the next call has the same number and gets what this one claimed
	}
	return c.accept(reply)
}

// request is what the claim script is called with.
func (c *consumer) request(max int) (keys []string, args []any) {
	t := c.t
	token := fmt.Sprintf("%s.%d.%d.", t.id[:12], c.id, c.calls)
	keys = append([]string{t.key("unacked_index"), t.key("unacked"), t.key("redkit.claims"), t.key("redkit.parked"),
		t.key("redkit.counts"), t.key("redkit.dead"), t.key(fmt.Sprintf("redkit.lane.%s.claim%d", t.id, c.id)), t.key("redkit.owners")}, t.lists(c.queues...)...)
	return keys, []any{t.clock(), max, len(c.queues), token, c.owner, c.calls, int(laneMemory.Seconds()), t.extends(c.owner), t.opt.MaxDead}
}

// accept reads what the script returned.
func (c *consumer) accept(answer any) ([]broker.Delivery, error) {
	t := c.t
	c.calls++
	reply, _ := answer.([]any)
	if len(reply) != 5 {
		return nil, fmt.Errorf("claim messages: the script answered %d values, want 5", len(reply))
	}
	c.now, c.due = unscore(reply[0]), unscore(reply[1])
	order, _ := reply[2].([]any)
	queues := make([]string, 0, len(order))
	for _, n := range order {
		if at, ok := n.(int64); ok && at >= 1 && int(at) <= len(c.queues) {
			queues = append(queues, c.queues[at-1])
		}
	}
	if len(queues) == len(c.queues) {
		c.queues = queues
	}
	problems, _ := reply[3].([]any)
	for i := 0; i+1 < len(problems); i += 2 {
		t.opt.Logger.Error("cannot read a queue list", "list", problems[i], "err", problems[i+1])
	}
	flat, _ := reply[4].([]any)
	claimed := make([]broker.Delivery, 0, len(flat)/5)
	for i := 0; i+4 < len(flat); i += 5 {
		d := broker.Delivery{At: c.now}
		d.Field, _ = flat[i].(string)
		d.Token, _ = flat[i+1].(string)
		count, _ := flat[i+2].(int64)
		d.Count = int(count)
		d.List, _ = flat[i+3].(string)
		raw, _ := flat[i+4].(string)
		d.Raw, d.Queue = []byte(raw), t.queue(d.List)
		claimed = append(claimed, d)
	}
	return claimed, nil
}

// BuryWith implements broker.Burier.
func (c *consumer) BuryWith(bury func(context.Context, broker.Delivery, string)) { c.bury = bury }

// unstarted is how many times MaxDeliveries a message may be delivered to
// those who count what they start. It protects from what a consumer cannot
// even look at.
const unstarted = 10

// sortOut buries what was delivered too often.
func (c *consumer) sortOut(ctx context.Context, claimed []broker.Delivery) ([]broker.Delivery, error) {
	most := c.t.opt.MaxDeliveries
	if c.bury != nil {
		most *= unstarted
	}
	good := claimed[:0:len(claimed)]
	for _, d := range claimed {
		if most <= 0 || d.Count <= most {
			good = append(good, d)
			continue
		}
		reason := fmt.Sprintf("delivered %d times %v", d.Count-1, broker.ErrSpent)
		if c.bury != nil {
			c.bury(ctx, d, reason)
		} else if err := c.t.Bury(ctx, d, reason); err != nil {
			return nil, err
		}
	}
	return good, nil
}

// Start implements broker.Starter. The first delivery of a message needs no
// note, which would cost every task a round trip.
func (t *Transport) Start(ctx context.Context, d broker.Delivery) error {
	if t.opt.Parity || t.opt.MaxDeliveries <= 0 {
		return nil
	}
	pipe := t.client.Pipeline()
	n := pipe.HIncrBy(ctx, t.key("redkit.counts"), tag(d)+":starts", 1)
	pipe.Expire(ctx, t.key("redkit.counts"), countsKept)
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("note that work on a message begins: %w", err)
	}
	if n.Val() > int64(t.opt.MaxDeliveries) {
		return fmt.Errorf("begun %d times %w", n.Val()-1, broker.ErrSpent)
	}
	return nil
}

// Wait implements broker.Consumer.
func (c *consumer) Wait(ctx context.Context, limit time.Duration) error {
	return c.waiter.wait(ctx, c.t.lists(c.queues...), c.limit(limit))
}

// limit ends a wait when something parked is due.
func (c *consumer) limit(limit time.Duration) time.Duration {
	if c.due.IsZero() {
		return limit
	}
	return min(limit, max(c.due.Sub(c.now), time.Millisecond))
}

// Close implements broker.Consumer.
func (c *consumer) Close() error {
	err := c.waiter.close()
	if c.awaiting != nil {
		err = errors.Join(err, c.awaiting.close())
		c.awaiting = nil
	}
	return err
}

// unscore reads a score as scripts return it; zero for none.
func unscore(v any) time.Time {
	text, _ := v.(string)
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(s) || math.IsInf(s, 0) {
		return time.Time{}
	}
	return time.UnixMicro(int64(math.Round(s * 1e6)))
}
