package redistest

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/redkit-dev/redkit/internal/certificate"
)

// Certificates are what a server and its clients need to speak TLS: an
// authority made for one test, a certificate for the server and one for its
// clients, all in PEM. They are valid for a day, for localhost and its
// addresses.
type Certificates struct {
	CA                    []byte // of the authority
	ServerCert, ServerKey []byte
	ClientCert, ClientKey []byte // for a server that asks clients for one
}

// NewCertificates makes an authority and signs a server and a client with it.
// Start does so for a test; an engine needs it when it is booted without
// Config.Certificates.
func NewCertificates() (*Certificates, error) {
	ca, err := certificate.Authority(forADay(&x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "redistest authority"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}))
	if err != nil {
		return nil, err
	}
	server, err := certificate.Signed(forADay(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}), ca.Leaf, ca.Key)
	if err != nil {
		return nil, err
	}
	client, err := certificate.Signed(forADay(&x509.Certificate{
		SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "redistest client"},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}), ca.Leaf, ca.Key)
	if err != nil {
		return nil, err
	}
	return &Certificates{
		CA:         ca.CertPEM,
		ServerCert: server.CertPEM, ServerKey: server.KeyPEM,
		ClientCert: client.CertPEM, ClientKey: client.KeyPEM,
	}, nil
}

func forADay(c *x509.Certificate) *x509.Certificate {
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	return c
}

// ClientConfig returns a new configuration for clients: it trusts the
// authority alone, and shows the client's certificate if it is asked for one.
func (c *Certificates) ClientConfig() (*tls.Config, error) {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(c.CA)
	pair, err := tls.X509KeyPair(c.ClientCert, c.ClientKey)
	if err != nil {
		return nil, fmt.Errorf("read the client's certificate: %w", err)
	}
	return &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}, ServerName: "localhost", MinVersion: tls.VersionTLS12}, nil
}

// serverConfig returns a configuration for a server; mutual makes it ask
// clients for a certificate.
func (c *Certificates) serverConfig(mutual bool) (*tls.Config, error) {
	pair, err := tls.X509KeyPair(c.ServerCert, c.ServerKey)
	if err != nil {
		return nil, fmt.Errorf("read the server's certificate: %w", err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if mutual {
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(c.CA)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config, nil
}

// Write writes the certificates and keys to files in dir, for clients that
// read them from there: ca.crt, client.crt, client.key, server.crt and
// server.key. Only the owner may read them.
func (c *Certificates) Write(dir string) error {
	for name, text := range map[string][]byte{
		"ca.crt": c.CA, "server.crt": c.ServerCert, "server.key": c.ServerKey, "client.crt": c.ClientCert, "client.key": c.ClientKey,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return fmt.Errorf("write the certificates: %w", err)
		}
	}
	return nil
}
