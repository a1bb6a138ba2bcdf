package devenv

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// askSentinels asks each sentinel whether they could agree on a failover.
func (e *Env) askSentinels(ctx context.Context) error {
	s := e.set.Sentinel
	if len(s.Addrs) == 0 || s.Master == "" {
		return nil
	}
	config, err := e.set.sentinelTLS()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	var errs []error
	for _, addr := range s.Addrs {
		client := redis.NewSentinelClient(&redis.Options{
			Addr: addr, Password: s.Password.Reveal(), TLSConfig: config, Protocol: 2, DisableIdentity: true, MaxRetries: -1, ContextTimeoutEnabled: true,
		})
		if err := client.CkQuorum(ctx, s.Master).Err(); err != nil {
			errs = append(errs, fmt.Errorf("the sentinel %s: %w", addr, err))
		}
		errs = append(errs, client.Close())
	}
	return errors.Join(errs...)
}

// sentinelTLS is how the sentinels are spoken to: as the URLs that name them
// say, nil without TLS.
func (s *Settings) sentinelTLS() (*tls.Config, error) {
	for _, u := range []URL{s.RedisURL, s.Celery.BrokerURL} {
		if parts := u.parts(); parts.kind == kindSentinel {
			o, err := parts.clientOptions(ClientOptions{TLS: s.TLS, Sentinel: s.Sentinel})
			if err != nil {
				return nil, err
			}
			return o.TLSConfig, nil
		}
	}
	return nil, nil
}
