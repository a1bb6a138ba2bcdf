package served

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/redistest"
)

// Results is the database of srv, below any result backend.
func Results(srv *redistest.Server) resulttest.Inspector { return resultStore{srv.Client()} }

// resultStore looks at a Redis database below any result backend.
type resultStore struct{ client *redis.Client }

// Stored implements resulttest.Inspector.
func (s resultStore) Stored(ctx context.Context, key string) (resulttest.Entry, error) {
	kind, err := s.client.Type(ctx, key).Result()
	if err != nil || kind == "none" {
		return resulttest.Entry{}, err
	}
	e := resulttest.Entry{Kind: kind, Left: resulttest.Endless}
	left, err := s.client.PTTL(ctx, key).Result()
	if err != nil {
		return e, err
	}
	if left >= 0 {
		e.Left = left
	}
	switch kind {
	case "string":
		e.Text, err = s.client.Get(ctx, key).Result()
	case "list":
		e.Items, err = s.client.LRange(ctx, key, 0, -1).Result()
	case "zset":
		var members []redis.Z
		members, err = s.client.ZRangeWithScores(ctx, key, 0, -1).Result()
		e.Members = map[string]float64{}
		for _, m := range members {
			e.Members[m.Member.(string)] = m.Score
		}
	}
	return e, err
}

// StoreRaw implements resulttest.Inspector.
func (s resultStore) StoreRaw(ctx context.Context, key, text string) error {
	return s.client.Set(ctx, key, text, 0).Err()
}

// PushRaw implements resulttest.Inspector.
func (s resultStore) PushRaw(ctx context.Context, key, text string) error {
	return s.client.RPush(ctx, key, text).Err()
}

// StoredKeys implements resulttest.Inspector.
func (s resultStore) StoredKeys(ctx context.Context) ([]string, error) {
	return s.client.Keys(ctx, "*").Result()
}

// Heard implements resulttest.Inspector. What it publishes itself at the end
// comes after all that run published.
func (s resultStore) Heard(ctx context.Context, channel string, run func()) ([]string, error) {
	sub := s.client.Subscribe(ctx, channel)
	defer sub.Close()
	if _, err := sub.Receive(ctx); err != nil { // it is confirmed
		return nil, err
	}
	run()
	const end = "the end of what is heard"
	if err := s.client.Publish(ctx, channel, end).Err(); err != nil {
		return nil, err
	}
	var heard []string
	for {
		m, err := sub.ReceiveMessage(ctx)
		if err != nil || m.Payload == end {
			return heard, err
		}
		heard = append(heard, m.Payload)
	}
}

// Listeners implements resulttest.Inspector.
func (s resultStore) Listeners(ctx context.Context, channel string) (int, error) {
	n, err := s.client.PubSubNumSub(ctx, channel).Result()
	return int(n[channel]), err
}
