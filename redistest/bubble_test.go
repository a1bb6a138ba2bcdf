package redistest_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

func TestBubbleKeysFollowTheClockOfTheBubble(t *testing.T) {
	t.Parallel()
	for range 2 { // a client made in a second bubble must not find the first one's resolver
		synctest.Test(t, func(t *testing.T) {
			srv := redistest.Start(t, redistest.Bubble())
			ctx, c := t.Context(), srv.Client()
			if err := c.Set(ctx, "k", "v", time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
			if err := srv.Advance(ctx, time.Hour-srv.Grain()); err != nil {
				t.Fatal(err)
			}
			if got := lives(t, c, "k"); len(got) != 1 {
				t.Error("the key is gone a grain before its end")
			}
			if err := srv.Advance(ctx, 2*srv.Grain()); err != nil {
				t.Fatal(err)
			}
			if got := lives(t, c, "k"); len(got) != 0 {
				t.Error("the key is there a grain after its end")
			}
		})
	}
}

func TestBubbleExpiresWithoutACommand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.Start(t, redistest.Bubble(), redistest.Conf("notify-keyspace-events Ex"))
		ctx, c := t.Context(), srv.Client()
		sub := c.Subscribe(ctx, "__keyevent@0__:expired")
		defer sub.Close()
		if _, err := sub.Receive(ctx); err != nil {
			t.Fatal(err)
		}
		c.Set(ctx, "k", "v", time.Minute)
		start := time.Now()
		msg, err := sub.ReceiveMessage(ctx)
		if err != nil || msg.Payload != "k" {
			t.Fatalf("the event of the expiry = %v, %v, want k", msg, err)
		}
		if got := time.Since(start); got != time.Minute {
			t.Errorf("the event came after %v, want a minute", got)
		}
	})
}

func TestBubbleBlockedCommandsMoveWithTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.Start(t, redistest.Bubble())
		ctx, c := t.Context(), srv.Client()
		start := time.Now()
		if err := c.BLPop(ctx, 90*time.Second, "queue").Err(); !errors.Is(err, redis.Nil) {
			t.Errorf("BLPOP of an empty list = %v, want %v", err, redis.Nil)
		}
		if got := time.Since(start); got != 90*time.Second {
			t.Errorf("BLPOP gave up after %v, want 90s", got)
		}
		var wg sync.WaitGroup
		wg.Go(func() { // ends with its command
			<-time.After(time.Hour)
			c.LPush(ctx, "queue", "task")
		})
		got, err := c.BLPop(ctx, 0, "queue").Result()
		if err != nil || got[1] != "task" {
			t.Errorf("BLPOP = %v, %v, want the task pushed an hour later", got, err)
		}
		wg.Wait()
	})
}

func TestBubbleBearsLongPipelines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.Start(t, redistest.Bubble())
		cmds, err := srv.Client().Pipelined(t.Context(), func(p redis.Pipeliner) error {
			for i := range 20_000 {
				p.Set(t.Context(), fmt.Sprint("key", i), "a value of some length that fills the buffers on the way", 0)
			}
			return nil
		})
		if err != nil || len(cmds) != 20_000 {
			t.Errorf("a pipeline of 20,000 commands = %d replies, %v", len(cmds), err)
		}
	})
}

func TestBubbleRefusesToStartOutside(t *testing.T) {
	t.Parallel()
	r := record(t, func(tb redistest.TB) { redistest.Start(tb, redistest.Bubble()) })
	if !r.Failed() {
		t.Error("Start with Bubble outside a bubble did not fail")
	}
	wantText(t, r.text(), "bubble: no bubble here", "synctest.Test")
}
