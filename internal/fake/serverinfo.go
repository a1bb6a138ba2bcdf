package fake

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
)

// infoSections are the sections of INFO in order; those marked are left out
// of plain INFO.
var infoSections = []struct {
	name  string
	extra bool
	write func(*Server, *infoText)
}{
	{"server", false, (*Server).infoServer},
	{"clients", false, (*Server).infoClients},
	{"memory", false, (*Server).infoMemory},
	{"persistence", false, (*Server).infoPersistence},
	{"stats", false, (*Server).infoStats},
	{"replication", false, (*Server).infoReplication},
	{"cpu", false, (*Server).infoCPU},
	{"modules", false, func(_ *Server, t *infoText) { t.title("Modules") }},
	{"commandstats", true, (*Server).infoCommands},
	{"errorstats", false, (*Server).infoErrors},
	{"latencystats", true, func(_ *Server, t *infoText) { t.title("Latencystats") }},
	{"cluster", false, func(_ *Server, t *infoText) { t.title("Cluster"); t.put("cluster_enabled", 0) }},
	{"keyspace", false, (*Server).infoKeyspace},
}

// infoText collects the lines of INFO.
type infoText struct{ strings.Builder }

func (t *infoText) title(s string) {
	if t.Len() > 0 {
		t.WriteString("\r\n")
	}
	t.WriteString("# " + s + "\r\n")
}

func (t *infoText) put(name string, value any) { fmt.Fprintf(t, "%s:%v\r\n", name, value) }

func (x *call) info() {
	wanted := map[string]bool{}
	for _, a := range x.args[1:] {
		wanted[strings.ToLower(a)] = true
	}
	all := wanted["all"] || wanted["everything"]
	plain := len(x.args) == 1 || wanted["default"]
	var t infoText
	for _, s := range infoSections {
		if all || wanted[s.name] || plain && !s.extra {
			s.write(x.s, &t)
		}
	}
	x.w.Verbatim("txt", t.String())
}

func (s *Server) infoServer(t *infoText) {
	up := int(s.clock.now().Sub(s.stats.start).Seconds())
	t.title("Server")
	t.put("redis_version", Version)
	t.put("redis_git_sha1", "00000000")
	t.put("redis_git_dirty", 0)
	t.put("redis_build_id", "redkit-fake")
	t.put("redis_mode", "standalone")
	t.put("os", runtime.GOOS+" "+runtime.GOARCH)
	t.put("arch_bits", 64)
	t.put("process_id", os.Getpid())
	t.put("run_id", s.runID())
	t.put("tcp_port", s.settings.get("port"))
	t.put("server_time_usec", s.clock.now().UnixMicro())
	t.put("uptime_in_seconds", up)
	t.put("uptime_in_days", up/86400)
	t.put("hz", s.settings.get("hz"))
	t.put("configured_hz", s.settings.get("hz"))
	t.put("executable", "redkit fake")
	t.put("config_file", "")
}

// runID is 40 hex digits, as every server has its own.
func (s *Server) runID() string {
	return hashPassword(fmt.Sprintf("%p %d", s, s.stats.start.UnixNano()))[:40]
}

func (s *Server) infoClients(t *infoText) {
	blocked, pubsub := 0, 0
	for _, c := range s.conns {
		if c.waits != nil {
			blocked++
		}
		if c.subs.count() > 0 {
			pubsub++
		}
	}
	t.title("Clients")
	t.put("connected_clients", len(s.conns))
	t.put("cluster_connections", 0)
	t.put("maxclients", s.settings.get("maxclients"))
	t.put("blocked_clients", blocked)
	t.put("tracking_clients", 0)
	t.put("pubsub_clients", pubsub)
	t.put("watching_clients", len(s.watchers))
	t.put("total_blocking_keys", len(s.waiting))
}

// memory is what the whole process holds: the fake has no account of its own.
func memory() (used, rss uint64) {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/total:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64(), samples[1].Value.Uint64()
}

func (s *Server) infoMemory(t *infoText) {
	used, rss := memory()
	t.title("Memory")
	t.put("used_memory", used)
	t.put("used_memory_human", human(used))
	t.put("used_memory_rss", rss)
	t.put("used_memory_rss_human", human(rss))
	t.put("used_memory_peak", rss)
	t.put("used_memory_peak_human", human(rss))
	t.put("used_memory_dataset", used)
	t.put("number_of_cached_scripts", s.scripts.count())
	t.put("number_of_functions", 0)
	t.put("maxmemory", s.settings.get("maxmemory"))
	t.put("maxmemory_human", "0B")
	t.put("maxmemory_policy", s.settings.get("maxmemory-policy"))
	t.put("mem_fragmentation_ratio", fmt.Sprintf("%.2f", float64(rss)/float64(max(used, 1))))
	t.put("mem_allocator", "go")
}

