package servertest

import (
	"regexp"
	"strconv"
	"strings"
)

func infoRows() []row {
	return []row{
		{ID: "SERVER-INF-001", Says: "INFO MUST tell the version as numbers with dots.",
			Why: "redis-py, kombu and redis_exporter branch on it", Check: check(func(k *kit) {
				version, _ := field(k.info("server"), "redis_version")
				if !regexp.MustCompile(`^\d+\.\d+\.\d+`).MatchString(version) {
					k.Errorf("INFO server has redis_version %q, want numbers with dots", version)
				}
			})},
		{ID: "SERVER-INF-002", Says: "INFO MUST tell memory: used_memory, used_memory_rss, maxmemory and maxmemory_policy.",
			Why: "monitoring: how full is the cache", Check: check(func(k *kit) {
				info := k.info("memory")
				numbers(k, info, 1, "used_memory")
				numbers(k, info, 0, "used_memory_rss", "maxmemory")
				texts(k, info, "maxmemory_policy")
			})},
		{ID: "SERVER-INF-003", Says: "INFO MUST tell clients: connected_clients and blocked_clients.",
			Why: "monitoring: leaks and workers", Check: check(func(k *kit) {
				numbers(k, k.info("clients"), 1, "connected_clients")
				numbers(k, k.info("clients"), 0, "blocked_clients")
			})},
		{ID: "SERVER-INF-004", Says: "INFO MUST tell traffic: commands, connections and operations a second.",
			Why: "monitoring", Check: check(func(k *kit) {
				numbers(k, k.info("stats"), 1, "total_commands_processed", "total_connections_received")
				numbers(k, k.info("stats"), 0, "instantaneous_ops_per_sec", "evicted_keys", "expired_keys")
			})},
		{ID: "SERVER-INF-005", Says: "INFO MUST count hits and misses of reads.",
			Why: "monitoring: the hit ratio of a cache", Check: check(func(k *kit) {
				before := k.info("stats")
				k.do("SET", "a", "v").is("OK")
				k.do("GET", "a").is("v")
				k.do("GET", "none").null()
				after := k.info("stats")
				for _, name := range []string{"keyspace_hits", "keyspace_misses"} {
					was, ok := number(before, name)
					is, too := number(after, name)
					if !ok || !too || is < was+1 {
						k.Errorf("INFO stats has %s %d after a hit and a miss, was %d, want more", name, is, was)
					}
				}
			})},
		{ID: "SERVER-INF-006", Says: "INFO MUST count the keys that expired.",
			Why: "monitoring", Check: check(func(k *kit) {
				was, _ := number(k.info("stats"), "expired_keys")
				d := k.Deadline(k.Unit())
				k.do("SET", "a", "v", "PX", millis(k.Unit())).is("OK")
				d.After()
				k.do("GET", "a").null()
				if is, ok := number(k.info("stats"), "expired_keys"); !ok || is < was+1 {
					k.Errorf("INFO stats has expired_keys %d after an expiry, was %d, want more", is, was)
				}
			})},
		{ID: "SERVER-INF-007", Says: "INFO keyspace MUST tell the keys of a database and how many expire.",
			Why: "stats; redis_exporter db_keys", Check: check(func(k *kit) {
				k.do("MSET", "a", "", "b", "", "c", "").is("OK")
				k.do("EXPIRE", "c", "100").is(1)
				if info := k.info("keyspace"); !strings.Contains(info, ":keys=3,expires=1,") {
					k.Errorf("INFO keyspace = %q, want a database with keys=3,expires=1", info)
				}
			})},
		{ID: "SERVER-INF-008", Says: "INFO MUST tell the role, and ROLE agree.",
			Why: "Sentinel clients ask for it", Check: check(func(k *kit) {
				role, _ := field(k.info("replication"), "role")
				list, _ := k.do("ROLE").ok().value.([]any)
				if role == "slave" {
					role = "replica"
				}
				if len(list) == 0 || role == "" || strings.Replace(list[0].(string), "slave", "replica", 1) != role {
					k.Errorf("INFO has role %q and ROLE = %s, want the same", role, show(list))
				}
			})},
		{ID: "SERVER-INF-009", Says: "INFO MUST tell persistence: aof_enabled, rdb_last_save_time, rdb_changes_since_last_save and loading.",
			Why: "a broker without persistence loses its queues", Check: check(func(k *kit) {
				numbers(k, k.info("persistence"), 0, "aof_enabled", "rdb_changes_since_last_save", "loading")
				numbers(k, k.info("persistence"), 0, "rdb_last_save_time")
			})},
		{ID: "SERVER-INF-010", Says: "INFO MUST tell uptime_in_seconds and process_id.",
			Why: "stats: was it restarted", Check: check(func(k *kit) {
				numbers(k, k.info("server"), 0, "uptime_in_seconds")
				numbers(k, k.info("server"), 1, "process_id")
			})},
		{ID: "SERVER-INF-011", Says: "INFO without a section MUST hold all of these, and with one that one alone.",
			Why: "redis_exporter asks for all", Check: check(func(k *kit) {
				all, one := k.info(), k.info("memory")
				for _, name := range []string{"redis_version", "used_memory", "connected_clients", "total_commands_processed", "role"} {
					if _, ok := field(all, name); !ok {
						k.Errorf("INFO has no field %s", name)
					}
				}
				if _, ok := field(one, "redis_version"); ok {
					k.Errorf("INFO memory has redis_version of another section")
				}
			})},
		{ID: "SERVER-INF-012", Needs: needs{inspects}, Says: "CLIENT LIST MUST have a line for every connection with its id, name, database and last command.",
			Why: "leak guards and monitors", Check: check(func(k *kit) {
				k.do("CLIENT", "SETNAME", "servertest-inf-012").is("OK")
				id := k.do("CLIENT", "ID").text()
				list := k.do("CLIENT", "LIST").text()
				for line := range strings.Lines(list) {
					if strings.HasPrefix(line, "id="+id+" ") {
						for _, part := range []string{" name=servertest-inf-012 ", " addr=", " db=", " cmd=client", " age=", " idle=", " sub=0 "} {
							if !strings.Contains(line, part) {
								k.Errorf("CLIENT LIST has the line %q, want %q in it", line, part)
							}
						}
						return
					}
				}
				k.Errorf("CLIENT LIST has no line of connection %s:\n%s", id, list)
			})},
		{ID: "SERVER-INF-013", Needs: needs{inspects}, Says: "CLIENT KILL by ID MUST close that connection alone.",
			Why: "tests of reconnecting", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				id := b.do("CLIENT", "ID").text()
				k.do("CLIENT", "KILL", "ID", id).is(1)
				if v, err := b.c.Receive(k.Context()); err == nil {
					k.Errorf("the killed connection received %s, want its end", show(v))
				}
				k.do("PING").is("PONG")
				k.do("CLIENT", "KILL", "ID", id).is(0)
			})},
		{ID: "SERVER-INF-014", Needs: needs{inspects}, Says: "MEMORY USAGE MUST tell the bytes of a key, more for a larger one, and nil of none.",
			Why: "keys: which alias fills the cache", Check: check(func(k *kit) {
				k.do("SET", "small", "v").is("OK")
				k.do("SET", "large", strings.Repeat("v", 10_000)).is("OK")
				k.do("MEMORY", "USAGE", "small").between(1, 1000)
				k.do("MEMORY", "USAGE", "large").between(10_000, 100_000)
				k.do("MEMORY", "USAGE", "none").null()
			})},
		{ID: "SERVER-INF-015", Needs: needs{inspects}, Says: "SLOWLOG GET MUST answer a list, and SLOWLOG LEN its length.",
			Why: "monitor: slow commands", Check: check(func(k *kit) {
				if o := k.do("SLOWLOG", "GET", "5").ok(); o.value != nil {
					if _, is := o.value.([]any); !is {
						o.want("a list")
					}
				}
				k.do("SLOWLOG", "LEN").between(0, 1<<40)
			})},
		{ID: "SERVER-INF-016", Needs: needs{settings}, Says: "CONFIG GET MUST answer names and values, by a pattern too, and an empty list for a name that is none.",
			Why: "doctor: the policy of a broker", Check: check(func(k *kit) {
				k.do("CONFIG", "GET", "no-such-setting").is([]any{})
				one, _ := k.do("CONFIG", "GET", "maxmemory-policy").ok().value.([]any)
				if len(one) != 2 || one[0] != "maxmemory-policy" || one[1] == "" {
					k.Errorf("CONFIG GET maxmemory-policy = %s, want the name and its value", show(one))
				}
				several, _ := k.do("CONFIG", "GET", "maxmemory*").ok().value.([]any)
				if len(several) < 4 || len(several)%2 != 0 {
					k.Errorf("CONFIG GET maxmemory* = %s, want several pairs", show(several))
				}
			})},
		{ID: "SERVER-INF-017", Says: "COMMAND INFO MUST describe a command by name, arity, flags and keys.",
			Why: "cluster clients find keys by it", Check: check(func(k *kit) {
				o := k.do("COMMAND", "INFO", "get", "nosuchcommand").ok()
				list, _ := o.value.([]any)
				if len(list) != 2 || list[1] != nil {
					o.want("one command and nil")
					return
				}
				get, _ := list[0].([]any)
				if len(get) < 6 || !same([]any{"get", 2}, get[:2]) || !same([]any{1, 1, 1}, get[3:6]) {
					o.want("get with arity 2 and its key at 1")
				}
				k.do("COMMAND", "COUNT").between(100, 10_000)
			})},
		{ID: "SERVER-INF-018", Needs: needs{inspects}, Says: "OBJECT ENCODING MUST name the encoding of a key, and be nil or refused of none.",
			Why: "monitors: what a key costs", Check: check(func(k *kit) {
				k.do("SET", "n", "42").is("OK")
				k.do("OBJECT", "ENCODING", "n").is("int")
				if o := k.do("OBJECT", "ENCODING", "none"); o.value != nil {
					o.fails("ERR")
				}
			})},
	}
}

// numbers wants fields of INFO that are integers of at least low.
func numbers(k *kit, info string, low int64, names ...string) {
	for _, name := range names {
		if n, ok := number(info, name); !ok || n < low {
			k.Helper()
			text, _ := field(info, name)
			k.Errorf("INFO has %s %s, want an integer of at least %d", name, strconv.Quote(text), low)
		}
	}
}

// texts wants fields of INFO that are not empty.
func texts(k *kit, info string, names ...string) {
	for _, name := range names {
		if text, _ := field(info, name); text == "" {
			k.Helper()
			k.Errorf("INFO has no %s, want one", name)
		}
	}
}
