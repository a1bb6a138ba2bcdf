package devenv

import (
	"context"
	"fmt"
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
	// Exact is true when every key was looked at: nothing below is estimated.
	Exact bool  `json:"exact"`
	Keys  int64 `json:"keys"`
	Bytes int64 `json:"bytes"` // by MEMORY USAGE
	// WithoutTTL is how many of Keys never expire.
	WithoutTTL int64   `json:"without_ttl"`
	MeanTTLS   float64 `json:"mean_ttl_s"` // of those that do
}

// Keys looks at so many keys of every cache alias's database, spread over it
// as SCAN finds them, and estimates the rest; 0 means every key. It reads
// nothing but names, times to live and sizes.
func (e *Env) Keys(ctx context.Context, sample int) ([]AliasKeys, error) {
	var all []AliasKeys
	for _, a := range e.set.Aliases {
		k, err := e.keysOf(ctx, a, int64(sample))
		if err != nil {
			return nil, fmt.Errorf("look at the keys of the cache %s: %w", a.Name, err)
		}
		all = append(all, k)
	}
	return all, nil
}

func (e *Env) keysOf(ctx context.Context, a Alias, sample int64) (AliasKeys, error) {
	k := AliasKeys{Alias: a.Name, DB: a.URL.DB(), Exact: true}
	client, err := e.set.Open(a.URL)
	if err != nil {
		return k, err
	}
	defer client.Close()
	if k.Database, err = client.DBSize(ctx).Result(); err != nil {
		return k, err
	}
	nodes, err := masters(ctx, client)
	if err != nil {
		return k, err
	}
	own := a.KeyPrefix + ":" + strconv.Itoa(a.Version) + ":" // as Django's make_key
	var expires int64
	var left time.Duration
	for n, node := range nodes {
		limit := (sample*int64(n+1) + int64(len(nodes)) - 1) / int64(len(nodes)) // an equal share each
		for cursor := uint64(0); ; {
			keys, next, err := node.Scan(ctx, cursor, "", 500).Result()
			if err != nil {
				return k, err
			}
			k.Sampled += int64(len(keys))
			var matched []string
			for _, key := range keys {
				if strings.HasPrefix(key, own) {
					matched = append(matched, key)
				}
			}
			m, err := measure(ctx, node, matched)
			if err != nil {
				return k, err
			}
			k.Matched, k.Bytes, k.WithoutTTL = k.Matched+m.keys, k.Bytes+m.bytes, k.WithoutTTL+m.forever
			expires, left = expires+m.keys-m.forever, left+m.left
			if cursor = next; cursor == 0 {
				break
			}
			if sample > 0 && k.Sampled >= limit {
				k.Exact = false
				break
			}
		}
	}
	if expires > 0 {
		k.MeanTTLS = (left / time.Duration(expires)).Seconds()
	}
	k.Keys = k.Matched
	if !k.Exact && k.Sampled > 0 {
		scale := float64(k.Database) / float64(k.Sampled)
		k.Keys, k.Bytes, k.WithoutTTL = int64(float64(k.Keys)*scale), int64(float64(k.Bytes)*scale), int64(float64(k.WithoutTTL)*scale)
	}
	return k, nil
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
