package kombu_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOrderIsRoundRobinWithinAPriority(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := open(t, srv, kombu.Options{})
		for _, q := range []string{"a", "b", "c"} {
			b.send(q, 0, q+"0", q+"1", q+"2")
		}
		b.send("b", 5, "late")
		b.send("c", 9, "later")
		c := b.consume("w", "a", "b", "c")
		b.want(ids(b.claim(c, 4)), "a0 b0 c0 a1")
		b.want(ids(b.claim(c, 1)), "b1")
		b.want(ids(b.claim(c, 100)), "c1 a2 b2 c2 late later")
		b.want(ids(b.claim(c, 100)), "")
	})
}

func TestLayoutIsKombus(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, r := t.Context(), srv.Client()
		b := open(t, srv, kombu.Options{Prefix: "p:"})
		b.send("q", 0, "1")
		b.send("q", 5, "2")
		raw, err := r.LIndex(ctx, "p:q\x06\x163", 0).Result()
		if err != nil || !strings.Contains(raw, `"priority": 5`) {
			t.Errorf("list of step 3 holds %s, %v, want the message with priority 5", raw, err)
		}
		first, err := r.LIndex(ctx, "p:q", 0).Result()
		if err != nil {
			t.Fatal(err)
		}
		c := b.consume("w", "q")
		d := b.claim(c, 1)
		entry, err := r.HGet(ctx, "p:unacked", "1-tag").Result()
		if want := "[" + first + `, "", "q"]`; err != nil || entry != want {
			t.Errorf("unacked holds %s, %v, want %s", entry, err, want)
		}
		if at, err := r.ZScore(ctx, "p:unacked_index", "1-tag").Result(); err != nil || at != 1795372850.484609 {
			t.Errorf("unacked_index holds %f, %v, want 1795372850.484609", at, err)
		}
		if err := b.Ack(ctx, d...); err != nil {
			t.Fatal(err)
		}
		keys, err := r.Keys(ctx, "*").Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if !strings.HasPrefix(k, "p:") {
				t.Errorf("key %q lacks the prefix", k)
			}
		}
		if err := b.Declare(ctx, "topic", broker.Binding{Exchange: "e", RoutingKey: "a.#.b-c.*", Queue: "tq"}); err != nil {
			t.Fatal(err)
		}
		members, err := r.SMembers(ctx, "p:_kombu.binding.e").Result()
		if diff := cmp.Diff([]string{"a.#.b-c.*\x06\x16" + `^a\..*?\.b\-c\..*?[^\.]$` + "\x06\x16tq"}, members); err != nil || diff != "" {
			t.Errorf("binding (-want +got): %v\n%s", err, diff)
		}
	})
}

func TestStaleAckLeavesTheNextClaimAlone(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		b := open(t, srv, kombu.Options{VisibilityTimeout: time.Minute})
		b.send("q", 0, "1")
		c1, c2 := b.consume("w1", "q"), b.consume("w2", "q")
		first := b.claim(c1, 1)
		b.clock.Advance(59 * time.Second)
		b.restore(0)
		b.clock.Advance(2 * time.Second)
		b.restore(1)
		second := b.claim(c2, 1)
		b.want(ids(second), "1!")
		if err := b.Ack(ctx, first...); !errors.Is(err, broker.ErrStale) {
			t.Errorf("Ack(stale) = %v, want ErrStale", err)
		}
		if err := srv.Client().HDel(ctx, "unacked", "1-tag").Err(); err != nil { // what a kombu worker's late ack does
			t.Fatal(err)
		}
		b.clock.Advance(61 * time.Second)
		b.restore(1)
		third := b.claim(c1, 1)
		if third[0].Count != 3 {
			t.Errorf("Count = %d, want 3", third[0].Count)
		}
		if err := b.Ack(ctx, third...); err != nil {
			t.Error(err)
		}
		if err := b.Ack(ctx, third...); !errors.Is(err, broker.ErrStale) {
			t.Errorf("second Ack = %v, want ErrStale", err)
		}
	})
}

