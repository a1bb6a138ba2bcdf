package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	rediscache "github.com/go-redis/cache/v9"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/cache"
)

// open is the cache that applications hold: behind the interface.
func open(client redis.UniversalClient, serializer string) cache.Cache {
	s, err := cache.NewSerializer(serializer, 0)
	check(err)
	return cache.NewRedis(client, cache.RedisOptions{Serializer: s})
}

// entryRows compare get and set of 1 KiB with the raw client, each with the
// serializers on the way.
func entryRows(ctx context.Context, url string) []row {
	client := connect(url)
	defer client.Close()
	const key, stored = "bench:key", ":1:bench:key"
	value := bytes.Repeat([]byte("redis cache bytes, "), 54)[:1024]
	text := string(value)
	var rows []row
	for _, goroutines := range []int{1, 64} {
		get := []contender{{"go-redis Get", func(_, n int) {
			for range n {
				_, err := client.Get(ctx, stored).Bytes()
				check(err)
			}
		}}}
		set := []contender{{"go-redis Set", func(_, n int) {
			for range n {
				check(client.Set(ctx, stored, value, 5*time.Minute).Err())
			}
		}}}
		for _, serializer := range []string{"raw", "pickle", "msgpack", "json"} {
			c := open(client, serializer)
			var v any = value
			if serializer == "json" {
				v = text // JSON has no bytes
			}
			own := "bench:" + serializer
			check(c.Set(ctx, own, v))
			get = append(get, contender{serializer, func(_, n int) {
				for range n {
					_, err := c.Get(ctx, own)
					check(err)
				}
			}})
			set = append(set, contender{serializer, func(_, n int) {
				for range n {
					check(c.Set(ctx, own, v))
				}
			}})
		}
		check(client.Set(ctx, stored, value, 0).Err())
		rows = append(rows,
			row{"get 1 KiB", goroutines, "raw go-redis Get", 1.08, compare(goroutines, get...)},
			row{"set 1 KiB", goroutines, "raw go-redis Set", 1.08, compare(goroutines, set...)})
	}
	return rows
}

// manyRows compare 100 entries in one call with a raw MGET and pipeline.
func manyRows(ctx context.Context, url string) []row {
	client := connect(url)
	defer client.Close()
	c := open(client, "raw")
	const count = 100
	value := make([]byte, 1024)
	keys, stored := make([]string, count), make([]string, count)
	values := make(map[string]any, count)
	for i := range keys {
		keys[i] = fmt.Sprint("many:", i)
		stored[i] = ":1:" + keys[i]
		values[keys[i]] = value
	}
	check(c.SetMany(ctx, values))
	return []row{
		{"get_many of 100", 1, "raw MGET", 1.15, compare(1,
			contender{"go-redis MGet", func(_, n int) {
				for range n {
					got, err := client.MGet(ctx, stored...).Result()
					check(err)
					sure(len(got) == count)
				}
			}},
			contender{"GetMany", func(_, n int) {
				for range n {
					got, err := c.GetMany(ctx, keys)
					check(err)
					sure(len(got) == count)
				}
			}})},
		{"set_many of 100", 1, "raw pipeline of SET", 1.15, compare(1,
			contender{"go-redis Pipeline", func(_, n int) {
				for range n {
					pipe := client.Pipeline()
					for _, key := range stored {
						pipe.Set(ctx, key, value, 5*time.Minute)
					}
					_, err := pipe.Exec(ctx)
					check(err)
				}
			}},
			contender{"go-redis TxPipeline", func(_, n int) {
				for range n {
					pipe := client.TxPipeline()
					for _, key := range stored {
						pipe.Set(ctx, key, value, 5*time.Minute)
					}
					_, err := pipe.Exec(ctx)
					check(err)
				}
			}},
			contender{"SetMany", func(_, n int) {
				for range n {
					check(c.SetMany(ctx, values))
				}
			}})},
	}
}

// hotRows compare reads of 64 hot keys by 64 goroutines with go-redis/cache,
// its local cache switched off: bytes, and a small map through MessagePack.
func hotRows(ctx context.Context, url string) []row {
	client := connect(url)
	defer client.Close()
	const count = 64
	theirs := rediscache.New(&rediscache.Options{Redis: client})
	raw, packed := open(client, "raw"), open(client, "msgpack")
	value := make([]byte, 1024)
	small := map[string]any{"id": int64(42), "name": "Ann", "roles": []any{"admin", "staff"}, "score": 1.5}
	keys := make([]string, count)
	for i := range keys {
		keys[i] = fmt.Sprint("hot:", i)
		check(raw.Set(ctx, keys[i], value))
		check(packed.Set(ctx, keys[i], small, cache.Version(2)))
		check(theirs.Set(&rediscache.Item{Ctx: ctx, Key: "their:" + keys[i], Value: value, TTL: 5 * time.Minute}))
		check(theirs.Set(&rediscache.Item{Ctx: ctx, Key: "their:small:" + keys[i], Value: small, TTL: 5 * time.Minute}))
	}
	return []row{
		{"get of 64 hot keys, 1 KiB", 64, "go-redis/cache v9", 1.0, compare(64,
			contender{"go-redis/cache", func(w, n int) {
				for i := range n {
					var got []byte
					check(theirs.Get(ctx, "their:"+keys[(i+w)%count], &got))
				}
			}},
			contender{"Get", func(w, n int) {
				for i := range n {
					_, err := raw.Get(ctx, keys[(i+w)%count])
					check(err)
				}
			}})},
		{"get of 64 hot keys, map", 64, "go-redis/cache v9", 1.0, compare(64,
			contender{"go-redis/cache", func(w, n int) {
				for i := range n {
					var got map[string]any
					check(theirs.Get(ctx, "their:small:"+keys[(i+w)%count], &got))
				}
			}},
			contender{"Get", func(w, n int) {
				for i := range n {
					_, err := packed.Get(ctx, keys[(i+w)%count], cache.Version(2))
					check(err)
				}
			}})},
	}
}
