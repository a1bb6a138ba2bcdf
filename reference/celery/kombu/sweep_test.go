package kombu_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

func TestSweepKeepsOrderPriorityAndPoisonApart(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, r := t.Context(), srv.Client()
		b := open(t, srv, kombu.Options{})
		b.send("q", 0, "0", "1", "2")
		b.send("q", 9, "low")
		c := b.consume("w", "q")
		for range 4 {
			b.claim(c, 1)
			b.clock.Advance(time.Second)
		}
		b.send("q", 0, "3")
		for field, entry := range map[string]string{"poison": "{not json", "short": `[1, 2]`} {
			if err := r.HSet(ctx, "unacked", field, entry).Err(); err != nil {
				t.Fatal(err)
			}
			r.ZAdd(ctx, "unacked_index", z(1, field))
		}
		r.ZAdd(ctx, "unacked_index", z(2, "no message"))
		b.clock.Advance(2 * time.Hour)
		b.restore(4)
		b.want(ids(b.claim(c, 9)), "0! 1! 2! 3 low!")
		dead, err := b.Dead(ctx, 0)
		if err != nil || len(dead) != 2 || !strings.HasPrefix(dead[0].Reason, "found in unacked: not ") {
			t.Errorf("Dead() = %+v, %v, want the two entries that cannot be read", dead, err)
		}
		if n := r.ZCard(ctx, "unacked_index").Val(); n != 5 {
			t.Errorf("unacked_index has %d members, want 5", n)
		}
	})
}

func TestLostIndexEntryIsAdopted(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		b := open(t, srv, kombu.Options{})
		b.send("q", 0, "1")
		c := b.consume("w", "q")
		b.claim(c, 1)
		srv.Client().ZRem(ctx, "unacked_index", "1-tag")
		b.restore(0)
		b.clock.Advance(2 * time.Hour)
		b.restore(1)
	})
}

func TestASilentOwnersClaimsComeBackEarly(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		b := open(t, srv, kombu.Options{Lease: time.Minute})
		b.send("q", 0, "1", "2")
		c1, c2 := b.consume("w 1", "q"), b.consume("w2", "q")
		mine, theirs := b.claim(c1, 1), b.claim(c2, 1)
		for range 3 {
			b.clock.Advance(40 * time.Second)
			if err := b.Extend(ctx, "w2", theirs...); err != nil {
				t.Fatal(err)
			}
			if err := b.Extend(ctx, "w 1"); err != nil {
				t.Fatal(err)
			}
		}
		b.restore(0)
		for range 2 {
			b.clock.Advance(40 * time.Second)
			if err := b.Extend(ctx, "w2", theirs...); err != nil {
				t.Fatal(err)
			}
		}
		b.restore(1)
		b.want(ids(b.claim(c2, 5)), "1!")
		if err := b.Extend(ctx, "w 1", mine...); !errors.Is(err, broker.ErrStale) {
			t.Errorf("Extend(lost claim) = %v, want ErrStale", err)
		}
		if err := b.Ack(ctx, theirs...); err != nil {
			t.Errorf("Ack after Extend = %v", err)
		}
	})
}

func TestRestoreKeepsTheOrderOfClaimsOfOneTime(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := open(t, srv, kombu.Options{})
		var sent []string
		for i := range 1100 { // more than two pages of the sweep
			sent = append(sent, strings.Repeat("x", 9-i%9)+strconv.Itoa(i))
		}
		b.send("q", 0, sent...)
		c := b.consume("w", "q")
		for range 3 {
			b.claim(c, 400)
		}
		b.clock.Advance(2 * time.Hour)
		b.restore(1100)
		for _, id := range sent {
			got := ids(b.claim(c, 1))
			if got != id+"!" {
				t.Fatalf("after the sweep %q is claimed, want %q", got, id+"!")
			}
		}
	})
}
