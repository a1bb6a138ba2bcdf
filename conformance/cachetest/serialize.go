package cachetest

import (
	"strings"
	"time"
)

// The names that a configuration uses.
const (
	pickle  = "pickle"
	json    = "json"
	msgpack = "msgpack"
)

func serializeRows() []row {
	return []row{
		{ID: "CACHE-SER-001", Needs: needs{aliases, Serializers}, Says: "Every serializer MUST return plain values as they were.",
			Why: "B/test_backend runs under each serializer", Check: check(func(k *kit) {
				for _, name := range []string{pickle, json, msgpack} {
					roundTrip(k.open(name, Alias{Serializer: name}), nil, true, false, 0, -7, 1<<40, 2.0, 0.1, "", "v", "Iñtërnâtiônàlizætiøn 🔑\u2028<&>", "123",
						[]any{}, []any{nil, true, 1, "x", []any{2.5}}, map[string]any{}, map[string]any{"a": map[string]any{"b": []any{1}}})
				}
			})},
		{ID: "CACHE-SER-002", Needs: needs{aliases, Serializers, counting}, Says: "Integers MUST be shared by aliases of different serializers and compressors.",
			Why: "integers bypass both: R J", Check: check(func(k *kit) {
				k.open(json, Alias{Serializer: json}).set("n", 41, Default())
				k.open(msgpack, Alias{Serializer: msgpack, Compressor: "zlib"}).incr("n", 1).is(42)
				k.open(pickle, Alias{Serializer: pickle}).get("n").is(42)
			})},
		{ID: "CACHE-SER-003", Needs: needs{aliases, Serializers}, Says: "A value of another serializer MUST fail as undecodable, and is no miss.",
			Why: "django-redis issues 308, 485", Check: check(func(k *kit) {
				k.open(pickle, Alias{Serializer: pickle}).set("a", []any{"v", 1.5}, Default())
				k.open(json, Alias{Serializer: json}).get("a").fails(ErrDeserialize)
			})},
		{ID: "CACHE-SER-004", Needs: needs{aliases, Serializers}, Says: "An entry that one alias cannot decode MUST stay for others.",
			Why: "a wrong setting must not lose data", Check: check(func(k *kit) {
				one, two := k.open(pickle, Alias{Serializer: pickle}), k.open(json, Alias{Serializer: json})
				one.set("a", "v", Default())
				two.get("a").fails(ErrDeserialize)
				one.get("a").is("v")
			})},
		{ID: "CACHE-SER-005", Needs: needs{aliases, Serializers, many}, Says: "A get_many MUST fail if one value cannot be decoded.",
			Why: "J: no partial result", Check: check(func(k *kit) {
				one, two := k.open(pickle, Alias{Serializer: pickle}), k.open(json, Alias{Serializer: json})
				two.set("a", "v", Default())
				one.set("b", "w", Default())
				two.getMany("a", "b").fails(ErrDeserialize)
				two.getMany("a").is(map[string]any{"a": "v"})
			})},
		{ID: "CACHE-SER-006", Needs: needs{aliases, Serializers, looking, touching}, Says: "An entry that cannot be decoded MUST still be seen, touched and deleted.",
			Why: "EXISTS, PEXPIRE and DEL read no value", Check: check(func(k *kit) {
				k.open(pickle, Alias{Serializer: pickle}).set("a", "v", Default())
				other := k.open(json, Alias{Serializer: json})
				other.has("a").is(true)
				other.touch("a", Forever()).is(true)
				other.del("a").is(true)
			})},
		{ID: "CACHE-SER-007", Needs: needs{aliases, Serializers}, Says: "JSON MUST refuse bytes, which it cannot tell from text.",
			Why: "J's JSONSerializer", Check: check(func(k *kit) {
				j := k.open(json, Alias{Serializer: json})
				j.try("a", []byte("raw"), Default()).fails(ErrSerialize)
				j.try("a", []any{[]byte("raw")}, Default()).fails(ErrSerialize)
				j.get("a").none()
			})},
		{ID: "CACHE-SER-008", Needs: needs{aliases, Serializers}, Says: "Pickle and MessagePack MUST keep bytes and text apart.",
			Why: "str and bin types", Check: check(func(k *kit) {
				for _, name := range []string{pickle, msgpack} {
					roundTrip(k.open(name, Alias{Serializer: name}), []byte{}, "", []byte("text"), "text", []any{[]byte{0, 255}, "x"}, strings.Repeat("x", 300), []byte(strings.Repeat("x", 300)))
				}
			})},
		{ID: "CACHE-SER-009", Needs: needs{aliases, Serializers}, Says: "Every version of pickle MUST be read, whichever the alias writes.",
			Why: "R writes 5, J 4: each reads the other", Check: check(func(k *kit) {
				value := map[string]any{"a": []any{int64(1), 1.5, "x", nil, true, int64(300)}}
				for _, protocol := range []int{2, 3, 4, 5} {
					k.open("writer", Alias{Serializer: pickle, PickleVersion: protocol}).set("a", value, Default())
					k.open("reader", Alias{Serializer: pickle}).get("a").is(value)
				}
			})},
		{ID: "CACHE-SER-010", Needs: needs{aliases, Serializers}, Says: "An unknown serializer or compressor MUST be refused when the alias is opened.",
			Why: "an error at start, not at the first read", Check: check(func(k *kit) {
				for _, bad := range []Alias{{Serializer: "yaml"}, {Compressor: "rar"}} {
					_, err := k.c.(Opener).Open(k.ctx, bad)
					k.did("Open", shownAlias(bad)).got(nil, err).fails()
				}
			})},
		{ID: "CACHE-SER-011", Needs: needs{aliases, Serializers}, Says: "Every compressor MUST return short and long values as they were.",
			Why: "django-redis: tests per compressor", Check: check(func(k *kit) {
				for _, name := range compressors() {
					c := k.open(name, Alias{Compressor: name})
					roundTrip(c, "", "v", nil, 7, strings.Repeat("x", 15), strings.Repeat("redkit ", 2000), []any{strings.Repeat("y", 200)})
				}
			})},
		{ID: "CACHE-SER-012", Needs: needs{aliases, Serializers}, Says: "A compressing alias MUST read what was written without compression.",
			Why: "J ignores what it cannot decompress: compression can be turned on", Check: check(func(k *kit) {
				text := strings.Repeat("plain ", 100)
				k.open("plain", Alias{Serializer: pickle}).set("a", text, Default())
				for _, name := range compressors() {
					k.open(name, Alias{Serializer: pickle, Compressor: name}).get("a").is(text)
				}
			})},
		{ID: "CACHE-SER-013", Needs: needs{aliases, Serializers}, Says: "A compressed value MUST fail as undecodable where compression is off, and is no miss.",
			Why: "J: turning compression off makes old values undecodable", Check: check(func(k *kit) {
				for _, name := range compressors() {
					k.open(name, Alias{Serializer: json, Compressor: name}).set("a", strings.Repeat("x", 500), Default())
					k.open("plain", Alias{Serializer: json}).get("a").fails(ErrDeserialize)
				}
			})},
		{ID: "CACHE-SER-014", Needs: needs{aliases}, Denies: Serializers, Says: "A cache that does not claim serializers MUST refuse an alias that names one, or a compressor.",
			Why: "an alias that is read as if it had none mixes two formats in one store", Check: check(func(k *kit) {
				for _, name := range []string{pickle, json, msgpack} {
					k.openFails(Alias{Serializer: name})
				}
				for _, name := range compressors() {
					k.openFails(Alias{Compressor: name})
				}
			})},
		{ID: "CACHE-SER-015", Needs: needs{aliases, Serializers, sets}, Says: "A compressed member of a set MUST be the same member whenever it is written.",
			Why: "sets know members by their bytes; Python's gzip writes the time into them", Check: check(func(k *kit) {
				member := strings.Repeat("redis ", 50)
				for _, name := range compressors() {
					c := k.open(name, Alias{Serializer: pickle, Compressor: name})
					c.sadd("s-"+name, member).is(1)
				}
				k.Advance(2 * time.Second)
				for _, name := range compressors() {
					c := k.open(name, Alias{Serializer: pickle, Compressor: name})
					c.did("SIsMember", "s-"+name, member).got(c.c.(Sets).SIsMember(k.ctx, "s-"+name, member)).is(true)
					c.sadd("s-"+name, member).is(0)
					c.scard("s-" + name).is(1)
				}
			})},
	}
}

func compressors() []string { return []string{"zlib", "gzip", "lz4", "zstd", "lzma"} }
