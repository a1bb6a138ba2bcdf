package servertest

import (
	"fmt"
	"strconv"
	"strings"
)

// limited are what a requirement of the memory limit needs: a server that is
// the run's own.
var limited = needs{Disposable, settings, LimitsMemory}

func memoryRows() []row {
	return []row{
		{ID: "SERVER-MEM-001", Needs: limited, Says: "A full server that evicts nothing MUST refuse writes with OOM and go on reading and deleting.",
			Why: "K: a broker must not lose queues; clients see OOM", Check: check(func(k *kit) {
				k.do("SET", "a", "kept").is("OK")
				defer k.full("noeviction")()
				k.do("SET", "b", "v").fails("OOM")
				k.do("LPUSH", "q", "job").fails("OOM")
				k.do("GET", "a").is("kept")
				k.do("DEL", "a").is(1)
			})},
		{ID: "SERVER-MEM-002", Needs: limited, Says: "A script that writes MUST be refused with OOM too.",
			Why: "claims by script on a full broker", Check: check(func(k *kit) {
				defer k.full("noeviction")()
				k.do("EVAL", "return redis.call('SET', KEYS[1], 'v')", "1", "b").refused("OOM")
				k.do("EXISTS", "b").is(0)
			})},
		{ID: "SERVER-MEM-003", Needs: limited, Says: "A transaction that writes MUST be refused with OOM when it is queued, and EXEC abort.",
			Why: "C stores results in MULTI", Check: check(func(k *kit) {
				defer k.full("noeviction")()
				k.do("MULTI").is("OK")
				k.do("SET", "b", "v").fails("OOM")
				k.do("EXEC").fails("EXECABORT")
			})},
		{ID: "SERVER-MEM-004", Needs: limited, Says: "A full server with allkeys-lru MUST drop keys instead of refusing writes, and count them.",
			Why: "the cache instance: R and J rely on it", Check: check(func(k *kit) {
				was, _ := number(k.info("stats"), "evicted_keys")
				defer k.roomFor("allkeys-lru", 2<<20)()
				k.pour("key", 400, 16<<10)
				if is, ok := number(k.info("stats"), "evicted_keys"); !ok || is <= was {
					k.Errorf("INFO stats has evicted_keys %d after 6 MiB went into 2, was %d, want more", is, was)
				}
				if left, _ := k.do("DBSIZE").ok().value.(int64); left == 0 || left >= 400 {
					k.Errorf("DBSIZE = %d of 400 keys, want some gone and some left", left)
				}
			})},
		{ID: "SERVER-MEM-005", Needs: limited, Says: "A full server with volatile-lru MUST drop only keys that have an expiry.",
			Why: "one server for cache and queues", Check: check(func(k *kit) {
				k.do("LPUSH", "celery", "job").is(1)
				defer k.roomFor("volatile-lru", 2<<20)()
				k.pour("key", 400, 16<<10, "EX", "1000")
				k.do("LRANGE", "celery", "0", "-1").list("job")
				if left, _ := k.do("DBSIZE").ok().value.(int64); left >= 401 {
					k.Errorf("DBSIZE = %d, want keys with an expiry gone", left)
				}
			})},
		{ID: "SERVER-MEM-006", Needs: limited, Says: "A full server with volatile-lru and no key to drop MUST refuse writes with OOM.",
			Why: "K: persistent queues in a volatile server", Check: check(func(k *kit) {
				k.do("LPUSH", "celery", "job").is(1)
				defer k.full("volatile-lru")()
				k.do("LPUSH", "celery", strings.Repeat("x", 1000)).fails("OOM")
				k.do("LLEN", "celery").is(1)
			})},
		{ID: "SERVER-MEM-007", Needs: limited, Says: "A policy that does not exist MUST be refused and the one before stay.",
			Why: "doctor reads it back", Check: check(func(k *kit) {
				defer k.config("maxmemory-policy", "allkeys-lru")()
				k.do("CONFIG", "SET", "maxmemory-policy", "no-such-policy").fails("ERR")
				k.do("CONFIG", "GET", "maxmemory-policy").list("maxmemory-policy", "allkeys-lru")
			})},
	}
}

// full limits the server to what it uses already.
func (k *kit) full(policy string) (undo func()) {
	k.Helper()
	policyBack := k.config("maxmemory-policy", policy)
	limitBack := k.config("maxmemory", "1")
	return func() { limitBack(); policyBack() }
}

// roomFor limits the server to what it uses and some bytes more.
func (k *kit) roomFor(policy string, more int64) (undo func()) {
	k.Helper()
	used, ok := number(k.info("memory"), "used_memory")
	if !ok {
		k.Fatalf("INFO memory has no used_memory")
	}
	policyBack := k.config("maxmemory-policy", policy)
	limitBack := k.config("maxmemory", strconv.FormatInt(used+more, 10))
	return func() { limitBack(); policyBack() }
}

// pour writes n keys of size bytes each.
func (k *kit) pour(key string, n, size int, opts ...string) {
	k.Helper()
	k.Call("SET of %d keys of %d bytes %s", n, size, strings.Join(opts, " "))
	value := strings.Repeat("x", size)
	for i := range n {
		args := append([]string{"SET", fmt.Sprint(key, i), value}, opts...)
		if err := k.c.Send(k.Context(), args...); err != nil {
			k.Fatalf("SET could not be sent: %v", err)
		}
		k.next("SET " + args[1]).is("OK")
	}
}
