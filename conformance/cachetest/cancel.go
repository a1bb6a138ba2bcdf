package cachetest

import (
	"context"
	"time"
)

func cancelRows() []row {
	return []row{
		{ID: "CACHE-CTX-001", Says: "A call whose context has ended MUST fail with the context's error.",
			Why: "a Go call honours its context", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				ended, cancel := context.WithCancel(k.ctx)
				cancel()
				late := k.within(ended)
				late.get("a").fails(context.Canceled)
				late.try("a", "w", Default()).fails(context.Canceled)
				late.del("a").fails(context.Canceled)
			})},
		{ID: "CACHE-CTX-002", Says: "A call whose context has ended MUST change nothing, and leave the cache usable.",
			Why: "a Go call honours its context", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				ended, cancel := context.WithCancel(k.ctx)
				cancel()
				late := k.within(ended)
				_ = late.try("a", "w", Default())
				_ = late.try("b", "w", Default())
				_ = late.del("a")
				k.get("a").is("v")
				k.get("b").none()
				k.set("b", "x", Default())
				k.get("b").is("x")
			})},
		{ID: "CACHE-CTX-003", Needs: needs{many}, Says: "A set_many and a delete_many whose context has ended MUST change nothing.",
			Why: "nothing is half done", Check: check(func(k *kit) {
				k.setMany(map[string]any{"a": 1, "b": 2}, Default()).ok()
				ended, cancel := context.WithCancel(k.ctx)
				cancel()
				late := k.within(ended)
				late.setMany(map[string]any{"a": 10, "c": 30}, Default()).fails(context.Canceled)
				late.delMany("a", "b").fails(context.Canceled)
				k.getMany("a", "b", "c").is(map[string]any{"a": 1, "b": 2})
			})},
		{ID: "CACHE-CTX-004", Needs: needs{filling}, Says: "A get_or_set MUST give its context to the computation.",
			Why: "deadlines and values pass through", Check: check(func(k *kit) {
				type key struct{}
				inner := k.within(context.WithValue(k.ctx, key{}, "mine"))
				inner.fillBy("a", func(ctx context.Context) (any, error) {
					v, _ := ctx.Value(key{}).(string)
					return v, nil
				}, Default()).is("mine")
			})},
		{ID: "CACHE-CTX-005", Needs: needs{filling}, Says: "A get_or_set whose context has ended MUST fail and compute nothing.",
			Why: "nobody waits for the result", Check: check(func(k *kit) {
				ended, cancel := context.WithCancel(k.ctx)
				cancel()
				calls := 0
				k.within(ended).fillBy("a", counted(&calls, "v"), Default()).fails(context.Canceled)
				k.get("a").none()
				if calls != 0 {
					k.Errorf("GetOrSet with an ended context computed %d times, want 0", calls)
				}
			})},
		{ID: "CACHE-CTX-006", Needs: needs{scanning}, Says: "A walk whose context ends MUST end with the context's error.",
			Why: "a Go call honours its context", Check: check(func(k *kit) {
				for _, key := range []string{"a", "b", "c"} {
					k.set(key, "v", Default())
				}
				ended, cancel := context.WithCancel(k.ctx)
				cancel()
				k.within(ended).iterKeys("*", 1).fails(context.Canceled)
			})},
		{ID: "CACHE-CTX-007", Says: "A call to a server that does not answer MUST end in an error at its deadline.",
			Why: "redis-py without a socket timeout waits for ever", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("a", "v", Default())
				faults.Stall()
				defer faults.Heal()
				short, cancel := context.WithTimeout(k.ctx, 50*time.Millisecond)
				defer cancel()
				start := time.Now()
				k.within(short).get("a").fails(context.DeadlineExceeded, ErrUnavailable)
				if took := time.Since(start); took > 2*time.Second {
					k.Errorf("Get with a deadline of 50ms ended after %v", took)
				}
				faults.Heal()
				k.settled("a", "v")
			})},
	}
}
