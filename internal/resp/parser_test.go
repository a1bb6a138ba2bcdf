package resp_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/redkit-dev/redkit/internal/resp"
)

// commands reads all requests of the input and the error that ended it, nil
// for a clean end.
func commands(r io.Reader, limits resp.Limits) ([][]string, []byte, error) {
	var (
		all [][]string
		raw []byte
		rd  = resp.NewReader(r, limits)
	)
	for {
		cmd, err := rd.Command()
		if errors.Is(err, io.EOF) {
			return all, raw, nil
		}
		if err != nil {
			return all, raw, err
		}
		all, raw = append(all, cmd.Args), append(raw, cmd.Raw...)
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     [][]string
		err      string
	}{
		{"array", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", [][]string{{"GET", "k"}}, ""},
		{"binary and empty strings", "*2\r\n$2\r\n\r\n\r\n$0\r\n\r\n", [][]string{{"\r\n", ""}}, ""},
		{"pipeline", "PING\r\n*1\r\n$4\r\nPING\r\nPING\n", [][]string{{"PING"}, {"PING"}, {"PING"}}, ""},
		{"no name", "*0\r\n*-1\r\n\r\n  \r\nPING\r\n", [][]string{{"PING"}}, ""},
		{"inline quotes", `SET "a b\x41\n" 'c\'d\n' x"y"` + "\r\n", [][]string{{"SET", "a bA\n", `c'd\n`, "xy"}}, ""},
		{"unbalanced quotes", "GET \"a\r\n", nil, "Protocol error: unbalanced quotes in request"},
		{"quote closed inside an argument", "GET \"a\"b\r\n", nil, "Protocol error: unbalanced quotes in request"},
		{"count too large", "*1048577\r\n", nil, "Protocol error: invalid multibulk length"},
		{"count no number", "*x\r\n", nil, "Protocol error: invalid multibulk length"},
		{"not a bulk string", "*1\r\n:1\r\n", nil, "Protocol error: expected '$', got ':'"},
		{"negative bulk length", "*1\r\n$-1\r\n", nil, "Protocol error: invalid bulk length"},
		{"bulk too large", "*1\r\n$536870913\r\n", nil, "Protocol error: invalid bulk length"},
		{"endless line", strings.Repeat("a", 70_000), nil, "Protocol error: too big inline request"},
		{"cut short", "*2\r\n$3\r\nGET\r\n", nil, "unexpected EOF"},
		{"good before bad", "PING\r\n*x\r\n", [][]string{{"PING"}}, "Protocol error: invalid multibulk length"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for way, r := range map[string]io.Reader{
				"whole":     strings.NewReader(tt.in),
				"byte-wise": iotest.OneByteReader(strings.NewReader(tt.in)),
			} {
				got, _, err := commands(r, resp.Limits{})
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%s: commands(%.80q) (-want +got):\n%s", way, tt.in, diff)
				}
				if text := errText(err); text != tt.err {
					t.Errorf("%s: commands(%.80q) error = %q, want %q", way, tt.in, text, tt.err)
				}
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestParserGoesOnFailing(t *testing.T) {
	t.Parallel()
	var p resp.Parser
	p.Feed([]byte("*x\r\nPING\r\n"))
	for range 2 {
		if _, ok, err := p.Next(); ok || err == nil {
			t.Errorf("Next() after a protocol error = %v, %v, want the error again", ok, err)
		}
	}
}

func FuzzCommand(f *testing.F) {
	for _, s := range []string{"*1\r\n$4\r\nPING\r\n", "*0\r\n*-1\r\n", "SET 'a' \"b\\x00\"\r\n", "*2\r\n$1\r\na\r\n$-1\r\n", "*-2147483648\r\n", "$5\r\n"} {
		f.Add([]byte(s))
	}
	limits := resp.Limits{Bulk: 1 << 16, Elements: 1 << 10, Inline: 1 << 10}
	f.Fuzz(func(t *testing.T, in []byte) {
		whole, raw, err := commands(bytes.NewReader(in), limits)
		pieces, _, err2 := commands(iotest.OneByteReader(bytes.NewReader(in)), limits)
		if diff := cmp.Diff(whole, pieces); diff != "" || errText(err) != errText(err2) {
			t.Fatalf("the pieces of %q parse differently (-whole +pieces): %v, %v\n%s", in, err, err2, diff)
		}
		again, _, err3 := commands(bytes.NewReader(raw), limits)
		if diff := cmp.Diff(whole, again); diff != "" || err3 != nil {
			t.Fatalf("the raw bytes %q of %q parse differently (-first +again): %v\n%s", raw, in, err3, diff)
		}
	})
}
