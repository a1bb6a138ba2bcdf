package redistest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// trust is what the options of a URL say about TLS, by redis-py's names, so
// that the URL of an application is that of its tests.
type trust struct {
	authority string // ssl_ca_certs, a PEM file
	cert, key string // ssl_certfile and ssl_keyfile, for a server that asks
	nobody    bool   // ssl_cert_reqs=none: the server is not checked
	any       bool   // an option was given
}

// takeTrust takes these options out of a URL.
func takeTrust(text string) (string, trust, error) {
	var t trust
	head, tail, _ := strings.Cut(text, "?")
	query, err := url.ParseQuery(tail)
	if err != nil {
		return text, t, errURL
	}
	for name, take := range map[string]func(value string) error{
		"ssl_ca_certs": func(v string) error { t.authority = v; return nil },
		"ssl_certfile": func(v string) error { t.cert = v; return nil },
		"ssl_keyfile":  func(v string) error { t.key = v; return nil },
		"ssl_cert_reqs": func(v string) error {
			t.nobody = v == "none"
			if !t.nobody && v != "required" && v != "optional" {
				return errors.New("option ssl_cert_reqs: want required, optional or none")
			}
			return nil
		},
	} {
		if !query.Has(name) {
			continue
		}
		t.any = true
		if err := take(query.Get(name)); err != nil {
			return text, t, err
		}
		query.Del(name)
	}
	if !t.any {
		return text, t, nil
	}
	if len(query) > 0 {
		head += "?" + query.Encode()
	}
	return head, t, nil
}

// apply adds t to a configuration; nil says that the URL asks for no TLS.
func (t trust) apply(config *tls.Config) error {
	switch {
	case !t.any:
		return nil
	case config == nil:
		return errors.New("an option ssl_… needs TLS: write rediss://, rediss+cluster:// or rediss+sentinel://")
	case (t.cert == "") != (t.key == ""):
		return errors.New("ssl_certfile and ssl_keyfile go together: give both or neither")
	}
	config.InsecureSkipVerify = config.InsecureSkipVerify || t.nobody
	if t.authority != "" {
		pem, err := os.ReadFile(t.authority)
		if err != nil {
			return fmt.Errorf("read ssl_ca_certs: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("ssl_ca_certs: %s holds no certificate: want PEM", t.authority)
		}
	}
	if t.cert != "" {
		pair, err := tls.LoadX509KeyPair(t.cert, t.key)
		if err != nil {
			return fmt.Errorf("read ssl_certfile and ssl_keyfile: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return nil
}
