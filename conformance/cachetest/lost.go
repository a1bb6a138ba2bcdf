package cachetest

import "errors"

// lostRows are the calls that tell what they found: a second try, after the
// reply to the first was lost, finds what that one left.
func lostRows() []row {
	return []row{
		{ID: "CACHE-FLT-019", Says: "A delete whose reply is lost MUST NOT report false for an entry that it removed.",
			Why: "a retry finds nothing", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				o := k.losing(func() outcome { return k.del("a") })
				if gone := k.recovered("a").missing; gone && o.err == nil && o.value == false {
					o.want("true or an error: the entry is gone")
				}
			})},
		{ID: "CACHE-FLT-020", Needs: needs{many, CountsDeletes}, Says: "A delete_many whose reply is lost MUST NOT count fewer entries than it removed.",
			Why: "a retry finds nothing", Check: check(func(k *kit) {
				k.setMany(map[string]any{"a": 1, "b": 2}, Default()).ok()
				o := k.losing(func() outcome { return k.delMany("a", "b") })
				a, b := k.recovered("a"), k.recovered("b")
				if a.missing && b.missing && o.err == nil && !same(2, o.value) {
					o.want("2 or an error: both entries are gone")
				}
			})},
		{ID: "CACHE-FLT-021", Needs: needs{versions}, Says: "An incr_version whose reply is lost MUST NOT report an entry as not found that it moved.",
			Why: "a retry finds nothing to move", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				o := k.losing(func() outcome { return k.incrVersion("a", 1) })
				if there := k.at("2").recovered("a"); errors.Is(o.err, ErrNotFound) && there.err == nil && !there.missing {
					o.want("2 or another error: the entry was moved")
				}
			})},
		{ID: "CACHE-FLT-022", Needs: needs{locking}, Says: "A release whose reply is lost MUST NOT report a lock as not owned that it freed.",
			Why: "a retry finds the lock free", Check: check(func(k *kit) {
				l := k.lock("l", quick(k))
				l.acquire().is(true)
				l.release().ok() // the script is known now
				l.acquire().is(true)
				o := k.losing(l.release)
				_ = k.recovered("warm")
				if l.locked().value == false && errors.Is(o.err, ErrNotOwned) {
					o.want("no error or another one: the lock was its own")
				}
			})},
		{ID: "CACHE-FLT-023", Needs: needs{sets}, Says: "An spop whose reply is lost MUST NOT remove more members than it was asked for.",
			Why: "a retry takes others, too", Check: check(func(k *kit) {
				k.sadd("s", "a", "b", "c").is(3)
				_ = k.losing(func() outcome { return k.did("SPop", "s", 1).got(k.c.(Sets).SPop(k.ctx, "s", 1)) })
				_ = k.recovered("warm")
				k.scard("s").oneOf(2, 3)
			})},
	}
}

// losing is the outcome of a call while the reply to its first command is lost.
func (k *kit) losing(call func() outcome) outcome {
	faults := k.Faults()
	_ = k.get("warm") // a connection is open
	faults.DropReply()
	defer faults.Heal()
	return call()
}
