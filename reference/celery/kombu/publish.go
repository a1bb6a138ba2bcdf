package kombu

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

const (
	laneMemory = time.Hour      // longer than any client goes on retrying
	onceMemory = 24 * time.Hour // how long a name given as broker.Message.Once is remembered
	chunk      = 500            // messages in one script call: a script blocks the server
)

// A lane orders the publications of one sender, so that the server can tell a
// repeated one. Only one publication of a lane is under way at a time.
type lane struct {
	key  string
	last int64
}

func (t *Transport) takeLane() *lane {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.lanes); n > 0 {
		l := t.lanes[n-1]
		t.lanes = t.lanes[:n-1]
		return l
	}
	t.laneCount++
	return &lane{key: t.key("redkit.lane." + t.id + "." + strconv.Itoa(t.laneCount))}
}

func (t *Transport) giveLane(l *lane) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lanes = append(t.lanes, l)
}

// Publish implements broker.Publisher. Messages to different exchanges may be
// mixed. Up to 500 are accepted in one atomic step; of more, the first steps
// may have been taken when a later one fails.
func (t *Transport) Publish(ctx context.Context, messages ...broker.Message) error {
	type push struct{ list, raw any }
	pushes := make([]push, 0, min(len(messages), chunk))
	flush := func(once string) error {
		if len(pushes) == 0 {
			return nil
		}
		lists, raws := make([]string, len(pushes)), make([]any, len(pushes))
		for i, p := range pushes {
			lists[i], raws[i] = p.list.(string), p.raw
		}
		pushes = pushes[:0]
		return t.push(ctx, once, lists, raws)
	}
	var lists []string
	for i, m := range messages {
		var err error
		// Messages sent together mostly go to one queue.
		if i == 0 || m.Exchange != "" || messages[i-1].Exchange != "" || m.RoutingKey != messages[i-1].RoutingKey || m.Priority != messages[i-1].Priority {
			lists, err = t.route(ctx, m)
		}
		if errors.Is(err, errFanout) {
			err = t.Broadcast(ctx, m.Exchange, m.RoutingKey, m.Raw)
		}
		if err != nil {
			return fmt.Errorf("publish to exchange %q with routing key %q: %w", m.Exchange, m.RoutingKey, err)
		}
		if m.Once != "" || len(pushes) >= chunk {
			if err := flush(""); err != nil {
				return err
			}
		}
		for _, list := range lists {
			pushes = append(pushes, push{list, m.Raw})
		}
		if m.Once != "" {
			if err := flush(m.Once); err != nil {
				return err
			}
		}
	}
	return flush("")
}

// push puts each raw on the list at the same place.
func (t *Transport) push(ctx context.Context, once string, lists []string, raws []any) error {
	if (t.opt.NoDedup || t.opt.Parity) && once == "" {
		if err := t.plainPush(ctx, lists, raws); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		return nil
	}
	l := t.takeLane()
	l.last++
	keys := []string{l.key, l.key}
	args := make([]any, 3, 3+2*len(lists))
	args[0], args[1], args[2] = l.last, int(laneMemory.Seconds()), 0
	if once != "" {
		keys[1], args[2] = t.key("redkit.once."+once), onceMemory.Milliseconds()
	}
	place := map[string]int{}
	for i, list := range lists {
		at, ok := place[list]
		if !ok {
			keys = append(keys, list)
			at = len(keys)
			place[list] = at
		}
		args = append(args, at, raws[i])
	}
	err := publishScript.Run(ctx, t.client, keys, args...).Err()
	t.giveLane(l)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

// plainPush is LPUSH, one call for each run of messages to one list.
func (t *Transport) plainPush(ctx context.Context, lists []string, raws []any) error {
	for from := 0; from < len(lists); {
		to := from + 1
		for to < len(lists) && lists[to] == lists[from] {
			to++
		}
		if err := t.client.LPush(ctx, lists[from], raws[from:to]...).Err(); err != nil {
			return err
		}
		from = to
	}
	return nil
}
