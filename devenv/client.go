package devenv

import (
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// ClientOptions is what a URL itself does not say. The zero value is right
// for servers without TLS and sentinels without a password.
type ClientOptions struct {
	// TLS is for rediss:// URLs; options of the URL (ssl_ca_certs) win over it.
	TLS TLS
	// Sentinel gives the master's name to sentinel:// URLs that have none, and
	// the password of the sentinels.
	Sentinel Sentinel
	// Name is shown by CLIENT LIST, unless the URL has client_name. "": none.
	Name string

	bare bool // as few commands as possible: to connect, and again after an error
}

// OpenClient returns a client for a URL in one of the forms of URL, with the
// options that redis-py and kombu know. It does not connect: an unreachable
// server is seen by the first command. Its errors and those of the client hold
// no password. The caller closes the client, which is safe for concurrent use.
func OpenClient(rawURL string, o ClientOptions) (redis.UniversalClient, error) {
	u, err := ParseURL(rawURL)
	if err != nil {
		return nil, err
	}
	return u.open(o, u.DB())
}

func (u URL) open(o ClientOptions, db int) (redis.UniversalClient, error) {
	opts, err := u.parts().clientOptions(o)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", u, err)
	}
	opts.DB = db
	if o.bare {
		opts.Protocol, opts.DisableIdentity, opts.MaxRetries, opts.DialerRetries = 2, true, -1, 1
	}
	if opts.IsClusterMode {
		c := opts.Cluster()
		c.ClusterStateReloadInterval = clusterReload
		return redis.NewClusterClient(c), nil
	}
	return redis.NewUniversalClient(opts), nil
}

// clusterReload is how often a client asks a cluster who is master. No node
// tells it of one that has died, and go-redis itself asks once a minute: so
// long would writes to a dead master's slots fail.
const clusterReload = time.Second

// Open returns a client for u with the TLS and sentinel settings of s. See
// OpenClient.
func (s *Settings) Open(u URL) (redis.UniversalClient, error) {
	return u.open(ClientOptions{TLS: s.TLS, Sentinel: s.Sentinel, Name: "redkit"}, u.DB())
}

func (p *urlParts) clientOptions(o ClientOptions) (*redis.UniversalOptions, error) {
	c, err := p.readOptions(o)
	if err != nil {
		return nil, err
	}
	opts := &c.redis
	opts.Addrs, opts.DB, opts.IsClusterMode = p.addrs, p.db, p.kind == kindCluster
	// A context's deadline must bound a command, and the notifications
	// resolve host names at construction, which a synctest bubble forbids.
	opts.ContextTimeoutEnabled = true
	opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	if p.kind == kindSentinel {
		if opts.MasterName = firstNonEmpty(p.master, o.Sentinel.Master); opts.MasterName == "" {
			return nil, fmt.Errorf("the sentinels need the name of a master: add ?master_name=mymaster, or set REDIS_SENTINEL_MASTER")
		}
		if opts.SentinelPassword == "" {
			opts.SentinelPassword = o.Sentinel.Password.Reveal()
		}
	}
	if p.tls {
		if opts.TLSConfig, err = c.tls.config(); err != nil {
			return nil, err
		}
	}
	return opts, nil
}
