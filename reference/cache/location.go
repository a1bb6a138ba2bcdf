package cache

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// An endpoint is a server of an alias.
type endpoint struct {
	*redis.Options
	ssl string // the TLS options of its URL
}

const locationForms = "want redis://[user][:password]@host[:port][/db], rediss:// or unix://path?db=n"

// parseLocation reads the URL of a server with the options of redis-py or of
// go-redis in its query, and adds what the alias says. The URL comes first, as
// in redis-py, and in it the query. Passwords are never part of an error.
func parseLocation(location string, a *Alias) (endpoint, error) {
	u, err := url.Parse(location)
	if err != nil {
		return endpoint{}, errors.New("not a URL: " + locationForms)
	}
	bare := *u
	bare.RawQuery, bare.ForceQuery, bare.Fragment, bare.RawFragment = "", false, "", ""
	shown := bare.Redacted()
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return endpoint{}, fmt.Errorf("%s: its query is malformed: write %%25 for %% and %%3B for a semicolon", shown)
	}
	python, err := takePython(query)
	if err != nil {
		return endpoint{}, fmt.Errorf("%s: %w", shown, err)
	}
	u.RawQuery = query.Encode()
	o, err := redis.ParseURL(u.String())
	if err != nil {
		return endpoint{}, fmt.Errorf("%s: %s: %s", shown, strings.TrimPrefix(err.Error(), "redis: "), locationForms)
	}
	python.apply(o)
	if a.DB != 0 {
		if o.DB != 0 && o.DB != a.DB {
			return endpoint{}, fmt.Errorf("%s: database %d, but DB is %d: say it once", shown, o.DB, a.DB)
		}
		o.DB = a.DB
	}
	o.Username = cmp.Or(o.Username, a.Username)
	o.Password = cmp.Or(o.Password, a.Password)
	o.PoolSize = cmp.Or(o.PoolSize, a.PoolSize)
	o.DialTimeout = cmp.Or(o.DialTimeout, a.DialTimeout)
	o.ReadTimeout = cmp.Or(o.ReadTimeout, a.SocketTimeout)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, a.SocketTimeout)
	if !query.Has("max_retries") {
		o.MaxRetries = a.Retries
	}
	o.MaxRetries = cmp.Or(o.MaxRetries, -1)      // go-redis repeats three times by itself
	o.DialerRetries = cmp.Or(o.DialerRetries, 1) // not five, which take half a second
	o.ContextTimeoutEnabled = true
	o.MaintNotificationsConfig = quiet()
	ssl := ""
	if o.TLSConfig != nil {
		ssl = python.ssl() + "|" + query.Get("skip_verify")
		secure(o, u.Hostname(), a)
		if err := python.secure(o.TLSConfig); err != nil {
			return endpoint{}, fmt.Errorf("%s: %w", shown, err)
		}
	}
	return endpoint{o, ssl}, nil
}

// secure completes the TLS settings of a location. A certificate must be for
// host, unless the alias names another; where the servers are found by way of
// sentinels or of a cluster, for the address at which each is dialled.
func secure(o *redis.Options, host string, a *Alias) {
	o.TLSConfig.ServerName = host
	if a.Sentinel != nil || a.Cluster {
		o.TLSConfig.ServerName = ""
	}
	if a.TLS == nil {
		return
	}
	own := o.TLSConfig
	o.TLSConfig = a.TLS.Clone()
	o.TLSConfig.ServerName = cmp.Or(a.TLS.ServerName, own.ServerName)
	o.TLSConfig.InsecureSkipVerify = a.TLS.InsecureSkipVerify || own.InsecureSkipVerify // by skip_verify
}

// pythonOptions are the query options that redis-py spells in its own way.
type pythonOptions struct {
	username, password    string
	socket, connect, wait time.Duration
	pool                  int
	verify                string // what ssl_cert_reqs says
	ca, cert, key         string
}

// takePython moves redis-py's options out of the query. Those that mean
// nothing to this client are dropped.
func takePython(query url.Values) (p pythonOptions, err error) {
	take := func(name string, read func(string) error) {
		if text := query.Get(name); text != "" && err == nil {
			if e := read(text); e != nil {
				err = fmt.Errorf("option %s=%s: %w", name, text, e)
			}
		}
		query.Del(name)
	}
	seconds := func(d *time.Duration) func(string) error {
		return func(text string) error {
			f, err := strconv.ParseFloat(text, 64)
			if err != nil || f < 0 || f > 1e6 {
				return errors.New("want seconds, such as 0.5")
			}
			*d = time.Duration(f * float64(time.Second))
			return nil
		}
	}
	text := func(s *string) func(string) error { return func(v string) error { *s = v; return nil } }
	take("username", text(&p.username))
	take("password", text(&p.password))
	take("socket_timeout", seconds(&p.socket))
	take("socket_connect_timeout", seconds(&p.connect))
	take("timeout", seconds(&p.wait)) // for a connection of the pool
	take("max_connections", func(v string) (e error) {
		if p.pool, e = strconv.Atoi(v); e != nil || p.pool < 1 {
			return errors.New("want a number of connections")
		}
		return nil
	})
	take("ssl_cert_reqs", func(v string) error {
		switch p.verify = strings.ToLower(strings.TrimPrefix(v, "CERT_")); p.verify {
		case "none", "required", "optional":
			return nil
		}
		return errors.New("want none, optional or required")
	})
	take("ssl_ca_certs", text(&p.ca))
	take("ssl_certfile", text(&p.cert))
	take("ssl_keyfile", text(&p.key))
	for _, name := range []string{"socket_keepalive", "retry_on_timeout", "retry_on_error", "health_check_interval", "ssl_check_hostname", "decode_responses"} {
		query.Del(name)
	}
	return p, err
}

// ssl tells two TLS settings of URLs apart.
func (p *pythonOptions) ssl() string {
	return strings.Join([]string{p.verify, p.ca, p.cert, p.key}, "|")
}

// apply sets what the query gives.
func (p *pythonOptions) apply(o *redis.Options) {
	o.Username = cmp.Or(p.username, o.Username)
	o.Password = cmp.Or(p.password, o.Password)
	o.ReadTimeout = cmp.Or(p.socket, o.ReadTimeout)
	o.WriteTimeout = cmp.Or(p.socket, o.WriteTimeout)
	o.DialTimeout = cmp.Or(p.connect, o.DialTimeout)
	o.PoolTimeout = cmp.Or(p.wait, o.PoolTimeout)
	o.PoolSize = cmp.Or(p.pool, o.PoolSize)
}

// secure sets what the query says of TLS.
func (p *pythonOptions) secure(config *tls.Config) error {
	if p.verify != "" {
		config.InsecureSkipVerify = p.verify == "none"
	}
	if p.ca != "" {
		pem, err := os.ReadFile(p.ca)
		if err != nil {
			return fmt.Errorf("option ssl_ca_certs: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("option ssl_ca_certs: %s holds no PEM certificate", p.ca)
		}
	}
	if p.cert != "" || p.key != "" {
		pair, err := tls.LoadX509KeyPair(p.cert, p.key)
		if err != nil {
			return fmt.Errorf("options ssl_certfile and ssl_keyfile: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return nil
}
