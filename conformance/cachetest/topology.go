package cachetest

import (
	"context"
	"fmt"

	"github.com/redkit-dev/redkit/conformance"
)

// A Replicated cache reads from a replica, which has nothing new until
// Replicate brings it up to date: a replica that lags, on demand.
type Replicated interface {
	Replicate(ctx context.Context) error
}

func topologyRows() []row {
	return []row{
		{ID: "CACHE-TOP-001", Needs: needs{many}, Says: "Calls on many keys MUST take keys of any hash slots together.",
			Why: "Redis Cluster: CROSSSLOT; django-redis issues 182, 208", Check: check(func(k *kit) {
				values, keys := scattered()
				k.setMany(values, Default()).ok()
				k.getMany(keys...).is(values)
				k.delMany(keys[:50]...).ok()
				k.getMany(keys[:51]...).is(map[string]any{keys[50]: values[keys[50]]})
			})},
		{ID: "CACHE-TOP-002", Needs: needs{many, scanning}, Says: "Patterns MUST find the entries of every node.",
			Why: "SCAN sees one node of a cluster", Check: check(func(k *kit) {
				values, keys := scattered()
				k.setMany(values, Default()).ok()
				var want []any
				for _, key := range keys {
					want = append(want, key)
				}
				k.keys("slot-*").set(want...)
				k.iterKeys("slot-*", 10).set(want...)
				k.deletePattern("slot-*").is(len(keys))
				k.keys("*").set()
			})},
		{ID: "CACHE-TOP-003", Needs: needs{sets}, Says: "Set algebra MUST take keys of any hash slots together.",
			Why: "Redis Cluster: CROSSSLOT for sdiff, sinter, sunion, their stores and smove", Check: check(func(k *kit) {
				k.sadd("one", "a", "b").is(2)
				k.sadd("two", "b", "c").is(2)
				c := k.c.(Sets)
				k.did("SInter", "one", "two").got(c.SInter(k.ctx, "one", "two")).set("b")
				k.did("SUnion", "one", "two").got(c.SUnion(k.ctx, "one", "two")).set("a", "b", "c")
				k.did("SDiff", "one", "two").got(c.SDiff(k.ctx, "one", "two")).set("a")
				k.did("SUnionStore", "three", "one", "two").got(c.SUnionStore(k.ctx, "three", "one", "two")).is(3)
				k.did("SMove", "one", "four", "a").got(c.SMove(k.ctx, "one", "four", "a")).is(true)
				k.smembers("four").set("a")
			})},
		{ID: "CACHE-TOP-004", Needs: needs{many, clearing, clearingPrefix, aliases}, Says: "A clear, and a clear of the prefix, MUST reach every node.",
			Why: "FLUSHDB and SCAN see one node of a cluster", Check: check(func(k *kit) {
				values, keys := scattered()
				other := k.open("other", Alias{Prefix: "other"})
				k.setMany(values, Default()).ok()
				other.setMany(values, Default()).ok()
				other.clearPrefix().is(len(keys))
				k.getMany(keys...).is(values)
				other.getMany(keys...).is(map[string]any{})
				k.clear()
				k.getMany(keys...).is(map[string]any{})
			})},
		{ID: "CACHE-TOP-005", Needs: needs{versions, expiring}, Says: "An incr_version MUST move an entry to the slot of its new key, with value and expiry.",
			Why: "RENAME is refused across slots", Check: check(func(k *kit) {
				for n := range 10 {
					key := fmt.Sprintf("slot-%d", n)
					k.set(key, n, For(2*k.Unit()))
					k.incrVersion(key, 1).is(2)
					k.get(key).none()
					k.at("2").get(key).is(n)
					k.at("2").pttl(key).about(2 * k.Unit())
				}
			})},
		{ID: "CACHE-TOP-006", Needs: needs{replicas, looking, many}, Says: "A read MUST be served by a replica: until that has caught up it finds nothing.",
			Why: "R J: reads go to the other servers of LOCATION, never to the first", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.get("a").none()
				k.has("a").is(false)
				k.getMany("a").is(map[string]any{})
				k.replicate()
				k.get("a").is("v")
				k.has("a").is(true)
				k.getMany("a").is(map[string]any{"a": "v"})
			})},
		{ID: "CACHE-TOP-007", Needs: needs{replicas, adding, counting, touching, conditional}, Says: "A write that depends on what is there MUST ask the primary, however far a replica is behind.",
			Why: "B/test_primary_replica_switching", Check: check(func(k *kit) {
				k.add("a", "first", Default()).is(true)
				k.add("a", "second", Default()).is(false)
				k.setIf("a", "third", Default(), IfAbsent).is(false)
				k.touch("a", Forever()).is(true)
				k.set("n", 1, Default())
				k.incr("n", 1).is(2)
				k.incr("n", 1).is(3)
				k.del("a").is(true)
				k.replicate()
				k.get("a").none()
				k.get("n").is(3)
			})},
		{ID: "CACHE-TOP-008", Needs: needs{replicas, filling}, Says: "A get_or_set whose replica is behind MUST NOT overwrite what the primary has.",
			Why: "GET on the replica, then SET NX on the primary", Check: check(func(k *kit) {
				k.set("a", "there", Default())
				k.fill("a", "computed", Default()).oneOf("there", "computed")
				k.replicate()
				k.get("a").is("there")
			})},
		{ID: "CACHE-TOP-009", Needs: needs{replicas, locking}, Says: "A lock MUST be taken, owned and given back on the primary.",
			Why: "a replica that is behind would let two in", Check: check(func(k *kit) {
				l := k.lock("l", quick(k))
				l.acquire().is(true)
				k.lock("l", quick(k)).acquire().is(false)
				l.owned().is(true)
				l.locked().is(true)
				l.release().ok()
				k.replicate()
				k.lock("l", quick(k)).acquire().is(true)
			})},
		{ID: "CACHE-TOP-010", Needs: needs{replicas, versions}, Says: "An incr_version MUST take the entry from the primary.",
			Why: "J: every step on the primary", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.incrVersion("a", 1).is(2)
				k.replicate()
				k.get("a").none()
				k.at("2").get("a").is("v")
			})},
		{ID: "CACHE-TOP-011", Says: "After a replica was made the master, entries MUST be found and writes taken within a few calls.",
			Why: "Sentinel and Cluster fail over: redis-py issues 688, 1186", Check: check(func(k *kit) {
				p, ok := k.Faults().(conformance.Promoter)
				if !ok {
					k.Unproven("the faults cannot make a replica the master")
				}
				k.set("a", "v", Forever())
				k.Call("Promote()")
				if err := p.Promote(k.ctx); err != nil {
					k.Unproven("make a replica the master: %v", err)
				}
				k.settled("a", "v")
				for range 50 {
					if k.try("a", "w", Forever()).err == nil {
						break
					}
				}
				k.set("a", "w", Forever())
				k.settled("a", "w")
			})},
	}
}

func (k *kit) replicate() {
	k.Helper()
	k.did("Replicate").got(nil, k.c.(Replicated).Replicate(k.ctx)).ok()
}

// scattered are entries that no hash slot holds together.
func scattered() (values map[string]any, keys []string) {
	values = map[string]any{}
	for n := range 100 {
		keys = append(keys, fmt.Sprintf("slot-%d", n))
		values[keys[n]] = int64(n)
	}
	return values, keys
}
