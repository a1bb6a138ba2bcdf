package kombu_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

// buries puts messages a, b, c and a less urgent d on the dead-letter list of
// a broker, where d is then the first.
func buries(t *testing.T, b broker.Broker) broker.Consumer {
	t.Helper()
	for _, id := range []string{"a", "b", "c", "d"} {
		task := message.Task{ID: id, Name: "t", Priority: 0}
		m := broker.Message{RoutingKey: "q"}
		if id == "d" {
			m.Priority, task.Priority = 9, 9
		}
		raw, err := task.Encode("", "q", id+"-tag")
		if err != nil {
			t.Fatal(err)
		}
		m.Raw = raw
		if err := b.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	c := b.Consume("w", "q")
	t.Cleanup(func() { _ = c.Close() })
	for _, d := range claimed(t, c, 4) {
		if err := b.Bury(t.Context(), d, "tired of "+id(d)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func claimed(t *testing.T, c broker.Consumer, max int) []broker.Delivery {
	t.Helper()
	ds, err := c.Claim(t.Context(), max)
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func reasons(t *testing.T, b broker.Broker) string {
	t.Helper()
	dead, err := b.Dead(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	n, err := b.DeadCount(t.Context())
	if err != nil || n != int64(len(dead)) {
		t.Errorf("DeadCount() = %d, %v, want %d", n, err, len(dead))
	}
	var all []string
	for _, d := range dead {
		all = append(all, strings.TrimPrefix(d.Reason, "tired of "))
	}
	return strings.Join(all, " ")
}

// reviveAndDrop is what every broker does.
func reviveAndDrop(t *testing.T, b broker.Broker) {
	t.Helper()
	ctx := t.Context()
	c := buries(t, b)
	dead, err := b.Dead(ctx, 0)
	if err != nil || len(dead) != 4 {
		t.Fatalf("Dead() = %d messages, %v, want 4", len(dead), err)
	}
	does := func(what string, do func(context.Context, ...broker.Dead) (int, error), want int, dead ...broker.Dead) {
		t.Helper()
		if n, err := do(ctx, dead...); n != want || err != nil {
			t.Errorf("%s = %d, %v, want %d", what, n, err, want)
		}
	}
	does("Drop(c)", b.Drop, 1, dead[1])
	does("Revive(d, c, b)", b.Revive, 2, dead[0], dead[1], dead[2])
	does("Revive(d) again", b.Revive, 0, dead[0])
	does("Revive()", b.Revive, 0)
	if got := reasons(t, b); got != "a" {
		t.Errorf("dead are %s, want a", got)
	}
	ds := claimed(t, c, 9)
	if got := ids(ds); got != "b d" { // by their priorities
		t.Errorf("revived were %s, want b d", got)
	}
	for _, d := range ds {
		if d.Count != 1 {
			t.Errorf("delivery %d of %s, want its first", d.Count, id(d))
		}
	}
	if err := b.Ack(ctx, ds...); err != nil {
		t.Error(err)
	}
}

func TestTheDeadAreRevivedAndDropped(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) { reviveAndDrop(t, open(t, srv, kombu.Options{Prefix: "p:"})) })
	t.Run("in memory", func(t *testing.T) { reviveAndDrop(t, broker.NewMemory(clock.System{}, 0)) })
}

func TestTheDeadAreLimited(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := open(t, srv, kombu.Options{MaxDead: 2})
		c := buries(t, b)
		b.want(reasons(t, b), "d c")
		for _, raw := range []string{"1", "2", "3"} {
			srv.Client().LPush(t.Context(), "q", raw)
		}
		b.want(fmt.Sprint(len(claimed(t, c, 9))), "0")
		dead, err := b.Dead(t.Context(), 0)
		if err != nil || len(dead) != 2 || string(dead[0].Raw) != "3" || string(dead[1].Raw) != "2" {
			t.Errorf("Dead() = %v, %v, want 3 and 2", dead, err)
		}
		all := open(t, srv, kombu.Options{MaxDead: -1})
		buries(t, all)
		if n, err := all.DeadCount(t.Context()); n != 6 || err != nil {
			t.Errorf("without a limit DeadCount() = %d, %v, want 6", n, err)
		}
	})
}

func TestWhatCameFromNoQueueIsNotRevived(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx := t.Context()
		b := open(t, srv, kombu.Options{})
		srv.Client().LPush(ctx, "redkit.dead", "what somebody else put there")
		dead, err := b.Dead(ctx, 0)
		if err != nil || len(dead) != 1 {
			t.Fatalf("Dead() = %v, %v, want one", dead, err)
		}
		if n, err := b.Revive(ctx, dead...); n != 0 || err == nil {
			t.Errorf("Revive() = %d, %v, want an error", n, err)
		}
		if n, err := b.Drop(ctx, dead...); n != 1 || err != nil {
			t.Errorf("Drop() = %d, %v, want 1", n, err)
		}
	})
}
