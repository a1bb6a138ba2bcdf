package metrics_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/devenv/metrics"
	"github.com/redkit-dev/redkit/internal/lazy"
)

// A source answers what servers have answered.
type source []devenv.Sample

func (s source) Sample(context.Context, int) []devenv.Sample { return s }

// recorded reads the INFO of a server from testdata, by its version.
func recorded(t *testing.T, service, path string) devenv.Sample {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := devenv.Sample{Service: service, At: time.Unix(1_700_000_000, 0), Info: map[string]string{}, Pings: []time.Duration{time.Millisecond}}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			s.Info[name] = value
		}
	}
	return s
}

func gather(t *testing.T, c prometheus.Collector) map[string]*dto.MetricFamily {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*dto.MetricFamily{}
	for _, f := range families {
		all[f.GetName()] = f
	}
	return all
}

// TestDashboardsFindTheirMetrics serves what each version of a master and a
// replica has told, and looks for every metric that the dashboards query.
func TestDashboardsFindTheirMetrics(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("testdata/dashboard.txt")
	if err != nil {
		t.Fatal(err)
	}
	masters, err := filepath.Glob("testdata/*-master.info")
	if err != nil || len(masters) == 0 {
		t.Fatalf("recorded servers: %q, %v", masters, err)
	}
	for _, path := range masters {
		families := gather(t, metrics.New(source{recorded(t, "cache", path), recorded(t, "replica", strings.Replace(path, "master", "replica", 1))}, metrics.Options{}))
		queried := 0
		for line := range strings.Lines(string(list)) {
			words := strings.Fields(line)
			if len(words) == 0 || words[0] == "#" {
				continue
			}
			queried++
			f := families[words[0]]
			if f == nil {
				t.Errorf("%s: %s is not served", path, words[0])
				continue
			}
			for _, label := range words[1:] {
				if !slices.ContainsFunc(f.Metric[0].Label, func(l *dto.LabelPair) bool { return l.GetName() == label && l.GetValue() != "" }) {
					t.Errorf("%s: %s has no label %s: %v", path, words[0], label, f.Metric[0])
				}
			}
			if counter := f.GetType() == dto.MetricType_COUNTER; counter != strings.HasSuffix(words[0], "_total") {
				t.Errorf("%s: %s is a %s", path, words[0], f.GetType())
			}
		}
		if queried < 20 {
			t.Errorf("the dashboards query %d metrics, want 20 or more", queried)
		}
	}
}

// lastOf has the queues on the last of the servers.
func lastOf(samples []devenv.Sample) string { return samples[len(samples)-1].Service }

// TestQueuesOfNobody: while no server serves the queues, as in a failover,
// nobody's are shown.
func TestQueuesOfNobody(t *testing.T) {
	t.Parallel()
	queues := func(context.Context) (*devenv.Queues, error) { return &devenv.Queues{Unacked: 3}, nil }
	nobody := func([]devenv.Sample) string { return "" }
	families := gather(t, metrics.New(source{{Service: "redis-1", Info: map[string]string{"role": "slave"}}}, metrics.Options{Queues: queues, Broker: nobody}))
	if got := families["redis_key_size"]; got != nil {
		t.Errorf("the metrics are %v, want no queues", got)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	s := devenv.Sample{Service: "broker", At: time.Unix(1000, 0), Pings: []time.Duration{2 * time.Millisecond}, Info: map[string]string{
		"uptime_in_seconds": "400", "role": "master", "redis_version": "7.0.15", "db3": "keys=7,expires=2,avg_ttl=1500",
		"cmdstat_get": "calls=5,usec=2000000,usec_per_call=400000.00,rejected_calls=1,failed_calls=2", "errorstat_OOM": "count=4",
		"rdb_last_bgsave_status": "err", "aof_last_write_status": "ok", "slave0": "ip=10.0.0.1,port=6379,state=online,offset=99,lag=1",
	}}
	down := devenv.Sample{Service: "cache", Err: errors.New("refused")}
	queues := func(context.Context) (*devenv.Queues, error) {
		return &devenv.Queues{Unacked: 3, Queues: []devenv.Queue{{Name: "celery", Priorities: map[int]int64{0: 2, 6: 1}}}}, nil
	}
	families := gather(t, metrics.New(source{down, s}, metrics.Options{Queues: queues, Broker: lastOf, DB: 4}))
	for series, want := range map[string]float64{
		"redis_up instance=broker": 1, "redis_up instance=cache": 0,
		"redis_start_time_seconds instance=broker":                                                                600,
		"redis_db_keys db=db3 instance=broker":                                                                    7,
		"redis_db_keys_expiring db=db3 instance=broker":                                                           2,
		"redis_db_avg_ttl_seconds db=db3 instance=broker":                                                         1.5,
		"redis_commands_total cmd=get instance=broker":                                                            5,
		"redis_commands_duration_seconds_total cmd=get instance=broker":                                           2,
		"redis_commands_rejected_calls_total cmd=get instance=broker":                                             1,
		"redis_commands_failed_calls_total cmd=get instance=broker":                                               2,
		"redis_errors_total err=OOM instance=broker":                                                              4,
		"redis_rdb_last_bgsave_status instance=broker":                                                            0,
		"redis_aof_last_write_status instance=broker":                                                             1,
		"redis_exporter_last_scrape_ping_time_seconds instance=broker":                                            0.002,
		"redis_connected_slave_offset_bytes instance=broker slave_ip=10.0.0.1 slave_port=6379 slave_state=online": 99,
		"redis_key_size db=db4 instance=broker key=celery":                                                        2,
		"redis_key_size db=db4 instance=broker key=celery\x06\x166":                                               1,
		"redis_key_size db=db4 instance=broker key=unacked":                                                       3,
	} {
		words := strings.Split(series, " ")
		found := false
		for _, m := range families[words[0]].GetMetric() {
			var labels []string
			for _, l := range m.Label {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			if slices.Equal(labels, words[1:]) {
				found = true
				if got := m.GetGauge().GetValue() + m.GetCounter().GetValue(); got != want {
					t.Errorf("%s = %v, want %v", series, got, want)
				}
			}
		}
		if !found {
			t.Errorf("%s is not served: %v", series, families[words[0]])
		}
	}
	if f := families["redis_memory_used_bytes"]; f != nil {
		t.Errorf("a server that tells no used_memory has one: %v", f)
	}
}

func TestHandlerAnswersItsOwnMachineOnly(t *testing.T) {
	t.Parallel()
	handler := metrics.Handler(metrics.New(source{recorded(t, "cache", "testdata/redis-7.0-master.info")}, metrics.Options{}))
	for host, want := range map[string]int{
		"127.0.0.1:8379": http.StatusOK, "localhost:8379": http.StatusOK, "[::1]:8379": http.StatusOK, "localhost": http.StatusOK,
		"evil.example:8379": http.StatusForbidden, "192.0.2.1": http.StatusForbidden,
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.Host = host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Host %s: %d, want %d", host, w.Code, want)
		}
		if w.Code != http.StatusOK {
			continue
		}
		problems, err := promlint.New(w.Body).Lint()
		if err != nil {
			t.Errorf("what is served is no Prometheus text: %v", err)
		}
		for _, p := range problems { // redis_exporter's names break rules of style; no other rule may be
			if !style().MatchString(p.Text) {
				t.Errorf("%s: %s", p.Metric, p.Text)
			}
		}
	}
}

var style = lazy.Regexp(`_total"? suffix|base unit|abbreviated|metric type|"_total"|counter`)
