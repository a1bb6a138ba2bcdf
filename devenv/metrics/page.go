package metrics

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/redkit-dev/redkit/devenv"
)

// A page is one server's part of what is served.
type page struct {
	to     chan<- prometheus.Metric
	server string
}

// send adds a metric with the labels name, value, name, value….
func (p page) send(name string, kind prometheus.ValueType, value float64, labels ...string) {
	names, values := []string{"instance"}, []string{p.server}
	for i := 0; i < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	desc := prometheus.NewDesc("redis_"+name, help(name), names, nil)
	m, err := prometheus.NewConstMetric(desc, kind, value, values...)
	if err != nil {
		m = prometheus.NewInvalidMetric(desc, err)
	}
	p.to <- m
}

func (p page) gauge(name string, value float64, labels ...string) {
	p.send(name, prometheus.GaugeValue, value, labels...)
}

func (p page) counter(name string, value float64, labels ...string) {
	p.send(name, prometheus.CounterValue, value, labels...)
}

// help is the same for all: the names say what they are, and Redis's manual
// of INFO says the rest.
func help(name string) string {
	return "redis_exporter's " + name + ", from INFO"
}

func (p page) start(s devenv.Sample) {
	if up, ok := number(s.Info["uptime_in_seconds"]); ok {
		p.gauge("start_time_seconds", float64(s.At.Unix())-up)
	}
}

func (p page) instance(info map[string]string) {
	var labels []string
	for _, name := range []string{"role", "redis_version", "redis_build_id", "redis_mode", "os", "maxmemory_policy", "tcp_port", "run_id", "process_id"} {
		labels = append(labels, name, info[name])
	}
	p.gauge("instance_info", 1, labels...)
}

// databases are "db0:keys=3,expires=1,avg_ttl=0".
func (p page) databases(info map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(info)) {
		n, isDB := strings.CutPrefix(name, "db")
		if _, err := strconv.Atoi(n); !isDB || err != nil {
			continue
		}
		part := parts(info[name])
		p.gauge("db_keys", part["keys"], "db", name)
		p.gauge("db_keys_expiring", part["expires"], "db", name)
		p.gauge("db_avg_ttl_seconds", part["avg_ttl"]/1000, "db", name)
	}
}

// commands are "cmdstat_get:calls=1,usec=2,…" and "errorstat_OOM:count=1".
func (p page) commands(info map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(info)) {
		part := parts(info[name])
		if cmd, ok := strings.CutPrefix(name, "cmdstat_"); ok {
			p.counter("commands_total", part["calls"], "cmd", cmd)
			p.counter("commands_duration_seconds_total", part["usec"]/1e6, "cmd", cmd)
			p.counter("commands_rejected_calls_total", part["rejected_calls"], "cmd", cmd)
			p.counter("commands_failed_calls_total", part["failed_calls"], "cmd", cmd)
		}
		if code, ok := strings.CutPrefix(name, "errorstat_"); ok {
			p.counter("errors_total", part["count"], "err", code)
		}
	}
}

func (p page) replication(info map[string]string) {
	if info["role"] == "slave" {
		master := []string{"master_host", info["master_host"], "master_port", info["master_port"]}
		for field, name := range map[string]string{
			"master_link_status": "master_link_up", "master_last_io_seconds_ago": "master_last_io_seconds_ago", "master_sync_in_progress": "master_sync_in_progress",
		} {
			if v, ok := number(info[field]); ok {
				p.gauge(name, v, master...)
			}
		}
	}
	for n := 0; ; n++ {
		text, ok := info["slave"+strconv.Itoa(n)]
		if !ok {
			return
		}
		words := map[string]string{}
		for field := range strings.SplitSeq(text, ",") {
			name, value, _ := strings.Cut(field, "=")
			words[name] = value
		}
		replica := []string{"slave_ip", words["ip"], "slave_port", words["port"], "slave_state", words["state"]}
		if v, ok := number(words["offset"]); ok {
			p.gauge("connected_slave_offset_bytes", v, replica...)
		}
		if v, ok := number(words["lag"]); ok {
			p.gauge("connected_slave_lag_seconds", v, replica...)
		}
	}
}

// parts reads the numbers of a field that has several.
func parts(value string) map[string]float64 {
	all := map[string]float64{}
	for field := range strings.SplitSeq(value, ",") {
		if name, text, ok := strings.Cut(field, "="); ok {
			all[name], _ = strconv.ParseFloat(text, 64)
		}
	}
	return all
}
