package fake

import (
	"strconv"
	"strings"
)

func serverCommands() map[string]handler {
	return map[string]handler{
		"info":     (*call).info,
		"time":     (*call).time,
		"flushall": func(x *call) { x.flush(true) },
		"flushdb":  func(x *call) { x.flush(false) },
		"swapdb":   (*call).swapDB,
		"monitor":  (*call).startMonitor,
		"role":     (*call).role,
		"lastsave": func(x *call) { x.w.Int(x.s.stats.start.Unix()) },
		"wait":     (*call).wait,

		"slowlog|get": (*call).slowlogGet, "slowlog|len": func(x *call) { x.w.Int(0) }, "slowlog|reset": func(x *call) { x.w.OK() },
		"latency|latest": func(x *call) { x.w.Array(0) }, "latency|history": func(x *call) { x.w.Array(0) }, "latency|reset": func(x *call) { x.w.Int(0) },
		"module|list":   func(x *call) { x.w.Array(0) },
		"memory|usage":  (*call).memoryUsage,
		"memory|purge":  func(x *call) { x.w.OK() },
		"memory|doctor": func(x *call) { x.w.Verbatim("txt", "The fake keeps no account of its memory.") },
		"cluster|info":  (*call).noCluster, "cluster|nodes": (*call).noCluster, "cluster|slots": (*call).noCluster,
		"cluster|shards": (*call).noCluster, "cluster|myid": (*call).noCluster, "cluster|countkeysinslot": (*call).noCluster,
		"cluster|keyslot": (*call).noCluster,
	}
}

// wait is WAIT: there are no replicas.
func (x *call) wait() {
	if _, ok := x.integer(1); !ok {
		return
	}
	if _, ok := x.milliseconds(2); ok {
		x.w.Int(0)
	}
}

// slowlogGet is SLOWLOG GET: nothing is slow here.
func (x *call) slowlogGet() {
	if len(x.args) > 3 {
		x.errMisused()
		return
	}
	if len(x.args) == 3 {
		if _, ok := x.atLeast(2, -1, "ERR count should be greater than or equal to -1"); !ok {
			return
		}
	}
	x.w.Array(0)
}

func (x *call) noCluster() { x.err("ERR This instance has cluster support disabled") }

func (x *call) time() {
	now := x.s.clock.now()
	x.w.Bulks(strconv.FormatInt(now.Unix(), 10), strconv.Itoa(now.Nanosecond()/1000))
}

func (x *call) role() {
	x.w.Array(3)
	x.w.Bulk("master")
	x.w.Int(0)
	x.w.Array(0)
}

// flush empties one database or all.
func (x *call) flush(all bool) {
	if len(x.args) > 2 || len(x.args) == 2 && !strings.EqualFold(x.args[1], "async") && !strings.EqualFold(x.args[1], "sync") {
		x.err(errSyntax)
		return
	}
	for id, db := range x.s.dbs {
		if all || id == *x.db {
			x.s.spoil(id)
			db.keys.FlushDB()
			x.s.wakeAll(id)
		}
	}
	x.w.OK()
}

// wakeAll lets every waiter of a database look again: a stream waited for by
// a group may be gone, or a list have come with a swap.
func (s *Server) wakeAll(db int) {
	for k := range s.waiting {
		if k.db == db {
			s.changed(k)
		}
	}
}

func (x *call) swapDB() {
	a, errA := atoi(x.args[1])
	b, errB := atoi(x.args[2])
	switch {
	case errA != nil || a != int(int32(a)):
		x.err("ERR invalid first DB index")
		return
	case errB != nil || b != int(int32(b)):
		x.err("ERR invalid second DB index")
		return
	case min(a, b) < 0 || max(a, b) >= x.s.cfg.Databases:
		x.err(errDBRange)
		return
	}
	x.s.spoil(a)
	x.s.spoil(b)
	first, second := x.s.database(a), x.s.database(b)
	x.s.redis.SwapDB(a, b)
	first.keys, second.keys = x.s.redis.DB(a), x.s.redis.DB(b)
	for i, h := range x.s.expiry.heap {
		switch h.key.db {
		case a:
			x.s.expiry.heap[i].key.db = b
		case b:
			x.s.expiry.heap[i].key.db = a
		}
	}
	x.s.spoil(a)
	x.s.spoil(b)
	x.s.wakeAll(a)
	x.s.wakeAll(b)
	x.w.OK()
}

// memoryUsage is an estimate from the size of the values.
func (x *call) memoryUsage() {
	for i := 3; i < len(x.args); i += 2 {
		if !strings.EqualFold(x.args[i], "samples") || i+1 == len(x.args) {
			x.err(errSyntax)
			return
		}
		n, ok := x.integer(i + 1)
		if !ok {
			return
		}
		if n < 0 {
			x.err(errSyntax)
			return
		}
	}
	key := x.args[2]
	if !x.data().exists(key) {
		x.w.Null()
		return
	}
	if l, ok := x.data().list(key); ok && l != nil {
		size := 64 + len(key)
		for v := range l.all() {
			size += 16 + len(v)
		}
		x.w.Int(int64(size))
		return
	}
	if z, ok := x.data().zset(key); ok && z != nil {
		size := 64 + len(key)
		for e := range z.span(0, z.len()) {
			size += 64 + len(e.member)
		}
		x.w.Int(int64(size))
		return
	}
	x.data().run(x.w, "MEMORY", "USAGE", key)
}
