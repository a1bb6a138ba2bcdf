package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/redistest"
)

// A pinned engine uses the server at one socket and no other.
type pinned struct{ socket string }

func (pinned) Name() string { return "pinned" }

func (p pinned) Boot(ctx context.Context, conf redistest.Config) (redistest.Instance, error) {
	if _, err := os.Stat(p.socket); err != nil {
		return nil, fmt.Errorf("%w: start it with: make redis", redistest.ErrMissing) // Start skips the test
	}
	end := redistest.Endpoint{Network: "unix", Addr: p.socket}
	return running{end}, end.Ping(ctx)
}

// running is a server that somebody else starts and stops.
type running struct{ end redistest.Endpoint }

func (r running) Endpoint() redistest.Endpoint { return r.end }
func (r running) Stop(context.Context) error   { return nil }

// An engine of one's own takes few lines.
func ExampleWith() {
	inTest(func(t redistest.TB) {
		_, err := pinned{"/run/nobody-made-redis.sock"}.Boot(t.Context(), redistest.Config{})
		fmt.Println(errors.Is(err, redistest.ErrMissing))

		made := redistest.Start(t, redistest.Native(), redistest.Exclusive())
		srv := redistest.Start(t, redistest.With(pinned{made.Addr()}))
		fmt.Println(srv.Engine(), srv.Client().Ping(t.Context()).Val())
	})
	// Output:
	// true
	// pinned PONG
}

// An engine passes these lines to its server.
func ExampleConfig_Lines() {
	for _, line := range (redistest.Config{Databases: 32, Password: "secret", Conf: []string{"maxmemory 1mb"}}).Lines() {
		fmt.Println(line)
	}
	// Output:
	// databases 32
	// requirepass secret
	// maxmemory 1mb
}

// Every server can move its time, in steps no finer than its grain.
func ExampleClock() {
	inTest(func(t redistest.TB) {
		for _, srv := range []*redistest.Server{redistest.Start(t, redistest.Fake()), redistest.Start(t, redistest.Native())} {
			var clock redistest.Clock = srv
			srv.Client().Set(t.Context(), "session", "ann", time.Hour)
			err := clock.Advance(t.Context(), time.Hour+clock.Grain())
			fmt.Println(srv.Engine(), clock.Grain(), clock.Blocking(), srv.Client().Exists(t.Context(), "session").Val(), err)
		}
	})
	// Output:
	// fake 1ms true 0 <nil>
	// native 250ms false 0 <nil>
}

// Where blocked commands see Advance, nobody waits for their timeouts.
func ExampleServer_Blocking() {
	inTest(func(t redistest.TB) {
		srv := redistest.Start(t, redistest.Fake())
		fmt.Println(srv.Blocking())

		popped := make(chan error)
		go func() { popped <- srv.Client().BLPop(t.Context(), time.Hour, "jobs").Err() }()
		for !strings.Contains(srv.Client().Info(t.Context(), "clients").Val(), "blocked_clients:1") {
			runtime.Gosched()
		}
		if err := srv.Advance(t.Context(), time.Hour); err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Println(<-popped)
	})
	// Output:
	// true
	// redis: nil
}

// counted is a server that counts the connections opened to it.
type counted struct {
	redistest.Instance
	opened *atomic.Int64
}

func (c counted) Endpoint() redistest.Endpoint {
	end := c.Instance.Endpoint()
	var dial redistest.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c.opened.Add(1)
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	end.Dial = dial
	return end
}

// counting is another engine whose servers are counted.
type counting struct {
	redistest.Engine
	opened *atomic.Int64
}

func (c counting) Boot(ctx context.Context, conf redistest.Config) (redistest.Instance, error) {
	near, err := c.Engine.Boot(ctx, conf)
	return counted{near, c.opened}, err
}

// An engine may bring its own way to open connections.
func ExampleDialFunc() {
	inTest(func(t redistest.TB) {
		var opened atomic.Int64
		near := redistest.EngineOf(redistest.Start(t, redistest.Native()))
		srv := redistest.Start(t, redistest.With(counting{near, &opened}), redistest.Exclusive())
		fmt.Println(srv.Client().Ping(t.Context()).Val(), opened.Load() > 0)
	})
	// Output: PONG true
}
