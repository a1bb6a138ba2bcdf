package devenv

import (
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/fixtures"
)

// FixtureTargets returns where fixtures go: the application's cache aliases,
// its queues, results and channel layer. Clients connect at the first command;
// closeAll closes all of them and must be called once.
func (s *Settings) FixtureTargets() (t fixtures.Targets, closeAll func() error, err error) {
	clients := map[string]redis.UniversalClient{}
	closeAll = func() error {
		var problems []error
		for _, c := range clients {
			problems = append(problems, c.Close())
		}
		return errors.Join(problems...)
	}
	open := func(what string, u URL) redis.UniversalClient {
		if u.IsZero() {
			return nil
		}
		if c, ok := clients[u.Reveal()]; ok {
			return c
		}
		c, openErr := s.Open(u)
		if openErr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", what, openErr))
			return nil
		}
		clients[u.Reveal()] = c
		return c
	}
	t.Caches = map[string]fixtures.Cache{}
	for _, a := range s.Aliases {
		t.Caches[a.Name] = fixtures.Cache{
			Client: open("cache alias "+a.Name, a.URL), KeyPrefix: a.KeyPrefix, Version: a.Version, Timeout: fixtureTimeout(a.Timeout),
		}
	}
	t.Broker = fixtures.Queue{Client: open("CELERY_BROKER_URL", s.Celery.BrokerURL), Prefix: s.Celery.GlobalKeyPrefix}
	t.Results = open("CELERY_RESULT_BACKEND", s.Celery.ResultBackend)
	t.Channels = fixtures.Layer{Client: open("CHANNEL_LAYERS_DEFAULT_URL", s.Channels.URL), Prefix: s.Channels.Prefix}
	if err != nil {
		return fixtures.Targets{}, func() error { return nil }, errors.Join(err, closeAll())
	}
	return t, closeAll, nil
}

// fixtureTimeout: an alias whose entries are gone at once keeps those of a
// fixture for as long as Django would by default.
func fixtureTimeout(d time.Duration) time.Duration {
	if d == NoTimeout {
		return fixtures.Never
	}
	return d
}
