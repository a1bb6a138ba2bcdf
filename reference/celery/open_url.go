package celery

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/redis/go-redis/v9"
)

// transport is what is read of broker_transport_options.
type transport struct {
	Master     string         `json:"master_name"`
	Prefix     string         `json:"global_keyprefix"`
	Visibility float64        `json:"visibility_timeout"` // seconds
	Sentinels  map[string]any `json:"sentinel_kwargs"`    // how to reach sentinels: password, ssl, …
}

func (e *environment) transport(name string) (t transport) {
	text := e.text(name)
	if text == "" {
		return t
	}
	if err := json.Unmarshal([]byte(text), &t); err != nil || t.Visibility < 0 {
		e.problems = append(e.problems, fmt.Errorf(`%s cannot be read: want a JSON object, as {"master_name":"mymaster"}`, name))
		return transport{}
	}
	return t
}

// inherit takes what leads to the sentinels from the broker's.
func (t *transport) inherit(brokers transport) {
	t.Master = firstOf(t.Master, brokers.Master)
	if t.Sentinels == nil {
		t.Sentinels = brokers.Sentinels
	}
}

// server is the client of the server that a variable names, nil if it names
// none or cannot be read.
func (e *environment) server(name string, t transport) func() *redis.Client {
	text := e.text(name)
	if text == "" || strings.HasPrefix(text, "disabled") {
		return nil
	}
	if strings.HasPrefix(text, "sentinel://") {
		opt, err := sentinels(text, t)
		if err != nil {
			e.problems = append(e.problems, fmt.Errorf("%s: %w", name, err))
			return nil
		}
		return func() *redis.Client { return redis.NewFailoverClient(opt) }
	}
	opt, err := single(text)
	if err != nil {
		e.problems = append(e.problems, fmt.Errorf("%s %w", name, err))
		return nil
	}
	return func() *redis.Client { return redis.NewClient(opt) }
}

var errURL = errors.New("cannot be read: want redis://[user:password@]host:port/database, rediss:// for TLS or sentinel://, with no options but ssl_cert_reqs, ssl_ca_certs, ssl_certfile and ssl_keyfile")

// single reads the URL of one server.
func single(text string) (*redis.Options, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errURL // url's holds the text
	}
	query := u.Query()
	secure := tlsOf(query)
	u.RawQuery = query.Encode()
	opt, err := redis.ParseURL(u.String())
	if err != nil {
		return nil, errURL
	}
	if opt.TLSConfig != nil {
		err = secure.apply(opt.TLSConfig)
	} else {
		err = secure.apply(&tls.Config{}) // it has to be good nevertheless
	}
	return opt, err
}

// sentinels reads sentinel://[user:password@]host[:port][/database], as many as
// there are, parted by semicolons.
func sentinels(text string, t transport) (*redis.FailoverOptions, error) {
	text, queryText, _ := strings.Cut(text, "?")
	query, err := url.ParseQuery(queryText)
	if err != nil {
		return nil, errURL
	}
	secure := tlsOf(query)
	opt := &redis.FailoverOptions{MasterName: firstOf(query.Get("master_name"), t.Master)}
	if opt.MasterName == "" {
		return nil, errors.New(`the sentinels need the name of a master: set CELERY_BROKER_TRANSPORT_OPTIONS={"master_name":"mymaster"}`)
	}
	for part := range strings.SplitSeq(text, ";") {
		one, err := redis.ParseURL("redis://" + strings.TrimPrefix(part, "sentinel://"))
		if err != nil {
			return nil, errURL
		}
		if !strings.Contains(hostOf(part), ":") {
			host, _, _ := net.SplitHostPort(one.Addr)
			one.Addr = net.JoinHostPort(host, "26379")
		}
		opt.SentinelAddrs = append(opt.SentinelAddrs, one.Addr)
		opt.Username, opt.Password, opt.DB = firstOf(one.Username, opt.Username), firstOf(one.Password, opt.Password), max(one.DB, opt.DB)
	}
	kwargs := url.Values{}
	for name, v := range t.Sentinels {
		kwargs.Set(name, fmt.Sprint(v))
	}
	opt.SentinelUsername, opt.SentinelPassword = kwargs.Get("username"), kwargs.Get("password")
	if through := tlsOf(kwargs); kwargs.Get("ssl") == "true" || secure != (tlsFiles{}) {
		opt.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		return opt, errors.Join(through.apply(opt.TLSConfig), secure.apply(opt.TLSConfig))
	}
	return opt, nil
}

// hostOf is the host of a part of a sentinel URL, with its port if it has one.
func hostOf(part string) string {
	part = strings.TrimPrefix(part, "sentinel://")
	part = part[strings.LastIndex(part, "@")+1:]
	host, _, _ := strings.Cut(part, "/")
	return host[strings.LastIndex(host, "]")+1:]
}

// tlsFiles are redis-py's options for TLS.
type tlsFiles struct{ verify, ca, cert, key string }

// tlsOf takes them out of the options of a URL, which go-redis does not know.
func tlsOf(query url.Values) tlsFiles {
	f := tlsFiles{strings.ToLower(strings.TrimPrefix(query.Get("ssl_cert_reqs"), "CERT_")), query.Get("ssl_ca_certs"), query.Get("ssl_certfile"), query.Get("ssl_keyfile")}
	for _, name := range []string{"ssl_cert_reqs", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile"} {
		query.Del(name)
	}
	return f
}

func (f tlsFiles) apply(c *tls.Config) error {
	switch f.verify {
	case "", "required", "optional":
	case "none":
		c.InsecureSkipVerify = true
	default:
		return fmt.Errorf("has ssl_cert_reqs=%s: want required, optional or none", f.verify)
	}
	if f.ca != "" {
		pem, err := os.ReadFile(f.ca)
		if err != nil {
			return fmt.Errorf("has ssl_ca_certs: %w", err)
		}
		if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("has ssl_ca_certs=%s: it holds no certificate", f.ca)
		}
	}
	if f.cert != "" || f.key != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, firstOf(f.key, f.cert))
		if err != nil {
			return fmt.Errorf("has ssl_certfile and ssl_keyfile: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return nil
}
