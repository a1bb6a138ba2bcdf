package cachetest

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
)

func wireRows() []row {
	return []row{
		{ID: "CACHE-WIR-001", Profile: "wire", Needs: needs{inspecting}, Says: "An entry MUST be kept under prefix:version:key, and nothing be kept beside it.",
			Why: "T/test_prefix: :1:a", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.set("ключ", 1, Default())
				k.storedKeys().set(":1:a", ":1:ключ")
			})},
		{ID: "CACHE-WIR-002", Profile: "wire", Needs: needs{inspecting, aliases}, Says: "The prefix and the version of an alias MUST be in the stored key.",
			Why: "T/test_prefix", Check: check(func(k *kit) {
				k.open("app", Alias{Prefix: "app", Version: "2"}).set("a:b", "v", Default())
				k.storedKeys().set("app:2:a:b")
			})},
		{ID: "CACHE-WIR-003", Profile: "wire", Needs: needs{inspecting}, Says: "An integer MUST be stored as decimal digits, whatever its size.",
			Why: "T/RedisCacheTests.test_serializer_dumps", Check: check(func(k *kit) {
				huge := new(big.Int).Lsh(big.NewInt(1), 70)
				for want, v := range map[string]any{"42": 42, "-1": -1, "0": 0, huge.String(): huge} {
					k.set("n", plain(v), Default())
					k.raw(":1:n").is([]byte(want))
				}
			})},
		{ID: "CACHE-WIR-004", Profile: "wire", Needs: needs{inspecting}, Says: "Other values MUST be stored as pickle of protocol 4, byte for byte.",
			Why: "pickle.dumps(value, 4): J", Check: check(func(k *kit) {
				pickled(k, k, map[string]any{
					"80044e2e": nil, "8004882e": true, "8004892e": false,
					"80049505000000000000008c0176942e":           "v",
					"8004950a00000000000000473ff80000000000002e": 1.5,
					"8004950500000000000000430176942e":           []byte("v"),
					"80045d942e":                                 []any{}, "80047d942e": map[string]any{},
					"80049509000000000000005d94284b014b02652e": []any{1, 2},
				})
			})},
		{ID: "CACHE-WIR-005", Profile: "wire", Needs: needs{inspecting, aliases, Serializers}, Says: "An alias MUST write the pickle protocol that it names.",
			Why: "django-redis: PICKLE_VERSION", Check: check(func(k *kit) {
				for protocol, head := range map[int]string{2: "8002", 3: "8003", 4: "8004", 5: "8005"} {
					k.open("other", Alias{Serializer: pickle, PickleVersion: protocol}).set("a", true, Default())
					want, _ := hex.DecodeString(head + "882e")
					k.raw(":1:a").is(want)
				}
			})},
		{ID: "CACHE-WIR-006", Profile: "wire", Needs: needs{inspecting}, Says: "What Python pickled MUST be read.",
			Why: "interop: pickle.dumps of a dict, protocols 4 and 5", Check: check(func(k *kit) {
				for _, dumped := range []string{
					"80049526000000000000007d94288c0161944b018c0162945d9428473ff80000000000004e88658c01639443017894752e",
					"80059526000000000000007d94288c0161944b018c0162945d9428473ff80000000000004e88658c01639443017894752e",
				} {
					raw, _ := hex.DecodeString(dumped)
					k.storeRaw(":1:a", raw)
					k.get("a").is(map[string]any{"a": 1, "b": []any{1.5, nil, true}, "c": []byte("x")})
				}
			})},
		{ID: "CACHE-WIR-007", Profile: "wire", Needs: needs{inspecting, aliases, Serializers}, Says: "JSON MUST be written as Python's json.dumps does.",
			Why: "set members are compared by their bytes", Check: check(func(k *kit) {
				j := k.open(json, Alias{Serializer: json})
				for want, v := range map[string]any{
					`null`: nil, `true`: true, `1.0`: 1.0, `1e+16`: 1e16, `1e-07`: 1e-7, `0.1`: 0.1, `[]`: []any{},
					`{"a": [1, "x", null]}`: map[string]any{"a": []any{1, "x", nil}}, `"\u00e9<&>\u2028\ud83d\udd11"`: "é<&>\u2028🔑",
				} {
					j.set("a", v, Default())
					k.raw(":1:a").is([]byte(want))
				}
			})},
		{ID: "CACHE-WIR-008", Profile: "wire", Needs: needs{inspecting, aliases, Serializers}, Says: "MessagePack MUST be written in its smallest form, with bytes and text apart.",
			Why: "msgpack.dumps: J", Check: check(func(k *kit) {
				m := k.open(msgpack, Alias{Serializer: msgpack})
				pickled(k, m, map[string]any{
					"c0": nil, "c3": true, "a161": "a", "c40161": []byte("a"), "cb3ff8000000000000": 1.5,
					"9401ccc8cd012cff": []any{1, 200, 300, -1}, "81a16101": map[string]any{"a": 1}, "d920" + strings.Repeat("78", 32): strings.Repeat("x", 32),
				})
			})},
		{ID: "CACHE-WIR-009", Profile: "wire", Needs: needs{inspecting, aliases, Serializers}, Says: "A compressor MUST be applied to what is longer than its threshold, and to nothing shorter.",
			Why: "django-redis: compressors, 15 bytes, lzma 100", Check: check(func(k *kit) {
				magic := map[string]string{"zlib": "789c", "gzip": "1f8b", "lz4": "04224d18", "zstd": "28b52ffd", "lzma": "fd377a585a00"}
				for _, name := range compressors() {
					c := k.open(name, Alias{Serializer: json, Compressor: name})
					head, _ := hex.DecodeString(magic[name])
					c.set("long", strings.Repeat("x", 500), Default())
					if got := k.raw(":1:long"); got.err != nil || !bytes.HasPrefix(got.value.([]byte), head) {
						got.want("%s data, which begin with %s", name, show(head))
					}
					c.set("short", "0123456789abc", Default()) // 15 bytes with the quotes
					k.raw(":1:short").is([]byte(`"0123456789abc"`))
				}
			})},
		{ID: "CACHE-WIR-010", Profile: "wire", Needs: needs{inspecting}, Says: "Raw digits that others stored MUST be read as an integer, and counted on.",
			Why: "R J read and write raw digits", Check: check(func(k *kit) {
				k.storeRaw(":1:n", []byte("41"))
				k.get("n").is(41)
				if c, ok := k.c.(Counter); ok {
					k.did("Incr", "n", 1).got(c.Incr(k.ctx, "n", 1)).is(42)
					k.raw(":1:n").is([]byte("42"))
				}
			})},
		{ID: "CACHE-WIR-011", Profile: "wire", Needs: needs{inspecting}, Says: "Bytes that nobody can decode MUST fail as undecodable, and are no miss.",
			Why: "R J: a decode error is never swallowed", Check: check(func(k *kit) {
				for _, raw := range []string{"", "hello", "\x80\x04", "\x80\x04]", "\x80\x04cos\nsystem\n", "- 5", "1 2"} {
					k.storeRaw(":1:a", []byte(raw))
					k.get("a").fails(ErrDeserialize)
				}
			})},
		{ID: "CACHE-WIR-012", Profile: "wire", Needs: needs{inspecting}, Says: "An entry MUST carry its expiry in the store, to the millisecond, or none.",
			Why: "SET … PX: J", Check: check(func(k *kit) {
				k.set("f", "v", Forever())
				if e := k.stored(":1:f"); e.Left != Forever() {
					k.Errorf("Set(f, forever) left %v in the store, want no expiry", e.Left)
				}
				const d = 10_500 * time.Millisecond
				k.set("a", "v", For(d))
				if e := k.stored(":1:a"); e.Left.Kind != Lasting || e.Left.D > d || e.Left.D < d-10*time.Second || e.Left.D%time.Second == 0 && k.Still() {
					k.Errorf("Set(a, %v) left %v in the store", d, e.Left)
				}
			})},
		{ID: "CACHE-WIR-013", Profile: "wire", Needs: needs{inspecting, sets, hashes, sorteds}, Says: "Sets, hashes and sorted sets MUST be kept under the normal key: members and values encoded, fields as they are.",
			Why: "J 7; J 6 prefixed the fields of hashes instead", Check: check(func(k *kit) {
				k.sadd("s", 1, true).is(2)
				k.hset("h", map[string]any{"f": true}).is(1)
				k.zadd("z", ZFlags{}, Scored{true, 1.5}).is(1)
				k.kept(":1:s", "set", map[string]string{"1": "", "\x80\x04\x88.": ""})
				k.kept(":1:h", "hash", map[string]string{"f": "\x80\x04\x88."})
				k.kept(":1:z", "zset", map[string]string{"\x80\x04\x88.": "1.5"})
			})},
		{ID: "CACHE-WIR-014", Profile: "wire", Needs: needs{inspecting, locking}, Says: "A lock MUST be kept as a token of 32 hexadecimal digits under the normal key.",
			Why: "redis-py: Lock", Check: check(func(k *kit) {
				k.lock("l", quick(k)).acquire().is(true)
				token := k.raw(":1:l")
				if got, _ := token.value.([]byte); !regexp.MustCompile(`^[0-9a-f]{32}$`).Match(got) {
					token.want("32 hexadecimal digits")
				}
			})},
		{ID: "CACHE-WIR-015", Profile: "wire", Needs: needs{inspecting, clearingPrefix}, Says: "A clear of the prefix MUST leave what is not the cache's: queues, bindings and keys of others.",
			Why: "Celery's keys in the same database", Check: check(func(k *kit) {
				foreign := []any{"celery", "_kombu.binding.celery", "unacked", "celery-task-meta-1", "x"}
				for _, key := range foreign {
					k.storeRaw(key.(string), []byte("theirs"))
				}
				k.set("a", "v", Default())
				k.clearPrefix().is(1)
				k.storedKeys().set(foreign...)
			})},
		{ID: "CACHE-WIR-016", Profile: "wire", Needs: needs{inspecting, scanning}, Says: "A stored key that is no valid text MUST NOT keep others from being listed.",
			Why: "J: UnicodeDecodeError in keys()", Check: check(func(k *kit) {
				k.set("a", "v", Default())
				k.storeRaw(":1:\xff\xfe", []byte("1"))
				if got, _ := k.keys("*").ok().value.([]string); !slices.Contains(got, "a") {
					k.Errorf("Keys(*) = %s, want it to list %q", show(got), "a")
				}
			})},
	}
}

