package monitor_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/devenv/monitor"
	"github.com/redkit-dev/redkit/internal/fake"
	"github.com/redkit-dev/redkit/internal/pipe"
	"github.com/redkit-dev/redkit/internal/tap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A house is a monitor of two fakes, all in memory: it lives in a bubble.
type house struct {
	monitor  *monitor.Monitor
	settings *devenv.Settings
	listener *pipe.Listener
	taps     map[string]*tap.Tap // what the monitor sends, by server
	clients  map[string]*redis.Client
	http     *http.Client
}

const secret = "s3cret-word"

// newHouse serves until the test ends. Its settings are the defaults, and environ.
func newHouse(t *testing.T, environ ...string) *house {
	t.Helper()
	environ = append([]string{"REDKIT_PASSWORD=" + secret, "REDKIT_PROJECT=shop"}, environ...)
	settings, err := devenv.Load(devenv.LoadOptions{Environ: environ, Root: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{settings: settings, listener: pipe.Listen("127.0.0.1:8381"), taps: map[string]*tap.Tap{}, clients: map[string]*redis.Client{}}
	var servers []devenv.WatchedServer
	for _, i := range settings.Instances() {
		server := fake.New(fake.Config{Password: secret, Now: time.Now})
		t.Cleanup(func() { server.Close() })
		dial := func(context.Context, string, string) (net.Conn, error) { return server.Dial() }
		open := func(dialer tap.Dialer, db int) *redis.Client {
			return redis.NewClient(&redis.Options{
				Addr: i.Addr(), DB: db, Password: secret, Dialer: dialer, Protocol: 2, PoolSize: 1, MaxRetries: -1, DialerRetries: 1, DisableIdentity: true,
				MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
			})
		}
		h.taps[i.Name], h.clients[i.Name] = &tap.Tap{}, open(dial, 0)
		t.Cleanup(func() { h.clients[i.Name].Close() })
		watched := h.taps[i.Name].Wrap(dial)
		servers = append(servers, devenv.WatchedServer{
			Instance: i, URL: i.URL.String(), Queues: i.Policy == "noeviction",
			Open: func(db int) (redis.UniversalClient, error) { return open(watched, db), nil },
		})
	}
	watch, err := devenv.WatchServers(devenv.BackendNative, servers...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { watch.Close() })
	h.monitor, err = monitor.New(monitor.Options{Env: devenv.New(settings, devenv.Options{}), Settings: settings, Watch: watch})
	if err != nil {
		t.Fatal(err)
	}
	h.http = &http.Client{
		Transport:     &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return h.listener.Dial(ctx) }},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(h.http.CloseIdleConnections)
	return h
}

// inBubble lets time pass for the goroutines of a bubble, which costs none.
func inBubble(d time.Duration) { time.Sleep(d) }

// serve runs the monitor until the test ends.
func (h *house) serve(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.monitor.Serve(ctx, h.listener) }() // ends with cancel, and is waited for
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v, want nil", err)
		}
	})
}

// cookie goes in by the printed URL.
func (h *house) cookie(t *testing.T) *http.Cookie {
	t.Helper()
	answer, err := h.http.Get(h.monitor.URL(h.listener))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if len(answer.Cookies()) != 1 {
		t.Fatalf("the printed URL answers %s with the cookies %v, want one", answer.Status, answer.Cookies())
	}
	return answer.Cookies()[0]
}

// request makes a request as the page's own, to be changed by the test.
func (h *house) request(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, "http://127.0.0.1:8381"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(h.cookie(t))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://127.0.0.1:8381")
	}
	return r
}
