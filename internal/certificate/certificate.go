// Package certificate makes keys and certificates for TLS on this machine: of
// authorities, and of servers and clients that one of them signs.
package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// A Pair is a certificate with the key it is for, both also in PEM.
type Pair struct {
	Leaf    *x509.Certificate
	Key     *ecdsa.PrivateKey
	CertPEM []byte
	KeyPEM  []byte // PKCS #8
}

// Authority makes a certificate that signs itself.
func Authority(template *x509.Certificate) (*Pair, error) { return create(template, nil, nil) }

// Signed makes a certificate that an authority signs with its key.
func Signed(template, authority *x509.Certificate, key crypto.Signer) (*Pair, error) {
	return create(template, authority, key)
}

// create makes a certificate; without a parent it is its own.
func create(template, parent *x509.Certificate, with crypto.Signer) (*Pair, error) {
	name := template.Subject.CommonName
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key for %s: %w", name, err)
	}
	if parent == nil {
		parent, with = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, with)
	if err != nil {
		return nil, fmt.Errorf("make a certificate for %s: %w", name, err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the certificate for %s: %w", name, err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode the key for %s: %w", name, err)
	}
	return &Pair{
		Leaf: leaf, Key: key,
		CertPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		KeyPEM:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
	}, nil
}
