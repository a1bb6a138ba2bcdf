package cachetest

import "time"

func expiryRows() []row {
	return []row{
		{ID: "CACHE-TTL-001", Needs: needs{expiring}, Says: "A pttl MUST be the time left, and a ttl the same to within a second.",
			Why: "B/test_pttl, test_ttl", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				k.pttl("a").about(k.Unit())
				k.ttl("a").about(k.Unit())
				k.Advance(k.Unit() / 2)
				k.pttl("a").about(k.Unit() / 2)
				k.ttl("a").about(k.Unit() / 2)
			})},
		{ID: "CACHE-TTL-002", Needs: needs{expiring}, Says: "The ttl and pttl of an entry without expiry MUST be forever.",
			Why: "B/test_ttl_persisted_key", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				k.ttl("a").is(Forever())
				k.pttl("a").is(Forever())
			})},
		{ID: "CACHE-TTL-003", Needs: needs{expiring}, Says: "The ttl and pttl of an absent or expired entry MUST be nothing, never a number.",
			Why: "B/test_ttl_expired_key: Redis' -2 must not leak", Check: check(func(k *kit) {
				k.ttl("a").none()
				k.pttl("a").none()
				expired(k, "a")
				k.ttl("a").none()
				k.pttl("a").none()
			})},
		{ID: "CACHE-TTL-004", Needs: needs{expiring}, Says: "The ttl of an entry set without a timeout MUST be the default of the alias.",
			Why: "B/test_ttl", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.pttl("a").about(djangoDefault)
			})},
		{ID: "CACHE-TTL-005", Needs: needs{expiring, SubSecond}, Says: "A pttl MUST be exact to the millisecond.",
			Why: "B/test_pttl", Check: check(func(k *kit) {
				if !k.Still() {
					k.Unproven("the clock runs by itself")
				}
				k.set("a", "v", For(5500*time.Millisecond))
				k.pttl("a").is(For(5500 * time.Millisecond))
				k.Advance(1234 * time.Millisecond)
				k.pttl("a").is(For(4266 * time.Millisecond))
			})},
		{ID: "CACHE-TTL-006", Needs: needs{expiring}, Says: "A persist MUST clear the expiry and report that it did.",
			Why: "B/test_persist", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				k.persist("a").is(true)
				k.pttl("a").is(Forever())
				k.stays(2*k.Unit(), "a", "v")
			})},
		{ID: "CACHE-TTL-007", Needs: needs{expiring}, Says: "A persist of an absent entry or of one without expiry MUST report false.",
			Why: "B/test_persist", Check: check(func(k *kit) {
				k.persist("a").is(false)
				k.get("a").none()
				k.set("a", "v", Forever())
				k.persist("a").is(false)
				k.get("a").is("v")
			})},
		{ID: "CACHE-TTL-008", Needs: needs{expiring}, Says: "An expire or pexpire MUST give a present entry the time to live and report true.",
			Why: "B/test_expire, test_pexpire", Check: check(func(k *kit) {
				for _, set := range []func(string, time.Duration) outcome{k.expire, k.pexpire} {
					k.set("a", "v", Forever())
					d := k.Deadline(k.Unit())
					set("a", k.Unit()).is(true)
					k.lasts(d, "a", "v")
				}
			})},
		{ID: "CACHE-TTL-009", Needs: needs{expiring}, Says: "An expire or pexpire MUST lengthen and shorten.",
			Why: "B/test_expire", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				k.expire("a", 3*k.Unit()).is(true)
				k.pttl("a").about(3 * k.Unit())
				k.pexpire("a", 2*k.Unit()).is(true)
				k.pttl("a").about(2 * k.Unit())
			})},
		{ID: "CACHE-TTL-010", Needs: needs{expiring}, Says: "An expire or pexpire of an absent or expired entry MUST report false and create nothing.",
			Why: "B/test_expire", Check: check(func(k *kit) {
				k.expire("a", k.Unit()).is(false)
				k.pexpire("a", k.Unit()).is(false)
				expired(k, "a")
				k.expire("a", k.Unit()).is(false)
				k.pexpire("a", k.Unit()).is(false)
				k.get("a").none()
			})},
		{ID: "CACHE-TTL-011", Needs: needs{expiring}, Says: "An expire or pexpire of zero or less MUST remove the entry and report true.",
			Why: "Redis: EXPIRE; J", Check: check(func(k *kit) {
				for _, set := range []func(string, time.Duration) outcome{k.expire, k.pexpire} {
					for _, d := range []time.Duration{0, -time.Second} {
						k.set("a", "v", Default())
						set("a", d).is(true)
						k.get("a").none()
					}
				}
			})},
		{ID: "CACHE-TTL-012", Needs: needs{expiring, SubSecond}, Says: "A pexpire MUST keep milliseconds.",
			Why: "B/test_pexpire", Check: check(func(k *kit) {
				if !k.Still() {
					k.Unproven("the clock runs by itself")
				}
				k.set("a", "v", Forever())
				d := k.Deadline(1500 * time.Millisecond)
				k.pexpire("a", 1500*time.Millisecond).is(true)
				k.pttl("a").is(For(1500 * time.Millisecond))
				k.lasts(d, "a", "v")
			})},
		{ID: "CACHE-TTL-013", Needs: needs{expiring}, Says: "An expire_at or pexpire_at MUST end a present entry at that moment and report true.",
			Why: "B/test_expire_at, test_pexpire_at", Check: check(func(k *kit) {
				for _, set := range []func(string, time.Time) outcome{k.expireAt, k.pexpireAt} {
					k.set("a", "v", Forever())
					set("a", k.Now().Add(k.Unit())).is(true)
					k.pttl("a").about(k.Unit())
					k.Advance(k.Unit() / 2) // not to the margin: a moment is counted on the world's clock
					k.get("a").is("v")
					k.Advance(k.Unit()/2 + time.Second + k.Margin())
					k.get("a").none()
				}
			})},
		{ID: "CACHE-TTL-014", Needs: needs{expiring}, Says: "An expire_at or pexpire_at in the past MUST remove the entry and report true, or false if there is none.",
			Why: "B/test_expire_at_passed_time", Check: check(func(k *kit) {
				for _, set := range []func(string, time.Time) outcome{k.expireAt, k.pexpireAt} {
					set("a", k.Now().Add(k.Unit())).is(false)
					k.set("a", "v", Default())
					set("a", k.Now().Add(-time.Hour)).is(true)
					k.get("a").none()
					set("a", k.Now().Add(-time.Hour)).is(false)
				}
			})},
		{ID: "CACHE-TTL-015", Needs: needs{expiring}, Says: "Calls that change the expiry MUST leave the value.",
			Why: "J", Check: check(func(k *kit) {
				for _, v := range []any{"v", 7, nil} {
					k.set("a", v, Forever())
					k.expire("a", k.Unit()).is(true)
					k.pexpire("a", k.Unit()).is(true)
					k.expireAt("a", k.Now().Add(k.Unit())).is(true)
					k.pexpireAt("a", k.Now().Add(k.Unit())).is(true)
					k.persist("a").is(true)
					k.get("a").is(v)
				}
			})},
		{ID: "CACHE-TTL-016", Needs: needs{expiring}, Says: "Calls that change the expiry MUST leave every other entry's.",
			Why: "J", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				k.set("b", "w", For(k.Unit()))
				k.persist("a").is(true)
				k.pttl("b").about(k.Unit())
				k.pexpire("a", 3*k.Unit()).is(true)
				k.pttl("b").about(k.Unit())
			})},
		{ID: "CACHE-TTL-017", Needs: needs{expiring, sets, hashes}, Says: "The expiry calls MUST work on entries of every type.",
			Why: "J", Check: check(func(k *kit) {
				k.sadd("s", "m").is(1)
				k.hset("h", map[string]any{"f": 1}).is(1)
				for _, key := range []string{"s", "h"} {
					k.pttl(key).is(Forever())
					k.expire(key, k.Unit()).is(true)
					k.pttl(key).about(k.Unit())
				}
				k.Advance(k.Unit() + k.Margin())
				k.scard("s").is(0)
				k.hlen("h").is(0)
			})},
		{ID: "CACHE-TTL-018", Needs: needs{expiring, versions}, Says: "The expiry calls MUST stay within their version.",
			Why: "B/test_persist", Check: check(func(k *kit) {
				k.set("a", "v", For(k.Unit()))
				k.at("2").pttl("a").none()
				k.at("2").persist("a").is(false)
				k.at("2").expire("a", 3*k.Unit()).is(false)
				k.pttl("a").about(k.Unit())
			})},
	}
}

