package cachetest

import (
	"context"
	"errors"
	"time"
)

func fillRows() []row {
	return []row{
		{ID: "CACHE-GOS-001", Needs: needs{filling}, Says: "A get_or_set of an absent key MUST store the computed value and return it.",
			Why: "T/test_get_or_set", Check: check(func(k *kit) {
				k.fill("a", "v", Default()).is("v")
				k.get("a").is("v")
				k.fill("l", []any{1, "x"}, Default()).is([]any{1, "x"})
			})},
		{ID: "CACHE-GOS-002", Needs: needs{filling}, Says: "A get_or_set of a present key MUST return what is stored and leave the computation alone.",
			Why: "T/test_get_or_set_callable", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				calls := 0
				k.fillBy("a", counted(&calls, "w"), Default()).is("v")
				k.get("a").is("v")
				if calls != 0 {
					k.Errorf("GetOrSet of a present key computed %d times, want 0", calls)
				}
			})},
		{ID: "CACHE-GOS-003", Needs: needs{filling}, Says: "A get_or_set MUST compute exactly once on a miss.",
			Why: "T/test_get_or_set_callable", Check: check(func(k *kit) {
				calls := 0
				k.fillBy("a", counted(&calls, "v"), Default()).is("v")
				if calls != 1 {
					k.Errorf("GetOrSet of an absent key computed %d times, want 1", calls)
				}
				k.fillBy("a", counted(&calls, "w"), Default()).is("v")
				if calls != 1 {
					k.Errorf("two GetOrSet computed %d times, want 1", calls)
				}
			})},
		{ID: "CACHE-GOS-004", Needs: needs{filling}, Says: "A computed nil MUST be stored: the next get_or_set is a hit.",
			Why: "T/test_get_or_set", Check: check(func(k *kit) {
				calls := 0
				k.fillBy("a", counted(&calls, nil), Default()).is(nil)
				k.get("a").is(nil)
				k.fillBy("a", counted(&calls, "v"), Default()).is(nil)
				if calls != 1 {
					k.Errorf("two GetOrSet with a nil computed %d times, want 1", calls)
				}
			})},
		{ID: "CACHE-GOS-005", Needs: needs{filling}, Says: "The error of a computation MUST reach the caller, and nothing is stored.",
			Why: "R J L agree", Check: check(func(k *kit) {
				broken := errors.New("no answer")
				k.fillBy("a", func(context.Context) (any, error) { return "v", broken }, Default()).fails(broken)
				k.get("a").none()
				k.fill("a", "w", Default()).is("w")
			})},
		{ID: "CACHE-GOS-006", Needs: needs{filling}, Says: "A value that another writer stores during the computation MUST win: it is returned and stays.",
			Why: "T/test_get_or_set_racing", Check: check(func(k *kit) {
				k.fillBy("a", func(context.Context) (any, error) {
					k.set("a", "theirs", Forever())
					return "ours", nil
				}, Default()).is("theirs")
				k.get("a").is("theirs")
			})},
		{ID: "CACHE-GOS-007", Needs: needs{filling}, Says: "A get_or_set MUST apply its timeout to what it stores.",
			Why: "T/test_get_or_set", Check: check(func(k *kit) {
				d := k.Deadline(k.Unit())
				k.fill("a", "v", For(k.Unit())).is("v")
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-GOS-008", Needs: needs{filling}, Says: "A get_or_set without a timeout MUST apply the default of the alias, and forever no expiry.",
			Why: "T/test_get_or_set", Check: check(func(k *kit) {
				d := k.Deadline(djangoDefault)
				k.fill("a", "v", Default()).is("v")
				k.fill("b", "w", Forever()).is("w")
				k.lasts(d, "a", "v")
				k.get("b").is("w")
			})},
		{ID: "CACHE-GOS-009", Needs: needs{filling}, Says: "A get_or_set with timeout zero or less MUST return the computed value and store nothing.",
			Why: "R J L agree", Check: check(func(k *kit) {
				for _, d := range []time.Duration{0, -time.Second} {
					k.fill("a", "v", For(d)).is("v")
					k.get("a").none()
				}
			})},
		{ID: "CACHE-GOS-010", Needs: needs{filling}, Says: "A get_or_set MUST leave the expiry of what is there.",
			Why: "R J L agree", Check: check(func(k *kit) {
				d := k.Deadline(k.Unit())
				k.set("a", "v", For(k.Unit()))
				k.fill("a", "w", Forever()).is("v")
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-GOS-011", Needs: needs{filling}, Says: "A get_or_set of an expired entry MUST compute anew.",
			Why: "T/test_expiration", Check: check(func(k *kit) {
				expired(k, "a")
				k.fill("a", "w", Default()).is("w")
				k.get("a").is("w")
			})},
		{ID: "CACHE-GOS-012", Needs: needs{filling}, Says: "A computed value that cannot be serialized MUST fail the call and store nothing.",
			Why: "T/test_add_fail_on_pickleerror", Check: check(func(k *kit) {
				k.fill("a", make(chan int), Default()).fails(ErrSerialize)
				k.get("a").none()
			})},
		{ID: "CACHE-GOS-013", Needs: needs{filling}, Says: "What get_or_set returns MUST be a snapshot, on a miss as on a hit.",
			Why: "a list that is changed after a miss would differ from the next hit", Check: check(func(k *kit) {
				own := []any{"x"}
				if got, ok := k.fill("a", own, Default()).ok().value.([]any); ok && len(got) > 0 {
					got[0] = "changed"
				}
				own[0] = "changed too"
				k.fill("a", nil, Default()).is([]any{"x"})
			})},
	}
}

// counted is a computation that counts its calls.
func counted(calls *int, value any) func(context.Context) (any, error) {
	return func(context.Context) (any, error) {
		*calls++
		return value, nil
	}
}
