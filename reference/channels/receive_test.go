package channels_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/channels"
)

func TestCancelledReceiversLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := onRedis(t, channels.Options{}, srv)
		sender := onRedis(t, channels.Options{Clock: b.clock}, srv)
		local := b.newChannel()
		for _, channel := range []string{"jobs", local} {
			lost := 0
			for i := range 30 {
				ctx, cancel := context.WithCancel(t.Context())
				got := b.receiving(ctx, channel)
				go cancel() // at any moment of the send
				sender.send(channel, msg(i))
				if r := <-got; r.err == nil {
					lost--
				} else if r.err != context.Canceled {
					t.Fatalf("Receive = %v, want it cancelled", r.err)
				}
				lost++
			}
			for range lost { // each that was cancelled left its message
				if _, err := b.Receive(t.Context(), channel); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			got := b.receiving(ctx, channel)
			cancel()
			if r := <-got; r.err != context.Canceled {
				t.Errorf("Receive from the empty %s = %v, %v, want it cancelled", channel, r.msg, r.err)
			}
		}
	})
}

func TestReceiversAreServedInTheirOrder(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := onRedis(t, channels.Options{}, srv)
		var got []<-chan result
		for range 3 {
			got = append(got, b.receiving(t.Context(), "jobs"))
		}
		for i := range 3 {
			b.send("jobs", msg(i))
		}
		for i, g := range got {
			if r := <-g; r.err != nil || r.msg["n"] != int64(i) {
				t.Errorf("receiver %d got %v, %v, want message %d", i, r.msg, r.err, i)
			}
		}
	})
}

func TestBackupOfADeadProcessIsDelivered(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b, c := onRedis(t, channels.Options{Lease: -1}, srv), srv.Client()
		b.send("jobs", msg(1))
		z := c.ZPopMin(t.Context(), "asgijobs").Val()[0]
		c.ZAdd(t.Context(), "asgijobs$inflight", redis.Z{Score: z.Score, Member: z.Member})
		b.gets("jobs", msg(1))
		b.must("Close", b.Close()) // it has confirmed the message by then

		patient := onRedis(t, channels.Options{Clock: b.clock, Poll: time.Second}, srv)
		c.ZAdd(t.Context(), "asgijobs$inflight", redis.Z{Score: z.Score, Member: z.Member})
		patient.send("jobs", msg(2))
		patient.gets("jobs", msg(2)) // the other one may still be in hand
		b.clock.Advance(5 * time.Second)
		patient.gets("jobs", msg(1))
		b.must("Close", patient.Close())
		if n := c.Exists(t.Context(), "asgijobs$inflight", "asgijobs").Val(); n != 0 {
			t.Errorf("%d keys are left, want none", n)
		}
	})
}

func TestPoisonCostsOneError(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := onRedis(t, channels.Options{Keys: []string{"a"}}, srv)
		onRedis(t, channels.Options{Keys: []string{"b"}, Clock: b.clock}, srv).send("jobs", msg(0))
		b.clock.Advance(time.Second) // or the two would have one score, and no order
		b.send("jobs", msg(1))
		_, err := b.Receive(t.Context(), "jobs")
		b.refuses("Receive of another key's message", err, channels.ErrCorrupt)
		b.gets("jobs", msg(1))
		onRedis(t, channels.Options{Keys: []string{"a"}, Clock: b.clock, DeliverStale: true}, srv).send("jobs", msg(2))
		late := onRedis(t, channels.Options{Keys: []string{"a"}, Clock: b.clock, DeliverStale: true}, srv)
		b.clock.Advance(72 * time.Second)
		_, err = late.Receive(t.Context(), "jobs")
		late.refuses("Receive of an old token", err, channels.ErrCorrupt)
	})
}

func TestCloseEndsReceivers(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		for _, b := range []*bench{onRedis(t, channels.Options{}, srv), inMemory(t, channels.Options{})} {
			got := b.receiving(t.Context(), "jobs")
			if _, is := b.Layer.(*channels.Redis); !is {
				b.must("Close", b.Close())
			}
			b.must("Close", b.Close())
			b.refuses("Receive", (<-got).err, channels.ErrClosed)
			b.refuses("Send", b.Send(t.Context(), "jobs", msg(1)), channels.ErrClosed)
			b.refuses("GroupAdd", b.GroupAdd(t.Context(), "g", "jobs"), channels.ErrClosed)
			b.refuses("GroupDiscard", b.GroupDiscard(t.Context(), "g", "jobs"), channels.ErrClosed)
			b.refuses("GroupSend", b.GroupSend(t.Context(), "g", msg(1)), channels.ErrClosed)
			b.refuses("Flush", b.Flush(t.Context()), channels.ErrClosed)
		}
	})
}
