package redistest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// warm lends and takes back connections, so that those to come are used ones.
func warm(t *testing.T, engine redistest.Option) {
	t.Helper()
	for range 2 {
		record(t, func(tb redistest.TB) {
			redistest.Start(tb, engine).Client().Ping(tb.Context())
		})
	}
}

func TestAClientMayBeginAsItLikes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*redis.Options)
		resp   int
		base   int // added to the database of the lease, or -1 for database 0
	}{
		"as is":            {func(*redis.Options) {}, 3, 0},
		"RESP2":            {func(o *redis.Options) { o.Protocol = 2 }, 2, 0},
		"database 0":       {func(o *redis.Options) { o.DB = 0 }, 3, -1},
		"another database": {func(o *redis.Options) { o.DB++ }, 3, 1},
		"a name":           {func(o *redis.Options) { o.ClientName = "ann" }, 3, 0},
		"an identity":      {func(o *redis.Options) { o.DisableIdentity = false }, 3, 0},
		"small buffers":    {func(o *redis.Options) { o.ReadBufferSize = 128 }, 3, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := small(t, 16)
			warm(t, engine)
			srv := redistest.Start(t, engine, redistest.AtLeast("6.2"))
			opts := srv.Options()
			tt.change(opts)
			c := redis.NewClient(opts)
			defer c.Close()
			db := srv.DB() + tt.base
			if tt.base < 0 {
				db = 0
			}
			for range 3 {
				info, err := c.Do(t.Context(), "client", "info").Text()
				if want := fmt.Sprintf(" db=%d ", db); err != nil || !strings.Contains(info, want) {
					t.Errorf("CLIENT INFO = %s, %v, want it to hold %q", info, err, want)
				}
			}
			_, err := c.Do(t.Context(), "hello").Result()
			if err != nil {
				t.Errorf("HELLO = %v", err)
			}
			if got := c.Do(t.Context(), "config", "get", "hz").Val(); (tt.resp == 3) != strings.HasPrefix(fmt.Sprintf("%T", got), "map") {
				t.Errorf("CONFIG GET answered a %T, want RESP%d", got, tt.resp)
			}
		})
	}
}

func TestAConnectionMayBeUsedRaw(t *testing.T) {
	t.Parallel()
	engine := small(t, 16)
	warm(t, engine)
	srv := redistest.Start(t, engine)
	for _, command := range []string{"PING\r\n", "HELLO 2\r\nPING\r\n", "*1\r\n$4\r\nPING\r\n"} {
		conn, err := srv.Options().Dialer(context.WithoutCancel(t.Context()), "", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, command); err != nil {
			t.Fatal(err)
		}
		for r := bufio.NewReader(conn); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatalf("no PONG to %q: %v", command, err)
			}
			if line == "+OK\r\n" {
				t.Errorf("%q was answered with %q first: an answer to what was not asked", command, line)
			}
			if line == "+PONG\r\n" {
				break
			}
		}
		_ = conn.Close()
	}
}

func TestPushesReachALentConnection(t *testing.T) {
	t.Parallel()
	engine := small(t, 16)
	warm(t, engine)
	srv := redistest.Start(t, engine)
	sub := srv.Client().Subscribe(t.Context(), "news")
	defer sub.Close()
	if _, err := sub.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := srv.Client().Publish(t.Context(), "news", "hello").Err(); err != nil {
		t.Fatal(err)
	}
	m, err := sub.ReceiveMessage(t.Context())
	if err != nil || m.Payload != "hello" {
		t.Errorf("ReceiveMessage = %v, %v, want hello", m, err)
	}
}

// A client that looks at the socket of a connection that was closed under it
// must not look at the one lent to somebody else meanwhile: it would wait for
// the other's reader.
func TestAClosedConnectionGivesNoSocket(t *testing.T) {
	t.Parallel()
	engine := small(t, 16)
	warm(t, engine)
	opts := redistest.Start(t, engine).Options()
	conn, err := opts.Dialer(t.Context(), opts.Network, opts.Addr)
	if err != nil {
		t.Fatal(err)
	}
	socket, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	look := func(uintptr) bool { return true }
	if err := socket.Read(look); err != nil {
		t.Errorf("look at the socket of an open connection: %v", err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := socket.Read(look); !errors.Is(err, net.ErrClosed) {
		t.Errorf("look at the socket of a closed connection: %v, want %v", err, net.ErrClosed)
	}
}

// What waits for the next lease on a server that restarts is worth nothing.
func TestALeaseAfterARestartOfItsServer(t *testing.T) {
	t.Parallel()
	made := redistest.Start(t, redistest.Native(), redistest.Exclusive())
	for range 3 {
		r := record(t, func(tb redistest.TB) {
			srv := redistest.Start(tb, redistest.With(pinned{made.Addr()}))
			if err := srv.Client().Set(tb.Context(), "k", "v", 0).Err(); err != nil {
				tb.Errorf("Set: %v", err)
			}
		})
		if r.failed {
			t.Fatal(r.text())
		}
		if err := made.Faults().Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
