package devenv

import (
	"fmt"
	"time"
)

// A judge applies the rules to an observation.
type judge struct {
	limits map[string]Limit
	env    *Env
	o      observation
	alerts []Alert
	checks int
}

// all applies every rule to every server.
func (j *judge) all() {
	for _, s := range j.o.samples {
		j.is(!s.Up(), "down", SeverityCritical, s.Service, j.env.run("up"), "the %s at %s does not answer: %v", s.Service, s.Addr, s.Err)
		if !s.Up() {
			continue
		}
		b := j.o.before[s.Service]
		d := change(Sample{At: b.At, Info: b.Info}, s)
		if !j.o.fake && s.Info["redis_mode"] != "sentinel" { // a sentinel holds no keys
			j.memory(s, d)
		}
		j.traffic(s, d)
		j.persistence(s, d)
		j.replication(s)
	}
	j.sentinels()
	j.queues()
	for _, f := range j.o.machine {
		j.is(f.Level == LevelWarn, "host", SeverityWarn, "", f.Fix, "%s", f.Message)
	}
}

// is counts a check, and adds an alert when it is true.
func (j *judge) is(bad bool, rule string, severity Severity, service, fix, format string, args ...any) {
	j.checks++
	if bad {
		j.alerts = append(j.alerts, Alert{rule, severity, service, fmt.Sprintf(format, args...), fix})
	}
}

// limit counts a check of a value against the limits of its rule.
func (j *judge) limit(rule string, value float64, service, fix, format string, args ...any) {
	severity := j.limits[rule].severity(value, rule == "hit_ratio")
	j.is(severity != "", rule, severity, service, fix, format, args...)
}

// smallReads are too few to tell a hit ratio, and smallMemory too little to
// tell fragmentation.
const (
	smallReads  = 1000
	smallMemory = 100 << 20
)

func (j *judge) memory(s Sample, d delta) {
	f := s.info()
	used, limit, policy := f.number("used_memory"), f.number("maxmemory"), f["maxmemory_policy"]
	if s.queues {
		j.is(evicts(policy), "broker_policy", SeverityCritical, s.Service, "CONFIG SET maxmemory-policy noeviction, or "+j.env.run("up", "-recreate"),
			"the %s evicts keys (%s): it silently deletes Celery's queues when it is full", s.Service, policy)
		j.is(d.count("evicted_keys") > 0, "broker_evictions", SeverityCritical, s.Service, "CONFIG SET maxmemory-policy noeviction",
			"the %s has evicted %d keys, queues perhaps among them", s.Service, d.count("evicted_keys"))
		if limit > 0 {
			percent := 100 * float64(used) / float64(limit)
			j.limit("broker_memory", percent, s.Service, "run more workers, or raise REDKIT_BROKER_MAXMEMORY",
				"the %s uses %.0f %% of its memory; full, it refuses messages", s.Service, percent)
		}
	} else {
		j.is(limit == 0, "cache_memory", SeverityCritical, s.Service, "set maxmemory, as with REDKIT_CACHE_MAXMEMORY=128mb",
			"the %s has no memory limit: it grows until the system ends it", s.Service)
		j.evictions(s, d)
	}
	j.is(d.errors("OOM") > 0, "oom", SeverityCritical, s.Service, "raise its maxmemory, or delete keys",
		"the %s has refused %d commands because its memory was full", s.Service, d.errors("OOM"))
	if ratio := f.decimal("mem_fragmentation_ratio"); used > smallMemory && ratio > 0 {
		j.is(ratio < 1, "swap", SeverityCritical, s.Service, "give the machine more memory, or the server less",
			"%.0f %% of the memory of the %s is swapped out", 100*(1-ratio), s.Service)
		j.limit("fragmentation", ratio, s.Service, "CONFIG SET activedefrag yes, or restart it",
			"the %s holds %.2f times the memory it uses", s.Service, ratio)
	}
}

// evictions of a cache are its work, unless they cost it its hits.
func (j *judge) evictions(s Sample, d delta) {
	rate, hits := d.perSecond("evicted_keys"), d.hitPercent()
	poor := false
	if hits != nil && d.reads() >= smallReads {
		j.limit("hit_ratio", *hits, s.Service, "raise its memory, or look at the keys and their times: "+j.env.run("keys"),
			"the %s answered only %.0f %% of %d reads", s.Service, *hits, d.reads())
		poor = j.limits["hit_ratio"].severity(*hits, true) == SeverityCritical
	}
	severity := j.limits["evictions"].severity(rate, false)
	if severity == SeverityWarn && poor {
		severity = SeverityCritical
	}
	j.is(severity != "", "evictions", severity, s.Service, "raise REDKIT_CACHE_MAXMEMORY", "the %s evicts %.0f keys a second", s.Service, rate)
}

