// Package goshop is the Go side of the shop in examples/django: it shares
// Django's caches, Celery's tasks and the channel layer, by the same variables
// that Django's settings are made of.
package goshop

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/reference/cache"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
	"github.com/redkit-dev/redkit/reference/channels"
)

// A Shop is everything that Go and Django share. It is safe for concurrent use.
type Shop struct {
	Caches *cache.Caches // by the names of Django's CACHES
	App    *celery.App
	Layer  channels.Layer // of the kind that CHANNEL_LAYERS_DEFAULT_BACKEND names

	clients map[string]redis.UniversalClient // of Celery and the layer, by URL
}

// Open connects the shop to what the settings name; devenv.Load reads them
// from the environment and .env. It sends nothing yet: a server that is away
// shows at the first use. Options are those of the caches: with cache.InMemory()
// a test of what only uses these needs no server. The caller closes the shop.
func Open(set *devenv.Settings, log *slog.Logger, opts ...cache.OpenOption) (*Shop, error) {
	s := &Shop{clients: map[string]redis.UniversalClient{}}
	err := errors.Join(s.openCaches(set, opts), s.openCelery(set, log), s.openLayer(set, log))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the shop: %w", err), s.Close())
	}
	return s, nil
}

// Close ends the connections; workers and receivers must have ended.
func (s *Shop) Close() error {
	var problems []error
	if s.Layer != nil {
		problems = append(problems, s.Layer.Close())
	}
	if s.Caches != nil {
		problems = append(problems, s.Caches.Close())
	}
	for _, c := range s.clients {
		problems = append(problems, c.Close())
	}
	return errors.Join(problems...)
}

func (s *Shop) client(set *devenv.Settings, u devenv.URL) (redis.UniversalClient, error) {
	if c, ok := s.clients[u.Reveal()]; ok {
		return c, nil
	}
	c, err := set.Open(u)
	if err == nil {
		s.clients[u.Reveal()] = c
	}
	return c, err
}

func (s *Shop) openCaches(set *devenv.Settings, opts []cache.OpenOption) error {
	aliases, err := set.CacheAliases()
	if err != nil {
		return err
	}
	s.Caches, err = cache.Open(aliases, opts...)
	return err
}

func (s *Shop) openCelery(set *devenv.Settings, log *slog.Logger) error {
	tasks, err := s.client(set, set.Celery.BrokerURL)
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	results, err := s.client(set, set.Celery.ResultBackend)
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	broker, err := kombu.New(tasks, kombu.Options{Prefix: set.Celery.GlobalKeyPrefix, VisibilityTimeout: set.Celery.VisibilityTimeout, Logger: log})
	if err != nil {
		return err
	}
	s.App, err = celery.New(celery.Settings{
		Broker: broker, Results: result.NewRedis(results, result.Options{Expires: set.Celery.ResultExpires}), Logger: log,
		Routes: []celery.Route{{Pattern: "goshop.*", Queue: Queue}}, TrackStarted: true,
	})
	if err != nil {
		return err
	}
	return s.handle()
}

func (s *Shop) openLayer(set *devenv.Settings, log *slog.Logger) error {
	universal, err := s.client(set, set.Channels.URL)
	if err != nil {
		return fmt.Errorf("channel layer: %w", err)
	}
	s.Layer, err = NewLayer(universal, set.Channels, log)
	return err
}

// NewLayer returns the channel layer of the settings on client, which stays
// the caller's to close.
func NewLayer(client redis.UniversalClient, set devenv.ChannelLayer, log *slog.Logger) (channels.Layer, error) {
	one, ok := client.(*redis.Client)
	if !ok {
		return nil, errors.New("channel layer: CHANNEL_LAYERS_DEFAULT_URL names a cluster, and channels_redis uses none: name a server or sentinels")
	}
	if set.Backend == devenv.LayerPubSub {
		return channels.NewPubSub([]*redis.Client{one}, channels.PubSubOptions{Prefix: set.Prefix, Logger: log})
	}
	return channels.NewRedis([]*redis.Client{one}, channels.Options{Prefix: set.Prefix, Logger: log})
}
