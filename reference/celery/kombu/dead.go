package kombu

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// strayQueue is what the dead-letter list gives for the queue of an entry of
// kombu's unacked hash that could not be read.
const strayQueue = "unacked"

// Dead implements broker.Admin.
func (t *Transport) Dead(ctx context.Context, max int) ([]broker.Dead, error) {
	entries, err := t.client.LRange(ctx, t.key("redkit.dead"), 0, int64(max)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("read the dead-letter list: %w", err)
	}
	dead := make([]broker.Dead, len(entries))
	for i, entry := range entries {
		dead[i] = readDead([]byte(entry))
	}
	return dead, nil
}

// DeadCount implements broker.Admin.
func (t *Transport) DeadCount(ctx context.Context) (int64, error) {
	n, err := t.client.LLen(ctx, t.key("redkit.dead")).Result()
	if err != nil {
		return 0, fmt.Errorf("measure the dead-letter list: %w", err)
	}
	return n, nil
}

// Revive implements broker.Admin. What was found in unacked and could not be
// read came from no queue that is known, and stays.
func (t *Transport) Revive(ctx context.Context, dead ...broker.Dead) (int, error) {
	for _, d := range dead {
		if d.ID == "" || d.Queue == "" || d.Queue == strayQueue {
			return 0, fmt.Errorf("revive a message that died of %q: the queue it came from is not known", d.Reason)
		}
	}
	n, err := t.exhume(ctx, dead, func(d broker.Dead) string { return d.Queue })
	if err != nil {
		return n, fmt.Errorf("revive: %w", err)
	}
	return n, nil
}

// Drop implements broker.Admin.
func (t *Transport) Drop(ctx context.Context, dead ...broker.Dead) (int, error) {
	n, err := t.exhume(ctx, dead, func(broker.Dead) string { return "" })
	if err != nil {
		return n, fmt.Errorf("drop from the dead-letter list: %w", err)
	}
	return n, nil
}

// exhume takes entries off the dead-letter list and puts their messages on
// the lists that to names, if any. Of equal entries it takes the oldest.
func (t *Transport) exhume(ctx context.Context, dead []broker.Dead, to func(broker.Dead) string) (n int, err error) {
	if len(dead) == 0 {
		return 0, nil
	}
	if err := exhumeScript.Load(ctx, t.client).Err(); err != nil {
		return 0, err
	}
	pipe := t.client.Pipeline()
	replies := make([]*redis.Cmd, len(dead))
	for i, d := range dead {
		entry := d.Raw
		if d.ID != "" {
			entry = append([]byte(d.ID+"\n"), d.Raw...)
		}
		keys := []string{t.key("redkit.dead")}
		if list := to(d); list != "" {
			keys = append(keys, list)
		}
		replies[i] = exhumeScript.EvalSha(ctx, pipe, keys, entry, d.Raw)
	}
	_, err = pipe.Exec(ctx)
	for _, r := range replies {
		done, _ := r.Int()
		n += done
	}
	return n, err
}

func readDead(entry []byte) broker.Dead {
	line, raw, ok := bytes.Cut(entry, []byte("\n"))
	v, err := pyjson.Decode(line)
	head, isObject := v.(map[string]any)
	if !ok || err != nil || !isObject {
		return broker.Dead{Reason: "unknown", Raw: entry}
	}
	d := broker.Dead{ID: string(line), Raw: raw}
	d.Reason, _ = head["reason"].(string)
	d.Queue, _ = head["queue"].(string)
	if at, ok := head["at"].(float64); ok {
		d.At = unscore(strings.TrimSpace(fmt.Sprintf("%f", at)))
	}
	return d
}