func (j *judge) traffic(s Sample, d delta) {
	f := s.info()
	j.is(d.count("rejected_connections") > 0, "rejected", SeverityCritical, s.Service, "raise maxclients, or close connections",
		"the %s has rejected %d connections", s.Service, d.count("rejected_connections"))
	if most := f.number("maxclients"); most > 0 {
		percent := 100 * float64(f.number("connected_clients")) / float64(most)
		j.limit("clients", percent, s.Service, "use connection pools, or raise maxclients", "the %s has %.0f %% of the clients it takes", s.Service, percent)
	}
	if p99 := s.Latency(99); p99 > 0 {
		j.limit("latency", milliseconds(p99), s.Service, "look for slow commands: SLOWLOG GET", "the %s answers PING in %.1f ms at the 99th percentile", s.Service, milliseconds(p99))
	}
	begun := int64(0)
	if d.before != nil {
		begun = j.o.before[s.Service].SlowLog
	}
	rate := d.perMinute(grown(begun, j.o.slow[s.Service]))
	j.limit("slow_log", rate, s.Service, "see them: SLOWLOG GET", "the %s has %.0f slow commands a minute", s.Service, rate)
}

func (j *judge) persistence(s Sample, d delta) {
	f := s.info()
	j.is(f["rdb_last_bgsave_status"] == "err", "rdb", SeverityCritical, s.Service, "free disk space or memory, then see "+j.env.run("logs"),
		"the last background save of the %s failed: it refuses writes", s.Service)
	if f["aof_enabled"] == "1" {
		j.is(f["aof_last_write_status"] == "err" || f["aof_last_bgrewrite_status"] == "err", "aof", SeverityCritical, s.Service,
			"free disk space, then see "+j.env.run("logs"), "the %s cannot write its append-only file", s.Service)
		rate := d.perMinute(d.count("aof_delayed_fsync"))
		j.limit("fsync_delays", rate, s.Service, "use a faster disk, or write less beside Redis", "%.1f writes a minute of the %s waited for the disk", rate, s.Service)
	}
	fork := float64(f.number("latest_fork_usec")) / 1000
	j.limit("fork", fork, s.Service, "switch huge pages off, or keep less in one server", "the last fork stopped the %s for %.0f ms", s.Service, fork)
	if last, keeps := j.o.backups[s.Service]; keeps && !last.IsZero() {
		age := s.At.Sub(last)
		j.limit("backup_age", hours(age), s.Service, j.env.run("backup"), "the last backup of the %s is %s old", s.Service, age.Round(time.Hour))
	}
}

func (j *judge) replication(s Sample) {
	f := s.info()
	if f["role"] == "slave" {
		j.is(f["master_link_status"] != "up", "replication", SeverityCritical, s.Service, "see why: "+j.env.run("logs"),
			"the replica %s has lost its master", s.Service)
	}
	for n := 0; ; n++ {
		replica, ok := f[fmt.Sprintf("slave%d", n)]
		if !ok {
			break
		}
		lag := float64(f.number("master_repl_offset") - part(replica, "offset"))
		j.limit("replica_lag", lag, s.Service, "", "a replica of the %s is %.0f bytes behind", s.Service, lag)
		silent := float64(part(replica, "lag"))
		j.limit("replica_lag_seconds", silent, s.Service, "see why: "+j.env.run("logs"), "a replica of the %s has not been heard of for %.0f s", s.Service, silent)
	}
	if c, ok := j.o.cluster[s.Service]; ok {
		j.is(c["cluster_state"] != "ok" || c.number("cluster_slots_fail") > 0, "cluster", SeverityCritical, s.Service, "see its nodes: CLUSTER NODES",
			"the cluster is %s for %s: %d slots have failed", c["cluster_state"], s.Service, c.number("cluster_slots_fail"))
		j.is(c.number("cluster_slots_pfail") > 0, "cluster_nodes", SeverityWarn, s.Service, "see its nodes: CLUSTER NODES",
			"%s cannot reach the nodes of %d slots", s.Service, c.number("cluster_slots_pfail"))
	}
}
