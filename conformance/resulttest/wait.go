package resulttest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// A vigil is a wait in progress, on a goroutine of its own.
type vigil struct {
	k     *kit
	call  string
	stop  context.CancelFunc
	ended chan error

	mu  sync.Mutex
	got []Document
}

// patience is how long a wait of a check may last: one that works ends at
// once, and in a bubble it takes no time.
func (k *kit) patience() time.Duration {
	if k.bubble() {
		return 5 * time.Minute
	}
	return 10 * time.Second
}

// wait waits for tasks in the background. keep says whether to go on after
// the n-th result; nil means for all.
func (k *kit) wait(keep func(n int) bool, ids ...string) *vigil {
	ctx, stop := context.WithTimeout(k.ctx, k.patience())
	v := &vigil{k: k, call: k.did("Wait(%q)", ids), stop: stop, ended: make(chan error, 1)}
	go func() { // ended by its context; end waits for it
		v.ended <- k.b.(Waiter).Wait(ctx, ids, func(d Document) bool {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.got = append(v.got, d)
			return keep == nil || keep(len(v.got))
		})
	}()
	return v
}

// end waits for the end of the wait and returns what it got, in order.
func (v *vigil) end() ([]Document, error) {
	err := <-v.ended
	v.stop()
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.got), err
}

// gets wants the wait to end well with the documents, in any order.
func (v *vigil) gets(wants ...Document) {
	v.k.Helper()
	got, err := v.end()
	if err != nil {
		v.k.Errorf("%s failed: %v, want no error", v.call, err)
		return
	}
	for _, want := range wants {
		i := slices.IndexFunc(got, func(d Document) bool { return differ(want, d) == "" })
		if i < 0 {
			v.k.Errorf("%s did not give %s", v.call, shown(want))
			return
		}
		got = slices.Delete(got, i, i+1)
	}
	for _, d := range got {
		v.k.Errorf("%s gave %s, want it not to", v.call, shown(d))
	}
}

// bubble reports whether the clock moves the timers of the subject too.
func (k *kit) bubble() bool {
	_, ok := k.Clock().(conformance.Bubble)
	return ok
}

// needBubble ends the check as unproven if it cannot tell when what waits has
// come to rest.
func (k *kit) needBubble() {
	if !k.bubble() {
		k.Unproven("no bubble: nothing tells when what waits has come to rest")
	}
}

// settle lets what waits come to rest, where the clock can tell.
func (k *kit) settle() {
	if k.bubble() {
		k.Advance(time.Millisecond)
	}
}

