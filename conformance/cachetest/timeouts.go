package cachetest

import (
	"math"
	"time"
)

// djangoDefault is the timeout of an alias that names none.
const djangoDefault = 300 * time.Second

func timeoutRows() []row {
	return []row{
		{ID: "CACHE-TMO-001", Says: "An entry set with a timeout MUST be there until the timeout and gone after it.",
			Why: "T/test_expiration", Check: check(func(k *kit) {
				d := k.Deadline(k.Unit())
				k.set("a", "v", For(k.Unit()))
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TMO-002", Says: "An entry set forever MUST NOT expire.",
			Why: "T/test_forever_timeout", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				k.stays(400*24*time.Hour, "a", "v")
			})},
		{ID: "CACHE-TMO-003", Says: "An entry set without a timeout MUST live for the default of the alias, 300 s unless configured.",
			Why: "Django, topics/cache: TIMEOUT", Check: check(func(k *kit) {
				d := k.Deadline(djangoDefault)
				k.set("a", "v", Default())
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TMO-004", Says: "A set with timeout zero MUST remove the entry that is there, and store nothing.",
			Why: "T/test_zero_timeout, B/test_timeout_0", Check: check(func(k *kit) { discards(k, 0) })},
		{ID: "CACHE-TMO-005", Says: "A set with a negative timeout MUST do what timeout zero does.",
			Why: "B/test_timeout_negative", Check: check(func(k *kit) { discards(k, -k.Unit()) })},
		{ID: "CACHE-TMO-006", Says: "A set with a timeout MUST end an entry that was set forever.",
			Why: "value and expiry are replaced together: R J L", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				d := k.Deadline(k.Unit())
				k.set("a", "w", For(k.Unit()))
				k.lasts(d, "a", "w")
			})},
		{ID: "CACHE-TMO-007", Says: "A set forever MUST clear an earlier timeout.",
			Why: "R J L agree", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				k.set("a", "w", Forever())
				k.stays(k.Unit(), "a", "w")
			})},
		{ID: "CACHE-TMO-008", Says: "A set without a timeout MUST apply the default, never the time the earlier entry had left.",
			Why: "R J L agree", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				k.set("a", "w", Default())
				k.stays(k.Unit(), "a", "w")
			})},
		{ID: "CACHE-TMO-009", Needs: needs{adding}, Says: "An entry added with a timeout MUST be there until the timeout and gone after it.",
			Why: "T/test_expiration", Check: check(func(k *kit) {
				d := k.Deadline(k.Unit())
				k.add("a", "v", For(k.Unit())).is(true)
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TMO-010", Needs: needs{adding}, Says: "An add on a present key MUST leave its expiry.",
			Why: "B/test_setnx_timeout", Check: check(func(k *kit) {
				d := k.Deadline(k.Unit())
				k.set("a", "v", For(k.Unit()))
				k.set("b", "v", Forever())
				k.add("a", "w", Forever()).is(false)
				k.add("b", "w", For(k.Unit()/2)).is(false)
				k.lasts(d, "a", "v")
				k.get("b").is("v")
			})},
		{ID: "CACHE-TMO-011", Needs: needs{adding}, Says: "An add forever MUST store an entry that does not expire.",
			Why: "T/test_forever_timeout", Check: check(func(k *kit) {
				k.add("a", "v", Forever()).is(true)
				k.stays(400*24*time.Hour, "a", "v")
			})},
		{ID: "CACHE-TMO-012", Needs: needs{adding}, Says: "An add without a timeout MUST apply the default of the alias.",
			Why: "T/test_add", Check: check(func(k *kit) {
				d := k.Deadline(djangoDefault)
				k.add("a", "v", Default()).is(true)
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TMO-013", Needs: needs{adding}, Says: "An add with timeout zero or less on an absent key MUST report true and store nothing.",
			Why: "T/test_zero_timeout, B/test_timeout_negative", Check: check(func(k *kit) {
				for _, d := range []time.Duration{0, -time.Second} {
					k.add("a", "v", For(d)).is(true)
					k.get("a").none()
				}
			})},
		{ID: "CACHE-TMO-014", Needs: needs{adding}, Says: "An add with timeout zero or less on a present key MUST report false and leave the entry.",
			Why: "B/test_timeout_negative", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				for _, d := range []time.Duration{0, -time.Second} {
					k.add("a", "w", For(d)).is(false)
					k.get("a").is("v")
				}
			})},
		{ID: "CACHE-TMO-015", Needs: needs{looking}, Says: "A has MUST report false for an expired entry.",
			Why: "T/test_expiration", Check: check(func(k *kit) {
				expired(k, "a")
				k.has("a").is(false)
			})},
		{ID: "CACHE-TMO-016", Says: "A delete of an expired entry MUST report that there was nothing.",
			Why: "T/test_expiration; R J L agree", Check: check(func(k *kit) {
				expired(k, "a")
				k.del("a").is(false)
			})},
		{ID: "CACHE-TMO-017", Needs: needs{adding}, Says: "An add on an expired entry MUST store the value with its own timeout.",
			Why: "T/test_expiration; HerdClient fails it", Check: check(func(k *kit) {
				expired(k, "a")
				d := k.Deadline(k.Unit())
				k.add("a", "w", For(k.Unit())).is(true)
				k.lasts(d, "a", "w")
			})},
		{ID: "CACHE-TMO-018", Says: "A set on an expired entry MUST store the value with its own timeout.",
			Why: "R J L agree", Check: check(func(k *kit) {
				expired(k, "a")
				d := k.Deadline(k.Unit())
				k.set("a", "w", For(k.Unit()))
				k.lasts(d, "a", "w")
			})},
		{ID: "CACHE-TMO-019", Says: "The end of one entry MUST leave every other entry.",
			Why: "T/test_expiration", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				k.set("b", "v", For(4*k.Unit()))
				k.set("c", "v", Forever())
				k.Advance(2 * k.Unit())
				k.get("a").none()
				k.get("b").is("v")
				k.get("c").is("v")
			})},
		{ID: "CACHE-TMO-020", Says: "A timeout above 30 days MUST be a duration, never a moment.",
			Why: "T/test_long_timeout: memcached takes it for a timestamp", Check: check(func(k *kit) {
				long := 30*24*time.Hour + time.Second
				d := k.Deadline(long)
				k.set("a", "v", For(long))
				k.get("a").is("v")
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TMO-021", Says: "A timeout beyond what the store can keep MUST either be kept or fail and leave the earlier entry.",
			Why: "10^19 s is a server error in R and J", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				want := any("w")
				if o := k.try("a", "w", For(math.MaxInt64)); o.err != nil {
					want = "v"
				}
				k.get("a").is(want)
				k.stays(10*365*24*time.Hour, "a", want)
			})},
		{ID: "CACHE-TMO-022", Level: "MAY", Says: "A timeout below the store's resolution MAY store the entry or not, without an error.",
			Why: "T/test_float_timeout, B/test_timeout_tiny", Check: check(func(k *kit) {
				k.try("a", "v", For(400*time.Microsecond)).ok()
				k.get("a").ok()
				k.Advance(2*k.Margin() + 2*time.Second)
				k.get("a").none()
			})},
		{ID: "CACHE-TMO-023", Needs: needs{SubSecond}, Says: "A fraction of a second in a timeout MUST be kept to the millisecond.",
			Why: "B/test_pttl; R cuts 1.5 s to 1 s and 0.5 s to nothing", Check: check(func(k *kit) {
				if !k.Still() {
					k.Unproven("the clock runs by itself")
				}
				for _, d := range []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond, 2999 * time.Millisecond} {
					deadline := k.Deadline(d)
					k.set("a", "v", For(d))
					k.lasts(deadline, "a", "v")
				}
			})},
		{ID: "CACHE-TMO-024", Denies: SubSecond, Says: "A cache that does not claim fractions of a second MUST NOT keep them.",
			Why: "a claim too few hides CACHE-TMO-023", Check: check(func(k *kit) {
				if !k.Still() {
					k.Unproven("the clock runs by itself")
				}
				k.set("a", "v", For(1500*time.Millisecond))
				k.Advance(1499 * time.Millisecond)
				before := k.get("a").ok()
				k.Advance(2 * time.Millisecond)
				if after := k.get("a").ok(); !before.missing && after.missing {
					k.Errorf("a timeout of 1.5s was kept to the millisecond: claim %s", SubSecond)
				}
			})},
		{ID: "CACHE-TMO-025", Needs: needs{aliases}, Says: "The timeout of the alias MUST be what a set without a timeout gets.",
			Why: "Django, topics/cache: TIMEOUT", Check: check(func(k *kit) {
				other := k.open("other", Alias{Timeout: For(k.Unit())})
				d := k.Deadline(k.Unit())
				other.set("a", "v", Default())
				other.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TMO-026", Needs: needs{aliases}, Says: "An alias whose timeout is forever MUST keep what is set without a timeout.",
			Why: "T/DefaultNonExpiringCacheKeyTests", Check: check(func(k *kit) {
				other := k.open("other", Alias{Timeout: Forever()})
				other.set("a", "v", Default())
				other.stays(400*24*time.Hour, "a", "v")
			})},
		{ID: "CACHE-TMO-027", Needs: needs{aliases}, Says: "An alias whose timeout is zero MUST store nothing that is set without a timeout.",
			Why: "Django, topics/cache: TIMEOUT=0", Check: check(func(k *kit) {
				other := k.open("other", Alias{Timeout: For(0)})
				other.set("a", "v", Default())
				other.get("a").none()
				other.set("a", "v", For(k.Unit()))
				other.get("a").is("v")
			})},
	}
}

// discards checks that a timeout of d, zero or less, stores nothing.
func discards(k *kit, d time.Duration) {
	k.Helper()
	k.try("a", "v", For(d)).ok()
	k.get("a").none()
	k.set("b", "v", Forever())
	k.try("b", "w", For(d)).ok()
	k.get("b").none()
}

// expired leaves an entry behind whose time is over and at which nobody has
// looked since.
func expired(k *kit, key string) {
	k.Helper()
	k.set(key, "v", For(k.Unit()))
	k.Advance(k.Unit() + k.Margin())
}
