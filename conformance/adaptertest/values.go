package adaptertest

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

func valueRows() []row {
	return []row{
		{
			ID:    "ADAPTER-VAL-001",
			Says:  "Null, true and false MUST come back as they are.",
			Why:   "P: Values. A stored null is a value, and no miss",
			Check: echoes(`null`, `true`, `false`),
		},
		{
			ID:    "ADAPTER-VAL-002",
			Says:  "Text MUST come back as it is, whatever its letters.",
			Why:   "P: Values",
			Check: echoes(`""`, `"plain"`, `"5"`, `"Zażółć 漢字 😀"`, `"\"quoted\" \\ back"`, `"{\"int\": \"1\"}"`),
		},
		{
			ID:    "ADAPTER-VAL-003",
			Says:  "Text that holds line ends and other control characters MUST come back within one line.",
			Why:   "P: Lines. A line ends with a line feed and nothing else",
			Check: echoes(`"two\nlines"`, `"\r\n\t\u0000\u001f"`, `"\u2028\u2029\u0085"`),
		},
		{
			ID:    "ADAPTER-VAL-004",
			Says:  "Integers MUST come back as integers, digit by digit, beyond 64 bits too.",
			Why:   "P: Values. A JSON number loses them beyond 53 bits",
			Check: echoes(`{"int": "0"}`, `{"int": "-1"}`, `{"int": "9007199254740993"}`, `{"int": "-9223372036854775808"}`, `{"int": "340282366920938463463374607431768211456"}`),
		},
		{
			ID:    "ADAPTER-VAL-005",
			Says:  "Floats MUST come back as floats of the same value, the infinities and nan among them.",
			Why:   "P: Values. 1.0 is no integer, and JSON has no infinity",
			Check: echoes(`{"float": "1.0"}`, `{"float": "0.1"}`, `{"float": "-2.5e-07"}`, `{"float": "1.7976931348623157e+308"}`, `{"float": "inf"}`, `{"float": "-inf"}`, `{"float": "nan"}`),
		},
		{
			ID:    "ADAPTER-VAL-006",
			Says:  "Bytes MUST come back as bytes.",
			Why:   "P: Values. Bytes are no text, even where they could be",
			Check: echoes(`{"bytes": ""}`, `{"bytes": "00ff80"}`, `{"bytes": "706c61696e"}`),
		},
		{
			ID:    "ADAPTER-VAL-007",
			Says:  "Arrays MUST come back with their elements, in order.",
			Why:   "P: Values",
			Check: echoes(`[]`, `[{"int": "3"}, {"int": "1"}, {"int": "2"}]`, `[null, [true, ["deep"]]]`),
		},
		{
			ID:    "ADAPTER-VAL-008",
			Says:  "Dicts MUST come back with their pairs, whose keys may be any text.",
			Why:   "P: Values. A dict as a JSON object could not be told from a value that names its type",
			Check: echoes(`{"dict": []}`, `{"dict": [["a", {"int": "1"}], ["b", {"dict": [["c", null]]}]]}`, `{"dict": [["int", "5"], ["", true], ["é\n", []]]}`),
		},
	}
}

// echoes wants each of these values back.
func echoes(values ...string) func(*probe, Adapter) {
	return check(func(k *kit) {
		for _, v := range values {
			if got := k.echo(v); !same(got, v) {
				k.Errorf("echo of %s = %s", v, brief(string(got)))
			}
		}
	})
}

// same reports whether two texts of JSON are the same value of the protocol.
func same(got json.RawMessage, want string) bool {
	g, gotOK := read(got)
	w, wantOK := read([]byte(want))
	return gotOK && wantOK && reflect.DeepEqual(g, w)
}

// read brings a value into a form in which equal ones are the same.
func read(text []byte) (any, bool) {
	var v any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // a bare number is none of the values
	err := dec.Decode(&v)
	return plain(v), err == nil
}

func plain(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for kind, x := range v {
			v[kind] = typed(kind, plain(x))
		}
	}
	return v
}

// typed is the value x of a kind that may be written in several ways.
func typed(kind string, x any) any {
	switch text, _ := x.(string); kind {
	case "float":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return x
		}
		return math.Float64bits(f) // nan is nan
	case "bytes":
		return strings.ToLower(text)
	case "dict": // whose order is of no account
		pairs, _ := x.([]any)
		slices.SortFunc(pairs, func(a, b any) int { return strings.Compare(key(a), key(b)) })
	}
	return x
}

func key(pair any) string {
	if p, _ := pair.([]any); len(p) > 0 {
		text, _ := p[0].(string)
		return text
	}
	return ""
}
