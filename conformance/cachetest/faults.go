package cachetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// readOnly, outOfMemory and loading are what Redis 7 answers.
const (
	readOnly    = "READONLY You can't write against a read only replica."
	outOfMemory = "OOM command not allowed when used memory > 'maxmemory'."
	loading     = "LOADING Redis is loading the dataset in memory"
)

func faultRows() []row {
	return []row{
		{ID: "CACHE-FLT-001", Says: "While its server cannot be reached every call MUST fail as unavailable: a get is no miss.",
			Why: "R J: the connection error surfaces", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("a", "v", Default())
				faults.Refuse()
				defer faults.Heal()
				k.get("a").fails(ErrUnavailable)
				k.try("a", "w", Default()).fails(ErrUnavailable)
				k.del("a").fails(ErrUnavailable)
			})},
		{ID: "CACHE-FLT-002", Needs: needs{adding, touching, looking, counting, many}, Says: "While its server cannot be reached no call MUST report success or absence.",
			Why: "R J: the connection error surfaces", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("n", 1, Default())
				faults.Refuse()
				defer faults.Heal()
				k.add("b", "v", Default()).fails(ErrUnavailable)
				k.touch("n", Forever()).fails(ErrUnavailable)
				k.has("n").fails(ErrUnavailable)
				k.incr("n", 1).fails(ErrUnavailable)
				k.getMany("n").fails(ErrUnavailable)
				k.setMany(map[string]any{"n": 2}, Default()).fails(ErrUnavailable)
				k.delMany("n").fails(ErrUnavailable)
			})},
		{ID: "CACHE-FLT-003", Says: "Once its server can be reached again calls MUST succeed, and find what was there.",
			Why: "stale connections: django-redis issues 425, 616", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("a", "v", Default())
				faults.Refuse()
				k.get("a").fails(ErrUnavailable)
				faults.Heal()
				k.settled("a", "v")
			})},
		{ID: "CACHE-FLT-004", Says: "After a connection broke, idle or in the middle of a call, the second call at the latest MUST succeed.",
			Why: "R J detect dead sockets", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("a", "v", Default())
				faults.Cut()
				_ = k.get("a")
				k.get("a").is("v")
				faults.DropReply()
				_ = k.get("a")
				k.get("a").is("v")
			})},
		{ID: "CACHE-FLT-005", Needs: needs{counting}, Says: "An incr whose reply is lost MUST count at most once, and exactly once if it reports success.",
			Why: "a retry after a lost reply counts twice", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("n", 1, Default())
				k.incr("n", 1).is(2) // the script is known now
				faults.DropReply()
				o := k.incr("n", 1)
				faults.Heal()
				wants := []any{2, 3}
				if o.err == nil {
					wants = []any{3}
				}
				k.recovered("n").oneOf(wants...)
			})},
		{ID: "CACHE-FLT-006", Says: "A set whose reply is lost MUST leave the old value or the new one.",
			Why: "nothing is half done", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("a", "old", Default())
				faults.DropReply()
				o := k.try("a", "new", Default())
				faults.Heal()
				wants := []any{"old", "new"}
				if o.err == nil {
					wants = []any{"new"}
				}
				k.recovered("a").oneOf(wants...)
			})},
		{ID: "CACHE-FLT-007", Needs: needs{adding}, Says: "An add whose reply is lost MUST NOT report false for a value of its own.",
			Why: "a retry finds what the first attempt stored", Check: check(func(k *kit) {
				faults := k.Faults()
				k.get("warm").none()
				faults.DropReply()
				o := k.add("a", "mine", Default())
				faults.Heal()
				if got := k.recovered("a"); o.err == nil && o.value == false && got.value == "mine" {
					o.want("true or an error: %s", got.text())
				}
			})},
		{ID: "CACHE-FLT-008", Profile: "strict", Needs: needs{many, AtomicMany}, Says: "A set_many whose reply is lost MUST leave all of its values or none.",
			Why: "MULTI … EXEC: R J", Check: check(func(k *kit) {
				faults := k.Faults()
				k.get("warm").none()
				values := map[string]any{"a": int64(1), "b": int64(2), "c": int64(3)}
				faults.DropReply()
				_ = k.setMany(values, Default())
				faults.Heal()
				_ = k.get("a")
				k.getMany("a", "b", "c").oneOf(values, map[string]any{})
			})},
		{ID: "CACHE-FLT-009", Says: "A write that the server refuses as read-only or for want of memory MUST fail as unavailable and leave the value.",
			Why: "failover and maxmemory: redis-py issues 460, 1186", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				for _, reply := range []string{readOnly, outOfMemory} {
					faults := k.Faults()
					faults.Reply(reply)
					k.try("a", "w", Default()).fails(ErrUnavailable)
					k.del("a").fails(ErrUnavailable)
					faults.Heal()
					k.get("a").is("v")
				}
			})},
		{ID: "CACHE-FLT-010", Needs: needs{adding, counting, many}, Says: "Every other write that the server refuses MUST fail as unavailable.",
			Why: "any error reply: J", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("n", 1, Default())
				faults.Reply(readOnly)
				defer faults.Heal()
				k.add("b", "v", Default()).fails(ErrUnavailable)
				k.incr("n", 1).fails(ErrUnavailable)
				k.setMany(map[string]any{"b": 2}, Default()).fails(ErrUnavailable)
			})},
		{ID: "CACHE-FLT-011", Says: "A get from a server that is loading MUST fail as unavailable: it is no miss.",
			Why: "a miss would be computed anew by everybody", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("a", "v", Default())
				faults.Reply(loading)
				k.get("a").fails(ErrUnavailable)
				faults.Heal()
				k.settled("a", "v")
			})},
		{ID: "CACHE-FLT-012", Needs: needs{aliases, adding, looking, counting, many, IgnoresErrors}, Says: "An alias that ignores exceptions MUST look like an empty cache that forgets what is written.",
			Why: "O/test_get_django_omit_exceptions", Check: check(func(k *kit) {
				faults := k.Faults()
				calm := k.open("calm", Alias{IgnoreExceptions: true})
				calm.set("n", 1, Default())
				faults.Refuse()
				defer faults.Heal()
				calm.get("n").none()
				calm.try("a", "v", Default()).ok()
				calm.add("b", "v", Default()).is(false)
				calm.has("n").is(false)
				calm.del("n").is(false)
				calm.getMany("n").is(map[string]any{})
				calm.setMany(map[string]any{"a": 1}, Default()).ok()
				calm.incr("n", 1).fails(ErrNotFound)
				faults.Heal()
				k.settled("n", 1) // calm would hide that it does not reach the server yet
				calm.get("n").is(1)
			})},
		{ID: "CACHE-FLT-013", Needs: needs{aliases, touching, expiring, filling, scanning, sets, IgnoresErrors}, Says: "An alias that ignores exceptions MUST ignore them in every call.",
			Why: "J forgets touch, ttl, persist, iter_keys, sets: study of its holes", Check: check(func(k *kit) {
				faults := k.Faults()
				calm := k.open("calm", Alias{IgnoreExceptions: true})
				faults.Refuse()
				defer faults.Heal()
				calm.touch("a", Forever()).is(false)
				calm.pttl("a").none()
				calm.persist("a").is(false)
				calm.fill("a", "v", Default()).is("v")
				calm.keys("*").set()
				calm.iterKeys("*", 0).set()
				calm.deletePattern("*").is(0)
				calm.sadd("s", "m").is(0)
				calm.smembers("s").set()
			})},
		{ID: "CACHE-FLT-014", Needs: needs{aliases, inspecting, IgnoresErrors}, Says: "An alias that ignores exceptions MUST still fail for what it cannot decode or serialize.",
			Why: "J: a mistake of the program is not an outage", Check: check(func(k *kit) {
				calm := k.open("calm", Alias{IgnoreExceptions: true})
				k.storeRaw(":1:a", []byte("hello"))
				calm.get("a").fails(ErrDeserialize)
				calm.try("b", make(chan int), Default()).fails(ErrSerialize)
			})},
		{ID: "CACHE-FLT-015", Says: "More calls than there are connections MUST end with their contexts, and leave the cache usable.",
			Why: "pool exhaustion", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("a", "v", Default())
				faults.Stall()
				short, cancel := context.WithTimeout(k.ctx, 100*time.Millisecond)
				defer cancel()
				var wait sync.WaitGroup
				var told atomic.Int64
				for i := range 150 { // each ended by its context, all waited for
					wait.Go(func() { _, _, _ = k.c.Get(short, "a") })
					wait.Go(func() { // a write each, which cannot share another's connection
						if k.c.Set(short, fmt.Sprint("b", i), "w", Default()) == nil {
							told.Add(1)
						}
					})
				}
				wait.Wait()
				faults.Heal()
				if n := told.Load(); n > 0 {
					k.Errorf("%d of 150 concurrent Set succeeded while no reply came, want each to fail with its context at the latest", n)
				}
				k.settled("a", "v")
			})},
		{ID: "CACHE-FLT-016", Says: "After its server was restarted, the second call at the latest MUST succeed.",
			Why: "R J: a restart is one failed call", Check: check(func(k *kit) {
				restarter, ok := k.Faults().(conformance.Restarter)
				if !ok {
					k.Unproven("the faults cannot restart the server")
				}
				k.set("a", "v", Default())
				k.Faults().Refuse()
				k.get("a").fails(ErrUnavailable)
				if err := restarter.Restart(k.ctx); err != nil {
					k.Unproven("restart the server: %v", err)
				}
				k.Faults().Heal()
				_ = k.get("a")
				k.get("a").ok()
				k.set("a", "w", Default())
				k.get("a").is("w")
			})},
		{ID: "CACHE-FLT-017", Needs: needs{closing}, Says: "A close MUST succeed, a second one too, and leave the cache usable.",
			Why: "T/test_close", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				for range 2 {
					k.did("Close").got(nil, k.c.(Closer).Close()).ok()
				}
				k.get("a").is("v")
			})},
		{ID: "CACHE-FLT-018", Needs: needs{aliases}, Denies: IgnoresErrors, Says: "A cache that does not claim to ignore exceptions MUST refuse an alias that asks for it.",
			Why: "an alias that fails where its owner counts on a miss", Check: check(func(k *kit) {
				k.openFails(Alias{IgnoreExceptions: true})
			})},
	}
}

// recovered reads key after a fault: the first call may meet a connection that
// broke.
func (k *kit) recovered(key string) outcome {
	o := k.get(key)
	for range 2 {
		if o.err == nil {
			break
		}
		o = k.get(key)
	}
	return o
}

// settled wants a value within a few calls after a fault was healed.
func (k *kit) settled(key string, want any) {
	k.Helper()
	for range 50 { // an implementation may back off before it dials again
		if o := k.get(key); o.err == nil {
			o.is(want)
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-k.ctx.Done():
			return
		}
	}
	k.Errorf("Get(%q) still fails a second after the server can be reached again", key)
}
