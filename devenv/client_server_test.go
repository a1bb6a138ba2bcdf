package devenv_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/internal/certificate"
	"github.com/redkit-dev/redkit/internal/fleet"
	"github.com/redkit-dev/redkit/internal/freeport"
	"github.com/redkit-dev/redkit/internal/process"
)

// redisServer returns the path of redis-server. Without one the test is
// skipped, or fails where everything must be there.
func redisServer(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("REDISTEST_REQUIRE") == "1" {
			t.Fatalf("REDISTEST_REQUIRE=1: %v", err)
		}
		t.Skip("no redis-server on PATH: install redis-server, as with apt-get install redis-server")
	}
	return path
}

// serve runs redis-server with the lines of redis.conf until the test ends,
// and returns when it answers at rawURL.
func serve(t *testing.T, rawURL string, o devenv.ClientOptions, args []string, conf ...string) *process.Bound {
	t.Helper()
	dir, err := os.MkdirTemp("", "redkit-test-")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "redis.conf")
	lines := append([]string{"bind 127.0.0.1", "dir " + dir, "repl-diskless-sync-delay 0"}, conf...)
	if len(args) > 0 { // a sentinel has no save points
		lines = append([]string{"bind 127.0.0.1", "dir " + dir}, conf...)
	} else {
		lines = append(lines, `save ""`)
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := process.StartBound(process.Command{Path: redisServer(t), Args: append([]string{file}, args...), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Remove(); err != nil {
			t.Error(err)
		}
	})
	await(t, server, func(ctx context.Context) error {
		client, err := devenv.OpenClient(rawURL, o)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		return client.Ping(ctx).Err()
	})
	return server
}

// await calls ready until it returns nil, while the server lives.
func await(t *testing.T, server *process.Bound, ready func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := server.Await(ctx, 10*time.Millisecond, ready); err != nil {
		t.Fatal(err)
	}
}

// ports is a range that no other package of this module draws from.
var ports = freeport.Range{First: 8500, Count: 3400}

// freePorts finds n ports on loopback below the kernel's ephemeral range.
func freePorts(t *testing.T, n int) []int { return takePorts(t, n) }

// clusterPorts finds ports whose twins above are free too: there a cluster's
// node listens for the others.
func clusterPorts(t *testing.T, n int) []int { return takePorts(t, n, fleet.BusOffset) }

func takePorts(t *testing.T, n int, offsets ...int) []int {
	t.Helper()
	found, err := ports.Take(n, offsets...)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// certificates are files of an authority, of a server on loopback and of a client.
type certificates struct {
	ca, serverCert, serverKey, clientCert, clientKey string
}

// newCertificates are good for an hour, and the server's for one address alone.
func newCertificates(t *testing.T) certificates {
	t.Helper()
	dir := t.TempDir()
	template := func(name string, serial int64) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		}
	}
	write := func(name string, pair *certificate.Pair, err error) (cert, key string) {
		if err != nil {
			t.Fatal(err)
		}
		cert, key = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
		for path, text := range map[string][]byte{cert: pair.CertPEM, key: pair.KeyPEM} {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return cert, key
	}
	of := template("redkit test authority", 1)
	of.IsCA, of.BasicConstraintsValid, of.KeyUsage = true, true, x509.KeyUsageCertSign
	ca, err := certificate.Authority(of)
	var c certificates
	c.ca, _ = write("ca", ca, err)
	server := template("server", 2)
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	pair, err := certificate.Signed(server, ca.Leaf, ca.Key)
	c.serverCert, c.serverKey = write("server", pair, err)
	client := template("client", 3)
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	pair, err = certificate.Signed(client, ca.Leaf, ca.Key)
	c.clientCert, c.clientKey = write("client", pair, err)
	return c
}
