package devenv

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// AliasKeys is what one cache alias holds, by a sample of its database.
type AliasKeys struct {
	Alias string `json:"alias"`
	DB    int    `json:"db"`
	// Database is the number of keys in the database, which others may share.
	Database int64 `json:"database_keys"`
	Sampled  int64 `json:"sampled"` // keys looked at
	Matched  int64 `json:"matched"` // of these, the alias's
	// Measured is how many of these were asked for their size and time to live.
	Measured int64 `json:"measured"`
	// Exact is true when every key was looked at: nothing below is estimated.
	Exact bool  `json:"exact"`
	Keys  int64 `json:"keys"`
	Bytes int64 `json:"bytes"` // by MEMORY USAGE
	// WithoutTTL is how many of Keys never expire.
	WithoutTTL int64   `json:"without_ttl"`
	MeanTTLS   float64 `json:"mean_ttl_s"` // of those that do
}

// KeyOptions say how much is looked at. The zero value is everything.
type KeyOptions struct {
	Sample  int // keys of the database whose names are looked at; 0: all
	Measure int // keys of the alias that are asked for size and time to live; 0: all of the sample
}

// Keys looks at so many keys of every cache alias's database, spread over it
// as SCAN finds them, and estimates the rest; 0 means every key. It reads
// nothing but names, times to live and sizes.
func (e *Env) Keys(ctx context.Context, sample int) ([]AliasKeys, error) {
	var all []AliasKeys
	for _, a := range e.set.Aliases {
		k, err := e.keysOf(ctx, a, KeyOptions{Sample: sample})
		if err != nil {
			return nil, fmt.Errorf("look at the keys of the cache %s: %w", a.Name, err)
		}
		all = append(all, k)
	}
	return all, nil
}

func (e *Env) keysOf(ctx context.Context, a Alias, o KeyOptions) (AliasKeys, error) {
	client, err := e.set.Open(a.URL)
	if err != nil {
		return AliasKeys{}, err
	}
	defer client.Close()
	nodes, err := masters(ctx, client)
	if err != nil {
		return AliasKeys{}, err
	}
	return a.Keys(ctx, o, nodes...)
}

// Keys is Env.Keys for one alias, on clients of its database: one, or those of
// the masters of a cluster.
func (a Alias) Keys(ctx context.Context, o KeyOptions, nodes ...redis.UniversalClient) (AliasKeys, error) {
	k := AliasKeys{Alias: a.Name, DB: a.URL.DB(), Exact: true}
	share := func(n, part int) int64 { // of the first n+1 nodes
		return (int64(part)*int64(n+1) + int64(len(nodes)) - 1) / int64(len(nodes))
	}
	own := a.KeyPrefix + ":" + strconv.Itoa(a.Version) + ":" // as Django's make_key
	var total keyMeasure
	for n, node := range nodes {
		size, err := node.DBSize(ctx).Result()
		if err != nil {
			return k, err
		}
		k.Database += size
		for cursor := uint64(0); ; {
			keys, next, err := node.Scan(ctx, cursor, "", 500).Result()
			if err != nil {
				return k, err
			}
			k.Sampled += int64(len(keys))
			matched := slices.DeleteFunc(keys, func(key string) bool { return !strings.HasPrefix(key, own) })
			k.Matched += int64(len(matched))
			if o.Measure > 0 {
				left := max(0, share(n, o.Measure)-total.keys)
				matched = matched[:min(int64(len(matched)), left)]
			}
			m, err := measure(ctx, node, matched)
			if err != nil {
				return k, err
			}
			total.add(m)
			k.Matched -= int64(len(matched)) - m.keys // gone meanwhile
			if cursor = next; cursor == 0 {
				break
			}
			if o.Sample > 0 && k.Sampled >= share(n, o.Sample) {
				k.Exact = false
				break
			}
		}
	}
	k.estimate(total)
	return k, nil
}

// estimate completes k by what its measured keys told.
func (k *AliasKeys) estimate(m keyMeasure) {
	k.Measured, k.Keys = m.keys, k.Matched
	if !k.Exact && k.Sampled > 0 {
		k.Keys = int64(float64(k.Matched) * float64(k.Database) / float64(k.Sampled))
	}
	k.Exact = k.Exact && k.Measured == k.Matched
	if expires := m.keys - m.forever; expires > 0 {
		k.MeanTTLS = (m.left / time.Duration(expires)).Seconds()
	}
	if m.keys > 0 {
		scale := float64(k.Keys) / float64(m.keys)
		k.Bytes, k.WithoutTTL = int64(math.Round(float64(m.bytes)*scale)), int64(math.Round(float64(m.forever)*scale))
	}
}

// masters are the servers that hold the keys a client reaches.
func masters(ctx context.Context, client redis.UniversalClient) ([]redis.UniversalClient, error) {
	cluster, ok := client.(*redis.ClusterClient)
	if !ok {
		return []redis.UniversalClient{client}, nil
	}
	var mu sync.Mutex
	var nodes []redis.UniversalClient
	err := cluster.ForEachMaster(ctx, func(_ context.Context, node *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		nodes = append(nodes, node)
		return nil
	})
	return nodes, err
}

// keyMeasure adds up keys.
type keyMeasure struct {
	keys, bytes, forever int64
	left                 time.Duration // of those that expire, together
}

func (m *keyMeasure) add(more keyMeasure) {
	m.keys, m.bytes, m.forever, m.left = m.keys+more.keys, m.bytes+more.bytes, m.forever+more.forever, m.left+more.left
}

// measure leaves out keys that are gone since SCAN named them.
func measure(ctx context.Context, client redis.UniversalClient, keys []string) (keyMeasure, error) {
	var m keyMeasure
	if len(keys) == 0 {
		return m, nil
	}
	pipe := client.Pipeline()
	sizes, ttls := make([]*redis.IntCmd, len(keys)), make([]*redis.DurationCmd, len(keys))
	for n, key := range keys {
		sizes[n], ttls[n] = pipe.MemoryUsage(ctx, key), pipe.PTTL(ctx, key)
	}
	_, _ = pipe.Exec(ctx) // its first error may be a key that is gone
	for n := range keys {
		if err := sizes[n].Err(); err == redis.Nil {
			continue
		} else if err != nil {
			return m, err
		}
		if err := ttls[n].Err(); err != nil {
			return m, err
		}
		m.keys, m.bytes = m.keys+1, m.bytes+sizes[n].Val()
		if ttl := ttls[n].Val(); ttl < 0 {
			m.forever++
		} else {
			m.left += ttl
		}
	}
	return m, nil
}
