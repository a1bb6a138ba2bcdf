package devenv

import (
	"fmt"
	"net"
	"strings"
)

// ephemeralPorts begin here on Linux: a client's own connection may hold one.
const ephemeralPorts = 32768

// validate looks for settings that are right alone and wrong together.
func (l *loader) validate() {
	s := l.settings
	if s.Profile == ProfileSplit && s.CachePort == s.BrokerPort && s.CachePort != 0 {
		l.problem("REDKIT_BROKER_PORT", fmt.Sprint(s.BrokerPort), "cache and broker cannot both have this port in profile split", "REDKIT_BROKER_PORT=6380, or REDKIT_PROFILE=single")
	}
	if ip := net.ParseIP(s.Bind); ip != nil && !ip.IsLoopback() && !s.AllowRemote {
		l.problem("REDKIT_BIND", s.Bind, "other machines could reach the servers", "REDKIT_BIND=127.0.0.1, or REDKIT_ALLOW_REMOTE=on with a REDKIT_PASSWORD")
	}
	if ip := net.ParseIP(s.Bind); ip != nil && !ip.IsLoopback() && s.AllowRemote && s.Password.IsZero() {
		l.problem("REDKIT_PASSWORD", "", "other machines reach the servers at REDKIT_BIND="+s.Bind+", which would ask for no password", "REDKIT_PASSWORD=… in .env, or REDKIT_BIND=127.0.0.1")
	}
	if (s.TLS.CertFile == "") != (s.TLS.KeyFile == "") {
		l.problem("REDIS_TLS_CERT_FILE", s.TLS.CertFile, "a client's certificate and its key go together", "set both REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE, or neither")
	}
	if u := s.Celery.BrokerURL; u.parts().kind == kindCluster {
		l.problem("CELERY_BROKER_URL", u.String(), "kombu, Celery's transport, cannot use a Redis Cluster", "set CELERY_BROKER_URL to a single server or sentinels; a cluster serves caches only")
	}
	l.validateTopology()
	l.warnURLs()
	l.warnSharedDatabases()
}

// warnURLs finds what a Python side would stumble over.
func (l *loader) warnURLs() {
	s := l.settings
	for _, c := range []struct {
		name string
		url  URL
	}{{"CELERY_BROKER_URL", s.Celery.BrokerURL}, {"CELERY_RESULT_BACKEND", s.Celery.ResultBackend}} {
		if c.url.parts().tls && !c.url.parts().query.Has("ssl_cert_reqs") {
			l.warn("%s is rediss:// without ssl_cert_reqs: Celery's result backend refuses to start so. Add ?ssl_cert_reqs=required.", c.name)
		}
		if p := c.url.parts(); p.kind == kindSentinel && p.db != 0 && !p.dbFirst {
			l.warn("%s has its database behind the last sentinel alone, and Celery reads it behind the first: it would use database 0. Write /%d behind each.", c.name, p.db)
		}
	}
	if s.Profile == ProfileSentinel && s.ServerTLS {
		l.warn("Python takes TLS behind sentinels from code, not from a URL: set Celery's broker_use_ssl and redis_backend_use_ssl.")
	}
	if l.first("CELERY_BROKER_URL", "REDIS_BROKER_URL").IsZero() && !l.first("REDIS_URL", "REDIS_TLS_URL").IsZero() {
		l.warn("The broker is REDIS_URL: if that server evicts keys it silently deletes Celery's queues. Set CELERY_BROKER_URL to a server with maxmemory-policy noeviction.")
	}
	if a, ok := s.Alias("sessions"); ok && s.Profile == ProfileSplit && evicts(s.CachePolicy) && a.URL.serves(s.host(), s.CachePort) {
		l.warn("Cache alias sessions is on the evicting cache: when it is full, users are logged out. Set REDIS_CACHE_SESSIONS_URL to the broker's server.")
	}
}

func evicts(policy string) bool { return policy != "noeviction" }

// serves reports whether the URL names the server at host and port.
func (u URL) serves(host string, port int) bool {
	if u.parts().kind != kindSingle {
		return false
	}
	h, p, err := net.SplitHostPort(u.parts().addrs[0])
	return err == nil && p == fmt.Sprint(port) && (h == host || h == "localhost" && net.ParseIP(host).IsLoopback())
}

// warnSharedDatabases: Django's cache.clear() is FLUSHDB, so what shares a
// cache's database goes with it.
func (l *loader) warnSharedDatabases() {
	s := l.settings
	caches := map[string][]string{}
	var order []string
	for _, a := range s.Aliases {
		place := a.URL.place()
		if place == "" {
			continue
		}
		if len(caches[place]) == 0 {
			order = append(order, place)
		}
		caches[place] = append(caches[place], a.Name)
	}
	for _, place := range order {
		names := caches[place]
		if len(names) > 1 {
			shared := "database " + place
			if a, ok := s.Alias(names[0]); ok && a.URL.parts().kind == kindCluster {
				shared = "the one database of the cluster"
			}
			l.warn("Cache aliases %s share %s: cache.clear() on one empties all.", strings.Join(names, ", "), shared)
		}
		for _, user := range []struct {
			what string
			url  URL
		}{{"Celery's queues", s.Celery.BrokerURL}, {"Celery's results", s.Celery.ResultBackend}, {"The channel layer", s.Channels.URL}} {
			if user.url.place() == place {
				l.warn("%s and cache alias %s share database %s: cache.clear() deletes both.", user.what, names[0], place)
			}
		}
	}
}

// place names the server and database of a URL, without user or password.
func (u URL) place() string {
	if u.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s/%d", strings.Join(u.parts().addrs, ","), u.parts().db)
}
