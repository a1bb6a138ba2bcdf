package redistest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// pendingMost is how many pending entries of a group are shown.
const pendingMost = 1000

// stream writes the entries, then the groups with what is pending. How long
// an entry has been idle is left out: it is never the same.
func (d *dumper) stream(ctx context.Context, c *redis.Client, key string) (lines []string, err error) {
	entries, err := rawEntries(ctx, c, key, d.last())
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		lines = append(lines, e.id+"  "+strings.Join(d.texts(e.fields), " "))
	}
	groups, err := c.XInfoGroups(ctx, key).Result()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(groups, func(a, b redis.XInfoGroup) int { return strings.Compare(a.Name, b.Name) })
	for _, g := range groups {
		lines = append(lines, fmt.Sprintf("group %s at %s", d.text(g.Name), g.LastDeliveredID))
		consumers, err := c.XInfoConsumers(ctx, key, g.Name).Result()
		if err != nil {
			return nil, err
		}
		slices.SortFunc(consumers, func(a, b redis.XInfoConsumer) int { return strings.Compare(a.Name, b.Name) })
		for _, consumer := range consumers {
			lines = append(lines, fmt.Sprintf("  consumer %s", d.text(consumer.Name)))
		}
		pending, err := c.XPendingExt(ctx, &redis.XPendingExtArgs{Stream: key, Group: g.Name, Start: "-", End: "+", Count: pendingMost}).Result()
		if err != nil {
			return nil, err
		}
		for _, p := range pending {
			lines = append(lines, fmt.Sprintf("  pending %s of %s, delivered %s", p.ID, d.text(p.Consumer), times(p.RetryCount)))
		}
	}
	return lines, nil
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// An entry of a stream with its fields and values in the order of writing,
// which the map of go-redis loses.
type streamEntry struct {
	id     string
	fields []string
}

func rawEntries(ctx context.Context, c *redis.Client, key string, count int64) (out []streamEntry, err error) {
	args := []any{"xrange", key, "-", "+"}
	if count > 0 {
		args = append(args, "count", count)
	}
	reply, err := c.Do(ctx, args...).Slice()
	if err != nil {
		return nil, err
	}
	for _, item := range reply {
		pair, ok := item.([]any)
		if !ok || len(pair) != 2 {
			return nil, fmt.Errorf("XRANGE answered %v", item)
		}
		e := streamEntry{id: fmt.Sprint(pair[0])}
		fields, _ := pair[1].([]any)
		for _, f := range fields {
			e.fields = append(e.fields, fmt.Sprint(f))
		}
		out = append(out, e)
	}
	return out, nil
}
