package redistest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// cuttings are what data writes into an empty database, ready to be planted
// below a prefix.
type cuttings struct{ made byHash[[]cutting] }

// A cutting is one key: its value as DUMP gives it, or the entries of a stream.
type cutting struct {
	key     string
	ttl     time.Duration // negative for none
	payload string
	stream  *streamCutting
}

type streamCutting struct {
	entries []streamEntry
	last    string // the id that the next one must exceed
	groups  []redis.XInfoGroup
}

// plant writes data below a prefix.
func (c *cuttings) plant(ctx context.Context, client *redis.Client, prefix string, data Data) error {
	all, err := c.made.get(data, takeCuttings)
	if err != nil {
		return fmt.Errorf("below a prefix: %w", err)
	}
	for some := range slices.Chunk(all, 500) {
		if _, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, one := range some {
				one.plant(ctx, p, prefix+one.key)
			}
			return nil
		}); err != nil {
			return fmt.Errorf("copy below the prefix: %w", err)
		}
	}
	return nil
}

func (c *cutting) plant(ctx context.Context, p redis.Pipeliner, key string) {
	if c.stream == nil {
		p.Restore(ctx, key, max(c.ttl, 0), c.payload)
		return
	}
	for _, e := range c.stream.entries {
		p.XAdd(ctx, &redis.XAddArgs{Stream: key, ID: e.id, Values: e.fields})
	}
	if len(c.stream.entries)+len(c.stream.groups) == 0 { // what was in it is deleted
		p.XAdd(ctx, &redis.XAddArgs{Stream: key, ID: c.stream.last, Values: []string{"", ""}})
		p.XDel(ctx, key, c.stream.last)
	}
	for _, g := range c.stream.groups {
		p.XGroupCreateMkStream(ctx, key, g.Name, g.LastDeliveredID)
	}
	p.Do(ctx, "xsetid", key, c.stream.last)
	if c.ttl >= 0 {
		p.PExpire(ctx, key, c.ttl)
	}
}

// takeCuttings applies data to a fake in memory, and returns its keys.
func takeCuttings(ctx context.Context, data Data) (all []cutting, err error) {
	f, err := bootFake(Config{}, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Stop(ctx) }() // nothing is left to lose
	end := Endpoint{Network: "tcp", Addr: "127.0.0.1:6379", Dial: f.dial}
	client := redis.NewClient(end.options(end.Dial))
	defer client.Close()
	if err := data.Apply(ctx, client); err != nil {
		return nil, err
	}
	keys, err := (&dumper{}).scan(ctx, client)
	if err != nil {
		return nil, err
	}
	return all, describe(ctx, client, keys, func(key, kind string, ttl time.Duration) error {
		one := cutting{key: key, ttl: ttl}
		if kind == "stream" {
			one.stream, err = cutStream(ctx, client, key)
		} else {
			one.payload, err = client.Dump(ctx, key).Result()
		}
		if err != nil {
			return fmt.Errorf("%s %q: %w", kind, key, err)
		}
		all = append(all, one)
		return nil
	})
}

func cutStream(ctx context.Context, client *redis.Client, key string) (*streamCutting, error) {
	entries, err := rawEntries(ctx, client, key, 0)
	if err != nil {
		return nil, err
	}
	info, err := client.XInfoStream(ctx, key).Result()
	if err != nil {
		return nil, err
	}
	groups, err := client.XInfoGroups(ctx, key).Result()
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if g.Pending > 0 {
			return nil, fmt.Errorf("%d entries of group %q wait to be acknowledged, which cannot be copied", g.Pending, g.Name)
		}
	}
	return &streamCutting{entries, info.LastGeneratedID, groups}, nil
}
