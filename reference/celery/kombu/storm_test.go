package kombu_test

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

// retrying is a transport whose client repeats commands, as go-redis does by default.
func retrying(t *testing.T, srv *redistest.Server, opt kombu.Options) *kombu.Transport {
	t.Helper()
	o := srv.Options()
	o.MaxRetries, o.MinRetryBackoff, o.MaxRetryBackoff = 8, time.Microsecond, time.Microsecond
	client := redis.NewClient(o)
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	opt.Logger = slog.New(slog.DiscardHandler)
	tr, err := kombu.New(client, opt)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func raw(t *testing.T, id string) []byte {
	t.Helper()
	task := message.Task{ID: id, Name: "t"}
	out, err := task.Encode("", "q", id+"-tag")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// until repeats what a fault broke, as a worker does.
func until(t *testing.T, what string, try func() error) {
	t.Helper()
	for range 50 {
		if err := try(); err == nil {
			return
		}
	}
	t.Fatalf("%s does not succeed in 50 tries", what)
}

func TestNothingIsLostOrDoubledWhenRequestsAndRepliesAre(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		tr := retrying(t, srv, kombu.Options{})
		lossy := srv.Faults().On("EVALSHA", "EVAL", "SCRIPT")
		lossy.Chance(.15).DropReply()
		lossy.Chance(.15).DropRequest()

		const n = 120
		for i := range n {
			if err := tr.Publish(ctx, broker.Message{RoutingKey: "q", Raw: raw(t, fmt.Sprint(i))}); err != nil {
				t.Fatalf("publish %d: %v", i, err) // 8 repeats: not by these faults
			}
		}
		consumers := []broker.Consumer{tr.Consume("a", "q"), tr.Consume("b", "q")}
		runs := map[string]int{}
		for i := 0; len(runs) < n; i++ {
			if i > 20*n {
				t.Fatalf("only %d of %d messages arrived", len(runs), n)
			}
			c := consumers[i%2]
			var got []broker.Delivery
			until(t, "claim", func() (err error) { got, err = c.Claim(ctx, 1+i%3); return err })
			for j, d := range got {
				if name := id(d); j == 0 && i%5 == 0 && name[len(name)-1] != '!' {
					until(t, "requeue", func() error { return fresh(tr.Requeue(ctx, d)) })
					continue
				}
				runs[trim(id(d))]++
				until(t, "ack", func() error { return fresh(tr.Ack(ctx, d)) })
			}
		}
		srv.Faults().Heal()
		for name, times := range runs {
			if times != 1 {
				t.Errorf("message %s arrived %d times, want once", name, times)
			}
		}
		for _, key := range []string{"q", "redkit.dead"} {
			if left := srv.Client().LLen(ctx, key).Val(); left != 0 {
				t.Errorf("%s holds %d messages at the end, want 0", key, left)
			}
		}
		if left, err := tr.Unacked(ctx); err != nil || left != 0 {
			t.Errorf("%d messages are unacked at the end, %v, want 0", left, err)
		}
	})
}

// fresh takes a stale claim for done: moves, unlike acks, cannot tell a
// repeated call from a late one.
func fresh(err error) error {
	if errors.Is(err, broker.ErrStale) {
		return nil
	}
	return err
}

func trim(name string) string {
	if name != "" && name[len(name)-1] == '!' {
		return name[:len(name)-1]
	}
	return name
}

func TestAnAckRepeatedForALostReplySucceeds(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		tr := retrying(t, srv, kombu.Options{})
		c := tr.Consume("w", "q")
		for i := range 3 { // once with the script not yet loaded
			if err := tr.Publish(ctx, broker.Message{RoutingKey: "q", Raw: raw(t, fmt.Sprint(i))}); err != nil {
				t.Fatal(err)
			}
			got, err := c.Claim(ctx, 1)
			if err != nil || len(got) != 1 {
				t.Fatalf("Claim() = %v, %v", got, err)
			}
			if i > 0 {
				srv.Faults().On("EVALSHA").DropReply()
			}
			if err := tr.Ack(ctx, got...); err != nil {
				t.Errorf("Ack() whose reply is lost = %v, want no error", err)
			}
			if err := tr.Ack(ctx, got...); !errors.Is(err, broker.ErrStale) {
				t.Errorf("second Ack() = %v, want ErrStale", err)
			}
		}
	})
}

func TestAMessageClaimedByNobodyComesBack(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		b := open(t, srv, kombu.Options{})
		b.send("q", 0, "1", "2")
		if err := b.Extend(ctx, "dead"); err != nil {
			t.Fatal(err)
		}
		o := srv.Options()
		o.MaxRetries = -1
		client := redis.NewClient(o)
		defer client.Close()
		alone, err := kombu.New(client, kombu.Options{Clock: b.clock, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		b.claim(b.consume("x", "empty"), 1) // the script is loaded
		srv.Faults().On("EVALSHA", "EVAL").Where(func(args []string) bool { return len(args) > 9 }).Always().DropReply()
		if _, err := alone.Consume("dead", "q").Claim(ctx, 1); err == nil {
			t.Fatal("Claim() whose reply is lost succeeds without a repeat")
		}
		srv.Faults().Heal() // its process is dead: nobody asks again
		if n, err := b.Unacked(ctx); err != nil || n != 1 {
			t.Fatalf("Unacked() = %d, %v, want the message nobody heard of", n, err)
		}
		b.clock.Advance(61 * time.Second)
		b.restore(1)
		b.want(ids(b.claim(b.consume("w", "q"), 5)), "1! 2")
	})
}
