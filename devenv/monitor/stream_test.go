package monitor_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A stream reads the events of a monitor.
type stream struct {
	answer *http.Response
	lines  *bufio.Reader
	parts  map[string]string // as sent last
}

func (h *house) stream(t *testing.T) *stream {
	t.Helper()
	answer, err := h.http.Do(h.request(t, "GET", "/events", ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("GET /events = %s, %s, want a stream", answer.Status, kind)
	}
	return &stream{answer, bufio.NewReader(answer.Body), map[string]string{}}
}

// next reads to the end of a version, and returns the parts it sent.
func (s *stream) next(t *testing.T) (changed []string) {
	t.Helper()
	kind := ""
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			t.Fatalf("read the stream: %v", err)
		}
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch {
		case name == "event":
			kind = value
		case name == "data" && kind == "version":
			return changed
		case name == "data":
			var part struct{ ID, HTML string }
			if err := json.Unmarshal([]byte(value), &part); err != nil {
				t.Fatalf("%v: %s", err, value)
			}
			s.parts[part.ID] = part.HTML
			changed = append(changed, part.ID)
		}
	}
}

// until reads on until a part contains a text.
func (s *stream) until(t *testing.T, part, text string) {
	t.Helper()
	begun := time.Now()
	for !strings.Contains(s.parts[part], text) {
		if time.Since(begun) > 2*time.Minute {
			t.Fatalf("after two minutes %s does not contain %q:\n%s", part, text, s.parts[part])
		}
		s.next(t)
	}
}

func TestWhatHappensIsSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.serve(t)
		ctx := t.Context()
		s := h.stream(t)
		if changed := s.next(t); len(changed) < 10 {
			t.Errorf("the first version sends %v, want all parts", changed)
		}
		s.until(t, "celery", "<strong>0</strong>")
		for range 3 {
			h.clients["broker"].LPush(ctx, "celery", "message")
		}
		h.clients["broker"].LPush(ctx, "mail\x06\x169", "message")
		s.until(t, "celery", "<strong>3</strong>")
		s.until(t, "celery", ">mail<")
		s.until(t, "alerts", "messages wait and no worker does")
		s.until(t, "summary", "4 messages wait")

		// A worker of Celery makes itself heard.
		h.clients["broker"].SAdd(ctx, "_kombu.binding.celery.pidbox", "\x06\x16\x06\x16celery@one.celery.pidbox")
		s.until(t, "celery", "celery@one")
		s.until(t, "celery", "declared, and not heard")
		h.clients["broker"].Publish(ctx, "/0.celeryev/worker.heartbeat", heartbeat(t, "celery@one"))
		s.until(t, "celery", "</span>heartbeat ")
		s.until(t, "celery", "py-celery 5.6")
		s.until(t, "celery", "silent: last heartbeat")

		// Caches and channel layer.
		h.clients["cache"].Set(ctx, ":1:greeting", "hello", time.Hour)
		s.until(t, "aliases", "1 name of 1, 1 measured")
		if err := h.clients["broker"].Do(ctx, "SELECT", 2).Err(); err != nil {
			t.Fatal(err)
		}
		h.clients["broker"].Do(ctx, "ZADD", "asgi:group:chat", 1, "a", 2, "b")
		h.clients["broker"].Do(ctx, "ZADD", "asgispecific.x!", 1, "m")
		s.until(t, "layer", "2 channels")
		s.until(t, "layer", "1 message deep")

		// What does not change is not sent again.
		s.next(t)
		if changed := s.next(t); len(changed) > 8 {
			t.Errorf("a quiet second sends %v", changed)
		}
		for name, html := range s.parts {
			if strings.Contains(html, secret) {
				t.Errorf("%s shows the password", name)
			}
		}
	})
}

// heartbeat is what Celery 5.6 publishes, in kombu's wrapping.
func heartbeat(t *testing.T, name string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"type": "worker-heartbeat", "hostname": name, "utcoffset": 0, "pid": 7, "clock": 9, "freq": 2.0, "active": 1, "processed": 12,
		"loadavg": []float64{0, 0, 0}, "sw_ident": "py-celery", "sw_ver": "5.6.0", "sw_sys": "Linux", "timestamp": 1.0,
	})
	if err != nil {
		t.Fatal(err)
	}
	message, err := json.Marshal(map[string]any{
		"body": body, "content-encoding": "utf-8", "content-type": "application/json", "headers": map[string]any{"hostname": name},
		"properties": map[string]any{"delivery_mode": 1, "delivery_info": map[string]any{"exchange": "celeryev", "routing_key": "worker.heartbeat"}, "priority": 0, "body_encoding": "base64"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(message)
}

// TestAStreamEndsWithTheMonitor: it does not wait for the browser to go away.
func TestAStreamEndsWithTheMonitor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ended := make(chan error, 1)
		go func() { ended <- h.monitor.Serve(ctx, h.listener) }() // waited for below
		s := h.stream(t)
		s.next(t)
		begun := time.Now()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v, want nil", err)
		}
		if took := time.Since(begun); took >= time.Second { // of the bubble, where only waiting takes time
			t.Errorf("Serve ended %s after its context, want at once", took)
		}
		if _, err := io.ReadAll(s.lines); err != nil {
			t.Errorf("the stream ends with %v, want its end", err)
		}
		if _, err := h.listener.Dial(t.Context()); err == nil {
			t.Error("somebody still listens")
		}
	})
}
