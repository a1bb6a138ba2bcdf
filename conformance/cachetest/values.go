package cachetest

import (
	"math"
	"math/big"
	"strings"
)

func valueRows() []row {
	return []row{
		{ID: "CACHE-VAL-001", Says: "Texts MUST come back as they were, empty, long and of any script.",
			Why: "T/test_data_types, test_unicode", Check: check(func(k *kit) {
				roundTrip(k, "", "v", "Iñtërnâtiônàlizætiøn", "🔑\u2028", "a\x00b", "line\nline", strings.Repeat("x", 100_000))
			})},
		{ID: "CACHE-VAL-002", Says: "A text that looks like something else MUST stay text.",
			Why: "B/test_save_string_number; J reads any raw digits as an integer", Check: check(func(k *kit) {
				roundTrip(k, "123", "-1", "0", "007", " 12 ", "1_000", "1.5", "true", "None", "null", "{}", "[1]", "N.", "(lp0\n.")
			})},
		{ID: "CACHE-VAL-003", Says: "Integers MUST come back as integers, zero and negative ones too.",
			Why: "B/test_save_integer", Check: check(func(k *kit) {
				roundTrip(k, 0, 1, -1, 255, 256, 65536, int64(math.MaxInt32)+1, int64(math.MaxInt64), int64(math.MinInt64))
			})},
		{ID: "CACHE-VAL-004", Needs: needs{bigs}, Says: "Integers beyond 64 bits MUST come back whole.",
			Why: "B/test_incr: 2^70", Check: check(func(k *kit) {
				huge := new(big.Int).Lsh(big.NewInt(1), 70)
				roundTrip(k, huge, new(big.Int).Neg(huge), new(big.Int).SetUint64(math.MaxUint64))
			})},
		{ID: "CACHE-VAL-005", Says: "True and false MUST come back as bools, not as 1 and 0.",
			Why: "B/test_get_set_bool", Check: check(func(k *kit) { roundTrip(k, true, false) })},
		{ID: "CACHE-VAL-006", Says: "Floats MUST come back as floats, whole ones too, to the last bit.",
			Why: "B/test_save_float: 2.0 is not 2", Check: check(func(k *kit) {
				roundTrip(k, 0.0, 2.0, -2.0, 0.1, 1e16, 1e-7, 1.7976931348623157e308, 5e-324, math.Pi)
			})},
		{ID: "CACHE-VAL-007", Needs: needs{AnyFloat}, Says: "NaN and the infinities MUST come back.",
			Why: "Python pickles and dumps them", Check: check(func(k *kit) {
				roundTrip(k, math.NaN(), math.Inf(1), math.Inf(-1))
			})},
		{ID: "CACHE-VAL-008", Denies: AnyFloat, Says: "A cache that does not claim NaN and the infinities MUST refuse them.",
			Why: "a claim too few hides CACHE-VAL-007", Check: check(func(k *kit) {
				k.try("a", math.NaN(), Default()).fails(ErrSerialize)
				k.try("a", math.Inf(1), Default()).fails(ErrSerialize)
				k.get("a").none()
			})},
		{ID: "CACHE-VAL-009", Needs: needs{Bytes}, Says: "Bytes MUST come back as bytes, never as text, whatever they hold.",
			Why: "T/test_binary_string", Check: check(func(k *kit) {
				every := make([]byte, 256)
				for i := range every {
					every[i] = byte(i)
				}
				roundTrip(k, []byte{}, []byte("text"), []byte{0}, every, []byte("123"))
			})},
		{ID: "CACHE-VAL-010", Denies: Bytes, Says: "A cache that does not claim bytes MUST refuse them.",
			Why: "J's JSON serializer; a claim too few hides CACHE-VAL-009", Check: check(func(k *kit) {
				k.try("a", []byte("raw"), Default()).fails(ErrSerialize)
				k.get("a").none()
			})},
		{ID: "CACHE-VAL-011", Says: "Lists and maps MUST come back with every element, empty and nested ones too.",
			Why: "T/test_data_types, B/test_save_dict", Check: check(func(k *kit) {
				deep := any("end")
				for range 30 {
					deep = []any{deep, map[string]any{"k": int64(1)}}
				}
				roundTrip(k, []any{}, map[string]any{}, []any{nil, true, 1, 2.5, "x", []any{}},
					map[string]any{"": nil, "a": []any{1, "1"}, "ключ": map[string]any{"b": false}}, deep)
			})},
		{ID: "CACHE-VAL-012", Says: "A value of some MiB MUST come back whole.",
			Why: "T/test_data_types: 5 MiB", Check: check(func(k *kit) {
				k.set("a", strings.Repeat("redkit ", 2<<20/7), Default())
				k.get("a").is(strings.Repeat("redkit ", 2<<20/7))
			})},
		{ID: "CACHE-VAL-013", Needs: needs{many}, Says: "Values MUST come back alike from get and from get_many.",
			Why: "R J L agree", Check: check(func(k *kit) {
				values := map[string]any{"t": "123", "i": int64(7), "b": true, "f": 2.0, "n": nil, "l": []any{int64(1), "x"}}
				k.setMany(values, Default()).ok()
				k.getMany("t", "i", "b", "f", "n", "l").is(values)
				for key, v := range values {
					k.get(key).is(v)
				}
			})},
	}
}

// roundTrip sets and gets each value.
func roundTrip(k *kit, values ...any) {
	k.Helper()
	for _, v := range values {
		k.set("a", plain(v), Default())
		k.get("a").is(v)
	}
}
