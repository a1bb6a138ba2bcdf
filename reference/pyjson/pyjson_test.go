package pyjson_test

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/reference/pyjson"
)

func huge() *big.Int { return new(big.Int).Lsh(big.NewInt(1), 80) }

var equal = cmp.Options{
	cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 }),
	cmp.Comparer(func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }),
}

// texts are JSON texts as Python's json.dumps prints them.
func texts() map[string]any {
	return map[string]any{
		`null`: nil, `true`: true, `false`: false,
		`0`: int64(0), `-1`: int64(-1), `9223372036854775807`: int64(math.MaxInt64),
		`1208925819614629174706176`: huge(),
		`1.0`:                       1.0, `-0.0`: math.Copysign(0, -1), `0.1`: 0.1, `1e-05`: 1e-5, `0.0001`: 1e-4,
		`1e+16`: 1e16, `1234567890123456.0`: 1234567890123456.0, `5e-324`: 5e-324, `1.5e+300`: 1.5e300,
		`NaN`: math.NaN(), `Infinity`: math.Inf(1), `-Infinity`: math.Inf(-1),
		`""`: "", `"a/b\"\\\b\f\n\r\t\u0000\u001f"`: "a/b\"\\\b\f\n\r\t\x00\x1f", `"\u00e9\u20ac\ud83d\ude00"`: "é€😀",
		`"\ud800"`: "\xed\xa0\x80", `"\udc00\ud800x"`: "\xed\xb0\x80\xed\xa0\x80x", `"\u007f"`: "\x7f",
		`[]`: []any{}, `{}`: map[string]any{}, `[1, [2, "x"], {"a": null}]`: []any{int64(1), []any{int64(2), "x"}, map[string]any{"a": nil}},
		`{"a": 1, "b": [true, 2.5]}`: map[string]any{"a": int64(1), "b": []any{true, 2.5}},
	}
}

func TestPythonsTextRoundTrips(t *testing.T) {
	t.Parallel()
	for text, value := range texts() {
		got, err := pyjson.Decode([]byte(text))
		if err != nil {
			t.Errorf("Decode(%s): %v", text, err)
			continue
		}
		if diff := cmp.Diff(value, got, equal); diff != "" {
			t.Errorf("Decode(%s) (-want +got):\n%s", text, diff)
		}
		back, err := pyjson.Encode(got)
		if err != nil || string(back) != text {
			t.Errorf("Encode(Decode(%s)) = %s, %v, want it unchanged", text, back, err)
		}
	}
}

func TestEveryByteIsEscapedWhereverItStands(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		for at := range 20 {
			s := strings.Repeat("a", at) + string(rune(c)) + strings.Repeat("z", 20-at)
			out, err := pyjson.Append(nil, s)
			if err != nil {
				t.Fatalf("Append(%q) = %v", s, err)
			}
			if back, err := pyjson.Decode(out); back != s || err != nil {
				t.Fatalf("Append(%q) = %s, which reads %q, %v", s, out, back, err)
			}
			plain := c >= 0x20 && c < 0x7F && c != '"' && c != '\\'
			if got := string(out) == `"`+s+`"`; got != plain {
				t.Fatalf("Append(%q) = %s: unescaped is %v, want %v", s, out, got, plain)
			}
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, ` `, `{`, `[1,]`, `{"a":}`, `{a: 1}`, `01`, `-`, `1.`, `.5`, `1e`, `+1`, `nul`, `nan`, `"a`, "\"\n\"", `"\x"`, `"\u12"`,
		`1 2`, `[1] x`, "\"\xff\"", "\"\\n\xff\"", "\xef\xbb\xbf1", strings.Repeat("9", 4301), `'a'`,
	} {
		v, err := pyjson.Decode([]byte(text))
		var syntax *pyjson.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("Decode(%.40q) = %v, %v, want a *SyntaxError", text, v, err)
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 100_000)
	if _, err := pyjson.Decode([]byte(deep)); !errors.Is(err, pyjson.ErrDepth) {
		t.Errorf("Decode(100,000 brackets) = %v, want %v", err, pyjson.ErrDepth)
	}
	fits := strings.Repeat("[", pyjson.MaxDepth) + strings.Repeat("]", pyjson.MaxDepth)
	if _, err := pyjson.Decode([]byte(fits)); err != nil {
		t.Errorf("Decode(%d levels) = %v, want no error", pyjson.MaxDepth, err)
	}
	loop := []any{nil}
	loop[0] = loop
	if _, err := pyjson.Encode(loop); !errors.Is(err, pyjson.ErrDepth) {
		t.Errorf("Encode(a slice inside itself) = %v, want %v", err, pyjson.ErrDepth)
	}
}

func TestEncodeGoValues(t *testing.T) {
	t.Parallel()
	type point struct {
		X int     `json:"x"`
		Y float64 `json:"y,omitempty"`
	}
	tests := []struct {
		in   any
		want string
	}{
		{int8(-3), `-3`}, {uint64(math.MaxUint64), `18446744073709551615`}, {float32(0.1), `0.1`},
		{[]int{1, 2}, `[1, 2]`}, {map[string]int{"b": 1, "a": 2}, `{"a": 2, "b": 1}`}, {&point{X: 1, Y: .5}, `{"x": 1, "y": 0.5}`},
		{pyjson.Object{{"z", 1}, {"a", pyjson.Raw(`[NaN]`)}}, `{"z": 1, "a": [NaN]}`}, {[]byte("hi"), `"aGk="`}, {(*point)(nil), `null`},
		{[]string{"é"}, `["\u00e9"]`}, {map[int]string{1: "a"}, `{"1": "a"}`},
	}
	for _, tt := range tests {
		got, err := pyjson.Encode(tt.in)
		if err != nil || string(got) != tt.want {
			t.Errorf("Encode(%#v) = %s, %v, want %s", tt.in, got, err, tt.want)
		}
	}
	for _, bad := range []any{make(chan int), func() {}, "\xff", complex(1, 1)} {
		if got, err := pyjson.Encode(bad); err == nil {
			t.Errorf("Encode(%T) = %s, want an error", bad, got)
		}
	}
}

func TestPythonAgrees(t *testing.T) {
	t.Parallel()
	python := "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		if os.Getenv("REDISTEST_REQUIRE") == "1" {
			t.Fatalf("%v: install Python, or unset REDISTEST_REQUIRE", err)
		}
		t.Skipf("%v: install Python to compare with its json", err)
	}
	var in bytes.Buffer
	for text := range texts() {
		in.WriteString(text + "\n")
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", "import sys, json\nfor l in sys.stdin: print(json.dumps(json.loads(l.rstrip('\\n'))))")
	cmd.Stdin = bytes.NewReader(in.Bytes())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("python: %v\n%s", err, out)
	}
	if diff := cmp.Diff(in.String(), string(out)); diff != "" {
		t.Errorf("the table is not what Python prints (-table +python):\n%s", diff)
	}
}

func FuzzDecode(f *testing.F) {
	for text := range texts() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		v, err := pyjson.Decode(in)
		if err != nil {
			return
		}
		text, err := pyjson.Encode(v)
		if err != nil {
			t.Fatalf("Encode(Decode(%q)): %v", in, err)
		}
		again, err := pyjson.Decode(text)
		if diff := cmp.Diff(v, again, equal); err != nil || diff != "" {
			t.Fatalf("Decode(%q) and what was written from it differ: %v\n%s", in, err, diff)
		}
	})
}
