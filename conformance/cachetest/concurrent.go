package cachetest

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// workers is how many goroutines a check of concurrency uses.
const workers = 8

func concurrentRows() []row {
	return []row{
		{ID: "CACHE-CON-001", Needs: needs{counting}, Says: "Concurrent increments MUST all count.",
			Why: "R J L; the file backend lost 80 %", Check: check(func(k *kit) {
				k.set("n", 0, Default())
				k.crowd(func(int) {
					for range 25 {
						if _, err := k.c.(Counter).Incr(k.ctx, "n", 1); err != nil {
							k.Errorf("Incr among %d goroutines failed: %v", workers, err)
							return
						}
					}
				})
				k.get("n").is(workers * 25)
			})},
		{ID: "CACHE-CON-002", Needs: needs{adding}, Says: "Of concurrent adds of one key exactly one MUST succeed, and its value stays.",
			Why: "R J L; with the file backend all eight did", Check: check(func(k *kit) {
				for round := range 10 {
					key := fmt.Sprint("a", round)
					var won atomic.Int64
					var winner atomic.Int64
					k.crowd(func(i int) {
						if ok, err := k.c.(Adder).Add(k.ctx, key, int64(i), Default()); err != nil {
							k.Errorf("Add failed: %v", err)
						} else if ok {
							won.Add(1)
							winner.Store(int64(i))
						}
					})
					if won.Load() != 1 {
						k.Fatalf("%d of %d concurrent Add(%q) reported true, want 1", won.Load(), workers, key)
					}
					k.get(key).is(winner.Load())
				}
			})},
		{ID: "CACHE-CON-003", Says: "Concurrent sets and gets of one key MUST never show a mixture of values.",
			Why: "T/LocMemCacheTests.test_locking_on_pickle", Check: check(func(k *kit) {
				whole := func(i int) []any {
					return []any{strings.Repeat(fmt.Sprint(i), 2000), int64(i), strings.Repeat(fmt.Sprint(i), 2000)}
				}
				k.set("a", whole(0), Default())
				k.crowd(func(i int) {
					for range 10 {
						if i%2 == 0 {
							_ = k.c.Set(k.ctx, "a", whole(i), Default())
							continue
						}
						v, found, err := k.c.Get(k.ctx, "a")
						got, ok := v.([]any)
						if !found || err != nil || !ok || len(got) != 3 {
							k.Errorf("Get among writers = %s, %t, %v, want one of the values", show(v), found, err)
							return
						}
						if n, _ := got[1].(int64); !same(whole(int(n)), v) {
							k.Errorf("Get among writers = a mixture: %s", show(v))
							return
						}
					}
				})
			})},
		{ID: "CACHE-CON-004", Needs: needs{filling}, Says: "Concurrent calls of get_or_set of one key MUST agree on one value, which stays.",
			Why: "src: add, then get", Check: check(func(k *kit) {
				var results [workers]any
				k.crowd(func(i int) {
					v, err := k.c.(Filler).GetOrSet(k.ctx, "a", func(context.Context) (any, error) { return int64(i), nil }, Default())
					if err != nil {
						k.Errorf("GetOrSet failed: %v", err)
					}
					results[i] = v
				})
				final := k.get("a").ok().value
				for i, v := range results {
					if !same(final, v) {
						k.Errorf("GetOrSet of goroutine %d = %s, and the entry is %s: want all to agree", i, show(v), show(final))
					}
				}
			})},
		{ID: "CACHE-CON-005", Profile: "strict", Needs: needs{filling, SingleFlight}, Says: "Concurrent misses of one key in one process MUST compute once.",
			Why: "stampedes: django-redis issue 27; D promises nothing", Check: check(func(k *kit) {
				var calls atomic.Int64
				arrived := make(chan struct{})
				compute := func(ctx context.Context) (any, error) {
					calls.Add(1)
					select { // let the others arrive while we compute
					case <-arrived:
					case <-ctx.Done():
					}
					return "v", nil
				}
				var started atomic.Int64
				k.crowd(func(int) {
					if started.Add(1) == workers {
						// Long against a miss of those that have started, on a busy machine too.
						time.AfterFunc(500*time.Millisecond, func() { close(arrived) }) // fires before the crowd is waited for
					}
					if v, err := k.c.(Filler).GetOrSet(k.ctx, "a", compute, Default()); v != "v" || err != nil {
						k.Errorf("GetOrSet = %s, %v, want \"v\"", show(v), err)
					}
				})
				most := int64(workers - 1) // one that was late may have had to begin anew
				if _, exact := k.Clock().(conformance.Bubble); exact {
					most = 1
				}
				if n := calls.Load(); n > most {
					k.Errorf("%d concurrent GetOrSet computed %d times, want 1", workers, n)
				}
			})},
		{ID: "CACHE-CON-006", Says: "Of concurrent deletes of one key exactly one MUST report that it removed it.",
			Why: "DEL is atomic: R J", Check: check(func(k *kit) {
				for round := range 10 {
					key := fmt.Sprint("a", round)
					k.set(key, "v", Default())
					var removed atomic.Int64
					k.crowd(func(int) {
						if ok, err := k.c.Delete(k.ctx, key); err != nil {
							k.Errorf("Delete failed: %v", err)
						} else if ok {
							removed.Add(1)
						}
					})
					if removed.Load() != 1 {
						k.Fatalf("%d of %d concurrent Delete(%q) reported true, want 1", removed.Load(), workers, key)
					}
				}
			})},
		{ID: "CACHE-CON-007", Needs: needs{locking, counting}, Says: "A lock MUST admit one holder at a time.",
			Why: "B/test_lock", Check: check(func(k *kit) {
				var inside, most, entered atomic.Int64
				k.crowd(func(int) {
					l := k.c.(Locker).Lock("l", LockOptions{Poll: time.Millisecond})
					for range 3 {
						if ok, err := l.Acquire(k.ctx); !ok || err != nil {
							k.Errorf("Acquire = %t, %v, want true", ok, err)
							return
						}
						if n := inside.Add(1); n > most.Load() {
							most.Store(n)
						}
						entered.Add(1)
						for range 50 { // time for another to come in
							runtime.Gosched()
						}
						inside.Add(-1)
						if err := l.Release(k.ctx); err != nil {
							k.Errorf("Release failed: %v", err)
							return
						}
					}
				})
				if most.Load() != 1 || entered.Load() != 3*workers {
					k.Errorf("%d holders at a time, %d turns, want 1 and %d", most.Load(), entered.Load(), 3*workers)
				}
			})},
		{ID: "CACHE-CON-008", Profile: "strict", Needs: needs{versions}, Says: "While an entry moves between versions a reader MUST find it in one of them at least.",
			Why: "J and R set, then delete; nobody may see neither", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				versions := [2]Cache{k.c, k.c.(Versioned).At("2")}
				var begun atomic.Int64 // moves: odd ones go up, even ones down
				var done atomic.Bool
				k.crowd(func(i int) {
					if i > 0 {
						watch(k, versions, &begun, &done)
						return
					}
					defer done.Store(true)
					for range 40 {
						begun.Add(1)
						if _, err := k.c.(Versioned).IncrVersion(k.ctx, "a", 1); err != nil {
							k.Errorf("IncrVersion failed: %v", err)
							return
						}
						begun.Add(1)
						if _, err := versions[1].(Versioned).DecrVersion(k.ctx, "a", 1); err != nil {
							k.Errorf("DecrVersion failed: %v", err)
							return
						}
					}
				})
			})},
		{ID: "CACHE-CON-009", Needs: needs{conditional}, Says: "Of concurrent sets if absent of one key exactly one MUST succeed.",
			Why: "SET NX is atomic: J", Check: check(func(k *kit) {
				for round := range 10 {
					key := fmt.Sprint("a", round)
					var won atomic.Int64
					k.crowd(func(i int) {
						if ok, _ := k.c.(Conditional).SetIf(k.ctx, key, int64(i), Default(), IfAbsent); ok {
							won.Add(1)
						}
					})
					if won.Load() != 1 {
						k.Fatalf("%d of %d concurrent SetIf(%q, nx) reported true, want 1", won.Load(), workers, key)
					}
				}
			})},
		{ID: "CACHE-CON-010", Profile: "strict", Needs: needs{many, AtomicMany}, Says: "A get_many MUST see all of a concurrent set_many or nothing of it.",
			Why: "MULTI … EXEC and MGET: R J on one server", Check: check(func(k *kit) {
				batch := func(n int) map[string]any {
					values := map[string]any{}
					for i := range 20 {
						values[fmt.Sprint("k", i)] = int64(n)
					}
					return values
				}
				keys := make([]string, 20)
				for i := range keys {
					keys[i] = fmt.Sprint("k", i)
				}
				k.setMany(batch(0), Default()).ok()
				k.crowd(func(i int) {
					for n := range 15 {
						if i < 2 {
							_ = k.c.(Many).SetMany(k.ctx, batch(n*10+i), Default())
							continue
						}
						got, err := k.c.(Many).GetMany(k.ctx, keys)
						if err != nil || len(got) != 20 {
							k.Errorf("GetMany among writers = %d entries, %v, want 20", len(got), err)
							return
						}
						for _, v := range got {
							if !same(v, got["k0"]) {
								k.Errorf("GetMany among writers saw half of a SetMany: %s", show(got))
								return
							}
						}
					}
				})
			})},
	}
}

// crowd runs f in several goroutines at once and waits for all of them.
func (k *kit) crowd(f func(i int)) {
	k.Call("%d goroutines at once", workers)
	var wait sync.WaitGroup
	start := make(chan struct{})
	for i := range workers {
		wait.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	wait.Wait()
}

// watch reads an entry where its newest move takes it from, then where it
// takes it to. If no other move began meanwhile it must be found.
func watch(k *kit, versions [2]Cache, begun *atomic.Int64, done *atomic.Bool) {
	for !done.Load() {
		before := begun.Load()
		if before == 0 {
			runtime.Gosched()
			continue
		}
		from := int(before+1) % 2
		_, first, err1 := versions[from].Get(k.ctx, "a")
		_, second, err2 := versions[1-from].Get(k.ctx, "a")
		if !first && !second && err1 == nil && err2 == nil && begun.Load() == before {
			k.Errorf("a reader found the entry neither where move %d took it from, nor where it took it to", before)
			return
		}
	}
}
