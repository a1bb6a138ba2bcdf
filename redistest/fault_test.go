package redistest_test

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// engines runs fn on every engine that takes faults and needs no set-up.
func engines(t *testing.T, fn func(t *testing.T, srv *redistest.Server)) {
	t.Helper()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		t.Parallel()
		fn(t, srv)
	}, redistest.Fake(), redistest.Native())
}

// patient is a client that neither retries nor waits between dials, so that
// each fault shows.
func patient(t *testing.T, srv *redistest.Server) *redis.Client {
	t.Helper()
	opt := srv.Options()
	opt.MaxRetries = -1
	opt.DialerRetries = 1
	c := redis.NewClient(opt)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestDropReplyExecutesTheCommand(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), patient(t, srv)
		srv.Faults().On("incr").DropReply()
		if err := c.Incr(ctx, "n").Err(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("Incr = %v, want ECONNRESET", err)
		}
		if n, err := c.Incr(ctx, "n").Result(); n != 2 || err != nil {
			t.Errorf("second Incr = %d, %v, want 2: the first was executed", n, err)
		}
	})
}

func TestDropRequestDoesNotExecuteTheCommand(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), patient(t, srv)
		srv.Faults().On("INCR").DropRequest()
		if err := c.Incr(ctx, "n").Err(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("Incr = %v, want ECONNRESET", err)
		}
		if n, err := c.Incr(ctx, "n").Result(); n != 1 || err != nil {
			t.Errorf("second Incr = %d, %v, want 1: the first was lost", n, err)
		}
	})
}

func TestReplyAnswersForTheServer(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), patient(t, srv)
		srv.Faults().On("GET", "CONFIG GET").Skip(1).Times(2).Reply(redistest.Loading)
		var got []string
		for range 4 {
			got = append(got, errText(c.Get(ctx, "a").Err()))
		}
		if diff := cmp.Diff([]string{"redis: nil", redistest.Loading, redistest.Loading, "redis: nil"}, got); diff != "" {
			t.Errorf("GETs (-want +got):\n%s", diff)
		}
		srv.Faults().Reply("READONLY two\r\nlines")
		if err := c.Set(ctx, "a", 1, 0).Err(); errText(err) != "READONLY two  lines" {
			t.Errorf("Set = %v", err)
		}
		srv.Faults().Heal()
		if err := c.Set(ctx, "a", 1, 0).Err(); err != nil {
			t.Errorf("Set after Heal: %v", err)
		}
	})
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestAClientThatRetriesGetsThroughLoading(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		srv.Faults().Times(2).Reply(redistest.Loading)
		if err := srv.Client().Set(t.Context(), "a", 1, 0).Err(); err != nil {
			t.Errorf("Set = %v, want nil at the third attempt", err)
		}
		want := []string{"Reply: SET a 1 on connection 1", "Reply: SET a 1 on connection 1"}
		if diff := cmp.Diff(want, srv.Faults().Log()); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

func TestAfterBytesCutsAReply(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), patient(t, srv)
		c.Set(ctx, "a", strings.Repeat("x", 10_000), 0)
		srv.Faults().On("GET").AfterBytes(5000)
		if v, err := c.Get(ctx, "a").Result(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("Get = %d bytes, %v, want ECONNRESET", len(v), err)
		}
		if v, err := c.Get(ctx, "a").Result(); len(v) != 10_000 || err != nil {
			t.Errorf("Get again = %d bytes, %v, want 10000", len(v), err)
		}
	})
}

func TestDelayRunsIntoTheDeadlineOfTheCaller(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		c := patient(t, srv)
		srv.Faults().On("SET").Delay(time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := c.Set(ctx, "a", 1, 0).Err(); !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Set = %v, want a timeout", err)
		}
		if v, err := c.Get(t.Context(), "a").Result(); v != "1" || err != nil {
			t.Errorf("Get = %q, %v, want 1: the command was executed", v, err)
		}
	})
}

func TestStallEndsWithHeal(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		c := patient(t, srv)
		srv.Faults().On("INCR").Stall()
		done := make(chan error)
		go func() { done <- c.Incr(t.Context(), "n").Err() }() // ends with Heal, awaited below
		for len(srv.Faults().Log()) == 0 {
			c.Ping(t.Context()) // until the INCR has been seen
		}
		srv.Faults().Heal()
		if err := <-done; err != nil {
			t.Errorf("Incr = %v, want nil after Heal", err)
		}
	})
}

