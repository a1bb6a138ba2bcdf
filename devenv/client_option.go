package devenv

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// clientConfig is what the options of a URL fill.
type clientConfig struct {
	redis redis.UniversalOptions
	tls   tlsConfig
}

// A urlOption is one key after '?'. The names and forms are those of
// redis-py's connection_from_url and of kombu's Redis transport, because the
// same URL serves both sides.
type urlOption struct {
	tls    bool // only for rediss://
	secret bool // its value is never shown
	form   string
	set    func(c *clientConfig, value string) error
}

var errForm = errors.New("not of the wanted form")

func urlOptions() map[string]urlOption {
	ignore := func(*clientConfig, string) error { return nil }
	return map[string]urlOption{
		// These are read with the address, see parseQuery.
		"db": {form: "a number", set: ignore}, "virtual_host": {form: "a number", set: ignore}, "master_name": {form: "a name", set: ignore},
		"username": {form: "text", set: ignore}, "password": {secret: true, form: "text", set: ignore},

		"sentinel_username":      text(func(c *clientConfig) *string { return &c.redis.SentinelUsername }),
		"sentinel_password":      secretText(func(c *clientConfig) *string { return &c.redis.SentinelPassword }),
		"client_name":            text(func(c *clientConfig) *string { return &c.redis.ClientName }),
		"protocol":               number(func(c *clientConfig, n int) { c.redis.Protocol = n }, 2, 3),
		"max_connections":        number(func(c *clientConfig, n int) { c.redis.MaxActiveConns = n }, 1, 1<<20),
		"socket_timeout":         secondsOption(func(c *clientConfig, d time.Duration) { c.redis.ReadTimeout, c.redis.WriteTimeout = d, d }),
		"socket_connect_timeout": secondsOption(func(c *clientConfig, d time.Duration) { c.redis.DialTimeout = d }),
		"timeout":                secondsOption(func(c *clientConfig, d time.Duration) { c.redis.PoolTimeout = d }),
		// What these ask for, go-redis always does: keep-alive, a check before
		// reuse, a retry after a dropped connection.
		"socket_keepalive":      {form: "true or false", set: ignore},
		"retry_on_timeout":      {form: "true or false", set: ignore},
		"retry_on_error":        {form: "a list", set: ignore},
		"health_check_interval": {form: "seconds", set: ignore},

		"ssl_cert_reqs":      {tls: true, form: "required, optional or none", set: func(c *clientConfig, v string) error { return c.tls.setVerify(v) }},
		"ssl_check_hostname": {tls: true, form: "true or false", set: func(c *clientConfig, v string) error { return setBool(&c.tls.anyHost, v, true) }},
		"ssl_ca_certs":       tlsText(func(c *clientConfig) *string { return &c.tls.CAFile }),
		"ssl_certfile":       tlsText(func(c *clientConfig) *string { return &c.tls.CertFile }),
		"ssl_keyfile":        tlsText(func(c *clientConfig) *string { return &c.tls.KeyFile }),
	}
}

func text(field func(*clientConfig) *string) urlOption {
	return urlOption{form: "text", set: func(c *clientConfig, v string) error { *field(c) = v; return nil }}
}

func secretText(field func(*clientConfig) *string) urlOption {
	o := text(field)
	o.secret = true
	return o
}

func tlsText(field func(*clientConfig) *string) urlOption {
	o := text(field)
	o.tls, o.form = true, "the path of a PEM file"
	return o
}

func number(set func(*clientConfig, int), low, high int) urlOption {
	return urlOption{form: fmt.Sprintf("a number from %d to %d", low, high), set: func(c *clientConfig, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < low || n > high {
			return errForm
		}
		set(c, n)
		return nil
	}}
}

// secondsOption reads seconds as redis-py does, with a fraction.
func secondsOption(set func(*clientConfig, time.Duration)) urlOption {
	return urlOption{form: "seconds above zero, as 1.5", set: func(c *clientConfig, v string) error {
		s, err := strconv.ParseFloat(v, 64)
		if err != nil || !(s > 0) || s > float64(maxSeconds) {
			return errForm
		}
		set(c, time.Duration(s*float64(time.Second)))
		return nil
	}}
}

// setBool reads a boolean as redis-py does; negate stores its opposite.
func setBool(field *bool, value string, negate bool) error {
	switch strings.ToUpper(value) {
	case "1", "T", "TRUE", "Y", "YES", "ON":
		*field = !negate
	case "0", "F", "FALSE", "N", "NO", "OFF":
		*field = negate
	default:
		return errForm
	}
	return nil
}

// readOptions reads the options of the URL over what o says. Every bad option
// is in the error, by name and without its value.
func (p *urlParts) readOptions(o ClientOptions) (*clientConfig, error) {
	c := &clientConfig{tls: tlsConfig{TLS: o.TLS}}
	if err := c.tls.setVerify(o.TLS.Verify); err != nil {
		return nil, fmt.Errorf("REDIS_TLS_VERIFY is none of required, optional, none")
	}
	c.redis.Username, c.redis.Password, c.redis.ClientName = p.user, p.pass, o.Name
	known := urlOptions()
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(p.query)) {
		option, ok := known[name]
		switch values := p.query[name]; {
		case !ok:
			problems = append(problems, fmt.Errorf("option %s is not known%s", name, maybe(name, known)))
		case len(values) > 1:
			problems = append(problems, fmt.Errorf("option %s is given %d times", name, len(values)))
		case option.tls && !p.tls:
			problems = append(problems, fmt.Errorf("option %s needs TLS: write rediss://", name))
		case option.set(c, values[0]) != nil:
			problems = append(problems, fmt.Errorf("option %s: want %s", name, option.form))
		}
	}
	return c, errors.Join(problems...)
}

func maybe(name string, known map[string]urlOption) string {
	if n := nearest(name, slices.Sorted(maps.Keys(known))); n != "" {
		return ": did you mean " + n + "?"
	}
	return ": known are " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
}
