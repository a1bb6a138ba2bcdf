package servertest

import (
	"fmt"
	"slices"
)

func keyspaceRows() []row {
	return []row{
		{ID: "SERVER-KEY-001", Says: "KEYS MUST match as a glob: ? one character, * any, [ab], [^a] and [a-c] a class, \\ the next as it is.",
			Why: "J keys and delete_pattern", Check: check(func(k *kit) {
				k.do("MSET", "one", "", "two", "", "o*e", "", "oae", "", "obe", "", "o[e", "", ":1:a", "").is("OK")
				k.do("KEYS", "*").set("one", "two", "o*e", "oae", "obe", "o[e", ":1:a")
				k.do("KEYS", "t??").set("two")
				k.do("KEYS", "o[ab]e").set("oae", "obe")
				k.do("KEYS", "o[^a]e").set("one", "o*e", "obe", "o[e")
				k.do("KEYS", "o[a-c]e").set("oae", "obe")
				k.do("KEYS", `o\*e`).set("o*e")
				k.do("KEYS", `o\[e`).set("o[e")
				k.do("KEYS", ":1:*").set(":1:a")
			})},
		{ID: "SERVER-KEY-002", Says: "A whole SCAN MUST return every key that is there throughout.",
			Why: "J iter_keys and delete_pattern", Check: check(func(k *kit) {
				want := k.fill(300)
				got := k.scan(nil, "COUNT", "10")
				missed(k, want, got)
			})},
		{ID: "SERVER-KEY-003", Says: "SCAN MATCH MUST return the keys that match and no others.",
			Why: "J iter_keys", Check: check(func(k *kit) {
				k.fill(50)
				k.do("MSET", ":1:a", "", ":1:b", "", ":2:a", "").is("OK")
				got := k.scan(nil, "MATCH", ":1:*", "COUNT", "7")
				slices.Sort(got)
				if got = slices.Compact(got); !slices.Equal(got, []string{":1:a", ":1:b"}) {
					k.Errorf("SCAN MATCH :1:* returned %q, want the two keys", got)
				}
			})},
		{ID: "SERVER-KEY-004", Says: "A SCAN during which other keys are deleted MUST still return every key that stays.",
			Why: "J delete_pattern deletes while it scans", Check: check(func(k *kit) {
				want := k.fill(300)
				for i := range 300 {
					k.quietly("SET", fmt.Sprintf("doomed:%d", i), "")
				}
				page := 0
				got := k.scan(func() {
					k.quietly("DEL", fmt.Sprintf("doomed:%d", page), fmt.Sprintf("doomed:%d", 299-page))
					page++
				}, "COUNT", "10")
				missed(k, want, got)
			})},
		{ID: "SERVER-KEY-005", Says: "SCAN MUST honour COUNT: a page does not hold the whole of a large database.",
			Why: "a page of a million keys stops the server", Check: check(func(k *kit) {
				k.fill(300)
				o := k.do("SCAN", "0", "COUNT", "10").ok()
				page, _ := o.value.([]any)
				if len(page) != 2 || page[0] == "0" {
					k.Errorf("SCAN 0 COUNT 10 of 300 keys ended at once: %s, want a cursor to go on", show(o.value))
				}
			})},
		{ID: "SERVER-KEY-006", Says: "TYPE MUST name the type of a key, and none of a missing one.",
			Why: "monitors and inspectors", Check: check(func(k *kit) {
				k.do("SET", "a", "").is("OK")
				k.do("RPUSH", "l", "x").is(1)
				k.do("SADD", "s", "x").is(1)
				k.do("ZADD", "z", "1", "x").is(1)
				k.do("HSET", "h", "f", "v").is(1)
				for key, kind := range map[string]string{"a": "string", "l": "list", "s": "set", "z": "zset", "h": "hash", "x": "none"} {
					k.do("TYPE", key).is(kind)
				}
			})},
		{ID: "SERVER-KEY-007", Says: "DBSIZE MUST count the keys of its database.",
			Why: "stats", Check: check(func(k *kit) {
				k.do("DBSIZE").is(0)
				k.do("MSET", "a", "", "b", "").is("OK")
				k.do("DBSIZE").is(2)
			})},
		{ID: "SERVER-KEY-008", Says: "FLUSHDB MUST empty its database, at once for every connection, ASYNC or not.",
			Why: "R J clear", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				for _, args := range [][]string{{"FLUSHDB"}, {"FLUSHDB", "ASYNC"}} {
					k.do("MSET", "a", "", "b", "").is("OK")
					k.do(args...).is("OK")
					b.do("EXISTS", "a", "b").is(0)
				}
			})},
		{ID: "SERVER-KEY-009", Needs: needs{databases}, Says: "FLUSHDB MUST leave every other database alone.",
			Why: "clear of a cache beside a broker", Check: check(func(k *kit) {
				b := k.another("b")
				defer b.close()
				k.do("SET", "mine", "v").is("OK")
				b.do("SELECT", "1").is("OK")
				if size := b.do("DBSIZE").text(); size != "0" {
					k.Unproven("database 1 is in use")
				}
				b.do("FLUSHDB").is("OK")
				k.do("GET", "mine").is("v")
			})},
	}
}

// fill writes n keys and returns them.
func (k *kit) fill(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("key:%d", i)
		k.quietly("SET", keys[i], "v")
	}
	k.Call("SET of %d keys", n)
	return keys
}

// scan walks the database; between runs between two pages.
func (k *kit) scan(between func(), opts ...string) []string {
	k.Helper()
	var keys []string
	cursor := "0"
	for range 10_000 {
		o := k.do(append([]string{"SCAN", cursor}, opts...)...).ok()
		page, _ := o.value.([]any)
		if len(page) != 2 {
			o.want("a cursor and a page")
			return keys
		}
		found, _ := page[1].([]any)
		for _, key := range found {
			keys = append(keys, fmt.Sprint(key))
		}
		if cursor = fmt.Sprint(page[0]); cursor == "0" {
			return keys
		}
		if between != nil {
			between()
		}
	}
	k.Errorf("SCAN did not come to its end in 10,000 pages")
	return keys
}

func missed(k *kit, want, got []string) {
	for _, key := range want {
		if !slices.Contains(got, key) {
			k.Helper()
			k.Errorf("SCAN never returned %q, want every key that is there throughout", key)
			return
		}
	}
}
