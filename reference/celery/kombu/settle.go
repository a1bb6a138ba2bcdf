package kombu

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// tag is the delivery tag of a claim without reading the message again: the
// field is the tag, or the tag and the token of the claim.
func tag(d broker.Delivery) string {
	token := d.Token
	for again := true; again; {
		token, again = strings.CutSuffix(token, ".parked")
	}
	return strings.TrimSuffix(d.Field, ":"+token)
}

// Ack implements broker.Settler. That a claim is stale is certain, also when
// go-redis repeated the call because a reply was lost.
func (t *Transport) Ack(ctx context.Context, deliveries ...broker.Delivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	if t.opt.Parity {
		return t.parityAck(ctx, deliveries)
	}
	l := t.takeLane()
	defer t.giveLane(l)
	l.last++
	keys := []string{t.key("unacked_index"), t.key("unacked"), t.key("redkit.claims"), t.key("redkit.counts"), l.key + ".ack"}
	args := make([]any, 2, 2+3*len(deliveries))
	args[0], args[1] = l.last, int(laneMemory.Seconds())
	for _, d := range deliveries {
		args = append(args, d.Field, d.Token, tag(d))
	}
	held, err := ackScript.Run(ctx, t.client, keys, args...).Int64Slice()
	if err != nil {
		return fmt.Errorf("acknowledge: %w", err)
	}
	return broker.Stale("acknowledge", deliveries, held)
}

// countsKept is how long deliveries are remembered after the last that
// counted; move.lua knows it, too.
const countsKept = 7 * 24 * time.Hour

// A move is one call of the move script.
type move struct {
	field, guard, value, push string
	payload                   []byte
	tag                       string
	count                     int
	lists                     []string
}

// moves runs the script for all of them in one round trip and reports which
// found their claim as expected.
func (t *Transport) moves(ctx context.Context, all []move) ([]int64, error) {
	if len(all) == 0 {
		return nil, nil
	}
	if err := moveScript.Load(ctx, t.client).Err(); err != nil {
		return nil, err
	}
	pipe := t.client.Pipeline()
	replies := make([]*redis.Cmd, len(all))
	for i, m := range all {
		keys := append([]string{t.key("unacked_index"), t.key("unacked"), t.key("redkit.claims"), t.key("redkit.parked"), t.key("redkit.counts")}, m.lists...)
		replies[i] = moveScript.EvalSha(ctx, pipe, keys, m.field, m.guard, m.value, m.push, m.payload, m.tag, m.count, t.opt.MaxDead)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	done := make([]int64, len(all))
	for i, r := range replies {
		done[i], _ = r.Int64()
	}
	return done, nil
}

// Requeue implements broker.Settler.
func (t *Transport) Requeue(ctx context.Context, deliveries ...broker.Delivery) error {
	if t.opt.Parity {
		return t.parityRequeue(ctx, deliveries)
	}
	all := make([]move, len(deliveries))
	for i, d := range deliveries { // from the last to the first: the last one pushed is claimed next
		all[len(all)-1-i] = move{field: d.Field, guard: "token", value: d.Token, push: "RPUSH", payload: message.Redeliver(d.Raw),
			tag: tag(d), count: d.Count, lists: []string{d.List}}
	}
	done, err := t.moves(ctx, all)
	if err != nil {
		return fmt.Errorf("requeue: %w", err)
	}
	for i, j := 0, len(done)-1; i < j; i, j = i+1, j-1 {
		done[i], done[j] = done[j], done[i]
	}
	return broker.Stale("requeue", deliveries, done)
}

// Bury implements broker.Settler. An entry of the dead-letter list is a line
// of JSON with the reason, followed by the message byte for byte.
func (t *Transport) Bury(ctx context.Context, d broker.Delivery, reason string) error {
	if t.opt.Parity {
		t.opt.Logger.Error("message dropped, as kombu would", "reason", reason, "tag", tag(d))
		return t.parityAck(ctx, []broker.Delivery{d})
	}
	entry, err := t.obituary(d.List, reason, d.At, d.Raw)
	if err != nil {
		return err
	}
	done, err := t.moves(ctx, []move{{field: d.Field, guard: "token", value: d.Token, push: "LPUSH", payload: entry, tag: tag(d), lists: []string{t.key("redkit.dead")}}})
	if err != nil {
		return fmt.Errorf("bury: %w", err)
	}
	return broker.Stale("bury", []broker.Delivery{d}, done)
}

func (t *Transport) obituary(list, reason string, at time.Time, raw []byte) ([]byte, error) {
	head, err := pyjson.Encode(pyjson.Object{{Key: "reason", Value: strings.ToValidUTF8(reason, "?")},
		{Key: "queue", Value: strings.ToValidUTF8(list, "?")}, {Key: "at", Value: pyjson.Raw(score(at))}})
	if err != nil {
		return nil, fmt.Errorf("bury: %w", err)
	}
	return append(append(head, '\n'), raw...), nil
}

// Park implements broker.Settler. In parity it fails with
// errors.ErrUnsupported: a kombu worker keeps such messages in its memory.
func (t *Transport) Park(ctx context.Context, d broker.Delivery, until time.Time) error {
	if t.opt.Parity {
		return fmt.Errorf("park in parity with kombu: %w", errors.ErrUnsupported)
	}
	done, err := parkScript.Run(ctx, t.client, []string{t.key("unacked_index"), t.key("redkit.claims"), t.key("redkit.parked")},
		d.Field, d.Token, score(until)).Int64()
	if err != nil {
		return fmt.Errorf("park: %w", err)
	}
	return broker.Stale("park", []broker.Delivery{d}, []int64{done})
}

// Extend implements broker.Settler. From its first call on for an owner, that
// owner's claims come back after Options.Lease of silence: each claim says that
// it lives, or those it makes before its next Extend would not be missed.
func (t *Transport) Extend(ctx context.Context, owner string, deliveries ...broker.Delivery) error {
	if t.opt.Parity {
		return nil // kombu knows no such thing
	}
	owner = strings.Join(strings.Fields(owner), "_")
	t.mu.Lock()
	t.owners[owner] = true
	t.mu.Unlock()
	args := make([]any, 2, 2+2*len(deliveries))
	args[0], args[1] = t.clock(), owner
	for _, d := range deliveries {
		args = append(args, d.Field, d.Token)
	}
	held, err := extendScript.Run(ctx, t.client, []string{t.key("unacked_index"), t.key("redkit.claims"), t.key("redkit.owners")}, args...).Int64Slice()
	if err != nil {
		return fmt.Errorf("extend claims: %w", err)
	}
	return broker.Stale("extend", deliveries, held)
}

// extends is 1 if Extend was called for an owner, else 0.
func (t *Transport) extends(owner string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.owners[owner] {
		return 1
	}
	return 0
}
