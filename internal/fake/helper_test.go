package fake_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/fake"
	"github.com/redkit-dev/redkit/internal/resp"
)

// client is a connection to a server, with nothing between a test and the
// protocol.
type client struct {
	t       *testing.T
	nc      net.Conn
	r       *resp.Reader
	patient bool // wait for ever: in a bubble the time limit would pass
}

func newClient(t *testing.T, nc net.Conn) *client {
	t.Helper()
	t.Cleanup(func() { nc.Close() })
	return &client{t: t, nc: nc, r: resp.NewReader(nc, resp.Limits{})}
}

func (c *client) send(args ...string) {
	c.t.Helper()
	c.raw(string(resp.AppendCommand(nil, args...)))
}

func (c *client) raw(s string) {
	c.t.Helper()
	if _, err := c.nc.Write([]byte(s)); err != nil {
		c.t.Fatalf("write %.60q: %v", s, err)
	}
}

// read is the next reply, as resp.Value.String shows it. It waits a minute at
// most.
func (c *client) read() string {
	c.t.Helper()
	if !c.patient {
		c.nc.SetReadDeadline(time.Now().Add(time.Minute))
	}
	v, err := c.r.Value()
	if err != nil {
		c.t.Fatalf("read a reply: %v", err)
	}
	return v.String()
}

func (c *client) do(args ...string) string {
	c.t.Helper()
	c.send(args...)
	return c.read()
}

// want runs a command and fails the test unless it is answered so.
func (c *client) want(want string, args ...string) {
	c.t.Helper()
	if got := c.do(args...); got != want {
		c.t.Errorf("%.200q = %.400s, want %.400s", args, got, want)
	}
}

// backend is a server to run one test body against.
type backend struct {
	name string
	dial func() (net.Conn, error)
	fake *fake.Server // nil: a real one
}

func (b backend) client(t *testing.T) *client {
	t.Helper()
	nc, err := b.dial()
	if err != nil {
		t.Fatalf("dial %s: %v", b.name, err)
	}
	return newClient(t, nc)
}

// startFake serves a fake on a loopback port.
func startFake(t testing.TB, cfg fake.Config) (*fake.Server, string) {
	t.Helper()
	s := fake.New(cfg)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Serve(ln); err != nil {
		t.Fatal(err)
	}
	return s, ln.Addr().String()
}

// each runs a test body against the fake, over a socket and in memory, and
// against the redis-server on PATH: what the fake is made to do must be what
// Redis does.
func each(t *testing.T, body func(t *testing.T, b backend)) {
	t.Helper()
	t.Run("fake", func(t *testing.T) {
		t.Parallel()
		s, addr := startFake(t, fake.Config{})
		body(t, backend{"fake", func() (net.Conn, error) { return net.Dial("tcp", addr) }, s})
	})
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		s := fake.New(fake.Config{})
		t.Cleanup(func() { s.Close() })
		body(t, backend{"memory", s.Dial, s})
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		socket := startRedis(t)
		body(t, backend{"redis", func() (net.Conn, error) { return net.Dial("unix", socket) }, nil})
	})
}

// startRedis runs the redis-server on PATH for one test and returns its
// socket. Without one the test is skipped, unless REDISTEST_REQUIRE is set.
func startRedis(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("REDISTEST_REQUIRE") != "" {
			t.Fatalf("no redis-server on PATH: install redis-server")
		}
		t.Skip("no redis-server on PATH: install redis-server to hold the fake against it")
	}
	return startServer(t, path)
}

// startServer runs a server for one test and returns its socket.
func startServer(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "fake") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); cmd.Wait() })
	for wait := time.Millisecond; ; wait *= 2 {
		if nc, err := net.Dial("unix", socket); err == nil {
			nc.Close()
			return socket
		}
		if wait > 10*time.Second {
			t.Fatalf("redis-server did not open %s", socket)
		}
		<-time.After(wait)
	}
}

// awaitInfo asks for INFO until a field has a value.
func awaitInfo(c *client, field, want string) {
	c.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		c.send("INFO", "clients")
		v, err := c.r.Value()
		if err != nil {
			c.t.Fatal(err)
		}
		if strings.Contains(v.Str, field+":"+want+"\r\n") {
			return
		}
	}
	c.t.Fatalf("INFO did not come to tell %s:%s", field, want)
}

// must is v, where an error means that the test itself is wrong.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
