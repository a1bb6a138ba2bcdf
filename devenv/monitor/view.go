package monitor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// A view is what the templates show: words and numbers, ready to be read.
type view struct {
	Project, Backend, Profile string
	Since                     string // how long the monitor runs
	CSRF                      string
	NoBackup                  string // why there is no backup; "" when there is
	Asking                    bool   // nothing is known yet

	Headline   string
	Mood       string // of the headline: good, warn or bad
	Alerts     []alertRow
	Checks     int
	Instances  []instanceRow
	Fake       bool
	Charts     []chart
	Celery     celeryView
	Aliases    []aliasRow
	Layer      layerView
	Slow       []slowRow
	SlowNotes  []string
	Topology   topologyView
	Kept       []keptRow
	LastBackup string
	Doings     []doingRow
}

type alertRow struct{ Severity, Service, Rule, Message, Fix string }

// An instanceRow is one server.
type instanceRow struct {
	Name, Role, Addr, URL, Version string
	Up                             bool
	Trouble                        string // why it is not up
	Sentinel                       bool   // it holds no data
	Uptime, Ops, Hits              string
	Used, Limit                    string
	Limited                        bool
	Full                           int // percent of the limit
	Clients, Blocked, Keys         string
	Ping, Persists                 string
}

type slowRow struct{ Service, At, Took, Command, Client string }

type doingRow struct{ At, What, Text, Level string }

// view is what the page shows now.
func (m *Monitor) view(now time.Time) *view {
	s := m.state
	s.mu.Lock()
	defer s.mu.Unlock()
	settings := m.o.Settings
	v := &view{
		Project: settings.Project, Backend: string(m.o.Watch.Backend), Since: span(now.Sub(s.began)), CSRF: m.gate.csrf,
		Fake: m.o.Watch.Backend == devenv.BackendEmbedded, Checks: s.checks, Asking: len(s.samples) == 0,
	}
	if m.o.Watch.Backend != devenv.BackendExternal { // those have the shape they have
		v.Profile = settings.ProfileName()
	}
	if err := m.o.Env.CanBackup(m.o.Watch.Backend); err != nil {
		v.NoBackup = devenv.AsFailure(err).Message
	}
	for _, a := range s.alerts {
		v.Alerts = append(v.Alerts, alertRow{string(a.Severity), a.Service, a.Rule, a.Message, a.Fix})
	}
	var names []string
	for n, sample := range s.samples {
		row := m.instance(n, sample, s.history[sample.Service])
		v.Instances = append(v.Instances, row)
		if !row.Sentinel {
			names = append(names, sample.Service)
		}
	}
	caches := m.caches(names)
	for n, row := range v.Instances {
		if row.Hits != "" && !slices.Contains(caches, row.Name) {
			v.Instances[n].Hits = "no cache"
		}
	}
	for _, q := range quantities() {
		drawn := names
		if q.id == "hits" {
			drawn = caches
		}
		c := draw(q, drawn, s.history, now)
		switch {
		case v.Fake && q.id == "memory":
			c.Empty = "The servers are fakes in one process, without an account of their memory."
		case v.Fake && q.id == "evictions":
			c.Empty = "The servers are fakes: they evict nothing."
		}
		v.Charts = append(v.Charts, c)
	}
	v.Celery = m.celery(now)
	v.Aliases = m.aliases()
	v.Layer = m.layer()
	v.slowLog(m, now)
	v.Topology = m.topology()
	v.Kept, v.LastBackup = m.kept(now)
	for _, d := range s.doings {
		v.Doings = append(v.Doings, doingRow{clock(d.at), d.what, d.text, d.level})
	}
	v.headline()
	return v
}

// caches are the servers whose hit ratio means something: those without
// queues, whose workers look in vain for most of their time, if there are any.
func (m *Monitor) caches(names []string) []string {
	var list []string
	for _, s := range m.servers {
		if !s.Queues && slices.Contains(names, s.Instance.Name) {
			list = append(list, s.Instance.Name)
		}
	}
	if len(list) == 0 {
		return names
	}
	return list
}

