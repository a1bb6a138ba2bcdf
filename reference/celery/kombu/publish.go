package kombu

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	all := pushes{raws: make([]any, 0, min(len(messages), chunk))}
	flush := func(once string) error {
		defer all.clear()
		return t.push(ctx, once, &all)
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
		if m.Once != "" || len(all.raws) >= chunk {
			if err := flush(""); err != nil {
				return err
			}
		}
		for _, list := range lists {
			all.add(list, m.Raw)
		}
		if m.Once != "" {
			if err := flush(m.Once); err != nil {
				return err
			}
		}
	}
	return flush("")
}

// pushes are messages for lists, in order: each run is so many of them for one list.
type pushes struct {
	runs []run
	raws []any // each a []byte
}

type run struct {
	list string
	n    int
}

func (p *pushes) add(list string, raw []byte) {
	if last := len(p.runs) - 1; last >= 0 && p.runs[last].list == list {
		p.runs[last].n++
	} else {
		p.runs = append(p.runs, run{list, 1})
	}
	p.raws = append(p.raws, raw)
}

func (p *pushes) clear() { p.runs, p.raws = p.runs[:0], p.raws[:0] }

func (t *Transport) push(ctx context.Context, once string, all *pushes) error {
	if len(all.raws) == 0 {
		return nil
	}
	if (t.opt.NoDedup || t.opt.Parity) && once == "" {
		return published(t.plainPush(ctx, all))
	}
	l := t.takeLane()
	l.last++
	keys := []string{l.key, l.key}
	args := make([]any, 3, 3+2*len(all.runs)+len(all.raws))
	args[0], args[1], args[2] = l.last, int(laneMemory.Seconds()), 0
	if once != "" {
		keys[1], args[2] = t.key("redkit.once."+once), onceMemory.Milliseconds()
	}
	raws := all.raws
	for _, r := range all.runs {
		at := slices.Index(keys[2:], r.list) + 3
		if at < 3 {
			keys = append(keys, r.list)
			at = len(keys)
		}
		args = append(append(args, at, r.n), raws[:r.n]...)
		raws = raws[r.n:]
	}
	err := publishScript.Run(ctx, t.client, keys, args...).Err()
	t.giveLane(l)
	return published(err)
}

// published is the error of a publication for the answer of the server.
func published(err error) error {
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "WRONGTYPE"): // of a script some servers put words before it
		return fmt.Errorf("publish: %w: %w", broker.ErrRefused, err)
	}
	return fmt.Errorf("publish: %w", err)
}

// plainPush is LPUSH, one call for each run.
func (t *Transport) plainPush(ctx context.Context, all *pushes) error {
	raws := all.raws
	for _, r := range all.runs {
		if err := t.client.LPush(ctx, r.list, raws[:r.n]...).Err(); err != nil {
			return err
		}
		raws = raws[r.n:]
	}
	return nil
}
