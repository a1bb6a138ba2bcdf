package fake_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/redkit-dev/redkit/internal/fake"
	"github.com/redkit-dev/redkit/internal/resp"
)

// options are the same for all servers: what redistest gives its clients.
func options(addr string) *redis.Options {
	return &redis.Options{
		Addr: addr, DisableIdentity: true, PipelinePoolSize: -1, DialerRetries: 1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// BenchmarkStart is the time from nothing to the answer to a first PING, and
// to having closed everything again.
func BenchmarkStart(b *testing.B) {
	ping := func(b *testing.B, o *redis.Options) {
		c := redis.NewClient(o)
		if err := c.Ping(b.Context()).Err(); err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
	b.Run("server=miniredis", func(b *testing.B) {
		for b.Loop() {
			m := miniredis.NewMiniRedis()
			if err := m.Start(); err != nil {
				b.Fatal(err)
			}
			ping(b, options(m.Addr()))
			m.Close()
		}
	})
	b.Run("server=fake", func(b *testing.B) {
		for b.Loop() {
			s := fake.New(fake.Config{})
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			s.Serve(ln)
			ping(b, options(ln.Addr().String()))
			s.Close()
		}
	})
	b.Run("server=memory", func(b *testing.B) {
		for b.Loop() {
			s := fake.New(fake.Config{})
			o := options("127.0.0.1:0")
			o.Dialer = func(context.Context, string, string) (net.Conn, error) { return s.Dial() }
			ping(b, o)
			s.Close()
		}
	})
}

// servers are what the throughput of the fake is held against.
func servers(b *testing.B) map[string]func() (net.Conn, error) {
	m := miniredis.NewMiniRedis()
	if err := m.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(m.Close)
	_, addr := startFake(b, fake.Config{})
	socket := startRedis(b)
	return map[string]func() (net.Conn, error){
		"miniredis": func() (net.Conn, error) { return net.Dial("tcp", m.Addr()) },
		"fake":      func() (net.Conn, error) { return net.Dial("tcp", addr) },
		"redis":     func() (net.Conn, error) { return net.Dial("unix", socket) },
	}
}

// BenchmarkCommand is the time of one command, sent alone and 16 at a time,
// on a list that is long and on one that is not.
func BenchmarkCommand(b *testing.B) {
	all := servers(b)
	for _, name := range []string{"miniredis", "fake", "redis"} {
		nc, err := all[name]()
		if err != nil {
			b.Fatal(err)
		}
		defer nc.Close()
		run := func(work string, batch int, args ...string) {
			b.Run(fmt.Sprintf("work=%s/batch=%d/server=%s", work, batch, name), func(b *testing.B) {
				request := bytes.Repeat(resp.AppendCommand(nil, args...), batch)
				r := resp.NewReader(nc, resp.Limits{})
				for i := 0; i < b.N; i += batch {
					exchange(b, nc, r, request, batch)
				}
			})
		}
		exchange(b, nc, resp.NewReader(nc, resp.Limits{}), resp.AppendCommand(nil, "FLUSHALL"), 1)
		run("GET", 1, "GET", "key")
		run("GET", 16, "GET", "key")
		run("SET", 1, "SET", "key", "value")
		run("SET", 16, "SET", "key", "value")
		run("LPUSH", 16, "LPUSH", "short", "value")
		long := append([]string{"RPUSH", "long"}, make([]string, 20_000)...)
		exchange(b, nc, resp.NewReader(nc, resp.Limits{}), resp.AppendCommand(nil, long...), 1)
		run("LPUSH-on-20000", 1, "LPUSH", "long", "value")
	}
}

func exchange(b *testing.B, nc net.Conn, r *resp.Reader, request []byte, replies int) {
	b.Helper()
	if _, err := nc.Write(request); err != nil {
		b.Fatal(err)
	}
	for range replies {
		if v, err := r.Value(); err != nil || v.IsError() {
			b.Fatalf("reply %v, %v", v, err)
		}
	}
}
