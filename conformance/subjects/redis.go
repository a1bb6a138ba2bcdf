package subjects

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
)

// Redis is cache.Redis on the engine that opts choose, each instance in a
// clean database of its own.
func Redis(engine string, opts ...redistest.Option) cachetest.Subject {
	return onServer(engine, served.Faults, opts)
}

// RedisAlone is Redis with a server of its own for each instance, which can be
// restarted and put under memory pressure.
func RedisAlone(engine string, opts ...redistest.Option) cachetest.Subject {
	alone := append(opts[:len(opts):len(opts)], redistest.Exclusive())
	return onServer(engine, served.Pressing, alone)
}

func onServer(engine string, faults func(*redistest.Server) conformance.Faults, opts []redistest.Option) cachetest.Subject {
	return cachetest.Subject{
		Name:     "Redis on " + engine,
		Claims:   redisClaims(),
		Profiles: []conformance.Profile{conformance.Wire, conformance.Strict},
		New: func(tb conformance.TB) cachetest.Cache {
			srv := redistest.Start(tb, opts...)
			e := served.Equipment(srv)
			e.Faults = faults(srv)
			tb.Equip(e)
			client := redis.NewClient(cacheOptions(srv))
			tb.Cleanup(func() { _ = client.Close() }) // the server is going anyway
			a, err := newRedis(client)
			if err != nil {
				tb.Fatalf("open the cache: %v", err)
			}
			a.Store = served.Store(srv)
			a.Lose = losing(srv.Client())
			return a
		},
	}
}

// cacheOptions are those of a cache: it does not repeat commands, as a lost
// reply must not count twice.
func cacheOptions(srv *redistest.Server) *redis.Options {
	o := srv.Options()
	o.MaxRetries = -1
	return o
}

func redisClaims() []conformance.Capability {
	return []conformance.Capability{
		cachetest.SubSecond, cachetest.CountsDeletes, cachetest.AnyKey, cachetest.AnyFloat, cachetest.Bytes,
		cachetest.Serializers, cachetest.IgnoresErrors, cachetest.SingleFlight, cachetest.AtomicMany,
	}
}

// losing removes what is kept under a key in Django's layout.
func losing(client redis.UniversalClient) func(context.Context, string) error {
	return func(ctx context.Context, key string) error {
		return client.Del(ctx, cache.DefaultKey(key, "", "1")).Err()
	}
}

func newRedis(client redis.UniversalClient, replicas ...redis.UniversalClient) (*Adapter, error) {
	build := func(_ context.Context, a cachetest.Alias) (cache.Cache, error) {
		version, err := versionOf(a)
		if err != nil {
			return nil, err
		}
		serializer, err := cache.NewSerializer(a.Serializer, a.PickleVersion)
		if err != nil {
			return nil, err
		}
		compressor, err := cache.NewCompressor(a.Compressor, 0)
		if err != nil {
			return nil, err
		}
		return ignoring(a, cache.NewRedis(client, cache.RedisOptions{
			Timeout: aliasTimeout(a), KeyPrefix: a.Prefix, Version: version,
			KeyFunction: a.KeyFunction, KeyPolicy: policyOf(a), Serializer: serializer, Compressor: compressor,
			Replicas: replicas,
		})), nil
	}
	c, err := build(context.Background(), cachetest.Alias{})
	return &Adapter{Cache: c, Alias: build}, err
}

// ignoring wraps c if the alias ignores exceptions.
func ignoring(a cachetest.Alias, c cache.Cache) cache.Cache {
	if a.IgnoreExceptions {
		return cache.NewIgnoring(c, nil)
	}
	return c
}
