package redistest_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

func TestTraceCountsRoundTrips(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), srv.Client()
		tr := srv.Trace(func() {
			c.Set(ctx, "a b", strings.Repeat("x", 50), time.Minute)
			c.Get(ctx, "a b")
			c.Get(ctx, "none")
			if _, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
				p.RPush(ctx, "list", "1", "\x00\xff")
				p.LRange(ctx, "list", 0, -1)
				return nil
			}); err != nil {
				t.Error(err)
			}
			if _, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "n"); return nil }); err != nil {
				t.Error(err)
			}
		})
		want := `5 round trips, 8 commands
    1  SET "a b" xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…(50) ex 60 -> OK
    2  GET "a b" -> 50 bytes
    3  GET none -> nil
    4  RPUSH list 1 "\x00\xff" -> 2
       LRANGE list 0 -1 -> 2 elements
    5  MULTI -> OK
       INCR n -> QUEUED
       EXEC -> 1 element
`
		if diff := cmp.Diff(want, tr.String()); diff != "" {
			t.Errorf("trace (-want +got):\n%s", diff)
		}
		if tr.Dials != 1 || len(tr.Setup) == 0 {
			t.Errorf("dials = %d, setup = %v, want 1 connection and its HELLO", tr.Dials, tr.Setup)
		}
		if c := tr.Commands[0]; c.Took <= 0 || c.Size != 5 || c.RoundTrip != 1 || c.Conn != 1 {
			t.Errorf("first command = %+v", c)
		}
		if n := len(tr.Exchanges()[3]); n != 2 {
			t.Errorf("the pipeline has %d commands in its exchange, want 2", n)
		}
	})
}

func TestTraceShowsErrorsAndWhatWaits(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		ctx, c := t.Context(), srv.Client()
		c.Set(ctx, "s", "v", 0)
		done := make(chan error)
		tr := srv.Trace(func() {
			c.LPush(ctx, "s", "x")
			go func() { done <- c.BLPop(ctx, 0, "queue").Err() }() // ends with the push below
			awaitBlocked(t, srv, "blpop")
		})
		c.RPush(ctx, "queue", "x")
		if err := <-done; err != nil {
			t.Errorf("BLPop: %v", err)
		}
		if !strings.HasPrefix(tr.Commands[0].Err, "WRONGTYPE") {
			t.Errorf("LPUSH onto a string: %+v, want WRONGTYPE", tr.Commands[0])
		}
		if len(tr.Waiting) != 1 || tr.Waiting[0].Reply != "no reply" || tr.Waiting[0].Args[0] != "blpop" {
			t.Errorf("waiting = %+v, want BLPOP", tr.Waiting)
		}
	})
}

// awaitBlocked returns when the server has a client of the test blocked in a
// command.
func awaitBlocked(t *testing.T, srv *redistest.Server, command string) {
	t.Helper()
	blocked := regexp.MustCompile(fmt.Sprintf(`flags=\w*b\w* db=%d .*cmd=%s `, srv.DB(), command))
	for {
		list, err := srv.Client().ClientList(t.Context()).Result()
		if err != nil {
			t.Fatal(err)
		}
		if blocked.MatchString(list) {
			return
		}
	}
}

func TestTraceSeesItsOwnTestOnly(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		other := redistest.Start(t, redistest.With(redistest.EngineOf(srv)))
		tr := srv.Trace(func() { other.Client().Set(t.Context(), "a", 1, 0) })
		if len(tr.Commands)+len(tr.Setup)+tr.Dials != 0 {
			t.Errorf("trace of another server's command: %s", tr)
		}
	})
}

func TestMaxRoundTripsNamesNPlusOne(t *testing.T) {
	t.Parallel()
	r := recordFailure(t, func(tb redistest.TB) {
		srv := redistest.Start(tb)
		ctx, c := tb.Context(), srv.Client()
		redistest.MaxRoundTrips(tb, srv, 2, func() {
			c.LRange(ctx, "posts", 0, -1)
			for i := range 4 {
				c.Get(ctx, fmt.Sprint("user:", i))
				c.HGetAll(ctx, "config")
			}
		})
	})
	wantText(t, r, "9 round trips, want at most 2", "LRANGE posts 0 -1 -> 0 elements",
		"N+1: GET user:* was sent 4 times, one by one (round trips 2, 4, 6, 8): use MGET or a pipeline",
		"the same HGETALL was sent 4 times (round trips 3, 5, 7, 9): keep the first answer")
}

func TestMaxRoundTripsPasses(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, srv *redistest.Server) {
		tr := redistest.MaxRoundTrips(t, srv, 1, func() {
			srv.Client().MGet(t.Context(), "a", "b", "c")
		})
		if tr.RoundTrips != 1 {
			t.Errorf("round trips = %d, want 1", tr.RoundTrips)
		}
	})
}

func TestPasswordsStayOutOfTraces(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	ctx, c := t.Context(), srv.Client()
	tr := srv.Trace(func() {
		c.Do(ctx, "auth", "ann", "s3cret")
		c.Do(ctx, "hello", "3", "AUTH", "ann", "s3cret")
		c.Do(ctx, "config", "set", "requirepass", "s3cret")
		c.Do(ctx, "acl", "setuser", "ann", ">s3cret")
	})
	if text := tr.Timings(); strings.Contains(text, "s3cret") || strings.Count(text, "***") < 4 {
		t.Errorf("trace shows a password:\n%s", text)
	}
}

func TestAFaultShowsInTheTrace(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	srv.Faults().On("GET").Reply(redistest.WrongType)
	tr := srv.Trace(func() {
		if err := srv.Client().Get(t.Context(), "a").Err(); errors.Is(err, redis.Nil) {
			t.Error("no fault")
		}
	})
	if c := tr.Commands[0]; c.Fault != "Reply" || c.Err != redistest.WrongType {
		t.Errorf("command = %+v, want the fault", c)
	}
}
