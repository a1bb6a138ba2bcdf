package resp_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/redkit-dev/redkit/internal/resp"
)

func TestValue(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want string // Value.String, or the error
	}{
		{"+OK\r\n", "OK"},
		{"-ERR no\r\n", "(error) ERR no"},
		{":-42\r\n", "-42"},
		{"$3\r\na\r\n\r\n", `"a\r\n"`},
		{"$-1\r\n", "(nil)"},
		{"*-1\r\n", "(nil)"},
		{"_\r\n", "(nil)"},
		{"*2\r\n:1\r\n*1\r\n$1\r\na\r\n", `[1 ["a"]]`},
		{"%1\r\n+k\r\n,1.5\r\n", "{k 1.5}"},
		{"~2\r\n#t\r\n#f\r\n", "~[t f]"},
		{">2\r\n+message\r\n(123456789012345678901234567890\r\n", ">[message 123456789012345678901234567890]"},
		{"=8\r\ntxt:abcd\r\n", `"txt:abcd"`},
		{"!5\r\nERR x\r\n", "(error) ERR x"},
		{"|1\r\n+ttl\r\n:3\r\n+OK\r\n", "OK"},
		{",inf\r\n", "inf"},
		{"*1\r\n", "unexpected EOF"},
		{"", "EOF"},
		{"?\r\n", "Protocol error: unknown type byte '?'"},
		{":x\r\n", "Protocol error: invalid ':' value \"x\""},
		{"$-2\r\n", "Protocol error: invalid bulk length"},
		{"$1\r\nabc", "Protocol error: bulk string not ended by a line end"},
		{"*99999999\r\n", "Protocol error: invalid multibulk length"},
		{strings.Repeat("*1\r\n", 50) + "+x\r\n", "Protocol error: aggregates nested deeper than 32"},
	}
	for _, tt := range tests {
		v, err := resp.NewReader(iotest.HalfReader(strings.NewReader(tt.in)), resp.Limits{}).Value()
		got := v.String()
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("Value(%.60q) = %s, want %s", tt.in, got, tt.want)
		}
		if err == nil && string(v.Raw) != tt.in {
			t.Errorf("Value(%q).Raw = %q, want the input", tt.in, v.Raw)
		}
	}
}

func TestValueKeepsTheAttribute(t *testing.T) {
	t.Parallel()
	v, err := resp.NewReader(strings.NewReader("|1\r\n+ttl\r\n:3\r\n+OK\r\n"), resp.Limits{}).Value()
	if err != nil || len(v.Attr) != 2 || v.Attr[1].Int64() != 3 || v.Str != "OK" {
		t.Errorf("Value = %+v, %v, want OK with the attribute ttl 3", v, err)
	}
}

func TestErrorCode(t *testing.T) {
	t.Parallel()
	v := resp.Value{Kind: resp.Error, Str: "WRONGTYPE Operation against"}
	if got := v.ErrorCode(); got != "WRONGTYPE" {
		t.Errorf("ErrorCode() = %q, want WRONGTYPE", got)
	}
	if got := (resp.Value{Kind: resp.Simple, Str: "OK"}).ErrorCode(); got != "" {
		t.Errorf("ErrorCode() of +OK = %q, want none", got)
	}
}

// write makes one reply of each kind.
func write(w *resp.Writer) {
	w.Array(14)
	w.OK()
	w.Error("ERR two\r\nlines")
	w.Int(-7)
	w.Bulk("a\r\nb")
	w.Bulks("x", "")
	w.Verbatim("txt", "text")
	w.Null()
	w.NullArray()
	w.Bool(true)
	w.Bool(false)
	w.Double(0.1)
	w.Map(1)
	w.Simple("k")
	w.Int(1)
	w.Set(1)
	w.Int(2)
	w.Push(1)
	w.Int(3)
}

func TestWriterIsReadBack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		resp3 bool
		want  string
	}{
		{false, `[OK (error) ERR two  lines -7 "a\r\nb" ["x" ""] "text" (nil) (nil) 1 0 "0.1" [k 1] [2] [3]]`},
		{true, `[OK (error) ERR two  lines -7 "a\r\nb" ["x" ""] "txt:text" (nil) (nil) t f 0.1 {k 1} ~[2] >[3]]`},
	}
	for _, tt := range tests {
		w := resp.Writer{RESP3: tt.resp3}
		write(&w)
		v, err := resp.NewReader(bytes.NewReader(w.Bytes()), resp.Limits{}).Value()
		if err != nil {
			t.Errorf("RESP3 %v: read back: %v", tt.resp3, err)
		}
		if diff := cmp.Diff(tt.want, v.String()); diff != "" {
			t.Errorf("RESP3 %v: read back (-want +got):\n%s", tt.resp3, diff)
		}
	}
}

func TestFormatDouble(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "-0"}, {3, "3"}, {-1.5, "-1.5"}, {0.1, "0.1"},
		{1e15, "1000000000000000"}, {1e17, "100000000000000000"}, {1.5e-7, "1.5e-7"}, {1e300, "1e+300"},
		{37895.568075680894, "3.7895568075680894e+4"}, {-8559454.751260001, "-8.559454751260001e+6"}, {1700000000.25, "1700000000.25"},
		{0.000003, "0.000003"}, {7.41e-5, "7.41e-5"}, {4.3299999999999995e-4, "4.3299999999999995e-4"}, {0.00125, "0.00125"},
		{1e18, "1000000000000000000"}, {1e19, "1e+19"}, {4.232343746784064e21, "4232343746784064000000"}, {731859899678414848, "731859899678414848"},
		{math.Inf(1), "inf"}, {math.Inf(-1), "-inf"},
	}
	for _, tt := range tests {
		if got := resp.FormatDouble(tt.in); got != tt.want {
			t.Errorf("FormatDouble(%v) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func FuzzValue(f *testing.F) {
	for _, s := range []string{"+OK\r\n", "*2\r\n$1\r\na\r\n_\r\n", "%1\r\n+a\r\n~0\r\n", "|1\r\n+a\r\n:1\r\n", "$-1\r\n", "=4\r\ntxt:\r\n"} {
		f.Add([]byte(s))
	}
	limits := resp.Limits{Bulk: 1 << 16, Elements: 1 << 10, Inline: 1 << 10}
	f.Fuzz(func(t *testing.T, in []byte) {
		r := resp.NewReader(bytes.NewReader(in), limits)
		var read []byte
		for {
			v, err := r.Value()
			if err != nil {
				if protocol := resp.ProtocolError(""); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, &protocol) {
					t.Fatalf("Value(%q) failed with %v, want an end or a protocol error", in, err)
				}
				break
			}
			read = append(read, v.Raw...)
		}
		if !bytes.HasPrefix(in, read) {
			t.Fatalf("the raw bytes %q are no prefix of the input %q", read, in)
		}
	})
}
