package served

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/redistest"
)

// Store is the database of srv, below any cache.
func Store(srv *redistest.Server) cachetest.Inspector { return rawStore{srv.Client()} }

// rawStore looks at a Redis database below any cache.
type rawStore struct{ client redis.UniversalClient }

// Stored implements cachetest.Inspector.
func (s rawStore) Stored(ctx context.Context, key string) (cachetest.Entry, error) {
	kind, err := s.client.Type(ctx, key).Result()
	if err != nil || kind == "none" {
		return cachetest.Entry{}, err
	}
	left, err := s.client.PTTL(ctx, key).Result()
	if err != nil {
		return cachetest.Entry{}, err
	}
	e := cachetest.Entry{Kind: kind, Left: cachetest.Forever(), Fields: map[string][]byte{}}
	if left >= 0 {
		e.Left = cachetest.For(left)
	}
	switch kind {
	case "string":
		e.Bytes, err = s.client.Get(ctx, key).Bytes()
	case "hash":
		var fields map[string]string
		fields, err = s.client.HGetAll(ctx, key).Result()
		for field, value := range fields {
			e.Fields[field] = []byte(value)
		}
	case "set":
		var members []string
		members, err = s.client.SMembers(ctx, key).Result()
		for _, m := range members {
			e.Fields[m] = nil
		}
	case "zset":
		var members []redis.Z
		members, err = s.client.ZRangeWithScores(ctx, key, 0, -1).Result()
		for _, m := range members {
			e.Fields[m.Member.(string)] = fmt.Append(nil, m.Score)
		}
	}
	return e, err
}

// StoreRaw implements cachetest.Inspector.
func (s rawStore) StoreRaw(ctx context.Context, key string, raw []byte) error {
	return s.client.Set(ctx, key, raw, 0).Err()
}

// StoredKeys implements cachetest.Inspector.
func (s rawStore) StoredKeys(ctx context.Context) ([]string, error) {
	return s.client.Keys(ctx, "*").Result()
}
