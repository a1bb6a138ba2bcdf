package celery_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

func TestCrontabIsCelerys(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("no time zones: %v", err)
	}
	tests := []struct {
		spec, from, want string
		zone             *time.Location
	}{
		{"* * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", nil},
		{"*/15 * * * *", "2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z", nil},
		{"7,37 */3,10-11 * * *", "2026-01-01T09:40:00Z", "2026-01-01T10:07:00Z", nil},
		{"0 0 13 * fri", "2026-01-01T00:00:00Z", "2026-02-13T00:00:00Z", nil}, // both days, where cron takes either
		{"0 12 29 feb *", "2026-03-01T00:00:00Z", "2028-02-29T12:00:00Z", nil},
		{"30 22-1 * * sat-mon", "2026-01-02T23:59:00Z", "2026-01-03T00:30:00Z", nil}, // ranges go round
		{"30 2 * * *", "2026-03-28T12:00:00+01:00", "2026-03-30T02:30:00+02:00", berlin},
		{"0 0 31 2 *", "2026-01-01T00:00:00Z", "0001-01-01T00:00:00Z", nil},
		{"0 9 1-7 * mon", "2026-06-30T00:00:00Z", "2026-07-06T09:00:00Z", nil},
	}
	for _, tt := range tests {
		c, err := celery.NewCrontab(tt.spec, tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		from, _ := time.Parse(time.RFC3339, tt.from)
		want, _ := time.Parse(time.RFC3339, tt.want)
		if got := c.Next(from); !got.Equal(want) {
			t.Errorf("%q after %s = %v, want %s", tt.spec, tt.from, got, tt.want)
		}
	}
	for _, bad := range []string{"", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 7", "*/0 * * * *", "a * * * *", "1- * * * *"} {
		if _, err := celery.NewCrontab(bad, nil); err == nil {
			t.Errorf("NewCrontab(%q) succeeds", bad)
		}
	}
}

func TestBeatSendsEachDueTimeOnceWhoeverLeads(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, clk := t.Context(), clock.NewManual(time.Date(2026, 1, 1, 0, 0, 30, 0, time.UTC))
		beat := func() *celery.Beat {
			b, err := kombu.New(srv.Client(), kombu.Options{Clock: clk})
			if err != nil {
				t.Fatal(err)
			}
			app := newApp(t, srv, celery.Settings{Broker: b, Clock: clk})
			minutely, err := celery.NewCrontab("* * * * *", nil)
			if err != nil {
				t.Fatal(err)
			}
			out, err := app.NewBeat(celery.Entry{Name: "minutely", Schedule: minutely, Task: celery.Sig("m")}, celery.Entry{Name: "often", Schedule: celery.Every(40 * time.Second), Task: celery.Sig("o")})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		pass := func(d time.Duration) {
			t.Helper()
			clk.Advance(d)
			if err := srv.Advance(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		tick := func(b *celery.Beat) time.Duration {
			t.Helper()
			wait, err := b.Tick(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return wait
		}
		sent := func() map[string]int {
			n := map[string]int{}
			for _, m := range eager.Inspect(t, srv.Client(), kombu.Options{}).Queue("celery").Messages() {
				n[m.Name]++
			}
			return n
		}
		first, second := beat(), beat()
		first.Lease, second.Lease = time.Hour, time.Hour
		tick(first)
		pass(30 * time.Second)
		if wait := tick(first); wait != 10*time.Second {
			t.Errorf("Tick() = %v, want the 10s until the other entry is due", wait)
		}
		tick(second) // does not lead
		pass(10 * time.Second)
		tick(second)
		tick(first)
		if diff := cmp.Diff(map[string]int{"m": 1, "o": 1}, sent()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
		pass(2 * time.Hour) // the first falls silent; of what was missed the latest is sent
		tick(second)
		tick(second)
		if diff := cmp.Diff(map[string]int{"m": 2, "o": 2}, sent()); diff != "" {
			t.Errorf("sent after the lead changed (-want +got):\n%s", diff)
		}
		if err := first.Run(done(ctx)); err != nil {
			t.Error(err)
		}
	}, redistest.Fake(), redistest.Real())
}

// half is a broker whose first Publish takes one message and then fails.
type half struct {
	*kombu.Transport
	failed bool
}

var errHalf = errors.New("the connection is lost")

func (h *half) Publish(ctx context.Context, messages ...broker.Message) error {
	if h.failed {
		return h.Transport.Publish(ctx, messages...)
	}
	h.failed = true
	return errors.Join(errHalf, h.Transport.Publish(ctx, messages[0]))
}

func TestBeatSendsWholeGroupsAndChordsThoughItsBrokerFailsBetween(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, clk := t.Context(), clock.NewManual(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		for name, task := range map[string]*celery.Signature{
			"group": celery.Group(celery.Sig("g", 1), celery.Sig("g", 2), celery.Sig("g", 3)),
			"chord": celery.Chord([]*celery.Signature{celery.Sig("c", 1), celery.Sig("c", 2)}, celery.Sig("total")),
		} {
			b, err := kombu.New(srv.Client(), kombu.Options{Clock: clk})
			if err != nil {
				t.Fatal(err)
			}
			app := newApp(t, srv, celery.Settings{Broker: &half{Transport: b}, Clock: clk})
			beat, err := app.NewBeat(celery.Entry{Name: name, Schedule: celery.Every(time.Minute), Task: task})
			if err != nil {
				t.Fatal(err)
			}
			beat.Lease = time.Hour
			for i, want := range []error{nil, errHalf, nil, nil} { // the entry is new, due, due still, not due
				if i == 1 {
					clk.Advance(time.Minute)
				}
				if _, err := beat.Tick(ctx); !errors.Is(err, want) {
					t.Fatalf("Tick() = %v, want %v", err, want)
				}
			}
			if err := beat.Run(done(ctx)); err != nil {
				t.Error(err)
			}
		}
		var got []string
		groups := map[string]bool{}
		for _, m := range eager.Inspect(t, srv.Client(), kombu.Options{}).Queue("celery").Messages() {
			got = append(got, fmt.Sprint(m.Name, m.Args))
			groups[m.Name+m.Group] = true
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string{"c[1]", "c[2]", "g[1]", "g[2]", "g[3]"}, got); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
		if len(groups) != 2 {
			t.Errorf("the messages are of the groups %v, want one group each of g and c", groups)
		}
	}, redistest.Fake(), redistest.Real())
}

func done(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}

func TestNewBeatListsEveryProblem(t *testing.T) {
	t.Parallel()
	app := eager.Start(t)
	_, err := app.NewBeat(celery.Entry{}, celery.Entry{Name: "a"}, celery.Entry{Name: "b", Task: celery.Sig("x"), Schedule: &celery.Crontab{Hour: "25"}},
		celery.Entry{Name: "c", Task: celery.Sig("x"), Schedule: celery.Every(0)})
	if err == nil {
		t.Fatal("NewBeat() with bad entries succeeds")
	}
	for _, want := range []string{`entry "": want a name`, `entry "a": want a task and a schedule`, `entry "b": crontab hour "25": "25": want 0 to 23`, `entry "c": its schedule is never due`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, errors.Unwrap(err))
		}
	}
}