func TestTwinsWithOneTagAreTrackedApart(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		b := open(t, srv, kombu.Options{})
		for _, q := range []string{"q1", "q2"} {
			if err := b.Declare(ctx, "direct", broker.Binding{Exchange: "e", RoutingKey: "k", Queue: q}); err != nil {
				t.Fatal(err)
			}
		}
		task := message.Task{ID: "1", Name: "t"}
		raw, err := task.Encode("e", "k", "tag")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Publish(ctx, broker.Message{Exchange: "e", RoutingKey: "k", Raw: raw}); err != nil {
			t.Fatal(err)
		}
		c := b.consume("w", "q1", "q2")
		twins := b.claim(c, 2)
		if n, err := b.Unacked(ctx); err != nil || n != 2 {
			t.Errorf("Unacked() = %d, %v, want 2", n, err)
		}
		if err := b.Ack(ctx, twins[0]); err != nil {
			t.Fatal(err)
		}
		if err := b.Requeue(ctx, twins[1]); err != nil {
			t.Fatal(err)
		}
		for q, want := range map[string]int64{twins[0].Queue: 0, twins[1].Queue: 1} {
			if n, err := b.Depth(ctx, q); err != nil || n != want {
				t.Errorf("Depth(%s) = %d, %v, want %d", q, n, err, want)
			}
		}
		if err := b.Publish(ctx, broker.Message{Exchange: "e", RoutingKey: "nobody", Raw: raw}); !errors.Is(err, broker.ErrUnroutable) {
			t.Errorf("Publish to nobody = %v, want ErrUnroutable", err)
		}
	})
}

// A script that fails keeps what it has done: it is to fail before that.
func TestOfMessagesToSeveralQueuesNoneOrAllArePublished(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b, ctx := open(t, srv, kombu.Options{}), t.Context()
		if err := srv.Client().HSet(ctx, "hash", "f", "v").Err(); err != nil {
			t.Fatal(err)
		}
		to := func(queue, once string) broker.Message {
			return broker.Message{RoutingKey: queue, Raw: []byte("m"), Once: once}
		}
		for _, messages := range [][]broker.Message{{to("q", ""), to("hash", "")}, {to("hash", "")}, {to("hash", "once")}, {to("hash", "once")}, {to("a\x06\x163", "")}} {
			if err := b.Publish(ctx, messages...); !errors.Is(err, broker.ErrRefused) {
				t.Errorf("Publish to %s of %d = %v, want ErrRefused", messages[len(messages)-1].RoutingKey, len(messages), err)
			}
		}
		if n, err := b.Depth(ctx, "q"); err != nil || n != 0 {
			t.Errorf("Depth(q) = %d, %v, want none of the messages", n, err)
		}
	})
}

func TestRequeueKeepsOrderAndList(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := open(t, srv, kombu.Options{})
		b.send("q", 0, "1", "2", "3", "4")
		b.send("q", 9, "low")
		c := b.consume("w", "q")
		if err := b.Requeue(t.Context(), b.claim(c, 3)...); err != nil {
			t.Fatal(err)
		}
		b.want(ids(b.claim(c, 9)), "1! 2! 3! 4 low")
	})
}

func TestParkedMessageWaitsInRedis(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		b := open(t, srv, kombu.Options{VisibilityTimeout: time.Minute})
		b.send("q", 0, "1", "2", "3")
		c := b.consume("w", "q")
		ds := b.claim(c, 3)
		for i, wait := range []time.Duration{3 * time.Hour, time.Hour, 2 * time.Hour} {
			if err := b.Park(ctx, ds[i], b.clock.Now().Add(wait)); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Ack(ctx, ds[0]); !errors.Is(err, broker.ErrStale) {
			t.Errorf("Ack(parked) = %v, want ErrStale: parking has ended the claim", err)
		}
		b.clock.Advance(59 * time.Minute)
		b.restore(0)
		b.want(ids(b.claim(c, 5)), "")
		b.clock.Advance(90 * time.Minute)
		b.want(ids(b.claim(c, 5)), "2 3")
		b.clock.Advance(time.Hour)
		b.want(ids(b.claim(c, 5)), "1")
	})
}

