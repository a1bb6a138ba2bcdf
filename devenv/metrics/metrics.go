// Package metrics serves what the servers of a local environment tell as
// Prometheus metrics, under the names of redis_exporter, so that dashboards
// and alerts made for it work.
//
// One page holds all servers, told apart by the label instance, the name of
// the server (cache, broker): Prometheus must scrape it with honor_labels.
package metrics

import (
	"context"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/redkit-dev/redkit/devenv"
)

// A Source is asked once per scrape, by one goroutine at a time.
type Source interface {
	// Sample asks every server; see devenv.Watch.
	Sample(ctx context.Context, pings int) []devenv.Sample
}

// Options add to what INFO tells. The zero value adds nothing.
type Options struct {
	// Queues counts Celery's messages; nil leaves them out. Its error leaves
	// them out of one scrape.
	Queues func(context.Context) (*devenv.Queues, error)
	// Broker is the instance label of the queues, by what the servers have just
	// told of their roles; "" leaves the queues out of one scrape. It must be
	// set with Queues.
	Broker func([]devenv.Sample) string
	// DB is the database the queues are in.
	DB int
}

// New returns a collector that asks source at every scrape. It is safe for
// concurrent use: scrapes wait for each other.
func New(source Source, o Options) prometheus.Collector {
	return &collector{source: source, o: o, fields: fields()}
}

// Handler serves /metrics, and /healthz, which says that this program runs,
// behind Local.
func Handler(c prometheus.Collector) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(c)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	return Local(mux)
}

// Local passes on only requests for this machine by name or loopback address,
// so that no page of the web can read the answers through a browser.
func Local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = strings.Trim(r.Host, "[]")
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "this page is for its own machine", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

type collector struct {
	source Source
	o      Options
	fields []field

	mu sync.Mutex // over the source
}

// Describe sends nothing: which metrics there are depends on the servers.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// limit bounds one scrape.
const limit = 5 * time.Second

// Collect asks the servers.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c.mu.Lock()
	samples := c.source.Sample(ctx, 1)
	c.mu.Unlock()
	for _, s := range samples {
		p := page{to, s.Service}
		up := 0.0
		if s.Up() {
			up = 1
		}
		p.gauge("up", up)
		if !s.Up() {
			continue
		}
		for _, f := range c.fields {
			if v, ok := number(s.Info[f.info]); ok {
				p.send(f.name, f.kind, v)
			}
		}
		if n := len(s.Pings); n > 0 {
			p.gauge("exporter_last_scrape_ping_time_seconds", s.Pings[n-1].Seconds())
		}
		p.start(s)
		p.instance(s.Info)
		p.databases(s.Info)
		p.commands(s.Info)
		p.replication(s.Info)
	}
	c.queues(ctx, samples, to)
}

// number reads a value of INFO; "ok" and "up" are 1, "err" and "down" 0.
func number(text string) (float64, bool) {
	switch text {
	case "ok", "up":
		return 1, true
	case "err", "fail", "down":
		return 0, true
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}

// queues are the lengths of Celery's lists, as redis_exporter has them of the
// keys it is told to look at.
func (c *collector) queues(ctx context.Context, samples []devenv.Sample, to chan<- prometheus.Metric) {
	if c.o.Queues == nil {
		return
	}
	broker := c.o.Broker(samples)
	if broker == "" {
		return
	}
	q, err := c.o.Queues(ctx)
	if err != nil {
		return
	}
	p, db := page{to, broker}, "db"+strconv.Itoa(c.o.DB)
	for _, one := range q.Queues {
		for _, step := range slices.Sorted(maps.Keys(one.Priorities)) {
			key := one.Name
			if step > 0 {
				key += "\x06\x16" + strconv.Itoa(step)
			}
			p.gauge("key_size", float64(one.Priorities[step]), "db", db, "key", strings.ToValidUTF8(key, "?"))
		}
	}
	p.gauge("key_size", float64(q.Unacked), "db", db, "key", "unacked")
}
