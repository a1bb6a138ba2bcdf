package kombu_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// awaiter is a consumer that goes by the server's clock: on one of the
// test's own, Await is Wait and Claim.
func awaiter(t *testing.T, srv *redistest.Server, queues ...string) (*bench, broker.Awaiter) {
	t.Helper()
	tr, err := kombu.New(srv.Client(), kombu.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Transport: tr, t: t, srv: srv}
	c, ok := b.consume("w", queues...).(broker.Awaiter)
	if !ok {
		t.Fatal("the consumer is no broker.Awaiter")
	}
	return b, c
}

func TestAwaitClaimsWhatComes(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		b, c := awaiter(t, srv, "q", "other")
		type answer struct {
			claimed []broker.Delivery
			err     error
		}
		for _, to := range []struct {
			queue    string
			priority int
		}{{"q", 0}, {"other", 0}, {"q", 9}, {"other", 3}, {"q", 0}} {
			came := make(chan answer, 1)
			go func() { // ends with ctx; waited for below
				var got answer
				for got.err == nil && len(got.claimed) == 0 { // it may be woken for nothing
					got.claimed, got.err = c.Await(ctx, 5, time.Hour)
				}
				came <- got
			}()
			b.send(to.queue, to.priority, "m")
			got := <-came
			if got.err != nil || ids(got.claimed) != "m" {
				t.Fatalf("Await() = %q, %v after a message for %v, want m", ids(got.claimed), got.err, to)
			}
			if err := b.Ack(ctx, got.claimed...); err != nil {
				t.Errorf("Ack() of what Await claimed = %v", err)
			}
		}
		b.send("q", 0, "1", "2", "3")
		for _, want := range []string{"1 2", "3"} {
			if got, err := c.Await(ctx, 2, time.Hour); err != nil || ids(got) != want {
				t.Errorf("Await(2) with messages ready = %q, %v, want %q", ids(got), err, want)
			}
		}
		if got, err := c.Await(ctx, 5, time.Millisecond); err != nil || len(got) != 0 {
			t.Errorf("Await(1ms) on empty queues = %q, %v, want none", ids(got), err)
		}
	})
}

func TestAwaitEndsWithItsContextAndGoesOnWithAnother(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b, c := awaiter(t, srv, "q")
		for range 3 {
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { // ends with ctx; waited for below
				_, err := c.Await(ctx, 5, time.Hour)
				ended <- err
			}()
			stop()
			if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("Await() after its context = %v, want nothing or %v", err, context.Canceled)
			}
		}
		b.send("q", 0, "m")
		if got, err := c.Await(t.Context(), 5, time.Hour); err != nil || ids(got) != "m" {
			t.Errorf("Await() after cancelled ones = %q, %v, want m", ids(got), err)
		}
	})
}

func TestAwaitReturnsWhatIsParkedWhenItIsDue(t *testing.T) {
	t.Parallel()
	redistest.Versions(t, func(t *testing.T, srv *redistest.Server) {
		b, c := awaiter(t, srv, "q")
		b.send("q", 0, "m")
		got, err := c.Await(t.Context(), 5, time.Hour)
		if err != nil || ids(got) != "m" {
			t.Fatalf("Await() = %q, %v, want m", ids(got), err)
		}
		if err := b.Park(t.Context(), got[0], got[0].At.Add(50*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		worker, _ := c.(broker.Consumer)
		for got = nil; len(got) == 0; {
			if got = b.claim(worker, 5); len(got) > 0 { // which learns when something is due
				break
			}
			if got, err = c.Await(t.Context(), 5, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		if ids(got) != "m" {
			t.Errorf("Await() = %q once the message is due, want m", ids(got))
		}
	})
}

// A connection that breaks while it waits has either claimed the message or
// left it: either way the next call returns it, once.
func TestAwaitLosesNothingWithItsConnection(t *testing.T) {
	t.Parallel()
	redistest.Versions(t, func(t *testing.T, srv *redistest.Server) {
		b, c := awaiter(t, srv, "q")
		for range 20 {
			ended := make(chan []broker.Delivery, 1)
			go func() { // ends when the message is claimed; waited for below
				for {
					if got, err := c.Await(t.Context(), 5, time.Hour); err == nil && len(got) > 0 || t.Context().Err() != nil {
						ended <- got
						return
					}
				}
			}()
			cut := make(chan bool)
			go func() { // ends by itself; waited for below
				srv.Faults().Cut()
				close(cut)
			}()
			b.send("q", 0, "m")
			<-cut
			got := <-ended
			if ids(got) != "m" {
				t.Fatalf("Await() = %q, want m", ids(got))
			}
			if err := b.Ack(t.Context(), got...); err != nil {
				t.Fatal(err)
			}
			if n := srv.Client().Exists(t.Context(), "q", "unacked", "unacked_index").Val(); n != 0 {
				t.Fatalf("%d of q, unacked and its index are left after the ack, want none", n)
			}
		}
	})
}
