package kombu

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

const sweepPage = 500

// Restore implements broker.Settler: the sweep. Each message moves by itself,
// and only if its claim is still the one that was found, so sweepers of any
// number, kombu's included, do not disturb each other and need no mutex. A
// message whose queue cannot be told stays where it is and is logged.
func (t *Transport) Restore(ctx context.Context) (int, error) {
	if t.opt.Parity {
		return t.paritySweep(ctx)
	}
	now, err := t.now(ctx)
	if err != nil {
		return 0, err
	}
	restored := 0
	limit := score(now.Add(-t.opt.VisibilityTimeout))
	for top := limit; top != ""; {
		found, next, err := t.expired(ctx, top)
		if err != nil {
			return restored, fmt.Errorf("sweep: %w", err)
		}
		n, err := t.restore(ctx, found)
		restored += n
		if err != nil {
			return restored, fmt.Errorf("sweep: %w", err)
		}
		top = next
	}
	n, err := t.restoreOrphans(ctx, now)
	restored += n
	if err != nil {
		return restored, fmt.Errorf("sweep: %w", err)
	}
	return restored, nil
}

// expired are claims with scores up to top, the newest first, and where the
// next page begins, "" after the last. Claims of one time are never parted:
// restore has to bring them in order.
func (t *Transport) expired(ctx context.Context, top string) (found []redis.Z, next string, err error) {
	page := func(by *redis.ZRangeBy) ([]redis.Z, error) {
		return t.client.ZRevRangeByScoreWithScores(ctx, t.key("unacked_index"), by).Result()
	}
	found, err = page(&redis.ZRangeBy{Min: "0", Max: top, Count: sweepPage})
	if err != nil || len(found) < sweepPage {
		return found, "", err
	}
	last := found[len(found)-1].Score
	at := strconv.FormatFloat(last, 'f', -1, 64)
	same, err := page(&redis.ZRangeBy{Min: at, Max: at})
	earlier := slices.IndexFunc(found, func(z redis.Z) bool { return z.Score == last })
	return append(found[:earlier:earlier], same...), "(" + at, err
}

func (t *Transport) now(ctx context.Context) (time.Time, error) {
	if t.opt.Clock != nil {
		return t.opt.Clock.Now(), nil
	}
	now, err := t.client.Time(ctx).Result()
	if err != nil {
		return now, fmt.Errorf("ask the server for its time: %w", err)
	}
	return now, nil
}

// restore moves the given claims back, the newest first: the oldest is pushed
// last and is the next to be claimed.
func (t *Transport) restore(ctx context.Context, found []redis.Z) (int, error) {
	if len(found) == 0 {
		return 0, nil
	}
	fields := make([]string, len(found))
	for i, z := range found {
		fields[i], _ = z.Member.(string)
	}
	entries, err := t.client.HMGet(ctx, t.key("unacked"), fields...).Result()
	if err != nil {
		return 0, err
	}
	claims, err := t.client.HMGet(ctx, t.key("redkit.claims"), fields...).Result()
	if err != nil {
		return 0, err
	}
	held := make([]heldEntry, len(found))
	for i, z := range found {
		held[i] = heldEntry{field: fields[i], score: z.Score}
		held[i].entry, _ = entries[i].(string)
		held[i].claim, _ = claims[i].(string)
	}
	slices.SortStableFunc(held, newestFirst)
	all := make([]move, 0, len(held))
	for _, h := range held {
		m, err := t.wayBack(ctx, h.field, h.entry, h.claim)
		if err != nil {
			t.opt.Logger.Error("cannot restore a message; it stays in unacked", "field", h.field, "err", err)
			continue
		}
		m.value = strconv.FormatFloat(h.score, 'f', -1, 64)
		all = append(all, m)
	}
	done, err := t.moves(ctx, all)
	restored := 0
	for i, ok := range done {
		if ok == 1 && all[i].push == "RPUSH" && all[i].payload != nil {
			restored++
		}
	}
	return restored, err
}

