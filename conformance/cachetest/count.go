package cachetest

import (
	"math"
	"math/big"
)

func countRows() []row {
	return []row{
		{ID: "CACHE-CNT-001", Needs: needs{counting}, Says: "An incr MUST add the delta and return the sum.",
			Why: "T/test_incr", Check: check(func(k *kit) {
				k.set("n", 41, Default())
				k.incr("n", 1).is(42)
				k.incr("n", 10).is(52)
				k.get("n").is(52)
			})},
		{ID: "CACHE-CNT-002", Needs: needs{counting}, Says: "A decr MUST subtract the delta and return the difference.",
			Why: "T/test_decr", Check: check(func(k *kit) {
				k.set("n", 43, Default())
				k.decr("n", 1).is(42)
				k.decr("n", 10).is(32)
				k.get("n").is(32)
			})},
		{ID: "CACHE-CNT-003", Needs: needs{counting}, Says: "Deltas and results MUST be allowed to be negative.",
			Why: "T/test_incr, test_decr", Check: check(func(k *kit) {
				k.set("n", 5, Default())
				k.incr("n", -10).is(-5)
				k.decr("n", -3).is(-2)
				k.get("n").is(-2)
			})},
		{ID: "CACHE-CNT-004", Needs: needs{counting}, Says: "An incr or decr by 0 MUST return the value and leave it.",
			Why: "R J L agree", Check: check(func(k *kit) {
				k.set("n", 5, Default())
				k.incr("n", 0).is(5)
				k.decr("n", 0).is(5)
				k.get("n").is(5)
			})},
		{ID: "CACHE-CNT-005", Needs: needs{counting}, Says: "An incr or decr of an absent key MUST fail as not found and create nothing, whatever the delta.",
			Why: "T/test_incr, B/test_incr_error: Redis' own INCR would create it", Check: check(func(k *kit) {
				for _, delta := range []int64{1, 0, -1} {
					k.incr("n", delta).fails(ErrNotFound)
					k.decr("n", delta).fails(ErrNotFound)
					k.get("n").none()
				}
			})},
		{ID: "CACHE-CNT-006", Needs: needs{counting}, Says: "An incr of an expired entry MUST fail as not found and create nothing.",
			Why: "T/test_expiration; an entry without end appeared in old django-redis", Check: check(func(k *kit) {
				k.set("n", 5, For(k.Unit()))
				k.Advance(k.Unit() + k.Margin())
				k.incr("n", 1).fails(ErrNotFound)
				k.get("n").none()
			})},
		{ID: "CACHE-CNT-007", Needs: needs{counting}, Says: "An incr or decr MUST leave the expiry.",
			Why: "T/LocMemCacheTests.test_incr_decr_timeout", Check: check(func(k *kit) {
				d := k.Deadline(k.Unit())
				k.set("n", 5, For(k.Unit()))
				k.incr("n", 1).is(6)
				k.decr("n", 2).is(4)
				k.lasts(d, "n", 4)
			})},
		{ID: "CACHE-CNT-008", Needs: needs{counting}, Says: "An incr or decr of an entry without expiry MUST leave it without expiry.",
			Why: "R J L agree; BaseCache.incr resets it to the default", Check: check(func(k *kit) {
				k.set("n", 5, Forever())
				k.incr("n", 1).is(6)
				k.decr("n", 2).is(4)
				k.stays(2*djangoDefault, "n", 4)
			})},
		{ID: "CACHE-CNT-009", Needs: needs{counting}, Says: "An incr or decr of what is no integer MUST fail and leave the value.",
			Why: "T/test_incr", Check: check(func(k *kit) {
				for _, v := range []any{"text", "", nil, []any{1}, map[string]any{"n": 1}, []byte{1}} {
					k.set("a", v, Default())
					k.incr("a", 1).fails(ErrNotInteger)
					k.decr("a", 1).fails(ErrNotInteger)
					k.get("a").is(v)
				}
			})},
		{ID: "CACHE-CNT-010", Needs: needs{counting}, Says: "A text of digits MUST be text: an incr of it fails and leaves it.",
			Why: "texts are stored serialized: R J", Check: check(func(k *kit) {
				k.set("a", "5", Default())
				k.incr("a", 1).fails(ErrNotInteger)
				k.get("a").is("5")
			})},
		{ID: "CACHE-CNT-011", Needs: needs{counting}, Denies: QuirkCountAnything, Says: "An incr of a float or a bool MUST fail and leave the value.",
			Why: "R; J and L add to them without atomicity", Check: check(func(k *kit) {
				for _, v := range []any{1.5, 2.0, true, false} {
					k.set("a", v, Default())
					k.incr("a", 1).fails(ErrNotInteger)
					k.get("a").is(v)
				}
			})},
		{ID: "CACHE-CNT-012", Needs: needs{counting}, Denies: QuirkCountAnything, Says: "An incr beyond 64 bits MUST fail as an overflow and leave the value.",
			Why: "R; J and L go on without a limit and without atomicity", Check: check(func(k *kit) {
				k.set("n", int64(math.MaxInt64), Default())
				k.incr("n", 1).fails(ErrOverflow)
				k.get("n").is(int64(math.MaxInt64))
				k.set("n", int64(math.MinInt64+1), Default())
				k.decr("n", 2).fails(ErrOverflow)
				k.get("n").is(int64(math.MinInt64 + 1))
			})},
		{ID: "CACHE-CNT-013", Profile: "quirk", Needs: needs{counting, QuirkCountAnything}, Says: "An incr of a bool MUST count it as 0 or 1, as J and L do.",
			Why: "Python's True is 1", Check: check(func(k *kit) {
				k.set("a", true, Default())
				k.incr("a", 1).is(2)
			})},
		{ID: "CACHE-CNT-014", Needs: needs{bigs}, Says: "A counter without limit MUST count on beyond 64 bits, both ways.",
			Why: "B/test_incr, test_decr", Check: check(func(k *kit) {
				k.set("n", int64(math.MaxInt64), Default())
				above := new(big.Int).Add(big.NewInt(math.MaxInt64), big.NewInt(1))
				k.incrBig("n", big.NewInt(1)).is(above)
				k.get("n").is(above)
				k.incrBig("n", big.NewInt(-1)).is(int64(math.MaxInt64))
				k.get("n").is(int64(math.MaxInt64))
			})},
		{ID: "CACHE-CNT-015", Needs: needs{bigs}, Says: "A counter without limit MUST leave the expiry, and fail on absent keys and other types.",
			Why: "J re-sets with a TTL rounded to seconds: under 0.5 s the entry is lost", Check: check(func(k *kit) {
				k.incrBig("n", big.NewInt(1)).fails(ErrNotFound)
				k.set("a", "text", Default())
				k.incrBig("a", big.NewInt(1)).fails(ErrNotInteger)
				k.get("a").is("text")
				huge := new(big.Int).Lsh(big.NewInt(1), 70)
				d := k.Deadline(k.Unit())
				k.set("n", huge, For(k.Unit()))
				k.incrBig("n", big.NewInt(1)).is(new(big.Int).Add(huge, big.NewInt(1)))
				k.lasts(d, "n", new(big.Int).Add(huge, big.NewInt(1)))
			})},
		{ID: "CACHE-CNT-016", Needs: needs{floats}, Says: "A float counter MUST add to integers and floats and store a float.",
			Why: "B/test_incr: 1.5 + 1 is 2.5", Check: check(func(k *kit) {
				k.set("f", 1.5, Default())
				k.incrFloat("f", 1).is(2.5)
				k.get("f").is(2.5)
				k.set("n", 2, Default())
				k.incrFloat("n", 0.5).is(2.5)
				k.get("n").is(2.5)
			})},
		{ID: "CACHE-CNT-017", Needs: needs{floats}, Says: "A float counter MUST leave the expiry, and fail on absent keys and other types.",
			Why: "B/test_incr", Check: check(func(k *kit) {
				k.incrFloat("f", 1).fails(ErrNotFound)
				k.get("f").none()
				k.set("a", "text", Default())
				k.incrFloat("a", 1).fails(ErrNotInteger)
				k.get("a").is("text")
				d := k.Deadline(k.Unit())
				k.set("f", 1.5, For(k.Unit()))
				k.incrFloat("f", 1).is(2.5)
				k.lasts(d, "f", 2.5)
			})},
		{ID: "CACHE-CNT-018", Needs: needs{creating}, Says: "A creating incr of an absent key MUST store the delta without expiry.",
			Why: "B/test_incr_ignore_check", Check: check(func(k *kit) {
				k.incrCreate("n", 3).is(3)
				k.incrCreate("n", 4).is(7)
				k.stays(2*djangoDefault, "n", 7)
			})},
		{ID: "CACHE-CNT-019", Needs: needs{creating}, Says: "A creating incr of a present key MUST add to it and leave its expiry.",
			Why: "B/test_incr_ignore_check", Check: check(func(k *kit) {
				d := k.Deadline(k.Unit())
				k.set("n", 5, For(k.Unit()))
				k.incrCreate("n", 3).is(8)
				k.lasts(d, "n", 8)
			})},
	}
}

func (k *kit) incrBig(key string, delta *big.Int) outcome {
	return k.did("IncrBig", key, delta).got(k.c.(BigCounter).IncrBig(k.ctx, key, delta))
}

func (k *kit) incrFloat(key string, delta float64) outcome {
	return k.did("IncrFloat", key, delta).got(k.c.(FloatCounter).IncrFloat(k.ctx, key, delta))
}

func (k *kit) incrCreate(key string, delta int64) outcome {
	return k.did("IncrCreate", key, delta).got(k.c.(Creator).IncrCreate(k.ctx, key, delta))
}
