package metrics

import "github.com/prometheus/client_golang/prometheus"

// A field is one number of INFO and the metric that redis_exporter makes of it.
type field struct {
	info, name string
	kind       prometheus.ValueType
}

// fields lists those that servers from Redis 6.0 to 8.0 and Valkey have in
// common, by the names of redis_exporter 1.x.
func fields() []field {
	gauge := func(info, name string) field { return field{info, name, prometheus.GaugeValue} }
	counter := func(info, name string) field { return field{info, name, prometheus.CounterValue} }
	return []field{
		gauge("uptime_in_seconds", "uptime_in_seconds"),
		gauge("process_id", "process_id"),

		gauge("connected_clients", "connected_clients"),
		gauge("blocked_clients", "blocked_clients"),
		gauge("tracking_clients", "tracking_clients"),
		gauge("maxclients", "max_clients"),
		gauge("client_recent_max_input_buffer", "client_recent_max_input_buffer_bytes"),
		gauge("client_recent_max_output_buffer", "client_recent_max_output_buffer_bytes"),

		gauge("used_memory", "memory_used_bytes"),
		gauge("used_memory_rss", "memory_used_rss_bytes"),
		gauge("used_memory_peak", "memory_used_peak_bytes"),
		gauge("used_memory_overhead", "memory_used_overhead_bytes"),
		gauge("used_memory_startup", "memory_used_startup_bytes"),
		gauge("used_memory_dataset", "memory_used_dataset_bytes"),
		gauge("used_memory_lua", "memory_used_lua_bytes"),
		gauge("maxmemory", "memory_max_bytes"),
		gauge("mem_fragmentation_ratio", "mem_fragmentation_ratio"),
		gauge("mem_fragmentation_ratio", "memory_fragmentation_ratio"), // its name in the exporter's mixin
		gauge("mem_fragmentation_bytes", "mem_fragmentation_bytes"),
		gauge("mem_clients_normal", "mem_clients_normal"),
		gauge("mem_clients_slaves", "mem_clients_slaves"),
		gauge("mem_not_counted_for_evict", "mem_not_counted_for_eviction_bytes"),
		gauge("lazyfree_pending_objects", "lazyfree_pending_objects"),
		gauge("active_defrag_running", "active_defrag_running"),

		gauge("loading", "loading_dump_file"),
		gauge("rdb_changes_since_last_save", "rdb_changes_since_last_save"),
		gauge("rdb_bgsave_in_progress", "rdb_bgsave_in_progress"),
		gauge("rdb_last_save_time", "rdb_last_save_timestamp_seconds"),
		gauge("rdb_last_bgsave_status", "rdb_last_bgsave_status"),
		gauge("rdb_last_bgsave_time_sec", "rdb_last_bgsave_duration_sec"),
		gauge("rdb_last_cow_size", "rdb_last_cow_size_bytes"),
		gauge("aof_enabled", "aof_enabled"),
		gauge("aof_rewrite_in_progress", "aof_rewrite_in_progress"),
		gauge("aof_rewrite_scheduled", "aof_rewrite_scheduled"),
		gauge("aof_last_rewrite_time_sec", "aof_last_rewrite_duration_sec"),
		gauge("aof_last_bgrewrite_status", "aof_last_bgrewrite_status"),
		gauge("aof_last_write_status", "aof_last_write_status"),
		gauge("aof_last_cow_size", "aof_last_cow_size_bytes"),
		gauge("aof_current_size", "aof_current_size_bytes"),
		gauge("aof_base_size", "aof_base_size_bytes"),
		gauge("aof_buffer_length", "aof_buffer_length"),
		gauge("aof_pending_bio_fsync", "aof_pending_bio_fsync"),
		gauge("aof_delayed_fsync", "aof_delayed_fsync"),

		counter("total_connections_received", "connections_received_total"),
		counter("total_commands_processed", "commands_processed_total"),
		counter("rejected_connections", "rejected_connections_total"),
		counter("total_net_input_bytes", "net_input_bytes_total"),
		counter("total_net_output_bytes", "net_output_bytes_total"),
		counter("expired_keys", "expired_keys_total"),
		counter("evicted_keys", "evicted_keys_total"),
		counter("keyspace_hits", "keyspace_hits_total"),
		counter("keyspace_misses", "keyspace_misses_total"),
		counter("expired_time_cap_reached_count", "expired_time_cap_reached_total"),
		counter("total_error_replies", "total_error_replies"),
		gauge("expired_stale_perc", "expired_stale_percentage"),
		gauge("latest_fork_usec", "latest_fork_usec"),
		gauge("pubsub_channels", "pubsub_channels"),
		gauge("pubsub_patterns", "pubsub_patterns"),

		gauge("connected_slaves", "connected_slaves"),
		gauge("master_repl_offset", "master_repl_offset"),
		gauge("second_repl_offset", "second_repl_offset"),
		gauge("repl_backlog_active", "repl_backlog_is_active"),
		gauge("repl_backlog_size", "replication_backlog_bytes"),
		gauge("repl_backlog_histlen", "repl_backlog_history_bytes"),
		gauge("repl_backlog_first_byte_offset", "repl_backlog_first_byte_offset"),
		counter("sync_full", "replica_resyncs_full"),
		counter("sync_partial_ok", "replica_partial_resync_accepted"),
		counter("sync_partial_err", "replica_partial_resync_denied"),

		counter("used_cpu_sys", "cpu_sys_seconds_total"),
		counter("used_cpu_user", "cpu_user_seconds_total"),
		counter("used_cpu_sys_children", "cpu_sys_children_seconds_total"),
		counter("used_cpu_user_children", "cpu_user_children_seconds_total"),

		gauge("cluster_enabled", "cluster_enabled"),
	}
}
