package cachetest

import (
	"context"
	"fmt"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

// An Evicter loses entries below the cache, as a server short of memory does.
type Evicter interface {
	// Evict removes the entry or lock under the caller's key without a word to
	// the cache.
	Evict(ctx context.Context, key string) error
}

func evictRows() []row {
	return []row{
		{ID: "CACHE-EVI-001", Needs: needs{evicting, looking, touching}, Says: "An evicted entry MUST be a miss, and no error.",
			Why: "Redis, key eviction: a cache may lose any entry at any time", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				k.evict("a")
				k.get("a").none()
				k.has("a").is(false)
				k.touch("a", Forever()).is(false)
				k.del("a").is(false)
			})},
		{ID: "CACHE-EVI-002", Needs: needs{evicting, many}, Says: "A get_many MUST leave out what was evicted, and return the rest.",
			Why: "a partial result is no error", Check: check(func(k *kit) {
				k.setMany(map[string]any{"a": 1, "b": 2, "c": 3}, Default()).ok()
				k.evict("b")
				k.getMany("a", "b", "c").is(map[string]any{"a": 1, "c": 3})
				k.delMany("a", "b", "c").ok()
			})},
		{ID: "CACHE-EVI-003", Needs: needs{evicting, adding, filling}, Says: "What was evicted MUST be added, and computed, anew.",
			Why: "the slot is free", Check: check(func(k *kit) {
				k.set("a", "old", Default())
				k.fill("b", "old", Default()).is("old")
				k.evict("a")
				k.evict("b")
				k.add("a", "new", Default()).is(true)
				k.fill("b", "new", Default()).is("new")
				k.get("a").is("new")
				k.get("b").is("new")
			})},
		{ID: "CACHE-EVI-004", Needs: needs{evicting, counting}, Says: "A counter that was evicted MUST be not found: it does not begin anew by itself.",
			Why: "a rate limit that restarts unseen: django-axes issue 1144", Check: check(func(k *kit) {
				k.set("n", 41, Default())
				k.incr("n", 1).is(42)
				k.evict("n")
				k.incr("n", 1).fails(ErrNotFound)
				k.get("n").none()
			})},
		{ID: "CACHE-EVI-005", Needs: needs{evicting, locking}, Says: "A lock that was evicted MUST NOT be released or extended as if it were held.",
			Why: "another holder may have it by now", Check: check(func(k *kit) {
				l := k.lock("l", quick(k))
				l.acquire().is(true)
				k.evict("l")
				l.extend(k.Unit()).fails(ErrNotOwned)
				l.release().fails(ErrNotOwned)
				k.lock("l", quick(k)).acquire().is(true)
			})},
		{ID: "CACHE-EVI-006", Needs: needs{evicting, expiring, versions}, Says: "What was evicted MUST have no expiry, and not move to another version.",
			Why: "as for what was never there", Check: check(func(k *kit) {
				k.set("a", "v", Forever())
				k.evict("a")
				k.ttl("a").none()
				k.pttl("a").none()
				k.persist("a").is(false)
				k.incrVersion("a", 1).fails(ErrNotFound)
			})},
		{ID: "CACHE-EVI-007", Says: "A server that has no memory to give MUST make writes fail as unavailable, and what is there readable.",
			Why: "maxmemory-policy noeviction: OOM", Check: check(func(k *kit) {
				k.set("kept", "v", Forever())
				k.press("noeviction")
				if !k.fillUp(func(int) Timeout { return Default() }) {
					k.Errorf("%d writes of %d KiB succeed on a server without memory, want an error", pages, pageKiB)
				}
				k.get("kept").is("v")
			})},
		{ID: "CACHE-EVI-008", Needs: needs{many}, Says: "Where the server may evict any key writes MUST succeed, and each read give what was written or nothing.",
			Why: "maxmemory-policy allkeys-lru", Check: check(func(k *kit) {
				k.press("allkeys-lru")
				if k.fillUp(func(int) Timeout { return Forever() }) {
					k.Errorf("a write fails where the server may evict any key")
				}
				lost := 0
				for n := range pages {
					v, found, err := k.c.Get(k.ctx, pageKey(n))
					if err != nil || found && v != page(n) {
						k.Errorf("Get(%q) = %s, %v, want what was written or nothing", pageKey(n), show(v), err)
					}
					if !found {
						lost++
					}
				}
				if lost == 0 {
					k.Unproven("the server evicted nothing")
				}
				k.getMany(pageKey(0), pageKey(pages-1)).ok()
			})},
		{ID: "CACHE-EVI-009", Says: "Where the server may evict only what expires, an entry without expiry MUST stay.",
			Why: "maxmemory-policy volatile-lru: forever is no long timeout", Check: check(func(k *kit) {
				const held = 40
				for n := range held {
					k.set(fmt.Sprintf("kept-%d", n), page(n), Forever())
				}
				k.press("volatile-lru")
				k.fillUp(func(int) Timeout { return For(k.Unit()) })
				for n := range held {
					k.get(fmt.Sprintf("kept-%d", n)).is(page(n))
				}
			})},
		{ID: "CACHE-EVI-010", Says: "Where nothing that is there may be evicted, a write without room MUST fail as unavailable: nothing is lost in silence.",
			Why: "maxmemory-policy volatile-lru with entries that live forever", Check: check(func(k *kit) {
				k.press("volatile-lru")
				if !k.fillUp(func(int) Timeout { return Forever() }) {
					k.Errorf("%d writes of %d KiB succeed on a server without memory, want an error", pages, pageKiB)
				}
				k.get(pageKey(0)).is(page(0))
			})},
	}
}

func (k *kit) evict(key string) {
	k.Helper()
	k.did("Evict", key).got(nil, k.c.(Evicter).Evict(k.ctx, key)).ok()
}

// press puts the server under pressure for the rest of the check.
func (k *kit) press(policy string) {
	p, ok := k.Faults().(conformance.Presser)
	if !ok {
		k.Unproven("the faults cannot press the server")
	}
	k.Call("Press(%s)", policy)
	if err := p.Press(k.ctx, policy); err != nil {
		k.Unproven("press the server: %v", err)
	}
}

// What is written under pressure: more than the server has room for.
const (
	pages   = 400
	pageKiB = 16
)

func pageKey(n int) string { return fmt.Sprintf("page-%d", n) }
func page(n int) string    { return strings.Repeat(string(rune('a'+n%26)), pageKiB<<10) }

// fillUp writes pages and reports whether one was refused, which ends it. A
// refusal that is none is a failure.
func (k *kit) fillUp(timeout func(n int) Timeout) bool {
	k.Helper()
	for n := range pages {
		if o := k.try(pageKey(n), page(n), timeout(n)); o.err != nil {
			o.fails(ErrUnavailable)
			return true
		}
	}
	return false
}