func human(n uint64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%dB", n)
	case n < 1<<20:
		return fmt.Sprintf("%.2fK", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.2fM", float64(n)/(1<<20))
	default:
		return fmt.Sprintf("%.2fG", float64(n)/(1<<30))
	}
}

func (s *Server) infoPersistence(t *infoText) {
	t.title("Persistence")
	t.put("loading", 0)
	t.put("async_loading", 0)
	t.put("rdb_changes_since_last_save", s.stats.changes)
	t.put("rdb_bgsave_in_progress", 0)
	t.put("rdb_last_save_time", s.stats.start.Unix())
	t.put("rdb_last_bgsave_status", "ok")
	t.put("aof_enabled", 0)
	t.put("aof_rewrite_in_progress", 0)
	t.put("aof_last_bgrewrite_status", "ok")
	t.put("aof_last_write_status", "ok")
}

func (s *Server) infoStats(t *infoText) {
	st := &s.stats
	seconds := max(s.clock.now().Sub(st.start).Seconds(), 1)
	t.title("Stats")
	t.put("total_connections_received", st.connections)
	t.put("total_commands_processed", st.commands)
	t.put("instantaneous_ops_per_sec", int(float64(st.commands)/seconds))
	t.put("total_net_input_bytes", st.bytesIn)
	t.put("total_net_output_bytes", st.bytesOut)
	t.put("rejected_connections", st.rejected)
	t.put("expired_subkeys", st.expiredFields)
	t.put("expired_keys", st.expired)
	t.put("evicted_keys", 0)
	t.put("evicted_clients", 0)
	t.put("keyspace_hits", st.hits)
	t.put("keyspace_misses", st.misses)
	t.put("pubsub_channels", len(s.channels.order))
	t.put("pubsub_patterns", len(s.patterns.order))
	t.put("pubsubshard_channels", len(s.shards.order))
	t.put("total_error_replies", st.errors)
	t.put("client_output_buffer_limit_disconnections", st.slowDropped)
	t.put("acl_access_denied_auth", st.denied.auth)
	t.put("acl_access_denied_cmd", st.denied.cmd)
	t.put("acl_access_denied_key", st.denied.key)
	t.put("acl_access_denied_channel", st.denied.channel)
}

func (s *Server) infoReplication(t *infoText) {
	t.title("Replication")
	t.put("role", "master")
	t.put("connected_slaves", 0)
	t.put("master_failover_state", "no-failover")
	t.put("master_replid", s.runID())
	t.put("master_repl_offset", 0)
	t.put("second_repl_offset", -1)
	t.put("repl_backlog_active", 0)
	t.put("repl_backlog_size", s.settings.get("repl-backlog-size"))
}

func (s *Server) infoCPU(t *infoText) {
	samples := []metrics.Sample{{Name: "/cpu/classes/user:cpu-seconds"}}
	metrics.Read(samples)
	t.title("CPU")
	t.put("used_cpu_sys", "0.000000")
	t.put("used_cpu_user", fmt.Sprintf("%.6f", samples[0].Value.Float64()))
}

func (s *Server) infoCommands(t *infoText) {
	t.title("Commandstats")
	for _, name := range slices.Sorted(maps.Keys(s.stats.byCommand)) {
		c := s.stats.byCommand[name]
		t.put("cmdstat_"+name, fmt.Sprintf("calls=%d,usec=0,usec_per_call=0.00,rejected_calls=%d,failed_calls=%d", c.calls, c.rejected, c.failed))
	}
}

func (s *Server) infoErrors(t *infoText) {
	t.title("Errorstats")
	for _, code := range slices.Sorted(maps.Keys(s.stats.byError)) {
		t.put("errorstat_"+code, fmt.Sprintf("count=%d", s.stats.byError[code]))
	}
}

func (s *Server) infoKeyspace(t *infoText) {
	t.title("Keyspace")
	for _, id := range slices.Sorted(maps.Keys(s.dbs)) {
		keys := s.dbs[id].keys.Keys()
		if len(keys) == 0 {
			continue
		}
		ends, total := 0, int64(0)
		for _, k := range keys {
			if at := s.dbs[id].end(k); at != 0 {
				ends++
				total += at - s.expiry.now
			}
		}
		t.put(fmt.Sprintf("db%d", id), fmt.Sprintf("keys=%d,expires=%d,avg_ttl=%d,subexpiry=0", len(keys), ends, total/int64(max(ends, 1))))
	}
}
