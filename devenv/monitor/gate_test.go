package monitor_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// read returns the status and body of an answer.
func read(t *testing.T, h *house, r *http.Request) (*http.Response, string) {
	t.Helper()
	answer, err := h.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

// csrf is the value that the page's forms carry.
func (h *house) csrf(t *testing.T) string {
	t.Helper()
	_, body := read(t, h, h.request(t, "GET", "/reset", ""))
	_, after, found := strings.Cut(body, `name="csrf" value="`)
	value, _, ended := strings.Cut(after, `"`)
	if !found || !ended || len(value) < 20 {
		t.Fatalf("the form has no csrf value: %s", body)
	}
	return value
}

func TestTokenBecomesACookie(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.serve(t)
		address := h.monitor.URL(h.listener)
		for range 2 { // a second browser may come
			answer, err := h.http.Get(address)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			cookies := answer.Cookies()
			if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/" || len(cookies) != 1 {
				t.Fatalf("GET %s = %s, Location %q, cookies %v, want 303 to / and a cookie", address, answer.Status, answer.Header.Get("Location"), cookies)
			}
			c := cookies[0]
			if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Name != "redkit_monitor_8381" {
				t.Errorf("the cookie is %v, want HttpOnly, SameSite=Strict, for / and this port", c)
			}
			if strings.Contains(address, c.Value) {
				t.Errorf("the cookie is the token of the address: whoever reads a history is in")
			}
		}
		page, body := read(t, h, h.request(t, "GET", "/", ""))
		if page.StatusCode != http.StatusOK || !strings.Contains(body, "<h1>shop</h1>") {
			t.Errorf("GET / with the cookie = %s, want the page", page.Status)
		}
		_, token, _ := strings.Cut(address, "token=")
		if strings.Contains(body, token) || strings.Contains(body, secret) {
			t.Errorf("the page shows a secret")
		}
	})
}

func TestATicketWorksOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.serve(t)
		ticket := h.monitor.Ticket(h.listener)
		for n, want := range []int{http.StatusSeeOther, http.StatusUnauthorized} {
			answer, err := h.http.Get(ticket)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != want || (len(answer.Cookies()) == 1) != (n == 0) {
				t.Errorf("use %d of a ticket = %s with %d cookies, want %d", n+1, answer.Status, len(answer.Cookies()), want)
			}
		}
	})
}