// headline is the state of all in one sentence.
func (v *view) headline() {
	if v.Asking {
		v.Headline = "The servers have not been asked yet."
		return
	}
	up := 0
	for _, i := range v.Instances {
		if i.Up {
			up++
		}
	}
	switch {
	case up < len(v.Instances) || slices.ContainsFunc(v.Alerts, func(a alertRow) bool { return a.Severity == string(devenv.SeverityCritical) }):
		v.Mood = "bad"
	case len(v.Alerts) > 0:
		v.Mood = "warn"
	default:
		v.Mood = "good"
	}
	words := []string{fmt.Sprintf("%d of %s", up, many(int64(len(v.Instances)), "server")), "no alert"}
	words[0] += map[bool]string{true: " answers", false: " answer"}[up == 1]
	if n := len(v.Alerts); n > 0 {
		words[1] = many(int64(n), "alert")
	}
	if v.Celery.Known {
		waits := " waits"
		if v.Celery.Waiting != 1 {
			waits = " wait"
		}
		words = append(words, many(v.Celery.Waiting, "message")+waits)
	}
	v.Headline = strings.Join(words, " · ")
}

// instance describes a server by its last sample.
func (m *Monitor) instance(n int, sample devenv.Sample, h history) instanceRow {
	server := m.servers[n]
	row := instanceRow{Name: sample.Service, Addr: sample.Addr, URL: server.URL, Sentinel: server.Instance.Watches, Up: sample.Up()}
	if !row.Up {
		row.Trouble = sample.Err.Error()
		return row
	}
	f := sample.Info
	row.Role, row.Version = sample.Role(), sample.Version()
	row.Uptime = span(time.Duration(number(f["uptime_in_seconds"])) * time.Second)
	row.Clients = count(number(f["connected_clients"]))
	if blocked := number(f["blocked_clients"]); blocked > 0 {
		row.Blocked = count(blocked) + " blocked"
	}
	row.Ping = strings.TrimSuffix(ms(milliseconds(sample.Latency(50))), " ms") + " / " + ms(milliseconds(sample.Latency(99)))
	if row.Sentinel || len(h) == 0 {
		return row
	}
	last := h[len(h)-1]
	row.Ops, row.Keys, row.Hits = decimal(last.OpsPerSec), count(last.Keys), "no reads"
	if last.HitPercent != nil {
		row.Hits = percent(*last.HitPercent)
	}
	row.Persists = persists(f)
	if m.o.Watch.Backend == devenv.BackendEmbedded {
		row.Used, row.Persists = "not known of a fake", "nothing: a fake"
		return row
	}
	row.Used, row.Limit = devenv.FormatBytes(last.UsedMemory), "no limit"
	if last.MaxMemory > 0 {
		row.Limit = "of " + devenv.FormatBytes(last.MaxMemory) + ", " + f["maxmemory_policy"]
		row.Limited, row.Full = true, int(100*last.UsedMemory/last.MaxMemory)
	}
	return row
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// persists says what a server keeps on disk.
func persists(f map[string]string) string {
	switch {
	case f["aof_enabled"] == "1" && (f["aof_last_write_status"] == "err" || f["aof_last_bgrewrite_status"] == "err"):
		return "AOF, failing"
	case f["aof_enabled"] == "1":
		return "AOF"
	case f["rdb_last_bgsave_status"] == "err":
		return "RDB, failing"
	}
	return "no AOF"
}

// slowLog lists the slow commands of all servers, and which server tells none.
func (v *view) slowLog(m *Monitor, now time.Time) {
	for _, server := range m.servers {
		name := server.Instance.Name
		t, asked := m.state.slow[name]
		switch {
		case server.Instance.Watches:
		case !asked:
			v.SlowNotes = append(v.SlowNotes, name+" has not been asked yet.")
		case t.err != nil:
			v.SlowNotes = append(v.SlowNotes, fmt.Sprintf("%s does not tell: %v", name, t.err))
		}
		for _, e := range t.value {
			v.Slow = append(v.Slow, slowRow{name, ago(now, e.At), ms(milliseconds(e.Took)), e.Command, e.Client})
		}
	}
}
