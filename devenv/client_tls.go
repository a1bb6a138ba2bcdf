package devenv

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
)

// tlsConfig is TLS with what only a URL can say.
type tlsConfig struct {
	TLS
	anyHost bool // ssl_check_hostname=false: any name, but a known authority
	trust   bool // ssl_cert_reqs=none: no check at all
}

// setVerify takes the words of REDIS_TLS_VERIFY, of redis-py and of Celery.
func (t *tlsConfig) setVerify(word string) error {
	switch strings.TrimPrefix(strings.ToLower(word), "cert_") {
	case "", "required", "optional": // for a client Python's optional is required
		t.trust = false
	case "none":
		t.trust = true
	default:
		return errForm
	}
	return nil
}

// config reads the files. Its errors name the file and what must be in it.
func (t *tlsConfig) config() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: t.trust}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the authority's certificate (REDIS_TLS_CA_FILE or ssl_ca_certs): %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate: want PEM (REDIS_TLS_CA_FILE or ssl_ca_certs)", t.CAFile)
		}
	}
	switch {
	case t.CertFile != "" && t.KeyFile != "":
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("read the client's certificate %s and key %s: %w", t.CertFile, t.KeyFile, err)
		}
		c.Certificates = []tls.Certificate{pair}
	case t.CertFile != "" || t.KeyFile != "":
		return nil, fmt.Errorf("a client's certificate and its key go together: set REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE (or ssl_certfile and ssl_keyfile), or neither")
	}
	if t.anyHost && !t.trust {
		c.InsecureSkipVerify = true // the chain is checked below instead
		c.VerifyConnection = func(s tls.ConnectionState) error { return verifyChain(s, c.RootCAs) }
	}
	return c, nil
}

// verifyChain checks the server's certificate against the authorities, for
// whatever host name.
func verifyChain(s tls.ConnectionState, roots *x509.CertPool) error {
	options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, cert := range s.PeerCertificates[1:] {
		options.Intermediates.AddCert(cert)
	}
	_, err := s.PeerCertificates[0].Verify(options)
	return err
}
