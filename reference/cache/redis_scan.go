package cache

import (
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"
)

// nodes lists the servers that together hold all keys of client.
func nodes(ctx context.Context, client redis.UniversalClient) ([]redis.UniversalClient, error) {
	var mu sync.Mutex
	var all []redis.UniversalClient
	collect := func(_ context.Context, node *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, node)
		return nil
	}
	switch c := client.(type) {
	case *redis.ClusterClient:
		err := c.ForEachMaster(ctx, collect)
		return all, err
	case *redis.Ring:
		err := c.ForEachShard(ctx, collect)
		return all, err
	}
	return []redis.UniversalClient{client}, nil
}

// scan walks the stored keys of a glob on client, page by page and node by node.
func scan(ctx context.Context, client redis.UniversalClient, pattern string, count int64, page func(node redis.UniversalClient, keys []string) (more bool, err error)) error {
	all, err := nodes(ctx, client)
	if err != nil {
		return err
	}
	for _, node := range all {
		for cursor := uint64(0); ; {
			var keys []string
			if keys, cursor, err = node.Scan(ctx, cursor, pattern, count).Result(); err != nil {
				return err
			}
			if more, err := page(node, keys); err != nil || !more {
				return err
			}
			if cursor == 0 {
				break
			}
		}
	}
	return nil
}

// Keys implements Scanner. It uses SCAN where django-redis uses KEYS, which
// blocks the server.
func (r *Redis) Keys(ctx context.Context, pattern string, opts ...Option) ([]string, error) {
	seen := make(map[string]bool)
	keys := []string{}
	for key, err := range r.iterate(ctx, "keys", pattern, opts) {
		if err != nil {
			return nil, err
		}
		if !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// IterKeys implements Scanner.
func (r *Redis) IterKeys(ctx context.Context, pattern string, opts ...Option) iter.Seq2[string, error] {
	return r.iterate(ctx, "iter_keys", pattern, opts)
}

func (r *Redis) iterate(ctx context.Context, op, pattern string, opts []Option) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := stop(ctx, op, pattern); err != nil {
			yield("", err)
			return
		}
		c := parse(opts)
		err := scan(ctx, r.reader(), r.keys.pattern(pattern, &c), c.scanCount(), func(_ redis.UniversalClient, stored []string) (bool, error) {
			for _, s := range stored {
				key, ok, err := r.keys.unstored(s, &c)
				if err != nil {
					return false, fail(op, pattern, nil, err)
				}
				if ok && !yield(key, nil) {
					return false, nil
				}
			}
			return true, nil
		})
		if err != nil {
			yield("", failure(ctx, op, pattern, err))
		}
	}
}

// DeletePattern implements Scanner. It deletes page by page, so that a big
// pattern does not block the server; what is written meanwhile may stay.
func (r *Redis) DeletePattern(ctx context.Context, pattern string, opts ...Option) (int, error) {
	const op = "delete_pattern"
	if err := stop(ctx, op, pattern); err != nil {
		return 0, err
	}
	c := parse(opts)
	total := 0
	err := scan(ctx, r.primary, r.keys.pattern(pattern, &c), c.scanCount(), func(node redis.UniversalClient, stored []string) (bool, error) {
		n, err := r.remove(ctx, node, stored)
		total += n
		return true, err
	})
	return total, failure(ctx, op, pattern, err)
}

// Clear implements Clearer: FLUSHDB on every server.
func (r *Redis) Clear(ctx context.Context) error {
	if err := stop(ctx, "clear", ""); err != nil {
		return err
	}
	all, err := nodes(ctx, r.primary)
	for _, node := range all {
		if err == nil {
			err = node.FlushDB(ctx).Err()
		}
	}
	return failure(ctx, "clear", "", err)
}

// ClearPrefix implements Clearer. A value that the raw serializer wrote as 32
// hexadecimal digits cannot be told from a lock, and stays.
func (r *Redis) ClearPrefix(ctx context.Context) (int, error) {
	const op = "clear_prefix"
	if err := stop(ctx, op, ""); err != nil {
		return 0, err
	}
	pattern := DefaultKey("*", EscapePattern(r.keys.prefix), "*")
	if r.keys.custom != nil {
		pattern = r.keys.custom("*", EscapePattern(r.keys.prefix), "*")
	}
	total := 0
	err := scan(ctx, r.primary, pattern, 1000, func(node redis.UniversalClient, stored []string) (bool, error) {
		if r.keys.custom == nil {
			stored = slices.DeleteFunc(stored, func(key string) bool { return !r.keys.owned(key) })
		}
		n, err := r.sweep(ctx, node, stored)
		total += n
		return true, err
	})
	return total, failure(ctx, op, "", err)
}

// sweep deletes entries of one node that are no locks.
func (r *Redis) sweep(ctx context.Context, node redis.UniversalClient, stored []string) (int, error) {
	if len(stored) == 0 {
		return 0, nil
	}
	groups := [][]string{stored}
	if r.clustered() {
		groups = groups[:0]
		for _, group := range bySlot(stored) {
			groups = append(groups, pick(stored, group))
		}
	}
	total := 0
	for _, group := range groups {
		n, err := clearScript.Run(ctx, onceScripter{node}, group).Int()
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}