func TestRefuseUntilHeal(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), patient(t, srv)
		c.Ping(ctx)
		srv.Faults().Refuse()
		for range 3 {
			if err := c.Ping(ctx).Err(); !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("Ping = %v, want ECONNREFUSED", err)
			}
		}
		srv.Faults().Heal()
		if err := c.Ping(ctx).Err(); err != nil {
			t.Errorf("Ping after Heal: %v", err)
		}
	})
}

func TestCutBreaksABlockedCommand(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		c := patient(t, srv)
		done := make(chan error)
		go func() { done <- c.BLPop(t.Context(), 0, "queue").Err() }() // ends with Cut, awaited below
		awaitBlocked(t, srv, "blpop")
		srv.Faults().Cut()
		if err := <-done; !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("BLPop = %v, want ECONNRESET", err)
		}
	})
}

func TestTheSameSeedGivesTheSameFaults(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), patient(t, srv)
		run := func(seed uint64) (hits string) {
			srv.Faults().Heal()
			srv.Faults().Seed(seed)
			srv.Faults().On("PING").Chance(0.5).Reply(redistest.Busy)
			for range 40 {
				if c.Ping(ctx).Err() != nil {
					hits += "x"
				} else {
					hits += "."
				}
			}
			return hits
		}
		first, second, third := run(1), run(1), run(2)
		if first != second || first == third || !strings.Contains(first, "x") || !strings.Contains(first, ".") {
			t.Errorf("hits with seeds 1, 1, 2:\n%s\n%s\n%s", first, second, third)
		}
	})
}

func TestFaultsReachAClientThatDialsItself(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		c := redis.NewClient(&redis.Options{Addr: srv.Faults().Addr(), DB: srv.DB(), MaxRetries: -1, DialerRetries: 1})
		defer c.Close()
		if err := c.Set(ctx, "a", 1, 0).Err(); err != nil {
			t.Fatalf("Set through the proxy: %v", err)
		}
		if v, err := srv.Client().Get(ctx, "a").Result(); v != "1" || err != nil {
			t.Errorf("Get beside the proxy = %q, %v, want 1", v, err)
		}
		srv.Faults().On("INCR").DropReply()
		if err := c.Incr(ctx, "a").Err(); err == nil { // the kernel reports a reset once, and go-redis reads twice
			t.Error("Incr = nil, want an error")
		}
		srv.Faults().Refuse()
		if err := c.Ping(ctx).Err(); err == nil {
			t.Error("Ping through a proxy that refuses = nil, want an error")
		}
		srv.Faults().Heal()
		if v, err := c.Get(ctx, "a").Result(); v != "2" || err != nil {
			t.Errorf("Get after Heal = %q, %v, want 2", v, err)
		}
	})
}

func TestTheProxyEndsWithTheTest(t *testing.T) {
	t.Parallel()
	var addr string
	if r := record(t, func(tb redistest.TB) { addr = redistest.Start(tb).Faults().Addr() }); r.failed {
		t.Fatal(r.text())
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		_ = c.Close()
		t.Error("the proxy outlives its test")
	}
}

func TestAFailedTestTellsItsFaultsAndLastCommands(t *testing.T) {
	t.Parallel()
	text := recordFailure(t, func(tb redistest.TB) {
		srv := redistest.Start(tb)
		srv.Faults().On("INCR").Times(1).Reply(redistest.OutOfMemory)
		srv.Faults().On("LPUSH").DropReply()
		srv.Client().Incr(tb.Context(), "n")
		tb.Errorf("as planned")
	})
	wantText(t, text, "INCR n -> error OOM", "Reply: INCR n on connection 1", "DropReply on LPUSH never struck", "seed ")
}

func TestKillAndRestartKeepTheData(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, redistest.Native(), redistest.Exclusive(), redistest.Auth("ann", "s3cret"))
	ctx, c := t.Context(), patient(t, srv)
	c.Set(ctx, "a", 1, 0)
	if err := srv.Faults().Kill(ctx); err != nil {
		t.Fatalf("Kill: %v", err)
	}
	if err := c.Get(ctx, "a").Err(); err == nil {
		t.Error("Get from a dead server = nil, want an error")
	}
	if err := srv.Faults().Restart(ctx); err != nil {
		t.Fatalf("Restart: %v", err)
	}
	if v, err := c.Get(ctx, "a").Result(); v != "1" || err != nil {
		t.Errorf("Get after a restart = %q, %v, want 1", v, err)
	}
	if err := c.Publish(ctx, "news", "x").Err(); err != nil {
		t.Errorf("Publish after a restart: %v", err)
	}
}

func TestKillNeedsAProcess(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	if err := srv.Faults().Kill(t.Context()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Kill on the fake = %v, want ErrUnsupported", err)
	}
}
