package subjects

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
)

// RedisWithReplica is cache.Redis that writes to one server and reads from
// another, which follows when it is told to.
func RedisWithReplica(engine string, opts ...redistest.Option) cachetest.Subject {
	return cachetest.Subject{
		Name:   "Redis with a replica on " + engine,
		Claims: redisClaims(),
		New: func(tb conformance.TB) cachetest.Cache {
			primary, replica := redistest.Start(tb, opts...), redistest.Start(tb, opts...)
			clients := make([]*redis.Client, 2)
			for i, srv := range []*redistest.Server{primary, replica} {
				clients[i] = redis.NewClient(cacheOptions(srv))
				tb.Cleanup(func() { _ = clients[i].Close() }) // the server is going anyway
			}
			a, err := newRedis(clients[0], clients[1])
			if err != nil {
				tb.Fatalf("open the cache: %v", err)
			}
			a.CatchUp = func(ctx context.Context) error { return copyTexts(ctx, primary.Client(), replica.Client()) }
			return a
		},
	}
}

// copyTexts makes to hold the texts that from holds.
func copyTexts(ctx context.Context, from, to *redis.Client) error {
	if err := to.FlushDB(ctx).Err(); err != nil {
		return err
	}
	keys, err := from.Keys(ctx, "*").Result()
	for _, key := range keys {
		text, getting := from.Get(ctx, key).Result()
		left, asking := from.PTTL(ctx, key).Result()
		err = errors.Join(err, getting, asking, to.Set(ctx, key, text, max(left, 0)).Err())
	}
	return err
}

// ReplicaRules are the requirements that a lagging replica can decide; the others
// take its lag for a loss.
func ReplicaRules(id conformance.ID) bool {
	switch id {
	case "CACHE-TOP-006", "CACHE-TOP-007", "CACHE-TOP-008", "CACHE-TOP-009", "CACHE-TOP-010":
		return true
	}
	return false
}

// RedisOnCluster is cache.Redis on c, which is emptied for each instance.
func RedisOnCluster(c *redistest.ClusterServer) cachetest.Subject {
	s := shared("Redis Cluster", c.Client(), served.Promoting(c.Faults(), func(ctx context.Context) error {
		return c.Failover(ctx, 0)
	}), func() redis.UniversalClient {
		o := c.Options()
		o.MaxRetries = -1
		return redis.NewClusterClient(o)
	})
	s.Claims = slices.DeleteFunc(s.Claims, func(c conformance.Capability) bool {
		return c == cachetest.AtomicMany // no transaction spans the nodes
	})
	return s
}

// RedisOnSentinel is cache.Redis on the master that s watches, which is emptied
// for each instance.
func RedisOnSentinel(s *redistest.SentinelServer) cachetest.Subject {
	return onSentinel(s, func() redis.UniversalClient {
		o := s.Options()
		o.MaxRetries = -1
		return redis.NewFailoverClient(o)
	})
}

// RedisOnFirstMaster is RedisOnSentinel with a bug: it asks the sentinels once.
// It shows that rules on failover can fail.
func RedisOnFirstMaster(s *redistest.SentinelServer) cachetest.Subject {
	return onSentinel(s, func() redis.UniversalClient {
		addr, err := s.Master(context.Background())
		if err != nil {
			addr = "127.0.0.1:1" // where nobody is: every call fails and says so
		}
		return redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	})
}

func onSentinel(s *redistest.SentinelServer, connect func() redis.UniversalClient) cachetest.Subject {
	return shared("Redis Sentinel", s.Client(), served.Watched(s), connect)
}

// shared is a subject on servers that outlive its instances.
func shared(name string, direct redis.UniversalClient, faults conformance.Faults, connect func() redis.UniversalClient) cachetest.Subject {
	// What it starts belongs to the servers, not to the first instance.
	_ = direct.Ping(context.Background()).Err() // one that is gone shows in New
	return cachetest.Subject{
		Name:     name,
		Claims:   redisClaims(),
		Profiles: []conformance.Profile{conformance.Strict},
		New: func(tb conformance.TB) cachetest.Cache {
			if err := empty(tb.Context(), direct); err != nil {
				tb.Fatalf("empty the servers: %v", err)
			}
			tb.Equip(conformance.Equipment{Clock: warp{direct}, Faults: faults})
			client := connect()
			tb.Cleanup(func() { faults.Heal(); _ = client.Close() }) // the data go anyway
			a, err := newRedis(client)
			if err != nil {
				tb.Fatalf("open the cache: %v", err)
			}
			a.Lose = losing(direct)
			return a
		},
	}
}

// masters calls f with a client of each master.
func masters(ctx context.Context, client redis.UniversalClient, f func(context.Context, *redis.Client) error) error {
	switch c := client.(type) {
	case *redis.ClusterClient:
		return c.ForEachMaster(ctx, f)
	case *redis.Client:
		return f(ctx, c)
	}
	return fmt.Errorf("reach the masters of a %T: %w", client, errors.ErrUnsupported)
}

func empty(ctx context.Context, client redis.UniversalClient) error {
	return masters(ctx, client, func(ctx context.Context, node *redis.Client) error { return node.FlushAll(ctx).Err() })
}

// warp is a clock of real servers: it brings every expiry nearer.
type warp struct{ client redis.UniversalClient }

// Advance implements conformance.Clock.
func (w warp) Advance(ctx context.Context, d time.Duration) error {
	return masters(ctx, w.client, func(ctx context.Context, node *redis.Client) error {
		keys, err := node.Keys(ctx, "*").Result()
		for _, key := range keys {
			left, asking := node.PTTL(ctx, key).Result()
			if err = errors.Join(err, asking); err == nil && left >= 0 { // below zero there is no expiry, or no key
				err = node.PExpire(ctx, key, left-d).Err()
			}
		}
		return err
	})
}

// Grain implements conformance.Clock: as that of redistest on a real server.
func (w warp) Grain() time.Duration { return 250 * time.Millisecond }

// Blocking implements conformance.Clock.
func (w warp) Blocking() bool { return false }
