package redistest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		srv := redistest.Start(t, native, redistest.TLS(), redistest.Auth("", "s3cret"))
		ctx := t.Context()
		if err := srv.Client().Set(ctx, "a", 1, 0).Err(); err != nil {
			t.Fatalf("Set over TLS: %v", err)
		}
		if !strings.HasPrefix(srv.URL(), "rediss://") || srv.Options().TLSConfig == nil {
			t.Errorf("URL = %s, want rediss://, and Options with a TLSConfig", srv.URL())
		}
		plain := redis.NewClient(&redis.Options{Addr: srv.Addr(), Password: "s3cret", MaxRetries: -1, DialerRetries: 1})
		defer plain.Close()
		if err := plain.Ping(ctx).Err(); err == nil {
			t.Error("Ping in plain text = nil, want an error")
		}
		conn, err := tls.Dial("tcp", srv.Addr(), &tls.Config{})
		var unknown x509.UnknownAuthorityError
		if !errors.As(err, &unknown) {
			t.Errorf("a client that does not know the authority: %v, %v", conn, err)
		}
		srv.Faults().On("INCR").DropReply()
		if err := patient(t, srv).Incr(ctx, "a").Err(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("Incr over TLS under a fault = %v, want ECONNRESET", err)
		}
		if got := srv.Dump(ctx); got != "a  string\n  2\n" {
			t.Errorf("dump:\n%s", got)
		}
	})
}

func TestMutualTLS(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		srv := redistest.Start(t, native, redistest.MutualTLS())
		ctx := t.Context()
		if err := srv.Client().Ping(ctx).Err(); err != nil {
			t.Fatalf("Ping with a certificate: %v", err)
		}
		for _, addr := range []string{srv.Addr(), srv.Faults().Addr()} {
			config, err := srv.Certificates().ClientConfig()
			if err != nil {
				t.Fatal(err)
			}
			known := redis.NewClient(&redis.Options{Addr: addr, TLSConfig: config, MaxRetries: -1, DialerRetries: 1})
			if err := known.Ping(ctx).Err(); err != nil {
				t.Errorf("Ping %s with a certificate: %v", addr, err)
			}
			_ = known.Close()
			config.Certificates = nil
			stranger := redis.NewClient(&redis.Options{Addr: addr, TLSConfig: config, MaxRetries: -1, DialerRetries: 1})
			if err := stranger.Ping(ctx).Err(); err == nil {
				t.Errorf("Ping %s without a certificate = nil, want an error", addr)
			}
			_ = stranger.Close()
		}
	})
}

func TestCertificatesServeOtherPrograms(t *testing.T) {
	t.Parallel()
	cli, err := exec.LookPath("redis-cli")
	if err != nil {
		if os.Getenv("REDISTEST_REQUIRE") != "" {
			t.Fatal("no redis-cli on PATH: apt-get install redis-tools")
		}
		t.Skip("no redis-cli on PATH: apt-get install redis-tools")
	}
	srv := redistest.Start(t, redistest.Native(), redistest.MutualTLS())
	dir := t.TempDir()
	if err := srv.Certificates().Write(dir); err != nil {
		t.Fatal(err)
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	for _, addr := range []string{srv.Addr(), srv.Faults().Addr()} {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), cli, "-h", host, "-p", port, "--tls",
			"--cacert", file("ca.crt"), "--cert", file("client.crt"), "--key", file("client.key"), "PING").CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != "PONG" {
			t.Errorf("redis-cli to %s: %s, %v, want PONG", addr, out, err)
		}
	}
	if mode, err := os.Stat(file("server.key")); err != nil || mode.Mode().Perm() != 0o600 {
		t.Errorf("server.key: %v, %v, want mode 0600", mode, err)
	}
}

func TestTheFakeSpeaksNoTLS(t *testing.T) {
	t.Parallel()
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Start(tb, redistest.Fake(), redistest.TLS()) }), "TLS on the fake", "redistest.Real()")
}

func ExampleTLS() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native(), redistest.MutualTLS())
		fmt.Println(srv.Client().Ping(t.Context()).Val())
		fmt.Println(strings.SplitAfter(srv.URL(), "://")[0])
	})
	// Output:
	// PONG
	// rediss://
}

// A client that takes neither Options nor URL is given the certificates.
func ExampleServer_Certificates() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Native(), redistest.TLS())
		var certs *redistest.Certificates = srv.Certificates()
		config, err := certs.ClientConfig()
		if err != nil {
			t.Fatalf("%v", err)
		}
		client := redis.NewClient(&redis.Options{Addr: srv.Addr(), TLSConfig: config})
		defer client.Close()
		fmt.Println(client.Ping(t.Context()).Val())
	})
	// Output: PONG
}

// An engine that is asked for TLS writes the certificates where its server
// finds them.
func ExampleConfig_TLSLines() {
	certs, err := redistest.NewCertificates()
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "certificates-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	fmt.Println(certs.Write(dir))
	conf := redistest.Config{TLS: true, Certificates: certs}
	for _, line := range conf.TLSLines("/run/redis", 6380)[:4] {
		fmt.Println(line)
	}
	// Output:
	// <nil>
	// port 0
	// tls-port 6380
	// tls-cert-file /run/redis/server.crt
	// tls-key-file /run/redis/server.key
}
