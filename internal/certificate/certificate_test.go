package certificate_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/certificate"
)

func template(name string, serial int64) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
}

func authority(t *testing.T) *certificate.Pair {
	t.Helper()
	of := template("authority", 1)
	of.IsCA, of.BasicConstraintsValid, of.KeyUsage = true, true, x509.KeyUsageCertSign
	ca, err := certificate.Authority(of)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func TestSignedIsGoodForItsAuthorityAlone(t *testing.T) {
	t.Parallel()
	ca, other := authority(t), authority(t)
	server, err := certificate.Signed(template("localhost", 2), ca.Leaf, ca.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		by   *certificate.Pair
		good bool
	}{{ca, true}, {other, false}} {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(one.by.CertPEM) {
			t.Fatal("the authority's PEM holds no certificate")
		}
		if _, err := server.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: "localhost"}); (err == nil) != one.good {
			t.Errorf("Verify = %v, want it good: %v", err, one.good)
		}
	}
	pair, err := tls.X509KeyPair(server.CertPEM, server.KeyPEM)
	if err != nil || !pair.Leaf.Equal(server.Leaf) {
		t.Errorf("X509KeyPair = %v, want the pair that was made", err)
	}
	if !server.Key.Equal(pair.PrivateKey) {
		t.Error("the key in PEM is another one")
	}
}

func TestSignedNamesWhatCannotBeSigned(t *testing.T) {
	t.Parallel()
	ca, other := authority(t), authority(t)
	_, err := certificate.Signed(template("localhost", 2), ca.Leaf, other.Key)
	if err == nil || !strings.Contains(err.Error(), "make a certificate for localhost: ") {
		t.Errorf("Signed with another's key = %v, want an error that names the certificate", err)
	}
}