// pickled sets values through c and compares their stored bytes, in hex.
func pickled(k, c *kit, values map[string]any) {
	k.Helper()
	for want, v := range values {
		raw, err := hex.DecodeString(want)
		if err != nil {
			k.Fatalf("the check is wrong: %v", err)
		}
		c.set("a", v, Default())
		k.raw(":1:a").is(raw)
	}
}

func (k *kit) stored(key string) Entry {
	e, err := k.c.(Inspector).Stored(k.ctx, key)
	if err != nil {
		k.Helper()
		k.Fatalf("look at the store: %v", err)
	}
	return e
}

// raw is the bytes kept under a stored key.
func (k *kit) raw(key string) outcome {
	return k.did("Stored", key).got(k.stored(key).Bytes, nil)
}

// kept compares a stored collection.
func (k *kit) kept(key, kind string, fields map[string]string) {
	k.Helper()
	e := k.stored(key)
	same := e.Kind == kind && len(e.Fields) == len(fields)
	for f, want := range fields {
		got, found := e.Fields[f]
		same = same && found && string(got) == want
	}
	if !same {
		k.Errorf("Stored(%q) = %s %q, want %s %q", key, e.Kind, e.Fields, kind, fields)
	}
}

func (k *kit) storeRaw(key string, raw []byte) {
	k.Call("StoreRaw(%q, %s)", key, show(raw))
	if err := k.c.(Inspector).StoreRaw(k.ctx, key, raw); err != nil {
		k.Helper()
		k.Fatalf("write to the store: %v", err)
	}
}

func (k *kit) storedKeys() outcome {
	return k.did("StoredKeys").got(k.c.(Inspector).StoredKeys(k.ctx))
}
