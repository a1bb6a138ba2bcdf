package devenv

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Severity is how bad an alert is.
type Severity string

// The severities.
const (
	SeverityWarn     Severity = "warn"
	SeverityCritical Severity = "critical"
)

// An Alert is one rule that does not hold for one server.
type Alert struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Service  string   `json:"service"`
	Message  string   `json:"message"` // one sentence; holds no secret
	Fix      string   `json:"fix,omitempty"`
}

// Alerts judges the servers, the queues and this machine by the rules whose
// limits are in Settings.Alerts. What is counted, as errors and evictions, is
// counted from the last call for the same environment, and from a server's
// start at first. The alerts stand in the order of the rules, none means all
// is well; checks is how many rules were judged, each per server.
//
// Errors are *Failure; a server that does not answer is an alert, not an error.
func (e *Env) Alerts(ctx context.Context) (alerts []Alert, checks int, err error) {
	w, err := e.Watch(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer w.Close()
	o := observation{
		samples: w.Sample(ctx, 10), before: e.readBaseline(), slow: map[string]int64{},
	}
	if w.Backend != BackendEmbedded {
		for _, s := range w.watched {
			e.observeServer(ctx, &o, s)
		}
	}
	e.observeSurroundings(&o, w)
	if o.queues, err = e.queuesOf(ctx, w, o.samples); err != nil {
		o.queuesErr = err
	}
	o.sentinel = e.askSentinels(ctx)
	alerts, checks = e.judge(o)
	return alerts, checks, e.writeBaseline(o)
}

// An Observation is what a watcher knows of the servers: Judge needs no
// command more.
type Observation struct {
	Samples []Sample // now, as Watch.Sample returned them
	// Before are earlier samples, from which counters are counted; those of a
	// server that is not among them count from its start.
	Before []Sample
	// SlowLog and SlowLogBefore tell by server how many commands its slow log
	// has ever held.
	SlowLog, SlowLogBefore map[string]int64
	Cluster                map[string]map[string]string // fields of CLUSTER INFO by server
	Sentinel               error                        // why the sentinels could not fail over
	Queues                 *Queues                      // nil: not known
	QueuesErr              error                        // why not
}

// Judge is Alerts for what a Watch of this environment has seen.
func (e *Env) Judge(w *Watch, seen Observation) (alerts []Alert, checks int) {
	o := observation{
		samples: seen.Samples, before: map[string]baselineEntry{}, slow: seen.SlowLog,
		cluster: map[string]info{}, sentinel: seen.Sentinel, queues: seen.Queues, queuesErr: seen.QueuesErr,
	}
	for _, s := range seen.Before {
		if s.Up() {
			o.before[s.Service] = baselineEntry{s.At, s.Info, seen.SlowLogBefore[s.Service]}
		}
	}
	for name, fields := range seen.Cluster {
		o.cluster[name] = fields
	}
	e.observeSurroundings(&o, w)
	return e.judge(o)
}

func (e *Env) judge(o observation) ([]Alert, int) {
	j := judge{limits: e.set.Alerts, env: e, o: o}
	j.all()
	return j.alerts, j.checks
}

// observeSurroundings looks at what no server tells: the backups, the machine.
func (e *Env) observeSurroundings(o *observation, w *Watch) {
	o.broker = w.ServingName(e.set.Celery.BrokerURL, o.samples)
	o.fake, o.visibility, o.backups = w.Backend == BackendEmbedded, e.set.Celery.VisibilityTimeout, map[string]time.Time{}
	if w.Backend == BackendEmbedded {
		return
	}
	for _, s := range w.watched {
		if s.Instance.Keep {
			o.backups[s.Instance.Name] = e.lastBackup(s.Instance.Name)
		}
	}
	if w.Backend != BackendExternal {
		x := &examination{env: e, set: e.set, backend: w.Backend, o: DoctorOptions{Root: "/", Now: time.Now, FreeDisk: freeDisk}}
		x.overcommit()
		x.hugePages()
		o.machine = x.findings
	}
}

// observation is all that the rules look at.
type observation struct {
	samples    []Sample
	fake       bool // the servers keep no account of their memory
	before     map[string]baselineEntry
	slow       map[string]int64 // entries the slow log has ever had
	cluster    map[string]info  // CLUSTER INFO by server
	sentinel   error
	broker     string // the server that serves the queues; "": none
	queues     *Queues
	queuesErr  error
	visibility time.Duration
	backups    map[string]time.Time // the last one by server that keeps data; zero: none
	machine    []Finding
}

// observeServer asks what INFO does not tell.
func (e *Env) observeServer(ctx context.Context, o *observation, s *watchedServer) {
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	name := s.Instance.Name
	if log, err := s.client.SlowLogGet(ctx, 1).Result(); err == nil && len(log) > 0 {
		o.slow[name] = log[0].ID + 1 // entries are numbered from 0 since the start
	}
	for _, sample := range o.samples {
		if sample.Service != name || sample.Info["cluster_enabled"] != "1" {
			continue
		}
		if text, err := s.client.ClusterInfo(ctx).Result(); err == nil {
			if o.cluster == nil {
				o.cluster = map[string]info{}
			}
			o.cluster[name] = parseInfo(text)
		}
	}
}

// queuesOf counts the queues when their server answers.
func (e *Env) queuesOf(ctx context.Context, w *Watch, samples []Sample) (*Queues, error) {
	name := w.ServingName(e.set.Celery.BrokerURL, samples)
	if !slices.ContainsFunc(samples, func(s Sample) bool { return s.Service == name && s.Up() }) {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	return e.Queues(ctx)
}

// A baselineEntry is what counters are compared with.
type baselineEntry struct {
	At      time.Time         `json:"at"`
	Info    map[string]string `json:"info"`
	SlowLog int64             `json:"slow_log"`
}

func (e *Env) baselinePath() string { return filepath.Join(e.set.Dir, "alerts.json") }

// readBaseline returns nothing when there is none that can be read: counters
// then count from the servers' start.
func (e *Env) readBaseline() map[string]baselineEntry {
	text, err := os.ReadFile(e.baselinePath())
	if err != nil {
		return nil
	}
	var entries map[string]baselineEntry
	if json.Unmarshal(text, &entries) != nil {
		return nil
	}
	return entries
}

func (e *Env) writeBaseline(o observation) error {
	entries := map[string]baselineEntry{}
	for _, s := range o.samples {
		if s.Up() {
			entries[s.Service] = baselineEntry{s.At, counters(s.Info), o.slow[s.Service]}
		}
	}
	text, err := json.MarshalIndent(entries, "", "  ")
	if err != nil {
		return err
	}
	if err := writeFile(e.baselinePath(), append(text, '\n')); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// counters are the fields that alerts compare.
func counters(all map[string]string) map[string]string {
	kept := map[string]string{}
	for name, value := range all {
		switch {
		case name == "run_id", name == "uptime_in_seconds", strings.HasPrefix(name, "errorstat_"):
			kept[name] = value
		case slices.Contains([]string{"evicted_keys", "keyspace_hits", "keyspace_misses", "rejected_connections", "aof_delayed_fsync"}, name):
			kept[name] = value
		}
	}
	return kept
}
