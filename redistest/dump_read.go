package redistest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/glob"
)

// A dumper reads keys and writes them as text.
type dumper struct {
	prefix string // what all keys begin with; left out
	mark   string // before each key: its database
	most   int    // elements of a value that are shown; 0 means all
	keys   int    // keys that are shown; 0 means all
}

// read adds the keys of a database to snap, sorted.
func (d *dumper) read(ctx context.Context, c *redis.Client, snap *Snapshot) error {
	keys, err := d.scan(ctx, c)
	if err != nil {
		return err
	}
	if d.keys > 0 && len(keys) > d.keys {
		snap.less += len(keys) - d.keys
		keys = keys[:d.keys]
	}
	return describe(ctx, c, keys, func(key, kind string, ttl time.Duration) error {
		lines, err := d.value(ctx, c, key, kind)
		if err != nil {
			return fmt.Errorf("%s %q: %w", kind, key, err)
		}
		if d.most > 0 && len(lines) > d.most {
			lines = append(lines[:d.most], "…")
		}
		name := d.mark + plain(strings.TrimPrefix(key, d.prefix))
		head := name + "  " + kind
		if ttl >= 0 {
			head += "  ttl " + lifetime(ttl)
		}
		snap.add(name, dumped{head, lines})
		return nil
	})
}

// describe calls f for each key with its type and time to live, negative for
// none; keys that have gone are left out.
func describe(ctx context.Context, c *redis.Client, keys []string, f func(key, kind string, ttl time.Duration) error) error {
	for chunk := range slices.Chunk(keys, 500) {
		kinds, left := make([]*redis.StatusCmd, len(chunk)), make([]*redis.DurationCmd, len(chunk))
		if _, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i, key := range chunk {
				kinds[i], left[i] = p.Type(ctx, key), p.PTTL(ctx, key)
			}
			return nil
		}); err != nil {
			return err
		}
		for i, key := range chunk {
			if kind := kinds[i].Val(); kind != "none" {
				if err := f(key, kind, left[i].Val()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// scan returns all keys, sorted, each once.
func (d *dumper) scan(ctx context.Context, c *redis.Client) (keys []string, err error) {
	for cursor := uint64(0); ; {
		var page []string
		if page, cursor, err = c.Scan(ctx, cursor, glob.Escape(d.prefix)+"*", 1000).Result(); err != nil {
			return nil, err
		}
		keys = append(keys, page...)
		if cursor == 0 {
			slices.Sort(keys)
			return slices.Compact(keys), nil
		}
	}
}

// value returns the lines of a value.
func (d *dumper) value(ctx context.Context, c *redis.Client, key, kind string) (lines []string, err error) {
	switch kind {
	case "string":
		var v string
		if v, err = c.Get(ctx, key).Result(); errors.Is(err, redis.Nil) {
			return nil, nil
		}
		return []string{d.text(v)}, err
	case "list":
		v, err := c.LRange(ctx, key, 0, d.last()).Result()
		return d.texts(v), err
	case "set":
		v, err := c.SMembers(ctx, key).Result()
		slices.Sort(v)
		return d.texts(v), err
	case "hash":
		return d.hash(ctx, c, key)
	case "zset":
		v, err := c.ZRangeWithScores(ctx, key, 0, d.last()).Result()
		slices.SortFunc(v, func(a, b redis.Z) int {
			if a.Score != b.Score {
				return compareScores(a.Score, b.Score)
			}
			return strings.Compare(a.Member.(string), b.Member.(string))
		})
		for _, z := range v {
			lines = append(lines, strconv.FormatFloat(z.Score, 'g', -1, 64)+" "+d.text(z.Member.(string)))
		}
		return lines, err
	case "stream":
		return d.stream(ctx, c, key)
	}
	return []string{"(not shown)"}, nil
}

func compareScores(a, b float64) int {
	if a < b {
		return -1
	}
	return 1
}

// last is the index of the last element that is read: one more than is shown.
func (d *dumper) last() int64 {
	if d.most == 0 {
		return -1
	}
	return int64(d.most)
}

func (d *dumper) texts(v []string) []string {
	out := make([]string, len(v))
	for i := range v {
		out[i] = d.text(v[i])
	}
	return out
}

// hash writes fields in the order of their names, with their times to live
// where the server knows such.
func (d *dumper) hash(ctx context.Context, c *redis.Client, key string) (lines []string, err error) {
	v, err := c.HGetAll(ctx, key).Result()
	if err != nil || len(v) == 0 {
		return nil, err
	}
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	left, err := c.HPTTL(ctx, key, names...).Result()
	if err != nil || len(left) != len(names) {
		left = nil // before Redis 7.4, and in Valkey, fields live as long as their key
	}
	for i, name := range names {
		line := d.text(name) + " = " + d.text(v[name])
		if left != nil && left[i] >= 0 {
			line += "  ttl " + lifetime(time.Duration(left[i])*time.Millisecond)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// plain writes text as it is if it cannot be mistaken, else quoted.
func plain(v string) string {
	quoted := strconv.Quote(v)
	if quoted == `"`+v+`"` && v != "" && !strings.ContainsAny(v, " =`") {
		return v
	}
	if strconv.CanBackquote(v) && strings.ContainsAny(v, `"\`) && !strings.Contains(v, "\t") {
		return "`" + v + "`"
	}
	return quoted
}

// shortest is how much of a text a dumper shows that does not show all.
const shortest = 60

func (d *dumper) text(v string) string {
	if d.most > 0 && len(v) > shortest {
		return fmt.Sprintf("%s…(%d bytes)", plain(v[:shortest]), len(v))
	}
	return plain(v)
}
