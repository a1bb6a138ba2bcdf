package monitor

import (
	"context"
	"embed"
	"net/http"
	"time"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/devenv/metrics"
)

//go:embed assets
var assets embed.FS

// Handler serves the page and what it loads. It works before Serve is called,
// with nothing to show.
//
//	GET  /            the page; with ?token= the way in
//	GET  /events      its parts as they change, as server-sent events
//	GET  /reset       what a reset deletes, and the form that confirms it
//	POST /reset       deletes it
//	POST /backup      saves the data
//	GET  /metrics     the same figures for Prometheus, which asks no server; with
//	                  the cookie, or the token as Authorization: Bearer
//	GET  /assets/…    style, script and icon, for anybody of this machine
//	GET  /healthz     that this program runs, for anybody of this machine
func (m *Monitor) Handler() http.Handler {
	own := http.NewServeMux()
	own.HandleFunc("GET /{$}", m.servePage)
	own.HandleFunc("GET /events", m.serveEvents)
	own.HandleFunc("GET /reset", m.serveReset)
	own.HandleFunc("POST /reset", m.reset)
	own.HandleFunc("POST /backup", m.backup)
	prometheus := metrics.Handler(metrics.New(seen{m.state}, metrics.Options{Queues: m.queuesSeen, Broker: m.brokerSeen, DB: m.o.Settings.Celery.BrokerURL.DB()}))
	own.Handle("GET /metrics", prometheus)
	all := http.NewServeMux()
	all.Handle("/", m.guard(own))
	all.Handle("GET /assets/", http.FileServerFS(assets))
	all.Handle("GET /healthz", prometheus)
	return metrics.Local(harden(all))
}

// seen gives the last samples to who would take some.
type seen struct{ state *state }

func (s seen) Sample(context.Context, int) []devenv.Sample { return s.state.latestSamples() }

func (m *Monitor) queuesSeen(context.Context) (*devenv.Queues, error) {
	m.state.mu.Lock()
	defer m.state.mu.Unlock()
	q := m.state.queues
	if q.err != nil || q.value == nil {
		return nil, errNobody
	}
	return q.value, nil
}

// brokerSeen is the name of the server that holds the queues, for metrics.
func (m *Monitor) brokerSeen(samples []devenv.Sample) string {
	return m.o.Watch.ServingName(m.o.Settings.Celery.BrokerURL, samples)
}

func (m *Monitor) servePage(w http.ResponseWriter, _ *http.Request) {
	m.write(w, http.StatusOK, "page", m.view(time.Now()))
}

// refuse answers with a page that says why and what to do.
func (m *Monitor) refuse(w http.ResponseWriter, status int, why string) {
	m.write(w, status, "refused", refusedView{Title: http.StatusText(status), Why: why, Command: m.o.Command("monitor")})
}

type refusedView struct{ Title, Why, Command string }

// write renders a page whole before it is sent.
func (m *Monitor) write(w http.ResponseWriter, status int, name string, view any) {
	text, err := m.parts.render(name, view)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // a browser that has gone away misses nothing
}
