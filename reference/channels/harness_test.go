package channels_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/channels"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// each runs a test on the fake and on every version of the real server at hand.
func each(t *testing.T, fn func(t *testing.T, srv *redistest.Server)) {
	t.Parallel()
	redistest.Each(t, fn, redistest.Fake())
	redistest.Versions(t, fn)
}

// A bench is a layer whose calls end the test when they fail.
type bench struct {
	channels.Layer
	t     *testing.T
	clock *clock.Manual
}

func prepared(t *testing.T, opt channels.Options) (channels.Options, *clock.Manual) {
	c, _ := opt.Clock.(*clock.Manual)
	if c == nil {
		c = clock.NewManual(time.Now().Truncate(time.Second))
	}
	opt.Clock, opt.Logger = c, slog.New(slog.NewTextHandler(t.Output(), nil))
	return opt, c
}

func wrap(t *testing.T, l channels.Layer, c *clock.Manual, err error) *bench {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	return &bench{l, t, c}
}

func inMemory(t *testing.T, opt channels.Options) *bench {
	t.Helper()
	opt, c := prepared(t, opt)
	l, err := channels.NewMemory(opt)
	return wrap(t, l, c, err)
}

func onRedis(t *testing.T, opt channels.Options, servers ...*redistest.Server) *bench {
	t.Helper()
	opt, c := prepared(t, opt)
	l, err := channels.NewRedis(clients(servers), opt)
	return wrap(t, l, c, err)
}

func onPubSub(t *testing.T, opt channels.PubSubOptions, servers ...*redistest.Server) *bench {
	t.Helper()
	opt.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	l, err := channels.NewPubSub(clients(servers), opt)
	return wrap(t, l, nil, err)
}

func clients(servers []*redistest.Server) []*redis.Client {
	var all []*redis.Client
	for _, s := range servers {
		all = append(all, s.Client())
	}
	return all
}

func (b *bench) must(what string, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

func (b *bench) newChannel() string {
	b.t.Helper()
	name, err := b.NewChannel(b.t.Context(), "")
	b.must("NewChannel", err)
	return name
}

func (b *bench) send(channel string, msg channels.Message) {
	b.t.Helper()
	b.must("Send to "+channel, b.Send(b.t.Context(), channel, msg))
}

func (b *bench) add(group, channel string) {
	b.t.Helper()
	b.must("GroupAdd", b.GroupAdd(b.t.Context(), group, channel))
}

func (b *bench) groupSend(group string, msg channels.Message) {
	b.t.Helper()
	b.must("GroupSend", b.GroupSend(b.t.Context(), group, msg))
}

// gets wants the next message, for which it waits.
func (b *bench) gets(channel string, want channels.Message) {
	b.t.Helper()
	got, err := b.Receive(b.t.Context(), channel)
	b.must("Receive from "+channel, err)
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("Receive from %s (-want +got):\n%s", channel, diff)
	}
}

// refuses wants an error.
func (b *bench) refuses(what string, err, want error) {
	b.t.Helper()
	if !errors.Is(err, want) {
		b.t.Errorf("%s = %v, want %v", what, err, want)
	}
}

// A result is what a receiver got.
type result struct {
	msg channels.Message
	err error
}

// receiving starts a receiver and returns when it waits, or has its message.
func (b *bench) receiving(ctx context.Context, channel string) <-chan result {
	b.t.Helper()
	got, before := make(chan result, 1), 0
	waiting := func() int { return 1 << 30 }
	if r, ok := b.Layer.(*channels.Redis); ok {
		waiting = r.Waiting
		before = r.Waiting()
	}
	go func() { // ends with ctx, or when Close ends all receivers
		msg, err := b.Receive(ctx, channel)
		got <- result{msg, err}
	}()
	for waiting() <= before && len(got) == 0 {
		if b.t.Context().Err() != nil {
			b.t.Fatal("the receiver never waits")
		}
		runtime.Gosched()
	}
	return got
}

func msg(n int) channels.Message {
	return channels.Message{"type": "t", "n": int64(n)}
}
