package devenv

import (
	"crypto"
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

// How long certificates last: what browsers and Apple's libraries accept.
const (
	authorityDays = 825
	leafDays      = 397
)

// certificateNames are the hosts by which the servers are called: from this
// machine, from other containers, and from containers to this machine.
func certificateNames() ([]string, []net.IP) {
	return []string{"localhost", "cache", "broker", "redis", "host.docker.internal"},
		[]net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
}

// WriteCerts puts the certificates of a local environment into dir, unless
// they are there and last 30 more days: ca.crt and ca.key of an authority of
// its own, redis.crt and redis.key of the servers, client.crt and client.key.
// It reports whether it wrote any. A new authority makes all others new.
//
// The keys of servers and clients are readable by every user who reaches dir,
// because the user of a container is another one: dir belongs below a
// directory of mode 0700, as .redkit is. The authority's key is ours alone.
func WriteCerts(dir string, now time.Time) (written bool, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return false, fmt.Errorf("make the directory of certificates: %w", err)
	}
	authority, lasts := loadPair(dir, "ca", now)
	if !lasts {
		if authority, err = writeAuthority(dir, now); err != nil {
			return false, fmt.Errorf("write the authority's certificate: %w", err)
		}
		written = true
	}
	for serial, name := range []string{"redis", "client"} {
		pair, ok := loadPair(dir, name, now)
		if ok && !written && pair.Leaf.CheckSignatureFrom(authority.Leaf) == nil {
			if err := readableByAll(dir, name); err != nil {
				return written, err
			}
			continue
		}
		if err := writeLeaf(dir, name, int64(serial)+2, authority, now); err != nil {
			return written, fmt.Errorf("write the certificate %s.crt: %w", name, err)
		}
		written = true
	}
	return written, nil
}

// readableByAll gives a pair that holds the modes with which it was written.
func readableByAll(dir, name string) error {
	for _, path := range []string{filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")} {
		stat, err := os.Stat(path)
		if err == nil && stat.Mode().Perm()&0o444 != 0o444 {
			err = os.Chmod(path, 0o644)
		}
		if err != nil {
			return fmt.Errorf("let the servers read their certificate: %w", err)
		}
	}
	return nil
}

// loadPair reads a certificate and its key, and tells whether it is good and
// lasts.
func loadPair(dir, name string, now time.Time) (tls.Certificate, bool) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key"))
	if err != nil {
		return tls.Certificate{}, false // missing or broken: made anew
	}
	return pair, pair.Leaf.NotAfter.Sub(now) > soon && !now.Before(pair.Leaf.NotBefore)
}

func writeAuthority(dir string, now time.Time) (tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "redkit local authority"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 0, authorityDays),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	pair, err := certificate.Authority(template)
	if err != nil {
		return tls.Certificate{}, err
	}
	if err := writePair(dir, "ca", pair, 0o600); err != nil {
		return tls.Certificate{}, err
	}
	return tls.LoadX509KeyPair(filepath.Join(dir, "ca.crt"), filepath.Join(dir, "ca.key"))
}

func writeLeaf(dir, name string, serial int64, authority tls.Certificate, now time.Time) error {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano() + serial), Subject: pkix.Name{CommonName: "redkit " + name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 0, leafDays),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if name == "redis" {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
		template.DNSNames, template.IPAddresses = certificateNames()
	}
	signer, ok := authority.PrivateKey.(crypto.Signer)
	if !ok {
		return fmt.Errorf("the authority's key cannot sign: remove %s", filepath.Join(dir, "ca.key"))
	}
	pair, err := certificate.Signed(template, authority.Leaf, signer)
	if err != nil {
		return err
	}
	return writePair(dir, name, pair, 0o644)
}

// writePair writes name.key, then name.crt: a certificate without its key is
// made anew next time.
func writePair(dir, name string, pair *certificate.Pair, mode os.FileMode) error {
	if err := replaceFile(filepath.Join(dir, name+".key"), pair.KeyPEM, mode); err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, name+".crt"), pair.CertPEM, 0o644)
}

// replaceFile writes a file of a given mode in one step, whatever the umask.
func replaceFile(path string, content []byte, mode os.FileMode) error {
	next := path + ".new"
	if err := os.WriteFile(next, content, mode); err != nil {
		return err
	}
	if err := os.Chmod(next, mode); err != nil {
		return err
	}
	return os.Rename(next, path)
}
