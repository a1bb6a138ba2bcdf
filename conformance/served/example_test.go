package served_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/pickle"
)

// ourCache is a cache of pickled values on Redis, behind the port.
type ourCache struct{ client *redis.Client }

func (c ourCache) Get(ctx context.Context, key string) (any, bool, error) {
	text, err := c.client.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, unavailable(ctx, err)
	}
	v, err := pickle.Unmarshal(text)
	if err != nil {
		return nil, false, errors.Join(cachetest.ErrDeserialize, err)
	}
	return v, true, nil
}

func (c ourCache) Set(ctx context.Context, key string, value any, timeout cachetest.Timeout) error {
	text, err := pickle.Marshal(value)
	if err != nil {
		return errors.Join(cachetest.ErrSerialize, err)
	}
	var lifetime time.Duration // 0 is none, for go-redis
	switch timeout.Kind {
	case cachetest.Standard:
		lifetime = 5 * time.Minute
	case cachetest.Lasting:
		if lifetime = timeout.D; lifetime <= 0 {
			_, err := c.Delete(ctx, key)
			return err
		}
	}
	return unavailable(ctx, c.client.Set(ctx, key, text, lifetime).Err())
}

func (c ourCache) Delete(ctx context.Context, key string) (bool, error) {
	n, err := c.client.Del(ctx, key).Result()
	return n == 1, unavailable(ctx, err)
}

// unavailable is the kind of every failure but the end of the caller's context.
func unavailable(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	return errors.Join(cachetest.ErrUnavailable, err)
}

// ourSubject gives every requirement a server of its own, whose clock, faults
// and trace decide what the cache alone cannot show.
func ourSubject() cachetest.Subject {
	return cachetest.Subject{
		Name: "our cache",
		New: func(tb conformance.TB) cachetest.Cache {
			srv := redistest.Start(tb)
			tb.Equip(served.Equipment(srv))
			opts := srv.Options()
			opts.MaxRetries = -1 // a lost reply must not count twice
			client := redis.NewClient(opts)
			tb.Cleanup(func() { _ = client.Close() }) // the server is going anyway
			return ourCache{client}
		},
		Claims: []conformance.Capability{cachetest.SubSecond, cachetest.AnyKey, cachetest.AnyFloat, cachetest.Bytes},
	}
}

// A cache on Redis is judged with all that its server offers; in a test,
// cachetest.Test(t, ourSubject()) does it in a subtest per requirement.
func Example() {
	report := cachetest.Check(context.Background(), ourSubject())
	fmt.Println(report.Err())
	for _, r := range report.Results {
		if r.ID == "CACHE-FLT-001" || r.ID == "CACHE-RTT-001" {
			fmt.Println(r.ID, r.Status, r.Says)
		}
	}
	// Output:
	// <nil>
	// CACHE-RTT-001 pass A get, a set and a delete MUST take one round trip each.
	// CACHE-FLT-001 pass While its server cannot be reached every call MUST fail as unavailable: a get is no miss.
}
