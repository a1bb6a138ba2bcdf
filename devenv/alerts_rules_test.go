package devenv

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// standardLimits are the limits that hold when nothing is set.
func standardLimits(t *testing.T) map[string]Limit {
	t.Helper()
	s, err := Load(LoadOptions{Environ: []string{}, Root: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return s.Alerts
}

// TestAlerts breaks each rule alone: a server in order, one thing changed.
func TestAlerts(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	order := func() observation {
		return observation{
			samples: []Sample{
				{Service: "cache", At: at, Info: map[string]string{"run_id": "c", "uptime_in_seconds": "600", "maxmemory": "1000", "maxmemory_policy": "allkeys-lru", "maxclients": "100", "connected_clients": "80", "rdb_last_bgsave_status": "ok", "latest_fork_usec": "100000"}},
				{Service: "broker", At: at, queues: true, Info: map[string]string{"run_id": "b", "uptime_in_seconds": "600", "maxmemory": "1000", "used_memory": "750", "maxmemory_policy": "noeviction", "aof_enabled": "1", "aof_last_write_status": "ok", "aof_last_bgrewrite_status": "ok"}},
			},
			before: map[string]baselineEntry{
				"cache": {At: at.Add(-time.Minute), Info: map[string]string{"run_id": "c"}},
			},
			slow: map[string]int64{}, visibility: time.Hour, backups: map[string]time.Time{},
			queues: &Queues{Queues: []Queue{{Name: "celery", Depth: 1000, Bound: true}}, Consumers: 1, OldestUnackedS: 1800},
		}
	}
	set := func(n int, fields ...string) func(*observation) {
		return func(o *observation) {
			for i := 0; i < len(fields); i += 2 {
				o.samples[n].Info[fields[i]] = fields[i+1]
			}
		}
	}
	// watch adds a sentinel with its master in a state, and two servers in roles.
	watch := func(status string, roles ...string) func(*observation) {
		return func(o *observation) {
			told := map[string]string{"redis_mode": "sentinel"}
			if status != "" {
				told["master0"] = "name=mymaster,status=" + status + ",address=127.0.0.1:6391,slaves=2,sentinels=3"
			}
			o.samples = append(o.samples, Sample{Service: "sentinel-1", At: at, group: "sentinel", Info: told})
			for n, role := range roles {
				o.samples = append(o.samples, Sample{Service: fmt.Sprint("redis-", n+1), At: at, group: "sentinel", Info: map[string]string{
					"role": role, "master_link_status": "up", "maxmemory": "1000", "maxmemory_policy": "noeviction",
				}})
			}
		}
	}
	const cache, broker = 0, 1
	tests := []struct {
		name   string
		break_ func(*observation)
		want   []string
	}{
		{"in order", func(*observation) {}, nil},
		{"down", func(o *observation) { o.samples[cache].Info, o.samples[cache].Err = nil, errors.New("refused") }, []string{"critical down cache"}},
		{"broker memory", set(broker, "used_memory", "751"), []string{"warn broker_memory broker"}},
		{"broker memory full", set(broker, "used_memory", "901"), []string{"critical broker_memory broker"}},
		{"broker evictions", set(broker, "evicted_keys", "1"), []string{"critical broker_evictions broker"}},
		{"broker policy", set(broker, "maxmemory_policy", "volatile-ttl"), []string{"critical broker_policy broker"}},
		{"cache without limit", set(cache, "maxmemory", "0"), []string{"critical cache_memory cache"}},
		{"sentinel without limit", func(o *observation) {
			watch("ok", "master", "slave")(o)
			o.samples[len(o.samples)-3].Info["maxmemory"] = "0"
		}, nil},
		{"cache evictions", set(cache, "evicted_keys", "6060"), []string{"warn evictions cache"}},
		{"cache evictions, as many as are allowed", set(cache, "evicted_keys", "6000"), nil},
		{"cache evictions that cost hits", set(cache, "evicted_keys", "6060", "keyspace_hits", "400", "keyspace_misses", "600"), []string{"critical evictions cache", "critical hit_ratio cache"}},
		{"hit ratio", set(cache, "keyspace_hits", "799", "keyspace_misses", "201"), []string{"warn hit_ratio cache"}},
		{"hit ratio of few reads", set(cache, "keyspace_misses", "999"), nil},
		{"oom", set(broker, "errorstat_OOM", "count=1"), []string{"critical oom broker"}},
		{"rejected", set(cache, "rejected_connections", "1"), []string{"critical rejected cache"}},
		{"clients", set(cache, "connected_clients", "91"), []string{"critical clients cache"}},
		{"fragmentation", set(cache, "used_memory", "200000000", "mem_fragmentation_ratio", "1.6"), []string{"warn fragmentation cache"}},
		{"fragmentation of little memory", set(cache, "used_memory", "1000000", "mem_fragmentation_ratio", "9"), nil},
		{"swap", set(cache, "used_memory", "200000000", "mem_fragmentation_ratio", "0.9"), []string{"critical swap cache"}},
		{"rdb", set(cache, "rdb_last_bgsave_status", "err"), []string{"critical rdb cache"}},
		{"aof write", set(broker, "aof_last_write_status", "err"), []string{"critical aof broker"}},
		{"aof rewrite", set(broker, "aof_last_bgrewrite_status", "err"), []string{"critical aof broker"}},
		{"fsync delays", set(broker, "aof_delayed_fsync", "1"), []string{"warn fsync_delays broker"}},
		{"fork", set(cache, "latest_fork_usec", "1000001"), []string{"critical fork cache"}},
		{"latency", func(o *observation) { o.samples[cache].Pings = []time.Duration{11 * time.Millisecond} }, []string{"warn latency cache"}},
		{"slow log", func(o *observation) { o.slow["cache"] = 101 }, []string{"critical slow_log cache"}},
		{"replica without master", set(cache, "role", "slave", "master_link_status", "down"), []string{"critical replication cache"}},
		{"replica behind", set(cache, "slave0", "ip=h,port=1,state=online,offset=1000,lag=0", "master_repl_offset", "2000000"), []string{"warn replica_lag cache"}},
		{"replica not heard of", set(cache, "slave0", "ip=h,port=1,state=online,offset=0,lag=11"), []string{"warn replica_lag_seconds cache"}},
		{"sentinels in order", watch("ok", "master", "slave"), nil},
		{"sentinel without master", watch("", "master", "slave"), []string{"critical sentinel_master sentinel-1"}},
		{"master down for a sentinel", watch("sdown", "master", "slave"), []string{"critical sentinel_master sentinel-1"}},
		{"two masters", watch("ok", "master", "master"), []string{"critical masters "}},
		{"no master", watch("ok", "slave", "slave"), []string{"critical masters "}},
		{"queues of the master", func(o *observation) {
			watch("ok", "master", "slave")(o)
			o.broker, o.queues.Consumers = "redis-1", 0
		}, []string{"warn no_worker redis-1"}},
		{"cluster", func(o *observation) { o.cluster = map[string]info{"cache": {"cluster_state": "fail"}} }, []string{"critical cluster cache"}},
		{"cluster node", func(o *observation) {
			o.cluster = map[string]info{"cache": {"cluster_state": "ok", "cluster_slots_pfail": "5"}}
		}, []string{"warn cluster_nodes cache"}},
		{"queue depth", func(o *observation) { o.queues.Queues[0].Depth = 10001 }, []string{"critical queue_depth broker"}},
		{"unacked age", func(o *observation) { o.queues.OldestUnackedS = 3601 }, []string{"critical unacked_age broker"}},
		{"no worker", func(o *observation) { o.queues.Consumers = 0 }, []string{"warn no_worker broker"}},
		{"binding", func(o *observation) { o.queues.Queues[0].Bound = false }, []string{"critical bindings broker"}},
		{"queues unread", func(o *observation) { o.queues, o.queuesErr = nil, errors.New("NOPERM") }, []string{"warn queues broker"}},
		{"backup age", func(o *observation) { o.backups["broker"] = at.Add(-169 * time.Hour) }, []string{"warn backup_age broker"}},
		{"host", func(o *observation) { o.machine = []Finding{{Level: LevelWarn, Message: "overcommit"}} }, []string{"warn host "}},
		{"a server that was started again", func(o *observation) {
			o.before["broker"] = baselineEntry{At: at, Info: map[string]string{"run_id": "another", "evicted_keys": "5"}}
			o.samples[broker].Info["evicted_keys"] = "5"
		}, []string{"critical broker_evictions broker"}},
		{"an old error", func(o *observation) {
			o.before["broker"] = baselineEntry{At: at, Info: map[string]string{"run_id": "b", "errorstat_OOM": "count=5"}}
			o.samples[broker].Info["errorstat_OOM"] = "count=5"
		}, nil},
	}
	limits := standardLimits(t)
	seen := map[string]bool{}
	for _, tt := range tests {
		o := order()
		tt.break_(&o)
		j := judge{limits: limits, env: New(&Settings{}, Options{}), o: o}
		j.all()
		var got []string
		for _, a := range j.alerts {
			got = append(got, strings.Join([]string{string(a.Severity), a.Rule, a.Service}, " "))
			seen[a.Rule] = true
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: alerts %q, want %q", tt.name, got, tt.want)
		}
		if j.checks == 0 {
			t.Errorf("%s: no rule was judged", tt.name)
		}
	}
	for _, a := range limitedAlerts() {
		if !seen[a.rule] {
			t.Errorf("no case breaks the rule %s, whose limits are settings; these are broken: %q", a.rule, slices.Sorted(maps.Keys(seen)))
		}
	}
}

func TestAlertLimits(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"5,10": "", "5,-": "", "-,-": "", "0,0": "", " 5 , 10.5 ": "",
		"5": "want WARN,CRITICAL", "10,5": "before it is critical", "a,b": "want WARN,CRITICAL", "-1,5": "want WARN,CRITICAL", "NaN,5": "want WARN,CRITICAL",
	} {
		_, err := Load(LoadOptions{Environ: []string{"REDKIT_ALERT_CLIENTS=" + value}, Root: t.TempDir()})
		if got := err == nil; got != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("REDKIT_ALERT_CLIENTS=%q: error %v, want %q", value, err, want)
		}
	}
	if _, err := Load(LoadOptions{Environ: []string{"REDKIT_ALERT_HIT_RATIO=50,80"}, Root: t.TempDir()}); err == nil {
		t.Error("REDKIT_ALERT_HIT_RATIO=50,80: no error, want one: a ratio is bad when it is small")
	}
}
