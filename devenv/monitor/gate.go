package monitor

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
	"sync"
)

// A gate lets in who knows the token, and what comes from the page itself.
type gate struct {
	token   string // of the printed URL
	session string // of the cookie, so that a token in some history is not it
	csrf    string // of the forms

	mu      sync.Mutex
	tickets map[string]bool // tokens that work once
}

func newGate() *gate {
	return &gate{token: rand.Text(), session: rand.Text(), csrf: rand.Text(), tickets: map[string]bool{}}
}

// ticket returns a token that opens the gate once.
func (g *gate) ticket() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := rand.Text()
	g.tickets[t] = true
	return t
}

// opens reports whether a token is good, and uses it up if it is a ticket.
func (g *gate) opens(token string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tickets[token] {
		delete(g.tickets, token)
		return true
	}
	return same(token, g.token)
}

// same compares in a time that tells nothing of the secret, nor its length.
func same(given, secret string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// cookieName differs by port: browsers send a cookie to every port of a host,
// and another monitor may run.
func cookieName(host string) string {
	if _, port, err := net.SplitHostPort(host); err == nil {
		return "redkit_monitor_" + port
	}
	return "redkit_monitor"
}

// known reports whether a request has the cookie.
func (g *gate) known(r *http.Request) bool {
	c, err := r.Cookie(cookieName(r.Host))
	return err == nil && same(c.Value, g.session)
}

// fromPage reports whether a browser sent the request on behalf of this page,
// as far as it tells: by its origin, or by Sec-Fetch-Site.
func fromPage(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return false
}

// guard lets requests through to next that come from whoever has the token. A
// page that is opened with it answers with a cookie, at an address without it.
func (m *Monitor) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && r.Method == http.MethodGet && r.URL.Query().Has("token") {
			if !m.gate.opens(r.URL.Query().Get("token")) {
				m.refuse(w, http.StatusUnauthorized, "The token in this address is not, or no longer, the monitor's.")
				return
			}
			http.SetCookie(w, &http.Cookie{Name: cookieName(r.Host), Value: m.gate.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		if r.URL.Path == "/metrics" {
			if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && same(token, m.gate.token) {
				next.ServeHTTP(w, r)
				return
			}
		}
		// Anybody may link to the page; all else is the page's own.
		page := r.Method == http.MethodGet && (r.URL.Path == "/" || r.URL.Path == "/reset")
		switch {
		case !page && !fromPage(r), page && r.Header.Get("Origin") != "" && !fromPage(r):
			m.refuse(w, http.StatusForbidden, "Another site has sent this request.")
		case !m.gate.known(r):
			m.refuse(w, http.StatusUnauthorized, "This browser has not shown the monitor's token.")
		case r.Method == http.MethodPost && !same(r.PostFormValue("csrf"), m.gate.csrf):
			m.refuse(w, http.StatusForbidden, "The form is not from this page, or from before the monitor was started again.")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// policy lets the page load its own files and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// harden sets what every answer says to the browser. Without any referrer,
// Chromium sends the forms of the page with the origin null.
func harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control": "no-store",
		} {
			w.Header().Set(name, value)
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		next.ServeHTTP(w, r)
	})
}
