package cachetest

import "time"

func conditionalRows() []row {
	return []row{
		{ID: "CACHE-CND-001", Needs: needs{conditional}, Says: "A set if absent MUST store on an absent key and report true.",
			Why: "B/test_setnx", Check: check(func(k *kit) {
				k.setIf("a", "v", Default(), IfAbsent).is(true)
				k.get("a").is("v")
			})},
		{ID: "CACHE-CND-002", Needs: needs{conditional}, Says: "A set if absent on a present key MUST report false and leave value and expiry.",
			Why: "B/test_setnx, test_setnx_timeout", Check: check(func(k *kit) {
				d := k.Deadline(k.Unit())
				k.set("a", nil, For(k.Unit()))
				k.setIf("a", "w", Forever(), IfAbsent).is(false)
				k.lasts(d, "a", nil)
			})},
		{ID: "CACHE-CND-003", Needs: needs{conditional}, Says: "A set if absent MUST apply its timeout.",
			Why: "B/test_setnx_timeout", Check: check(func(k *kit) {
				d := k.Deadline(k.Unit())
				k.setIf("a", "v", For(k.Unit()), IfAbsent).is(true)
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-CND-004", Needs: needs{conditional}, Says: "A set if absent with timeout zero or less MUST store and remove nothing, and report whether the key was absent.",
			Why: "B/test_timeout_negative", Check: check(func(k *kit) {
				for _, d := range []time.Duration{0, -time.Second} {
					k.setIf("a", "v", For(d), IfAbsent).is(true)
					k.get("a").none()
					k.set("b", "v", Default())
					k.setIf("b", "w", For(d), IfAbsent).is(false)
					k.get("b").is("v")
				}
			})},
		{ID: "CACHE-CND-005", Needs: needs{conditional}, Says: "A set if present MUST replace value and expiry and report true.",
			Why: "J", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				d := k.Deadline(k.Unit())
				k.setIf("a", "w", For(k.Unit()), IfPresent).is(true)
				k.lasts(d, "a", "w")
				k.set("b", "v", For(k.Unit()))
				k.setIf("b", "w", Forever(), IfPresent).is(true)
				k.stays(k.Unit(), "b", "w")
			})},
		{ID: "CACHE-CND-006", Needs: needs{conditional}, Says: "A set if present on an absent key MUST report false and create nothing.",
			Why: "J; HerdClient drops the condition", Check: check(func(k *kit) {
				k.setIf("a", "v", Default(), IfPresent).is(false)
				k.get("a").none()
			})},
		{ID: "CACHE-CND-007", Needs: needs{conditional}, Says: "A condition MUST take an expired entry for absent.",
			Why: "T/test_expiration", Check: check(func(k *kit) {
				expired(k, "a")
				k.setIf("a", "v", Default(), IfPresent).is(false)
				k.get("a").none()
				expired(k, "b")
				k.setIf("b", "w", Default(), IfAbsent).is(true)
				k.get("b").is("w")
			})},
		{ID: "CACHE-CND-008", Needs: needs{conditional}, Says: "A set if absent and if present at once MUST be refused and change nothing.",
			Why: "redis-py: DataError", Check: check(func(k *kit) {
				k.setIf("a", "v", Default(), IfBoth).fails(ErrInvalid)
				k.get("a").none()
				k.set("a", "v", Default())
				k.setIf("a", "w", Default(), IfBoth).fails(ErrInvalid)
				k.get("a").is("v")
			})},
	}
}

func (k *kit) setIf(key string, value any, timeout Timeout, cond Condition) outcome {
	return k.did("SetIf", key, value, timeout, string(cond)).got(k.c.(Conditional).SetIf(k.ctx, key, plain(value), timeout, cond))
}