// about wants a time left of d, less what a running clock may have taken.
func (o outcome) about(d time.Duration) {
	got, ok := o.value.(Timeout)
	if o.err == nil && !o.missing && ok && got.Kind == Lasting && got.D <= d+time.Second && got.D >= d-max(2*time.Second, o.k.Margin()) {
		return
	}
	o.k.Helper()
	o.want("about %v", d)
}

func (k *kit) ttl(key string) outcome {
	return k.did("TTL", key).found(k.c.(Expirer).TTL(k.ctx, key))
}

func (k *kit) pttl(key string) outcome {
	return k.did("PTTL", key).found(k.c.(Expirer).PTTL(k.ctx, key))
}

func (k *kit) persist(key string) outcome {
	return k.did("Persist", key).got(k.c.(Expirer).Persist(k.ctx, key))
}

func (k *kit) expire(key string, d time.Duration) outcome {
	return k.did("Expire", key, d).got(k.c.(Expirer).Expire(k.ctx, key, d))
}

func (k *kit) pexpire(key string, d time.Duration) outcome {
	return k.did("PExpire", key, d).got(k.c.(Expirer).PExpire(k.ctx, key, d))
}

func (k *kit) expireAt(key string, t time.Time) outcome {
	return k.did("ExpireAt", key, t.Format(time.RFC3339)).got(k.c.(Expirer).ExpireAt(k.ctx, key, t))
}

func (k *kit) pexpireAt(key string, t time.Time) outcome {
	return k.did("PExpireAt", key, t.Format(time.RFC3339)).got(k.c.(Expirer).PExpireAt(k.ctx, key, t))
}
