package kombu_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

func z(score float64, member string) redis.Z { return redis.Z{Score: score, Member: member} }

func TestWaitWakesForAnyProducerAndTakesNothing(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		b := open(t, srv, kombu.Options{})
		c := b.consume("w", "q", "other")
		for _, list := range []string{"q", "other\x06\x169", "q"} {
			woken := make(chan error, 1)
			go func() { woken <- c.Wait(ctx, time.Hour) }()
			if err := srv.Client().LPush(ctx, list, "x").Err(); err != nil {
				t.Fatal(err)
			}
			if err := <-woken; err != nil {
				t.Fatalf("Wait() = %v after a push to %q", err, list)
			}
			if n := srv.Client().LLen(ctx, list).Val(); n != 1 {
				t.Errorf("%q holds %d messages after Wait, want 1", list, n)
			}
			if err := c.Wait(ctx, time.Hour); err != nil {
				t.Errorf("Wait() with a message ready = %v", err)
			}
			srv.Client().Del(ctx, list)
		}
		if err := c.Wait(ctx, time.Millisecond); err != nil {
			t.Errorf("Wait(1ms) on empty queues = %v", err)
		}
		stopped, stop := context.WithCancel(ctx)
		stop()
		if err := c.Wait(stopped, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait() after cancel = %v, want %v", err, context.Canceled)
		}
		if err := c.Wait(ctx, time.Millisecond); err != nil {
			t.Errorf("Wait() after a cancelled one = %v", err)
		}
	})
}

func TestFanoutReachesListenersAndIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := open(t, srv, kombu.Options{Prefix: "p[1]:"})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		ready, got, ended := make(chan bool), make(chan broker.Fanout, 9), make(chan error, 1)
		go func() {
			ended <- b.Listen(ctx, []broker.Binding{{Exchange: "ev", RoutingKey: "worker.#"}, {Exchange: "pid*"}},
				func() { close(ready) }, func(f broker.Fanout) { got <- f })
		}()
		<-ready
		for _, m := range []broker.Fanout{{Exchange: "ev", RoutingKey: "task.sent"}, {Exchange: "ev", RoutingKey: "worker.online", Raw: []byte("1")},
			{Exchange: "pidx"}, {Exchange: "pid*", Raw: []byte("2")}} {
			if err := b.Broadcast(ctx, m.Exchange, m.RoutingKey, m.Raw); err != nil {
				t.Fatal(err)
			}
		}
		if f := <-got; f.Exchange != "ev" || f.RoutingKey != "worker.online" || string(f.Raw) != "1" {
			t.Errorf("first message is %+v, want worker.online", f)
		}
		if f := <-got; f.Exchange != "pid*" || f.RoutingKey != "" || string(f.Raw) != "2" {
			t.Errorf("second message is %+v, want that of pid*", f)
		}
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Listen() = %v, want %v", err, context.Canceled)
		}
	})
}