// wayBack says where an entry of unacked goes. An index entry without a
// message goes nowhere, a message that cannot be read to the dead.
func (t *Transport) wayBack(ctx context.Context, field, entry, claim string) (move, error) {
	m := move{field: field, guard: "score", push: "RPUSH"}
	if entry == "" {
		return m, nil
	}
	raw, exchange, key, err := splitEntry(entry)
	if err == nil {
		_, err = message.Decode(raw)
	}
	if bad := (*message.Malformed)(nil); errors.As(err, &bad) {
		m.push, m.lists = "LPUSH", []string{t.key("redkit.dead")}
		m.payload, err = t.obituary(strayQueue, "found in unacked: "+bad.Error(), time.Now(), []byte(entry))
		return m, err
	}
	m.payload = message.Redeliver(raw)
	e, err := message.Decode(m.payload)
	if err != nil {
		return m, err
	}
	m.tag, m.count = e.Tag(), 1
	if token, count, list := parseClaim(claim); token != "" {
		m.lists, m.count = []string{list}, count
		if strings.HasSuffix(token, ".parked") { // it fell due, and nobody has claimed since: waiting is no failure
			m.payload, m.tag = raw, ""
		}
		return m, nil
	}
	m.lists, err = t.route(ctx, broker.Message{Exchange: exchange, RoutingKey: key, Priority: e.Priority()})
	return m, err
}

// parseClaim reads a record of redkit.claims: token, owner, count, size, score, list.
func parseClaim(claim string) (token string, count int, list string) {
	parts := strings.SplitN(claim, " ", 6)
	if len(parts) != 6 {
		return "", 0, ""
	}
	count, _ = strconv.Atoi(parts[2])
	return parts[0], count, parts[5]
}

// splitEntry takes apart [message, exchange, routing key], the message as it stands.
func splitEntry(entry string) (raw []byte, exchange, key string, err error) {
	v, err := pyjson.Decode([]byte(entry))
	if err != nil {
		return nil, "", "", &message.Malformed{Reason: "not JSON", Err: err}
	}
	parts, _ := v.([]any)
	if len(parts) != 3 {
		return nil, "", "", &message.Malformed{Reason: "not [message, exchange, routing key]"}
	}
	exchange, _ = parts[1].(string)
	key, ok := parts[2].(string)
	if !ok {
		return nil, "", "", &message.Malformed{Reason: "the routing key is not text"}
	}
	first, ok := message.FirstItem([]byte(entry))
	if !ok {
		return nil, "", "", &message.Malformed{Reason: "the message is not an object"}
	}
	return first, exchange, key, nil
}

// entryOf writes what splitEntry takes apart.
func entryOf(raw []byte, exchange, key string) ([]byte, error) {
	return pyjson.Encode([]any{pyjson.Raw(raw), exchange, key})
}

// restoreOrphans gives back what is claimed by owners that fell silent, and
// gives a score to messages in unacked that have none, which kombu would
// never find again.
func (t *Transport) restoreOrphans(ctx context.Context, now time.Time) (int, error) {
	gone, err := t.client.ZRangeByScore(ctx, t.key("redkit.owners"), &redis.ZRangeBy{Min: "-inf", Max: score(now.Add(-t.opt.Lease))}).Result()
	if err != nil {
		return 0, err
	}
	restored := 0
	if len(gone) > 0 {
		if restored, err = t.restoreOwned(ctx, gone, score(now.Add(-t.opt.Lease))); err != nil {
			return restored, err
		}
	}
	t.mu.Lock()
	t.sweeps++
	adopting := t.sweeps%10 == 1
	t.mu.Unlock()
	if !adopting {
		return restored, nil
	}
	return restored, t.adopt(ctx, now)
}

func (t *Transport) restoreOwned(ctx context.Context, owners []string, before string) (int, error) {
	gone := map[string]bool{}
	for _, o := range owners {
		gone[o] = true
	}
	var held []redis.Z
	iter := t.client.HScan(ctx, t.key("redkit.claims"), 0, "", 500).Iterator()
	for iter.Next(ctx) {
		field := iter.Val()
		if !iter.Next(ctx) {
			break
		}
		if parts := strings.SplitN(iter.Val(), " ", 6); len(parts) == 6 && gone[parts[1]] {
			at, _ := strconv.ParseFloat(parts[4], 64)
			held = append(held, redis.Z{Score: at, Member: field})
		}
	}
	if err := iter.Err(); err != nil {
		return 0, err
	}
	n, err := t.restore(ctx, held)
	if err != nil {
		return n, err
	}
	// An owner that was heard of meanwhile stays: it may have claimed after the scan.
	return n, t.client.ZRemRangeByScore(ctx, t.key("redkit.owners"), "-inf", before).Err()
}