// TestWhoIsRefused changes one thing of a request that is answered.
func TestWhoIsRefused(t *testing.T) {
	t.Parallel()
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	host := func(value string) func(*http.Request) { return func(r *http.Request) { r.Host = value } }
	tests := []struct {
		name, method, path string
		change             func(*http.Request)
		want               int
	}{
		{"the page", "GET", "/", nil, 200},
		{"events without a cookie", "GET", "/events", set("Cookie", ""), 401},
		{"the page without a cookie", "GET", "/", set("Cookie", ""), 401},
		{"a wrong cookie", "GET", "/", set("Cookie", "redkit_monitor_8381=guess"), 401},
		{"the cookie of another monitor", "GET", "/", func(r *http.Request) {
			r.Header.Set("Cookie", strings.Replace(r.Header.Get("Cookie"), "8381", "8382", 1))
		}, 401},
		{"a wrong token", "GET", "/?token=guess", set("Cookie", ""), 401},
		{"an empty token", "GET", "/?token=", nil, 401},
		{"a name that was bound to this machine", "GET", "/", host("evil.example:8381"), 403},
		{"another machine", "GET", "/", host("192.168.1.5:8381"), 403},
		{"its name, whose cookie is another", "GET", "/", host("localhost:8381"), 200},
		{"a link on another site", "GET", "/", set("Sec-Fetch-Site", "cross-site"), 200},
		{"events read by another site", "GET", "/events", set("Sec-Fetch-Site", "cross-site"), 403},
		{"metrics read by another site", "GET", "/metrics", set("Origin", "http://evil.example"), 403},
		{"the page fetched by another site", "GET", "/", set("Origin", "http://evil.example"), 403},
		{"metrics", "GET", "/metrics", nil, 200},
		{"a form", "POST", "/backup", nil, 303},
		{"a form of another site", "POST", "/backup", set("Origin", "http://evil.example"), 403},
		{"a form of another port", "POST", "/backup", set("Origin", "http://127.0.0.1:9999"), 403},
		{"a form of an opaque origin", "POST", "/backup", set("Origin", "null"), 403},
		{"a form of a sister site", "POST", "/backup", set("Sec-Fetch-Site", "same-site"), 403},
		{"a form without a cookie", "POST", "/backup", set("Cookie", ""), 401},
		{"a form of nobody knows whom", "POST", "/backup", func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") }, 303},
		{"a page that is not there", "GET", "/admin", nil, 404},
		{"a form where none is", "POST", "/", nil, 405},
		{"a style for anybody here", "GET", "/assets/style.css", set("Cookie", ""), 200},
		{"a style for another site's name", "GET", "/assets/style.css", host("evil.example"), 403},
		{"that it lives", "GET", "/healthz", set("Cookie", ""), 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.serve(t)
				body := ""
				if tt.method == "POST" {
					body = url.Values{"csrf": {h.csrf(t)}}.Encode()
				}
				r := h.request(t, tt.method, tt.path, body)
				if tt.change != nil {
					tt.change(r)
				}
				if tt.path == "/events" && tt.want == 401 {
					r.Header.Del("Origin")
				}
				answer, _ := read(t, h, r)
				if answer.StatusCode != tt.want {
					t.Errorf("%s %s = %s, want %d", tt.method, tt.path, answer.Status, tt.want)
				}
				if host := r.Host; host != "" && !strings.HasPrefix(host, "127.") && !strings.HasPrefix(host, "localhost") {
					return // refused before anything is said
				}
				for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "Cache-Control": "no-store"} {
					if got := answer.Header.Get(name); got != want {
						t.Errorf("%s: %s = %q, want %q", tt.path, name, got, want)
					}
				}
				policy := answer.Header.Get("Content-Security-Policy")
				if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") {
					t.Errorf("%s: the policy is %q, want no script but the page's own", tt.path, policy)
				}
			})
		})
	}
}

func TestAFormNeedsItsOwnValue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.serve(t)
		for _, body := range []string{"", "csrf=", "csrf=guess"} {
			for _, path := range []string{"/backup", "/reset"} {
				if answer, _ := read(t, h, h.request(t, "POST", path, body)); answer.StatusCode != http.StatusForbidden {
					t.Errorf("POST %s with %q = %s, want 403", path, body, answer.Status)
				}
			}
		}
	})
}

// TestPrometheusNeedsTheToken asks for the figures as Prometheus does.
func TestPrometheusNeedsTheToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.serve(t)
		inBubble(5 * time.Second)
		_, token, _ := strings.Cut(h.monitor.URL(h.listener), "token=")
		for bearer, want := range map[string]int{token: 200, "guess": 401, "": 401} {
			r := h.request(t, "GET", "/metrics", "")
			r.Header.Del("Cookie")
			r.Header.Set("Authorization", "Bearer "+bearer)
			answer, body := read(t, h, r)
			if answer.StatusCode != want {
				t.Errorf("GET /metrics with the token %q = %s, want %d", bearer, answer.Status, want)
			}
			if want == 200 && !strings.Contains(body, `redis_up{instance="broker"} 1`) {
				t.Errorf("the figures lack redis_up of the broker:\n%s", body)
			}
		}
		r := h.request(t, "GET", "/", "")
		r.Header.Del("Cookie")
		r.Header.Set("Authorization", "Bearer "+token)
		if answer, _ := read(t, h, r); answer.StatusCode != 401 {
			t.Errorf("GET / with the token as Prometheus sends it = %s, want 401", answer.Status)
		}
	})
}
