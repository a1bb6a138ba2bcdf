package cache

import (
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
// in redis-py. Passwords are never part of an error.
func parseLocation(location string, a *Alias) (endpoint, error) {
	u, err := url.Parse(location)
	if err != nil {
		return endpoint{}, errors.New("not a URL: " + locationForms)
	}
	query := u.Query()
	python, err := takePython(query)
	if err != nil {
		return endpoint{}, fmt.Errorf("%s: %w", u.Redacted(), err)
	}
	shown := u.Redacted()
	u.RawQuery = query.Encode()
	o, err := redis.ParseURL(u.String())
	if err != nil {
		return endpoint{}, fmt.Errorf("%s: %s: %s", shown, strings.TrimPrefix(err.Error(), "redis: "), locationForms)
	}
	if err := python.apply(o); err != nil {
		return endpoint{}, fmt.Errorf("%s: %w", shown, err)
	}
	if a.DB != 0 {
		if o.DB != 0 && o.DB != a.DB {
			return endpoint{}, fmt.Errorf("%s: database %d, but DB is %d: say it once", shown, o.DB, a.DB)
		}
		o.DB = a.DB
	}
	if o.Username == "" {
		o.Username = a.Username
	}
	if o.Password == "" {
		o.Password = a.Password
	}
	if o.TLSConfig != nil {
		secure(o, u.Hostname(), a)
	}
	if a.PoolSize != 0 {
		o.PoolSize = a.PoolSize
	}
	if a.DialTimeout != 0 {
		o.DialTimeout = a.DialTimeout
	}
	if a.SocketTimeout != 0 {
		o.ReadTimeout, o.WriteTimeout = a.SocketTimeout, a.SocketTimeout
	}
	if o.MaxRetries == 0 {
		o.MaxRetries = -1 // go-redis repeats three times by itself
	}
	if a.Retries != 0 {
		o.MaxRetries = a.Retries
	}
	if o.DialerRetries == 0 {
		o.DialerRetries = 1 // not five, which take half a second
	}
	o.ContextTimeoutEnabled = true
	o.MaintNotificationsConfig = quiet()
	return endpoint{o, python.ssl()}, nil
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
	name := o.TLSConfig.ServerName
	o.TLSConfig = a.TLS.Clone()
	if o.TLSConfig.ServerName == "" {
		o.TLSConfig.ServerName = name
	}
}

// pythonOptions are the query options that redis-py spells in its own way.
type pythonOptions struct {
	socket, connect time.Duration
	pool            int
	unverified      bool
	ca, cert, key   string
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
	take("socket_timeout", seconds(&p.socket))
	take("socket_connect_timeout", seconds(&p.connect))
	take("max_connections", func(v string) (e error) {
		if p.pool, e = strconv.Atoi(v); e != nil || p.pool < 1 {
			return errors.New("want a number of connections")
		}
		return nil
	})
	take("ssl_cert_reqs", func(v string) error {
		switch v {
		case "none", "CERT_NONE":
			p.unverified = true
		case "required", "CERT_REQUIRED", "optional", "CERT_OPTIONAL":
		default:
			return errors.New("want none, optional or required")
		}
		return nil
	})
	take("ssl_ca_certs", text(&p.ca))
	take("ssl_certfile", text(&p.cert))
	take("ssl_keyfile", text(&p.key))
	for _, name := range []string{"socket_keepalive", "retry_on_timeout", "health_check_interval", "ssl_check_hostname", "decode_responses"} {
		query.Del(name)
	}
	return p, err
}

// ssl tells two TLS settings of URLs apart.
func (p *pythonOptions) ssl() string {
	return strings.Join([]string{strconv.FormatBool(p.unverified), p.ca, p.cert, p.key}, "|")
}

func (p *pythonOptions) apply(o *redis.Options) error {
	if p.socket != 0 {
		o.ReadTimeout, o.WriteTimeout = p.socket, p.socket
	}
	if p.connect != 0 {
		o.DialTimeout = p.connect
	}
	if p.pool != 0 {
		o.PoolSize = p.pool
	}
	if o.TLSConfig == nil {
		return nil
	}
	o.TLSConfig.InsecureSkipVerify = p.unverified
	if p.ca != "" {
		pem, err := os.ReadFile(p.ca)
		if err != nil {
			return fmt.Errorf("option ssl_ca_certs: %w", err)
		}
		o.TLSConfig.RootCAs = x509.NewCertPool()
		if !o.TLSConfig.RootCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("option ssl_ca_certs: %s holds no PEM certificate", p.ca)
		}
	}
	if p.cert != "" || p.key != "" {
		pair, err := tls.LoadX509KeyPair(p.cert, p.key)
		if err != nil {
			return fmt.Errorf("options ssl_certfile and ssl_keyfile: %w", err)
		}
		o.TLSConfig.Certificates = []tls.Certificate{pair}
	}
	return nil
}
