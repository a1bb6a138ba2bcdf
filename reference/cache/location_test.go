package cache_test

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/reference/cache"
)

// TestTheURLComesFirst: what a URL says holds, and the alias fills in the rest.
func TestTheURLComesFirst(t *testing.T) {
	t.Parallel()
	const all = "redis://u:p@h/1?max_connections=3&socket_timeout=2.5&socket_connect_timeout=0.5&max_retries=4"
	alias := cache.Alias{PoolSize: 7, DialTimeout: 7 * time.Second, SocketTimeout: 8 * time.Second, Retries: 9, Username: "au", Password: "ap"}
	type options struct {
		User, Password   string
		DB, Pool, Tries  int
		Dial, Read, Wait time.Duration
	}
	tests := []struct {
		location string
		alias    cache.Alias
		want     options
	}{
		{all, cache.Alias{}, options{"u", "p", 1, 3, 4, time.Second / 2, 5 * time.Second / 2, 0}},
		{all, alias, options{"u", "p", 1, 3, 4, time.Second / 2, 5 * time.Second / 2, 0}},
		{"redis://h", alias, options{"au", "ap", 0, 7, 9, 7 * time.Second, 8 * time.Second, 0}},
		{"redis://h", cache.Alias{}, options{Tries: -1}},
		{"redis://h?max_retries=0", alias, options{"au", "ap", 0, 7, -1, 7 * time.Second, 8 * time.Second, 0}},
		{"redis://h?pool_size=3&dial_timeout=2s&read_timeout=1s", alias, options{"au", "ap", 0, 3, 9, 2 * time.Second, time.Second, 0}},
		{"redis://u:p@h/1?username=qu&password=qp&db=2&timeout=20&retry_on_error=x", alias, options{"qu", "qp", 2, 7, 9, 7 * time.Second, 8 * time.Second, 20 * time.Second}},
	}
	for _, tt := range tests {
		o, err := cache.ParseLocation(tt.location, tt.alias)
		if err != nil {
			t.Errorf("%s: %v", tt.location, err)
			continue
		}
		if got := (options{o.Username, o.Password, o.DB, o.PoolSize, o.MaxRetries, o.DialTimeout, o.ReadTimeout, o.PoolTimeout}); got != tt.want {
			t.Errorf("%s with %+v gives %+v, want %+v", tt.location, tt.alias, got, tt.want)
		}
	}
}

func TestTheURLsTLSComesFirst(t *testing.T) {
	t.Parallel()
	roots := x509.NewCertPool()
	own := func(c *tls.Config) cache.Alias { return cache.Alias{TLS: c} }
	for _, tt := range []struct {
		location   string
		alias      cache.Alias
		name       string
		unverified bool
	}{
		{"rediss://h", cache.Alias{}, "h", false},
		{"rediss://h?ssl_cert_reqs=none", own(&tls.Config{RootCAs: roots}), "h", true},
		{"rediss://h?ssl_cert_reqs=required", own(&tls.Config{RootCAs: roots, InsecureSkipVerify: true}), "h", false},
		{"rediss://h", own(&tls.Config{RootCAs: roots, InsecureSkipVerify: true, ServerName: "n"}), "n", true},
		{"rediss://h?skip_verify=true", own(&tls.Config{RootCAs: roots}), "h", true},
		{"rediss://h?skip_verify=true", cache.Alias{}, "h", true},
	} {
		o, err := cache.ParseLocation(tt.location, tt.alias)
		if err != nil {
			t.Errorf("%s: %v", tt.location, err)
			continue
		}
		c := o.TLSConfig
		if c.ServerName != tt.name || c.InsecureSkipVerify != tt.unverified || tt.alias.TLS != nil && c.RootCAs != roots {
			t.Errorf("%s gives ServerName %q, InsecureSkipVerify %v, roots %v, want %q, %v and those of the alias",
				tt.location, c.ServerName, c.InsecureSkipVerify, c.RootCAs == roots, tt.name, tt.unverified)
		}
	}
}

func TestNoPasswordIsInAnError(t *testing.T) {
	t.Parallel()
	for _, location := range []string{
		"redis://h/0?password=s3cret&nonsense=1", "redis://h/0?password=s3cret&socket_timeout=soon", "http://h/?password=s3cret",
		"redis://:s3cret@h/0?pool_size=many", "redis://h/1?password=s3cret#s3cret", "rediss://h/0?password=s3cret&ssl_ca_certs=/none",
	} {
		_, err := cache.ParseLocation(location, cache.Alias{DB: 2})
		if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "//") {
			t.Errorf("%s fails with %v, want an error with the URL and without its password", location, err)
		}
	}
}
