package devenv

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/cache"
)

// CacheAliases are Aliases as [cache.Open] takes them, with the TLS and sentinel
// settings of s: what an application's caches are made of, in one line,
//
//	caches, err := cache.Open(aliases)                   // or, in a test that needs no server,
//	caches, err := cache.Open(aliases, cache.InMemory()) // the same aliases in memory
//
// Aliases that differ by nothing that concerns connections share their pool.
// The error names every alias whose URL has an option that is not known, or
// whose certificates cannot be read; errors hold no password, the aliases do.
func (s *Settings) CacheAliases() (map[string]cache.Alias, error) {
	all, pools := map[string]cache.Alias{}, map[tlsConfig]*tls.Config{}
	var problems []error
	for _, a := range s.Aliases {
		to, err := s.cacheAlias(&a, pools)
		if err != nil {
			problems = append(problems, fmt.Errorf("cache alias %s: %s: %w", a.Name, a.URL, err))
			continue
		}
		all[a.Name] = to
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return all, nil
}

// cacheAlias is a of s. Pools hold one TLS configuration for all that are alike.
func (s *Settings) cacheAlias(a *Alias, pools map[tlsConfig]*tls.Config) (cache.Alias, error) {
	to := cache.Alias{
		KeyPrefix: a.KeyPrefix, Version: cache.Version(a.Version), Timeout: cache.Forever,
		Serializer: a.Serializer, Compressor: a.Compressor, IgnoreExceptions: a.IgnoreExceptions,
	}
	if a.Timeout != NoTimeout {
		to.Timeout = cache.For(a.Timeout)
	}
	p, o := a.URL.parts(), ClientOptions{TLS: s.TLS, Sentinel: s.Sentinel, Name: "redkit"}
	opts, err := p.clientOptions(o)
	if err != nil {
		return to, err
	}
	if p.tls {
		c, _ := p.readOptions(o) // clientOptions has read them
		if pools[c.tls] == nil {
			pools[c.tls] = opts.TLSConfig
		}
		to.TLS = pools[c.tls]
	}
	to.Username, to.Password = opts.Username, opts.Password
	to.DialTimeout, to.SocketTimeout, to.PoolTimeout = opts.DialTimeout, opts.ReadTimeout, opts.PoolTimeout
	to.PoolSize = opts.MaxActiveConns
	if a.MaxConnections > 0 {
		to.PoolSize = a.MaxConnections
	}
	switch p.kind {
	case kindSentinel:
		to.Sentinel = &cache.Sentinel{Addrs: p.addrs, Username: opts.SentinelUsername, Password: opts.SentinelPassword}
		to.Location = []string{location(p, opts, opts.MasterName)}
	case kindCluster:
		to.Cluster = true
		for _, node := range p.addrs {
			to.Location = append(to.Location, location(p, opts, node))
		}
	default:
		for _, addr := range slices.Concat(p.addrs, a.Replicas) {
			to.Location = append(to.Location, location(p, opts, addr))
		}
	}
	if len(a.Replicas) > 0 && p.kind != kindSingle {
		err = fmt.Errorf("%s: want them with a redis:// or rediss:// URL only: sentinels and clusters know their replicas", aliasVariableName(a.Name, "REPLICAS"))
	}
	return to, err
}

// location is the URL of a server of p without credentials and options of
// other clients.
func location(p *urlParts, opts *redis.UniversalOptions, addr string) string {
	query := url.Values{"client_name": {opts.ClientName}}
	if opts.Protocol != 0 {
		query.Set("protocol", strconv.Itoa(opts.Protocol))
	}
	u := url.URL{Scheme: "redis", Host: addr, Path: "/" + strconv.Itoa(p.db), RawQuery: query.Encode()}
	if p.tls {
		u.Scheme = "rediss"
	}
	if p.kind == kindSocket {
		query.Set("db", strconv.Itoa(p.db))
		u = url.URL{Scheme: "unix", Path: addr, RawQuery: query.Encode()}
	}
	return u.String()
}
