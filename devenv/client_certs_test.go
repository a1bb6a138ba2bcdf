package devenv_test

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

func writeCerts(t *testing.T, dir string, at time.Time, want bool) {
	t.Helper()
	if written, err := devenv.WriteCerts(dir, at); err != nil || written != want {
		t.Errorf("WriteCerts = %t, %v, want %t", written, err, want)
	}
}

func TestCertificatesServeGoAndPython(t *testing.T) {
	t.Parallel()
	ports := freePorts(t, 2)
	for i, clients := range []string{"optional", "required"} {
		t.Run(clients, func(t *testing.T) {
			t.Parallel()
			s := mustLoad(t, "REDKIT_PROFILE=single,tls", "REDKIT_PASSWORD=s3cret", "REDKIT_TLS_CLIENTS="+clients, fmt.Sprint("REDKIT_CACHE_PORT=", ports[i]))
			writeCerts(t, s.CertsDir(), time.Now(), true)
			file := func(name string) string { return filepath.Join(s.CertsDir(), name) }
			serve(t, s.RedisURL.Reveal(), devenv.ClientOptions{}, nil, "port 0", fmt.Sprint("tls-port ", ports[i]), "requirepass s3cret", "tls-cert-file "+file("redis.crt"),
				"tls-key-file "+file("redis.key"), "tls-ca-cert-file "+file("ca.crt"), "tls-auth-clients "+s.Stack().TLSClients)
			if _, err := exec.LookPath("/usr/bin/python3"); err != nil {
				t.Skip("no /usr/bin/python3 to ask as redis-py does")
			}
			ask := "import sys, redis; print(redis.Redis.from_url(sys.argv[1]).ping())"
			if out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", ask, s.RedisURL.Reveal()).CombinedOutput(); err != nil || string(out) != "True\n" {
				t.Errorf("redis-py with the URL of the settings: %s %v", out, err)
			}
		})
	}
}

func TestCertificatesAreMadeAnewBeforeTheyEnd(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	writeCerts(t, dir, now, true)
	writeCerts(t, dir, now.AddDate(0, 0, 300), false)
	authority := read(t, dir, "ca.crt")
	writeCerts(t, dir, now.AddDate(0, 0, 380), true) // the leaves end after 397 days
	if !authority.Equal(read(t, dir, "ca.crt")) {
		t.Error("the authority is another after only the leaves ended")
	}
	leaf := read(t, dir, "redis.crt")
	if err := leaf.CheckSignatureFrom(authority); err != nil {
		t.Errorf("the new certificate is not the authority's: %v", err)
	}
	writeCerts(t, dir, now.AddDate(0, 0, 800), true)
	if authority.Equal(read(t, dir, "ca.crt")) {
		t.Error("the authority is the same after it ended")
	}
	// A key that is gone takes its certificate with it.
	if err := os.Remove(filepath.Join(dir, "client.key")); err != nil {
		t.Fatal(err)
	}
	writeCerts(t, dir, now.AddDate(0, 0, 800), true)
	writeCerts(t, dir, now.AddDate(0, 0, 800), false)
	for name, want := range map[string]os.FileMode{"ca.key": 0o600, "redis.key": 0o644, "client.key": 0o644, "ca.crt": 0o644} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func read(t *testing.T, dir, name string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}