func waitRows() []row {
	return []row{
		{ID: "RESULT-WAI-001", Needs: needs{waiting}, Says: "A wait for a task that is done MUST give its result.",
			Why: "C52 C56: one GET after the subscription", Check: check(func(k *kit) {
				k.store(succeeded("a", 5))
				k.wait(nil, "a").gets(succeeded("a", 5))
				k.store(failed("b", "bad"))
				k.wait(nil, "b").gets(failed("b", "bad"))
			})},
		{ID: "RESULT-WAI-002", Needs: needs{waiting}, Says: "A wait MUST give a result that is stored while it waits.",
			Why: "C52 C56: the subscription", Check: check(func(k *kit) {
				v := k.wait(nil, "a")
				k.settle()
				k.store(succeeded("a", 5))
				v.gets(succeeded("a", 5))
			})},
		{ID: "RESULT-WAI-003", Needs: needs{waiting}, Says: "A wait MUST go on while the task is in a state that is not final.",
			Why: "S: READY_STATES", Check: check(func(k *kit) {
				k.store(Document{TaskID: "a", Status: Retry, Error: raised("RuntimeError", "try 0")})
				v := k.wait(nil, "a")
				k.settle()
				k.store(Document{TaskID: "a", Status: Started, Value: map[string]any{"pid": int64(1)}})
				k.store(Document{TaskID: "a", Status: "PROGRESS", Value: int64(3)})
				k.settle()
				k.store(succeeded("a", 5))
				v.gets(succeeded("a", 5))
			})},
		{ID: "RESULT-WAI-004", Needs: needs{waiting}, Says: "A wait whose context ends MUST end with the context's error.",
			Why: "get(timeout=…) raises TimeoutError", Check: check(func(k *kit) {
				v := k.wait(nil, "never")
				k.settle()
				v.stop()
				if got, err := v.end(); !errors.Is(err, context.Canceled) || len(got) > 0 {
					k.Errorf("%s with a cancelled context = %v, %v, want %v", v.call, got, err, context.Canceled)
				}
				ctx, cancel := context.WithTimeout(k.ctx, 20*time.Millisecond)
				defer cancel()
				v = k.within(ctx).wait(nil, "never")
				if got, err := v.end(); !errors.Is(err, context.DeadlineExceeded) || len(got) > 0 {
					k.Errorf("%s with a deadline = %v, %v, want %v", v.call, got, err, context.DeadlineExceeded)
				}
			})},
		{ID: "RESULT-WAI-005", Needs: needs{waiting}, Says: "A wait for several tasks MUST give each of them once, as they become ready.",
			Why: "S: iter_native", Check: check(func(k *kit) {
				k.store(succeeded("b", 2))
				v := k.wait(nil, "a", "b", "c")
				k.settle()
				k.store(failed("c", "bad"))
				k.settle()
				k.store(succeeded("a", 1))
				v.gets(succeeded("b", 2), failed("c", "bad"), succeeded("a", 1))
			})},
		{ID: "RESULT-WAI-006", Needs: needs{waiting}, Says: "A wait MUST end when its caller wants no more.",
			Why: "join(propagate=True) ends at the first failure", Check: check(func(k *kit) {
				k.store(succeeded("b", 2))
				v := k.wait(func(int) bool { return false }, "a", "b", "c")
				v.gets(succeeded("b", 2))
			})},
		{ID: "RESULT-WAI-007", Needs: needs{waiting}, Says: "A wait for nothing MUST end at once.",
			Why: "an empty ResultSet", Check: check(func(k *kit) {
				k.wait(nil).gets()
			})},
		{ID: "RESULT-WAI-008", Needs: needs{waiting}, Says: "All who wait for a task MUST get its result.",
			Why: "pub/sub: one copy for each subscriber", Check: check(func(k *kit) {
				var all []*vigil
				for range 5 {
					all = append(all, k.wait(nil, "a"))
				}
				k.settle()
				k.store(succeeded("a", 5))
				for _, v := range all {
					v.gets(succeeded("a", 5))
				}
			})},
		{ID: "RESULT-WAI-009", Needs: needs{waiting}, Says: "A result that is stored after a wait began and before it listens MUST be given.",
			Why: "C52 C56: subscribe, then GET; the other way round it is missed", Check: check(func(k *kit) {
				k.needBubble()
				faults := k.Faults()
				k.store(succeeded("warm", 1)) // what a first store has to prepare is there now
				faults.Stall()
				v := k.wait(nil, "a")
				k.settle() // the first thing it asks has been answered; it does not know
				stored := make(chan error, 1)
				go func() { stored <- k.b.Store(k.ctx, succeeded("a", 5)) }() // waited for below
				k.settle()
				faults.Heal()
				verdict{k, "Store", <-stored}.ok()
				v.gets(succeeded("a", 5))
			})},
		{ID: "RESULT-WAI-010", Needs: needs{waiting}, Says: "A wait MUST survive the loss of its connection, and give what is stored meanwhile and after.",
			Why: "celery#4857, celery#10671: get() hung for good", Check: check(func(k *kit) {
				faults := k.Faults()
				k.get("warm").in(Pending)
				v := k.wait(nil, "a", "b")
				k.settle()
				faults.Refuse()
				if k.bubble() {
					k.Advance(time.Second)
				}
				faults.Heal()
				k.recovered("warm").in(Pending)
				k.store(succeeded("a", 5))
				k.settle()
				k.store(succeeded("b", 6))
				v.gets(succeeded("a", 5), succeeded("b", 6))
			})},
		{ID: "RESULT-WAI-011", Profile: "strict", Needs: needs{waiting, inspecting}, Says: "A result that is stored without being published MUST be given within a minute.",
			Why: "gocelery publishes nothing, and Celery's get() hangs: C52 C56", Check: check(func(k *kit) {
				k.needBubble()
				v := k.wait(nil, "a")
				k.Advance(20 * time.Second)
				k.storeRaw("celery-task-meta-a", celery56)
				k.Advance(time.Minute)
				v.stop() // what it has by now counts
				if got, err := v.end(); len(got) != 1 || err != nil {
					k.Errorf("%s gave %v, %v a minute after the result was stored, want it", v.call, got, err)
				}
			})},
		{ID: "RESULT-WAI-012", Needs: needs{waiting, inspecting}, Says: "A wait that has ended MUST leave no subscription behind.",
			Why: "S: remove_pending_result unsubscribes", Check: check(func(k *kit) {
				k.store(succeeded("a", 5))
				k.wait(nil, "a").gets(succeeded("a", 5))
				n := 0
				for range 200 { // a server notices a closed connection a moment later
					var err error
					if n, err = k.inspector().Listeners(k.ctx, "celery-task-meta-a"); err != nil {
						k.Fatalf("Listeners failed: %v", err)
					}
					if n == 0 {
						return
					}
					k.breathe()
				}
				k.Errorf("the channel of the result has %d subscribers after the wait, want none", n)
			})},
		{ID: "RESULT-WAI-013", Needs: needs{waiting}, Says: "A wait that names a task twice MUST end when it is done.",
			Why: "a ResultSet may hold a result twice", Check: check(func(k *kit) {
				v := k.wait(nil, "a", "a")
				k.settle()
				k.store(succeeded("a", 5))
				if got, err := v.end(); err != nil || len(got) == 0 {
					k.Errorf("%s = %v, %v, want the result", v.call, got, err)
				}
			})},
		{ID: "RESULT-WAI-014", Needs: needs{waiting, inspecting}, Says: "A wait for a task under whose key is no result MUST fail: it never becomes one.",
			Why: "a foreign value under the key is a mistake to be seen", Check: check(func(k *kit) {
				k.storeRaw("celery-task-meta-text", "hello")
				call := k.did("PushRaw(%q, %q)", "celery-task-meta-list", "hello")
				verdict{k, call, k.inspector().PushRaw(k.ctx, "celery-task-meta-list", "hello")}.ok()
				for _, id := range []string{"text", "list"} {
					v := k.wait(nil, id)
					got, err := v.end()
					verdict{k, v.call, err}.fails(ErrDeserialize)
					if len(got) > 0 {
						k.Errorf("%s gave %v, want nothing", v.call, got)
					}
				}
			})},
	}
}

// breathe lets a moment pass for others to act.
func (k *kit) breathe() {
	if k.bubble() {
		k.Advance(time.Millisecond)
		return
	}
	select {
	case <-time.After(10 * time.Millisecond):
	case <-k.ctx.Done():
	}
}