func TestHostileMessagesAreKeptAndDoNotStopTheQueue(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, r := t.Context(), srv.Client()
		b := open(t, srv, kombu.Options{MaxDeliveries: 2})
		bad := []string{"not json", "{}", "[1]", "\xff\x00", `{"properties": {}}`, strings.Repeat("[", 5000),
			`{"properties": {"delivery_tag": "x", "delivery_info": {"exchange": ""}}}`}
		for _, raw := range bad {
			r.LPush(ctx, "q", raw)
		}
		r.Set(ctx, "wrong", "type", 0)
		b.send("q", 0, "good")
		c := b.consume("w", "wrong", "q")
		for range 2 {
			ds := b.claim(c, 5)
			b.want(strings.TrimSuffix(ids(ds), "!"), "good")
			if err := b.Requeue(ctx, ds...); err != nil {
				t.Fatal(err)
			}
		}
		b.want(ids(b.claim(c, 5)), "")
		dead, err := b.Dead(ctx, 0)
		if err != nil || len(dead) != len(bad)+1 {
			t.Fatalf("Dead() = %d entries, %v, want %d", len(dead), err, len(bad)+1)
		}
		b.want(dead[0].Reason, "delivered 2 times without an acknowledgement")
		for i, raw := range bad {
			if got := dead[len(dead)-1-i]; string(got.Raw) != raw || got.Queue != "q" || got.Reason == "" || !got.At.Equal(b.clock.Now()) {
				t.Errorf("Dead()[%d] = %.80q from %q at %v because %q, want %.80q from q", i, got.Raw, got.Queue, got.At, got.Reason, raw)
			}
		}
	})
}

func TestPublishIsNotDoubledWhenSentAgain(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		b := open(t, srv, kombu.Options{})
		for i := range 2 {
			task := message.Task{ID: "1", Name: "t"}
			raw, err := task.Encode("", "q", uuid.NewString())
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Publish(ctx, broker.Message{RoutingKey: "q", Raw: raw, Once: "retry-1"}, broker.Message{RoutingKey: "all", Raw: raw}); err != nil {
				t.Fatal(err)
			}
			for q, want := range map[string]int64{"q": 1, "all": int64(i + 1)} {
				if n, err := b.Depth(ctx, q); err != nil || n != want {
					t.Errorf("Depth(%s) = %d, %v, want %d", q, n, err, want)
				}
			}
		}
	})
}

func TestConcurrentConsumersShareAQueue(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		const n, workers = 300, 4
		b := open(t, srv, kombu.Options{})
		var names []string
		for i := range n {
			names = append(names, fmt.Sprint(i))
		}
		b.send("q", 0, names...)
		got := make(chan string, n)
		errs := make(chan error, workers)
		for w := range workers {
			c := b.consume(fmt.Sprint("w", w), "q")
			go func() {
				for {
					ds, err := c.Claim(t.Context(), 7)
					if err != nil || len(ds) == 0 {
						errs <- err
						return
					}
					for _, d := range ds {
						got <- id(d)
					}
					if err := b.Ack(t.Context(), ds...); err != nil {
						errs <- err
						return
					}
				}
			}()
		}
		for range workers {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		close(got)
		seen := map[string]int{}
		for name := range got {
			seen[name]++
		}
		if len(seen) != n {
			t.Errorf("%d different messages were claimed, want %d", len(seen), n)
		}
		if u, err := b.Unacked(context.Background()); err != nil || u != 0 {
			t.Errorf("Unacked() = %d, %v, want 0", u, err)
		}
	})
}
