package monitor_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/devenv/monitor"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 900 * time.Millisecond: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", 61 * time.Second: "1 min 1 s",
		time.Hour + time.Second: "1 h", 25 * time.Hour: "1 d 1 h", 100 * 24 * time.Hour: "100 d",
	} {
		if got := monitor.Span(d); got != want {
			t.Errorf("span(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1 000", -1234567: "-1 234 567", math.MaxInt64: "9 223 372 036 854 775 807"} {
		if got := strings.ReplaceAll(monitor.Count(n), "\u202f", " "); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
}

// TestSlowCommandsAreShownWithoutValues: a value may be a session or a password.
func TestSlowCommandsAreShownWithoutValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args []string
		want string
	}{
		{nil, ""},
		{[]string{"ping"}, "PING"},
		{[]string{"KEYS", "*"}, "KEYS *"},
		{[]string{"SET", "user:1", "s3cret"}, "SET user:1 and 1 argument"},
		{[]string{"mset", "a", "s3cret", "b", "s3cret"}, "MSET a and 3 arguments"},
		{[]string{"AUTH", "default", "s3cret"}, "AUTH and 2 arguments"},
		{[]string{"HELLO", "3", "AUTH", "default", "s3cret"}, "HELLO and 4 arguments"},
		{[]string{"EVAL", "return 's3cret'", "0"}, "EVAL and 2 arguments"},
		{[]string{"acl", "setuser", "app", ">s3cret"}, "ACL and 3 arguments"},
		{[]string{"CONFIG", "SET", "requirepass", "s3cret"}, "CONFIG and 3 arguments"},
		{[]string{"GET", ":1:django.contrib.sessions.cache3k9yq2ch0aqn4f1m7x5d6s8w2b4v6n8p"}, "GET :1:django.contrib.sessions.***"},
		{[]string{"LPUSH", "celery\x06\x163", "s3cret"}, `LPUSH celery\x06\x163 and 1 argument`},
		{[]string{"GET", strings.Repeat("key:", 40)}, "GET " + strings.Repeat("key:", 15) + "…"},
	}
	for _, tt := range tests {
		if got := monitor.ShownCommand(tt.args); got != tt.want {
			t.Errorf("shownCommand(%q) = %q, want %q", tt.args, got, tt.want)
		}
	}
}

func TestReadNodes(t *testing.T) {
	t.Parallel()
	const text = `a1 127.0.0.1:7001@17001,host myself,master - 0 0 1 connected 0-5460 5462
b2 127.0.0.1:7002@17002 master,fail - 0 0 2 disconnected 5461 [5463->-a1]
c3 127.0.0.1:7004@17004 slave,fail? a1 0 0 1 connected
`
	want := []monitor.ClusterNode{
		{Addr: "127.0.0.1:7001", Role: "master", Linked: true, Slots: "0-5460 5462", Count: 5462},
		{Addr: "127.0.0.1:7002", Role: "master", State: "fail, slots move", Slots: "5461", Count: 1},
		{Addr: "127.0.0.1:7004", Role: "replica", State: "fail?", Of: "127.0.0.1:7001", Linked: true},
	}
	if diff := cmp.Diff(want, monitor.ReadNodes(text)); diff != "" {
		t.Errorf("readNodes (-want +got):\n%s", diff)
	}
}

func TestReadEvent(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	w, ok := monitor.ReadEvent(heartbeat(t, "celery@one"), now)
	want := monitor.Worker{Name: "celery@one", Kind: "worker-heartbeat", At: now, Active: 1, Processed: 12, Every: 2 * time.Second, Software: "py-celery 5.6.0"}
	if diff := cmp.Diff(want, w); diff != "" || !ok {
		t.Errorf("readEvent = %v (-want +got):\n%s", ok, diff)
	}
	for after, alive := range map[time.Duration]bool{0: true, 6 * time.Second: true, 7 * time.Second: false} {
		if got := w.Alive(now.Add(after)); got != alive {
			t.Errorf("%s after its heartbeat a worker is alive = %v, want %v", after, got, alive)
		}
	}
	w.Kind = "worker-offline"
	if w.Alive(now) {
		t.Error("a worker that said goodbye is alive")
	}
	plain, err := json.Marshal(map[string]any{"body": `{"type": "worker-online", "hostname": "w"}`, "properties": map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	if w, ok := monitor.ReadEvent(string(plain), now); !ok || w.Name != "w" {
		t.Errorf("readEvent without base64 = %+v, %v, want the worker w", w, ok)
	}
	for _, bad := range []string{"", "null", "{", `{"body": "%", "properties": {"body_encoding": "base64"}}`, `{"body": "[]"}`, `{"body": "{\"type\": \"task-sent\", \"hostname\": \"w\"}"}`} {
		if w, ok := monitor.ReadEvent(bad, now); ok {
			t.Errorf("readEvent(%q) = %+v, want none", bad, w)
		}
	}
}

func TestAxisEnd(t *testing.T) {
	t.Parallel()
	for most, want := range map[float64]float64{10: 10, 11: 20, 21: 50, 51: 100, 0.5: 0.5, 0.51: 1} {
		if got := monitor.AxisEnd(most, false); math.Abs(got-want) > 1e-9 {
			t.Errorf("axisEnd(%v) = %v, want %v", most, got, want)
		}
	}
	if got := monitor.AxisEnd(3<<20, true); got != 4<<20 {
		t.Errorf("axisEnd of 3 MB = %v, want 4 MB", got)
	}
}

// TestChartsBreakWhereNothingIsKnown draws a server that was gone for a while.
func TestChartsBreakWhereNothingIsKnown(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	var h []devenv.Stat
	for ago := 30; ago >= 0; ago-- {
		s := devenv.Stat{At: now.Add(-time.Duration(ago) * time.Second), Up: ago > 20 || ago < 10, EvictedPerSec: 5}
		if ago == 25 {
			s.EvictedPerSec = 10 // the worst of its five seconds is shown
		}
		h = monitor.Add(h, s)
	}
	got := monitor.Path(h, now)
	if strings.Count(got, "M") != 2 || !strings.Contains(got, " 10") {
		t.Errorf("path = %s, want two strokes, and the top of the canvas", got)
	}
	if got := monitor.Path(h[:1], now); !strings.HasSuffix(got, "h.1") || strings.Contains(got, "L") {
		t.Errorf("path of one moment = %s, want a dot", got)
	}
	if got := monitor.Path(nil, now); got != "" {
		t.Errorf("path of nothing = %q, want none", got)
	}
}

func TestAHistoryIsOfFifteenMinutes(t *testing.T) {
	t.Parallel()
	var h []devenv.Stat
	begun := time.Unix(0, 0)
	for second := range 3600 {
		h = monitor.Add(h, devenv.Stat{At: begun.Add(time.Duration(second) * time.Second)})
	}
	if span := h[len(h)-1].At.Sub(h[0].At); span != 15*time.Minute {
		t.Errorf("after an hour a history spans %s, want 15m", span)
	}
}

func TestCountersCountFromFiveMinutesAgo(t *testing.T) {
	t.Parallel()
	for during, want := range map[time.Duration]time.Duration{0: 0, time.Minute: time.Minute, 5 * time.Minute: 5 * time.Minute, time.Hour: 5 * time.Minute} {
		t.Run(fmt.Sprint(during), func(t *testing.T) {
			t.Parallel()
			if got := monitor.Oldest(time.Second, during); got < want || got > want+15*time.Second {
				t.Errorf("after %s counters count from %s ago, want %s", during, got, want)
			}
		})
	}
}
