package cachetest

import "time"

func touchRows() []row {
	return []row{
		{ID: "CACHE-TCH-001", Needs: needs{touching}, Says: "A touch of an absent key MUST report false and create nothing, whatever the timeout.",
			Why: "T/test_touch, B/test_touch_missed_key", Check: check(func(k *kit) {
				for _, to := range []Timeout{Default(), Forever(), For(k.Unit()), For(0), For(-time.Second)} {
					k.touch("a", to).is(false)
					k.get("a").none()
				}
			})},
		{ID: "CACHE-TCH-002", Needs: needs{touching}, Says: "A touch of a present key MUST report true and leave the value.",
			Why: "T/test_touch", Check: check(func(k *kit) {
				for _, v := range []any{"v", 7, nil} {
					k.set("a", v, Default())
					k.touch("a", For(k.Unit())).is(true)
					k.get("a").is(v)
				}
			})},
		{ID: "CACHE-TCH-003", Needs: needs{touching}, Says: "A touch MUST be able to lengthen the life of an entry.",
			Why: "B/test_touch_positive_timeout", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				d := k.Deadline(2 * k.Unit())
				k.touch("a", For(2*k.Unit())).is(true)
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TCH-004", Needs: needs{touching}, Says: "A touch MUST be able to shorten the life of an entry.",
			Why: "T/test_touch", Check: check(func(k *kit) {
				k.set("a", "v", For(3*k.Unit()))
				d := k.Deadline(k.Unit())
				k.touch("a", For(k.Unit())).is(true)
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TCH-005", Needs: needs{touching}, Says: "A touch with a timeout MUST end an entry that was set forever.",
			Why: "T/test_touch", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				d := k.Deadline(k.Unit())
				k.touch("a", For(k.Unit())).is(true)
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TCH-006", Needs: needs{touching}, Says: "A touch without a timeout MUST apply the default of the alias.",
			Why: "B/test_touch_default_timeout", Check: check(func(k *kit) {
				k.set("a", "v", For(20*time.Second))
				d := k.Deadline(djangoDefault)
				k.touch("a", Default()).is(true)
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TCH-007", Needs: needs{touching}, Says: "A touch forever MUST clear the expiry and report true.",
			Why: "T/test_forever_timeout, B/test_touch_forever", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				k.touch("a", Forever()).is(true)
				k.stays(k.Unit(), "a", "v")
			})},
		{ID: "CACHE-TCH-008", Needs: needs{touching}, Denies: QuirkTouchForever,
			Says: "A touch forever of an entry without expiry MUST report true: the entry is there.",
			Why:  "Django's docstring; R and J report what PERSIST says, false", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				k.touch("a", Forever()).is(true)
				k.get("a").is("v")
			})},
		{ID: "CACHE-TCH-009", Profile: "quirk", Needs: needs{touching, QuirkTouchForever},
			Says: "A touch forever of an entry without expiry MUST report false, as R and J do, and leave the entry.",
			Why:  "R and J report what PERSIST says", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				k.touch("a", Forever()).is(false)
				k.get("a").is("v")
			})},
		{ID: "CACHE-TCH-010", Needs: needs{touching}, Says: "A touch with timeout zero or less MUST remove the entry and report true.",
			Why: "T/test_zero_timeout, B/test_touch_negative_timeout", Check: check(func(k *kit) {
				for _, d := range []time.Duration{0, -time.Second} {
					k.set("a", "v", Default())
					k.touch("a", For(d)).is(true)
					k.get("a").none()
				}
			})},
		{ID: "CACHE-TCH-011", Needs: needs{touching}, Says: "A touch of an expired entry MUST report false and not revive it.",
			Why: "T/test_expiration; Django's file backend fails with an I/O error", Check: check(func(k *kit) {
				expired(k, "a")
				k.touch("a", Forever()).is(false)
				k.get("a").none()
			})},
		{ID: "CACHE-TCH-012", Needs: needs{touching}, Says: "A touch MUST leave the expiry of every other entry.",
			Why: "R J L agree", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				k.set("b", "v", For(k.Unit()))
				k.touch("a", Forever()).is(true)
				k.Advance(k.Unit() + k.Margin())
				k.get("a").is("v")
				k.get("b").none()
			})},
	}
}
