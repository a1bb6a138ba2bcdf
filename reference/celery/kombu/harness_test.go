package kombu_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

// bench is a transport on a server, and a clock for its scores.
type bench struct {
	*kombu.Transport
	t     *testing.T
	srv   *redistest.Server
	clock *clock.Manual
}

func open(t *testing.T, srv *redistest.Server, opt kombu.Options) *bench {
	t.Helper()
	b := &bench{t: t, srv: srv, clock: clock.NewManual(time.Unix(1795372850, 484609000))}
	if opt.Clock == nil {
		opt.Clock = b.clock
	}
	opt.Logger = slog.New(slog.DiscardHandler)
	tr, err := kombu.New(srv.Client(), opt)
	if err != nil {
		t.Fatal(err)
	}
	b.Transport = tr
	return b
}

// each runs a test on the fake and on every version of the real server at hand.
func each(t *testing.T, fn func(t *testing.T, srv *redistest.Server)) {
	t.Parallel()
	redistest.Each(t, fn, redistest.Fake())
	redistest.Versions(t, fn)
}

func (b *bench) send(queue string, priority int, ids ...string) {
	b.t.Helper()
	var all []broker.Message
	for _, id := range ids {
		task := message.Task{ID: id, Name: "t", Priority: priority}
		raw, err := task.Encode("", queue, id+"-tag")
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, broker.Message{RoutingKey: queue, Priority: priority, Raw: raw})
	}
	if err := b.Publish(b.t.Context(), all...); err != nil {
		b.t.Fatal(err)
	}
}

func id(d broker.Delivery) string {
	e, err := message.Decode(d.Raw)
	if err != nil {
		return "unreadable"
	}
	name, _ := e.Headers["id"].(string)
	if e.Redelivered() {
		name += "!"
	}
	return name
}

func ids(ds []broker.Delivery) string {
	names := make([]string, len(ds))
	for i, d := range ds {
		names[i] = id(d)
	}
	return strings.Join(names, " ")
}

func (b *bench) claim(c broker.Consumer, max int) []broker.Delivery {
	b.t.Helper()
	ds, err := c.Claim(b.t.Context(), max)
	if err != nil {
		b.t.Fatal(err)
	}
	return ds
}

func (b *bench) consume(owner string, queues ...string) broker.Consumer {
	c := b.Consume(owner, queues...)
	b.t.Cleanup(func() {
		if err := c.Close(); err != nil {
			b.t.Error(err)
		}
	})
	return c
}

func (b *bench) want(got, want string) {
	b.t.Helper()
	if got != want {
		b.t.Errorf("got %q, want %q", got, want)
	}
}

func (b *bench) restore(want int) {
	b.t.Helper()
	if n, err := b.Restore(b.t.Context()); err != nil || n != want {
		b.t.Errorf("Restore() = %d, %v, want %d", n, err, want)
	}
}
