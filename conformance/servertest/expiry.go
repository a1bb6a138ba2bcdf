package servertest

import (
	"fmt"
	"strconv"
	"time"
)

func expiryRows() []row {
	return []row{
		{ID: "SERVER-EXP-001", Says: "TTL and PTTL MUST be -2 of a missing key and -1 of one without expiry.",
			Why: "J ttl; R touch", Check: check(func(k *kit) {
				k.do("TTL", "a").is(-2)
				k.do("PTTL", "a").is(-2)
				k.do("SET", "a", "v").is("OK")
				k.do("TTL", "a").is(-1)
				k.do("PTTL", "a").is(-1)
			})},
		{ID: "SERVER-EXP-002", Says: "SET EX and PX MUST set an expiry in seconds and milliseconds.",
			Why: "R set sends EX, J sends PX", Check: check(func(k *kit) {
				k.do("SET", "a", "v", "EX", "300").is("OK")
				k.do("TTL", "a").between(280, 300)
				k.do("SET", "a", "v", "PX", "300000").is("OK")
				k.do("PTTL", "a").between(280_000, 300_000)
			})},
		{ID: "SERVER-EXP-003", Says: "A key past its expiry MUST be gone for every command.",
			Why: "a cache that serves what has expired", Check: check(func(k *kit) {
				d := k.Deadline(k.Unit())
				k.do("SET", "a", "v", "PX", millis(k.Unit())).is("OK")
				d.After()
				k.do("GET", "a").null()
				k.do("EXISTS", "a").is(0)
				k.do("TTL", "a").is(-2)
				k.do("KEYS", "*").is([]any{})
				k.do("INCRBY", "a", "5").is(5)
			})},
		{ID: "SERVER-EXP-004", Says: "A key before its expiry MUST be there.",
			Why: "a cache that forgets early", Check: check(func(k *kit) {
				unit := 2 * k.Unit()
				d := k.Deadline(unit)
				k.do("SET", "a", "v", "PX", millis(unit)).is("OK")
				d.Before()
				o := k.do("GET", "a")
				if o.value != "v" && !d.Early() {
					k.Unproven("the machine stalled past the deadline")
				}
				o.is("v")
			})},
		{ID: "SERVER-EXP-005", Says: "SET without an expiry MUST remove the one that was there, and KEEPTTL keep it.",
			Why: "J set after expire", Check: check(func(k *kit) {
				k.do("SET", "a", "v", "EX", "100").is("OK")
				k.do("SET", "a", "w", "KEEPTTL").is("OK")
				k.do("TTL", "a").between(80, 100)
				k.do("SET", "a", "x").is("OK")
				k.do("TTL", "a").is(-1)
			})},
		{ID: "SERVER-EXP-006", Says: "Counting and adding to a value MUST keep its expiry.",
			Why: "J incr keeps the timeout", Check: check(func(k *kit) {
				k.do("SET", "n", "1", "EX", "100").is("OK")
				k.do("INCRBY", "n", "1").is(2)
				k.do("TTL", "n").between(80, 100)
				k.do("SADD", "s", "x").is(1)
				k.do("EXPIRE", "s", "100").is(1)
				k.do("SADD", "s", "y").is(1)
				k.do("TTL", "s").between(80, 100)
			})},
		{ID: "SERVER-EXP-007", Says: "EXPIRE and PEXPIRE MUST set the expiry of a key and report whether there is one.",
			Why: "R J touch; J expire, pexpire; L and C renew", Check: check(func(k *kit) {
				k.do("EXPIRE", "a", "100").is(0)
				k.do("SET", "a", "v").is("OK")
				k.do("EXPIRE", "a", "100").is(1)
				k.do("TTL", "a").between(80, 100)
				k.do("PEXPIRE", "a", "500000").is(1)
				k.do("PTTL", "a").between(480_000, 500_000)
			})},
		{ID: "SERVER-EXP-008", Says: "EXPIREAT and PEXPIREAT MUST take a moment of the server's own time.",
			Why: "J expire_at, pexpire_at", Check: check(func(k *kit) {
				now := k.seconds()
				k.do("MSET", "a", "v", "b", "v").is("OK")
				k.do("EXPIREAT", "a", fmt.Sprint(now+100)).is(1)
				k.do("TTL", "a").between(80, 101)
				k.do("PEXPIREAT", "b", fmt.Sprint((now+100)*1000)).is(1)
				k.do("PTTL", "b").between(80_000, 101_000)
			})},
		{ID: "SERVER-EXP-009", Says: "An expiry that has passed already MUST remove the key.",
			Why: "J expire(key, -1)", Check: check(func(k *kit) {
				for i, args := range [][]string{{"EXPIRE", "a", "-1"}, {"PEXPIRE", "a", "0"}, {"EXPIREAT", "a", "1"}, {"PEXPIREAT", "a", "1000"}} {
					k.do("SET", "a", strconv.Itoa(i)).is("OK")
					k.do(args...).is(1)
					k.do("EXISTS", "a").is(0)
				}
			})},
		{ID: "SERVER-EXP-010", Says: "PERSIST MUST remove an expiry and report whether there was one.",
			Why: "R J touch(None); J persist", Check: check(func(k *kit) {
				k.do("PERSIST", "a").is(0)
				k.do("SET", "a", "v", "EX", "100").is("OK")
				k.do("PERSIST", "a").is(1)
				k.do("TTL", "a").is(-1)
				k.do("PERSIST", "a").is(0)
			})},
		{ID: "SERVER-EXP-011", Says: "An expiry of zero, below zero or no number MUST be refused by SET and SETEX.",
			Why: "J and R delete instead; a client that does not must hear of it", Check: check(func(k *kit) {
				for _, ttl := range []string{"0", "-1", "1.5", "x"} {
					k.do("SET", "a", "v", "EX", ttl).fails("ERR")
					k.do("SETEX", "a", ttl, "v").fails("ERR")
				}
				k.do("EXISTS", "a").is(0)
			})},
		{ID: "SERVER-EXP-012", Says: "TTL MUST round to the nearest second.",
			Why: "redis: (ms+500)/1000; the fake of others rounds down, and J test_ttl fails", Check: check(func(k *kit) {
				k.do("SET", "a", "v", "PX", "99700").is("OK")
				if left, _ := k.do("PTTL", "a").ok().value.(int64); left < 99_500 {
					k.Unproven("the machine stalled")
				}
				o := k.do("TTL", "a")
				if left, _ := k.do("PTTL", "a").ok().value.(int64); left < 99_500 {
					k.Unproven("the machine stalled")
				}
				o.is(100)
			})},
		{ID: "SERVER-EXP-013", Says: "RENAME MUST carry the expiry to the new name.",
			Why: "Redis; incr_version by rename", Check: check(func(k *kit) {
				k.do("SET", "a", "v", "EX", "100").is("OK")
				k.do("SET", "b", "old").is("OK")
				k.do("RENAME", "a", "b").is("OK")
				k.do("TTL", "b").between(80, 100)
				k.do("GET", "b").is("v")
				k.do("EXISTS", "a").is(0)
				k.do("RENAME", "none", "b").fails("ERR")
			})},
		{ID: "SERVER-EXP-014", Says: "A container that has lost its last element MUST be gone, with its expiry.",
			Why: "K counts on empty queues not being there; L on empty channels", Check: check(func(k *kit) {
				k.do("ZADD", "z", "1", "m").is(1)
				k.do("EXPIRE", "z", "100").is(1)
				k.do("ZREM", "z", "m").is(1)
				k.do("EXISTS", "z").is(0)
				k.do("ZADD", "z", "1", "m").is(1)
				k.do("TTL", "z").is(-1)
			})},
		{ID: "SERVER-EXP-015", Needs: needs{since62}, Says: "An expiry beyond all time MUST be refused.",
			Why: "Redis 6.0 stored it, and the key was gone", Check: check(func(k *kit) {
				k.do("SET", "a", "v", "EX", "9223372036854775807").fails("ERR")
				k.do("SETEX", "a", "9223372036854775807", "v").fails("ERR")
				k.do("EXISTS", "a").is(0)
			})},
	}
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// seconds is the server's time.
func (k *kit) seconds() int64 {
	k.Helper()
	o := k.do("TIME").ok()
	list, _ := o.value.([]any)
	if len(list) != 2 {
		o.want("seconds and microseconds")
		k.Fatalf("what follows builds on it")
	}
	n, err := strconv.ParseInt(fmt.Sprint(list[0]), 10, 64)
	if err != nil {
		k.Fatalf("TIME = %s: %v", show(o.value), err)
	}
	return n
}
