package devenv

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/lazy"
)

// resolve derives what the user did not say: the same settings give the same
// URLs on every backend.
func (l *loader) resolve() {
	s := l.settings
	if l.transport.master != "" {
		s.Sentinel.Master = l.transport.master
	}
	if l.transport.visibility > 0 && l.values["CELERY_BROKER_VISIBILITY_TIMEOUT"].value == "" {
		s.Celery.VisibilityTimeout = l.transport.visibility
	}
	if l.transport.prefix != nil && s.Celery.GlobalKeyPrefix == "" {
		s.Celery.GlobalKeyPrefix = *l.transport.prefix
	}
	l.resolveUsers()
	l.resolveAliases()
	s.RedisURL = l.first("REDIS_URL", "REDIS_TLS_URL", "REDIS_CACHE_URL")
	if s.RedisURL.IsZero() {
		s.RedisURL = l.aliases["default"].URL
	}
	broker, result, channel := brokerDB, resultDB, channelDB
	if s.Profile == ProfileSingle || s.Profile == ProfileSentinel {
		broker, result, channel = singleBrokerDB, singleResultDB, singleChannelDB
	}
	celery, app := s.user(s.CeleryUser), s.user(s.AppUser)
	s.Celery.BrokerURL = l.durable(celery, broker, "CELERY_BROKER_URL", "REDIS_BROKER_URL", "REDIS_URL", "REDIS_TLS_URL")
	s.Celery.ResultBackend = l.durable(celery, result, "CELERY_RESULT_BACKEND", "CELERY_BROKER_URL", "REDIS_BROKER_URL", "REDIS_URL", "REDIS_TLS_URL")
	s.Channels.URL = l.durable(app, channel, "CHANNEL_LAYERS_DEFAULT_URL", "REDIS_BROKER_URL", "REDIS_URL", "REDIS_TLS_URL")
	if s.Profile == ProfileSentinel && len(s.Sentinel.Addrs) == 0 {
		s.Sentinel.Addrs = s.addrs(s.SentinelPorts)
		if s.Sentinel.Password.IsZero() {
			s.Sentinel.Password = s.Password
		}
	}
}

// first returns the first of the variables that names a URL.
func (l *loader) first(variables ...string) URL {
	for _, v := range variables {
		if u := l.urls[v]; !u.IsZero() {
			return u
		}
	}
	return URL{}
}

// durable returns the first URL named, else the sentinels, else the broker's
// server; none when the first variable names something that is not Redis.
func (l *loader) durable(u User, db int, variables ...string) URL {
	if l.elsewhere[variables[0]] {
		return URL{}
	}
	if named := l.first(variables...); !named.IsZero() {
		return named
	}
	if watched := l.sentinel(db); !watched.IsZero() {
		return watched
	}
	return l.settings.brokerURL(u, db)
}

// sentinel returns the URL of the master that REDIS_SENTINELS watch, or none.
func (l *loader) sentinel(db int) URL {
	s := l.settings.Sentinel
	if len(s.Addrs) == 0 {
		return URL{}
	}
	return l.derived(fmt.Sprintf("sentinel://%s%s/%d?master_name=%s", userinfo(l.settings.admin()), strings.Join(s.Addrs, fmt.Sprintf("/%d;sentinel://", db)), db, url.QueryEscape(s.Master)))
}

// cluster returns u, or the URL of REDIS_CLUSTER_NODES when u is none.
func (l *loader) cluster(u URL) URL {
	if !u.IsZero() || len(l.clusterNodes) == 0 {
		return u
	}
	return l.derived("redis+cluster://" + userinfo(l.settings.admin()) + strings.Join(l.clusterNodes, ","))
}

func (l *loader) derived(raw string) URL {
	u, err := ParseURL(raw)
	if err != nil {
		l.problem("REDIS_URL", "", "no URL can be derived from the sentinels or nodes: "+err.Error(), "set REDIS_URL")
	}
	return u
}

func (s *Settings) brokerPort() int {
	if s.Profile == ProfileSingle {
		return s.CachePort
	}
	return s.BrokerPort
}

// serverURL names a server of the toolkit. With a password it names the user
// too: redis-cli 7.0 refuses redis://:password@host. With TLS it carries what
// a Python client needs to know, so that the URL serves both sides.
func (s *Settings) serverURL(u User, port, db int) URL {
	scheme, query := "redis", ""
	if s.ServerTLS {
		scheme, query = "rediss", s.tlsQuery()
	}
	return s.derivedURL(fmt.Sprintf("%s://%s%s/%d%s", scheme, userinfo(u), net.JoinHostPort(s.host(), strconv.Itoa(port)), db, query))
}

// tlsQuery are the options of a URL with TLS.
func (s *Settings) tlsQuery() string { return "?" + s.tlsOptions().Encode() }

func (s *Settings) tlsOptions() url.Values {
	options := url.Values{"ssl_cert_reqs": {"required"}, "ssl_ca_certs": {s.certFile("ca.crt")}}
	if s.TLSClients == "required" {
		options.Set("ssl_certfile", s.certFile("client.crt"))
		options.Set("ssl_keyfile", s.certFile("client.key"))
	}
	return options
}

// CertsDir is where the certificates of profile tls are. See WriteCerts.
func (s *Settings) CertsDir() string { return filepath.Join(s.Dir, "certs") }

func (s *Settings) certFile(name string) string { return filepath.Join(s.CertsDir(), name) }

// admin is the user default, who may do everything.
func (s *Settings) admin() User { return User{Name: "default", Password: s.Password} }

// user is u with profile acl, and else the only user there is.
func (s *Settings) user(u User) User {
	if s.ServerACL {
		return u
	}
	return s.admin()
}

func userinfo(u User) string {
	if u.Password.IsZero() {
		return ""
	}
	return url.UserPassword(u.Name, u.Password.Reveal()).String() + "@"
}

var notProject = lazy.Regexp(`[^a-z0-9]+`)

// projectName returns redkit-<directory>-<hash of the whole path>.
func projectName(root string) string {
	name := strings.Trim(notProject().ReplaceAllString(strings.ToLower(filepath.Base(root)), "-"), "-")
	if len(name) > 30 {
		name = strings.Trim(name[:30], "-")
	}
	sum := sha256.Sum256([]byte(root))
	return strings.Trim("redkit-"+name, "-") + "-" + hex.EncodeToString(sum[:3])
}
