package cache

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// clients are the client for writes, and those for reads if they are others.
func (cs *Caches) clients(a Alias) ([]redis.UniversalClient, error) {
	var all []redis.UniversalClient
	var problems []error
	add := func(kind string, e endpoint, build func() redis.UniversalClient) {
		key := poolKey(kind, e, &a)
		if _, ok := cs.pools[key]; !ok {
			cs.pools[key] = build()
		}
		all = append(all, cs.pools[key])
	}
	parsed, replica := make([]endpoint, len(a.Location)), make([]bool, len(a.Location))
	for i, location := range a.Location {
		var err error
		if a.Sentinel != nil {
			location, replica[i], err = roleOf(location)
		}
		if err == nil {
			parsed[i], err = parseLocation(location, &a)
		}
		if err == nil && a.Sentinel != nil && i > 0 && !replica[i] {
			err = errors.New("the sentinels lead to the primary of Location[0]: want redis://service/db?is_master=0, for reads from its replicas, or nothing")
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("in Location[%d]: %w", i, err))
			continue
		}
		if a.PoolTimeout != 0 {
			parsed[i].PoolTimeout = a.PoolTimeout
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	switch {
	case a.Sentinel != nil:
		if len(a.Sentinel.Addrs) == 0 {
			return nil, errors.New("sentinel without Addrs: want host:port of each sentinel")
		}
		if a.Sentinel.ReadReplicas && !slices.Contains(replica, true) {
			parsed, replica = append(parsed, parsed[0]), append(replica, true)
		}
		for i, e := range parsed {
			kind, o := "sentinel", failover(&a, e.Options)
			if o.ReplicaOnly = replica[i]; replica[i] {
				kind = "sentinel replica"
			}
			add(kind, e, func() redis.UniversalClient { return redis.NewFailoverClient(o) })
		}
	case a.Cluster:
		add("cluster", parsed[0], func() redis.UniversalClient { return redis.NewClusterClient(clusterOptions(parsed)) })
	default:
		for _, e := range parsed {
			add("single", e, func() redis.UniversalClient { return redis.NewClient(e.Options) })
		}
	}
	return all, nil
}

// roleOf takes is_master, an option of django-redis' sentinels, out of the
// query of a location.
func roleOf(location string) (rest string, replica bool, err error) {
	u, err := url.Parse(location)
	if err != nil {
		return location, false, nil // parseLocation words it
	}
	query := u.Query()
	switch role := query.Get("is_master"); role {
	case "0", "false", "False":
		replica = true
	case "", "1", "true", "True":
	default:
		return "", false, fmt.Errorf("%s: option is_master=%s: want 1 or 0", u.Redacted(), role)
	}
	query.Del("is_master")
	u.RawQuery = query.Encode()
	return u.String(), replica, nil
}

// poolKey names everything by which two pools could differ.
func poolKey(kind string, e endpoint, a *Alias) string {
	o := *e.Options
	o.TLSConfig, o.MaintNotificationsConfig = nil, nil // pointers: what is in them comes from ssl and a
	more := ""
	if a.Sentinel != nil {
		more = fmt.Sprintf("%+v", *a.Sentinel)
	}
	if a.Cluster {
		more += strings.Join(a.Location, " ")
	}
	return fmt.Sprintf("%s|%+v|%s|%p|%s", kind, o, e.ssl, a.TLS, more)
}

func failover(a *Alias, o *redis.Options) *redis.FailoverOptions {
	service, _, _ := strings.Cut(o.Addr, ":")
	return &redis.FailoverOptions{
		MasterName: service, SentinelAddrs: a.Sentinel.Addrs, SentinelUsername: a.Sentinel.Username, SentinelPassword: a.Sentinel.Password,
		ClientName: o.ClientName, Protocol: o.Protocol, Username: o.Username, Password: o.Password, DB: o.DB, MaxRetries: o.MaxRetries,
		DialTimeout: o.DialTimeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout, ContextTimeoutEnabled: true,
		DialerRetries: o.DialerRetries, PoolSize: o.PoolSize, PoolTimeout: o.PoolTimeout, TLSConfig: o.TLSConfig,
	}
}

func clusterOptions(all []endpoint) *redis.ClusterOptions {
	o := all[0]
	c := &redis.ClusterOptions{
		ClientName: o.ClientName, Protocol: o.Protocol, Username: o.Username, Password: o.Password, MaxRetries: o.MaxRetries,
		DialTimeout: o.DialTimeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout, ContextTimeoutEnabled: true,
		DialerRetries: o.DialerRetries, PoolSize: o.PoolSize, PoolTimeout: o.PoolTimeout, TLSConfig: o.TLSConfig, MaintNotificationsConfig: o.MaintNotificationsConfig,
	}
	// No node tells of one that has died, and go-redis by itself asks once a
	// minute: so long would writes to a dead primary's slots fail.
	c.ClusterStateReloadInterval = time.Second
	for _, node := range all {
		c.Addrs = append(c.Addrs, node.Addr)
	}
	return c
}

// quiet switches off the notifications of managed servers, for which the
// client would resolve the host name before it is needed.
func quiet() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}
