package cachetest

import (
	"context"
	"strings"
)

func keyRows() []row {
	return []row{
		{ID: "CACHE-KEY-001", Says: "Keys that differ by case MUST be different keys.",
			Why: "R J L; a SQL collation may fold them", Check: check(func(k *kit) { distinct(k, "key", "Key", "KEY") })},
		{ID: "CACHE-KEY-002", Says: "Keys that differ by Unicode normalization MUST be different keys.",
			Why: "a key is its bytes", Check: check(func(k *kit) { distinct(k, "caf\u00e9", "cafe\u0301", "cafe") })},
		{ID: "CACHE-KEY-003", Says: "The empty text MUST be a key like others.",
			Why: ":1: on the wire: R J L", Check: check(func(k *kit) {
				k.set("", "v", Default())
				k.get("").is("v")
				k.get("a").none()
				k.del("").is(true)
				k.get("").none()
			})},
		{ID: "CACHE-KEY-004", Needs: needs{adding, many}, Says: "Keys outside of ASCII MUST work in every call.",
			Why: "T/test_unicode, B/test_unicode_keys", Check: check(func(k *kit) {
				for _, key := range []string{"ключ", "Iñtërnâtiônàlizætiøn", "鍵", "🔑"} {
					k.set(key, "v", Default())
					k.get(key).is("v")
					k.add(key, "w", Default()).is(false)
					k.setMany(map[string]any{key: "x"}, Default()).ok()
					k.getMany(key).is(map[string]any{key: "x"})
					k.del(key).is(true)
				}
			})},
		{ID: "CACHE-KEY-005", Says: "Keys that hold separators and glob characters MUST be nothing but themselves.",
			Why: "hostile keys", Check: check(func(k *kit) {
				distinct(k, "a", "a:b", ":a", "a:", "*", "?", "[a]", "{a}", `\`, "%s", "1", ":1:a", "a*b", "axb")
			})},
		{ID: "CACHE-KEY-006", Needs: needs{AnyKey}, Says: "Keys with spaces, control characters, NUL and 64 KiB of text MUST work like others.",
			Why: "RESP is length-prefixed: R J", Check: check(func(k *kit) {
				long := strings.Repeat("k", 64<<10)
				distinct(k, "a b", "a\nb", "a\r\nb", "a\x00b", "a\tb", "\x7f", " ", long, long+"x")
			})},
		{ID: "CACHE-KEY-007", Denies: AnyKey, Says: "A cache that does not claim to take any key MUST refuse one with a control character.",
			Why: "memcached; a claim too few hides CACHE-KEY-006", Check: check(func(k *kit) {
				k.try("a\nb", "v", Default()).fails(ErrInvalid)
			})},
		{ID: "CACHE-KEY-008", Needs: needs{aliases}, Says: "Aliases of different prefixes on one store MUST hold independent entries.",
			Why: "T/test_prefix", Check: check(func(k *kit) {
				one, two := k.open("one", Alias{Prefix: "one"}), k.open("two", Alias{Prefix: "two"})
				one.set("a", 1, Default())
				two.get("a").none()
				two.set("a", 2, Default())
				one.get("a").is(1)
				k.get("a").none()
				two.del("a").is(true)
				one.get("a").is(1)
			})},
		{ID: "CACHE-KEY-009", Needs: needs{aliases}, Says: "A key function MUST decide alone where an entry is kept.",
			Why: "T/test_custom_key_func, O/test_custom_key_function", Check: check(func(k *kit) {
				upper := func(key, _, _ string) string { return "CUSTOM-" + strings.ToUpper(key) }
				one := k.open("one", Alias{KeyFunction: upper})
				two := k.open("two", Alias{KeyFunction: upper, Prefix: "p", Version: "2"})
				one.set("a", "v", Default())
				two.get("A").is("v")
				k.get("a").none()
			})},
		{ID: "CACHE-KEY-010", Needs: needs{aliases}, Says: "A key function MUST be given the key, the prefix and the version of the call.",
			Why: "Django, topics/cache: KEY_FUNCTION", Check: check(func(k *kit) {
				var got []string
				spy := func(key, prefix, version string) string {
					got = []string{key, prefix, version}
					return prefix + "-" + version + "-" + key
				}
				k.open("other", Alias{KeyFunction: spy, Prefix: "p", Version: "7"}).set("a", "v", Default())
				if want := []string{"a", "p", "7"}; !same(want, got) {
					k.Errorf("the key function was given %s, want %s", show(got), show(want))
				}
			})},
		{ID: "CACHE-KEY-011", Needs: needs{aliases}, Says: "A strict alias MUST refuse a stored key of more than 250 characters, prefix and version included.",
			Why: "T/test_invalid_key_length, test_invalid_with_version_key_length", Check: check(func(k *kit) {
				strict := k.open("strict", Alias{StrictKeys: true})
				strict.set(strings.Repeat("k", 247), "v", Default())
				strict.get(strings.Repeat("k", 247)).is("v")
				refused(strict, strings.Repeat("k", 248))
				k.open("long", Alias{StrictKeys: true, Prefix: "app"}).try(strings.Repeat("k", 247), "v", Default()).fails(ErrInvalid)
			})},
		{ID: "CACHE-KEY-012", Needs: needs{aliases}, Says: "A strict alias MUST count characters, not bytes.",
			Why: "Django counts len(key) of a text", Check: check(func(k *kit) {
				strict := k.open("strict", Alias{StrictKeys: true})
				strict.set(strings.Repeat("é", 247), "v", Default())
				strict.get(strings.Repeat("é", 247)).is("v")
				strict.try(strings.Repeat("é", 248), "v", Default()).fails(ErrInvalid)
			})},
		{ID: "CACHE-KEY-013", Needs: needs{aliases}, Says: "A strict alias MUST refuse a key with a space, a control character or DEL.",
			Why: "T/test_invalid_key_characters", Check: check(func(k *kit) {
				strict := k.open("strict", Alias{StrictKeys: true})
				for _, key := range []string{"key with spaces", "a\n", "\x00", "a\x7f", "\t"} {
					refused(strict, key)
				}
			})},
		{ID: "CACHE-KEY-014", Needs: needs{aliases, many}, Says: "A strict alias MUST store none of a batch in which one key is refused.",
			Why: "nothing is half done", Check: check(func(k *kit) {
				strict := k.open("strict", Alias{StrictKeys: true})
				strict.setMany(map[string]any{"a": 1, "b b": 2, "c": 3}, Default()).fails(ErrInvalid)
				strict.getMany("a", "c").is(map[string]any{})
				strict.getMany("a", "b b").fails(ErrInvalid)
			})},
	}
}

// distinct checks that no two of keys are the same entry.
func distinct(k *kit, keys ...string) {
	k.Helper()
	for i, key := range keys {
		k.set(key, i, Default())
	}
	for i, key := range keys {
		k.get(key).is(i)
	}
	k.del(keys[0]).is(true)
	k.get(keys[0]).none()
	for i, key := range keys[1:] {
		k.get(key).is(i + 1)
	}
}

// refused checks that every call a cache has refuses key.
func refused(k *kit, key string) {
	k.Helper()
	calls := []outcome{k.try(key, "v", Default()), k.get(key), k.del(key)}
	if k.Has(adding) {
		calls = append(calls, k.add(key, "v", Default()))
	}
	if k.Has(touching) {
		calls = append(calls, k.touch(key, Default()))
	}
	if k.Has(looking) {
		calls = append(calls, k.has(key))
	}
	if k.Has(counting) {
		calls = append(calls, k.incr(key, 1), k.decr(key, 1))
	}
	if k.Has(filling) {
		calls = append(calls, k.fillBy(key, func(context.Context) (any, error) { return "v", nil }, Default()))
	}
	for _, o := range calls {
		o.fails(ErrInvalid)
	}
}
