package served

import (
	"context"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/redistest"
)

// Shards are the servers below a channel layer, started when they are asked
// for. They implement layertest.Server.
type Shards struct {
	tb   conformance.TB
	opts []redistest.Option
	all  []*redistest.Server
	past []*redis.Client // past the faults of each
}

// NewShards are servers that opts choose, which end with tb.
func NewShards(tb conformance.TB, opts ...redistest.Option) *Shards {
	return &Shards{tb: tb, opts: opts}
}

// At is the i-th of them.
func (s *Shards) At(i int) *redistest.Server {
	for len(s.all) <= i {
		s.all = append(s.all, redistest.Start(s.tb, s.opts...))
	}
	return s.all[i]
}

// URLs are the addresses of the first n, as [URL] has them.
func (s *Shards) URLs(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = URL(s.At(i))
	}
	return all
}

// Do implements layertest.Server.
func (s *Shards) Do(ctx context.Context, shard int, command ...string) (any, error) {
	v, err := Under(s.At(shard)).Do(ctx, command...)
	if score, is := v.(float64); is { // as RESP3 has it
		v = strconv.FormatFloat(score, 'f', -1, 64)
	}
	return v, err
}

// Listeners are how many connections listen to a name on the first n servers.
// They are asked past all faults and traces.
func (s *Shards) Listeners(ctx context.Context, n int, name string) (int, error) {
	sum := 0
	for i := range n {
		if len(s.past) <= i {
			opts, err := redis.ParseURL(s.At(i).URL())
			if err != nil {
				return 0, err
			}
			client := redis.NewClient(opts)
			s.tb.Cleanup(func() { _ = client.Close() }) // the server is going anyway
			s.past = append(s.past, client)
		}
		count, err := s.past[i].PubSubNumSub(ctx, name).Result()
		if err != nil {
			return 0, err
		}
		sum += int(count[name])
	}
	return sum, nil
}

// Subscribe implements layertest.Server.
func (s *Shards) Subscribe(ctx context.Context, names ...string) (layertest.Subscription, error) {
	sub := s.At(0).Client().Subscribe(ctx, names...)
	for range names {
		if _, err := sub.Receive(ctx); err != nil {
			_ = sub.Close() // the first error tells more
			return nil, err
		}
	}
	return heard{sub}, nil
}

type heard struct{ *redis.PubSub }

// Next implements layertest.Subscription.
func (h heard) Next(ctx context.Context) (channel, payload string, err error) {
	m, err := h.ReceiveMessage(ctx)
	if err != nil {
		return "", "", err
	}
	return m.Channel, m.Payload, nil
}
