package cachetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/value"
)

func tripRows() []row {
	return []row{
		{ID: "CACHE-RTT-001", Says: "A get, a set and a delete MUST take one round trip each.",
			Why: "R J: one command each", Check: check(func(k *kit) {
				k.warm()
				k.trips(1, func() { k.set("a", "v", Default()) })
				k.trips(1, func() { k.get("a").is("v") })
				k.trips(1, func() { k.get("none").none() })
				k.trips(1, func() { k.del("a").is(true) })
			})},
		{ID: "CACHE-RTT-002", Needs: needs{adding, touching, looking}, Says: "An add, a touch and a has MUST take one round trip each.",
			Why: "R J: one command each", Check: check(func(k *kit) {
				k.warm()
				k.trips(1, func() { k.add("a", "v", Default()).is(true) })
				k.trips(1, func() { k.add("a", "v", Default()).is(false) })
				k.trips(1, func() { k.touch("a", For(k.Unit())).is(true) })
				k.trips(1, func() { k.has("a").is(true) })
			})},
		{ID: "CACHE-RTT-003", Needs: needs{counting}, Says: "An incr MUST take one round trip, once its script is known to the server.",
			Why: "J: EVAL", Check: check(func(k *kit) {
				k.warm()
				k.set("n", 1, Default())
				k.incr("n", 1).is(2)
				k.trips(1, func() { k.incr("n", 1).is(3) })
			})},
		{ID: "CACHE-RTT-004", Needs: needs{many}, Says: "A get_many, a set_many and a delete_many of a hundred keys MUST take one round trip each.",
			Why: "R J: MGET, MULTI … EXEC, DEL", Check: check(func(k *kit) {
				k.warm()
				values, keys := map[string]any{}, []string{}
				for i := range 100 {
					key := fmt.Sprint("k", i)
					values[key], keys = int64(i), append(keys, key)
				}
				k.trips(1, func() { k.setMany(values, Default()).ok() })
				k.trips(1, func() { k.getMany(keys...).is(values) })
				k.trips(1, func() { k.delMany(keys...).ok() })
			})},
		{ID: "CACHE-RTT-005", Needs: needs{many}, Says: "A get_many, a set_many and a delete_many of nothing MUST take no round trip.",
			Why: "J sends nothing; R an MGET and a DEL that the server refuses", Check: check(func(k *kit) {
				k.warm()
				k.trips(0, func() { k.getMany().is(map[string]any{}) })
				k.trips(0, func() { k.setMany(map[string]any{}, Default()).ok() })
				k.trips(0, func() { k.delMany().ok() })
			})},
		{ID: "CACHE-RTT-006", Needs: needs{filling}, Says: "A get_or_set MUST take one round trip for a hit, and at most three for a miss.",
			Why: "J: GET; GET, SET NX, GET", Check: check(func(k *kit) {
				k.warm()
				k.trips(3, func() { k.fill("a", "v", Default()).is("v") })
				k.trips(1, func() { k.fill("a", "w", Default()).is("v") })
			})},
		{ID: "CACHE-RTT-007", Needs: needs{adding}, Says: "The expiry MUST be set by the command that sets the value.",
			Why: "a crash between SET and EXPIRE leaves an entry for ever", Check: check(func(k *kit) {
				k.warm()
				for name, write := range map[string]func(){
					"Set": func() { k.set("a", "v", For(k.Unit())) },
					"Add": func() { k.add("b", "v", For(k.Unit())).is(true) },
				} {
					for _, e := range k.Trace(write) {
						for _, c := range e.Commands {
							if strings.Contains(strings.ToUpper(c[0]), "EXPIRE") {
								k.Errorf("%s sent %q, want the expiry in the command that sets the value", name, c)
							}
						}
					}
				}
			})},
		{ID: "CACHE-RTT-008", Needs: needs{looking}, Says: "A has MUST NOT read the value.",
			Why: "R J: EXISTS", Check: check(func(k *kit) {
				k.warm()
				k.set("a", strings.Repeat("x", 10_000), Default())
				for _, name := range k.commands(func() { k.has("a").is(true) }) {
					if strings.HasPrefix(name, "GET") || name == "MGET" {
						k.Errorf("Has sent %s, want a command that reads no value", name)
					}
				}
			})},
		{ID: "CACHE-RTT-009", Needs: needs{scanning}, Says: "Patterns MUST NOT be looked for with a command that stops the server.",
			Why: "KEYS blocks production: django-redis issues 141, 225, 609", Check: check(func(k *kit) {
				k.warm()
				k.set("a", "v", Default())
				names := k.commands(func() {
					k.keys("*").set("a")
					k.iterKeys("*", 0).set("a")
					k.deletePattern("*").is(1)
				})
				if slices.Contains(names, "KEYS") {
					k.Errorf("patterns were looked for with KEYS, want SCAN")
				}
			})},
		{ID: "CACHE-RTT-010", Level: "SHOULD", Needs: needs{scanning, many}, Says: "A delete_pattern of a thousand entries SHOULD take no more than fifty round trips.",
			Why: "J takes 485 for 5,000 keys", Check: check(func(k *kit) {
				k.warm()
				values := map[string]any{}
				for i := range 1000 {
					values[fmt.Sprint("k", i)] = int64(i)
				}
				k.setMany(values, Default()).ok()
				k.trips(50, func() { k.deletePattern("k*").is(1000) })
			})},
		{ID: "CACHE-RTT-011", Needs: needs{expiring}, Says: "A ttl and a pttl MUST take one round trip each.",
			Why: "J asks twice, and an entry may end in between", Check: check(func(k *kit) {
				k.warm()
				k.set("a", "v", For(k.Unit()))
				k.trips(1, func() { k.ttl("a").ok() })
				k.trips(1, func() { k.pttl("a").ok() })
				k.trips(1, func() { k.pttl("none").none() })
			})},
	}
}

// warm makes the instance open its connection: what that costs is not judged.
func (k *kit) warm() {
	k.Helper()
	k.get("warm").none()
	k.Trace(func() {})
}

// trips checks that run costs at most n round trips.
func (k *kit) trips(n int, run func()) {
	k.Helper()
	if got := k.Trace(run); len(got) > n {
		k.Errorf("%d round trips, want at most %d:%s", len(got), n, shownTrips(got))
	}
}

// commands are the names of what run sends, in upper case.
func (k *kit) commands(run func()) []string {
	var names []string
	for _, e := range k.Trace(run) {
		for _, c := range e.Commands {
			names = append(names, strings.ToUpper(c[0]))
		}
	}
	return names
}

func shownTrips(all []conformance.Exchange) string {
	var b strings.Builder
	for i, e := range all {
		if i == value.Listed {
			fmt.Fprintf(&b, "\n\t… %d in all", len(all))
			break
		}
		b.WriteString("\n\t")
		for j, c := range e.Commands {
			if j > 0 {
				b.WriteString("; ")
			}
			b.WriteString(value.Quote(strings.Join(c, " ")))
		}
	}
	return b.String()
}
