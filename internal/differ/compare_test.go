package differ_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/internal/differ"
	"github.com/redkit-dev/redkit/internal/resp"
)

func value(t *testing.T, raw string) resp.Value {
	t.Helper()
	v, err := resp.NewReader(strings.NewReader(raw), resp.Limits{}).Value()
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	return v
}

func TestCompareFindsTheBestVerdict(t *testing.T) {
	t.Parallel()
	tests := []struct {
		server, fake string
		chance       bool
		want         differ.Verdict
	}{
		{"+OK\r\n", "+OK\r\n", false, differ.Exact},
		{"+OK\r\n", "$2\r\nOK\r\n", false, differ.Differs},
		{"*2\r\n:1\r\n:2\r\n", "*2\r\n:2\r\n:1\r\n", false, differ.Unordered},
		{"*2\r\n:1\r\n:2\r\n", "*2\r\n:2\r\n:2\r\n", false, differ.Approximate},
		{"*2\r\n:1\r\n:2\r\n", "*1\r\n:1\r\n", true, differ.Differs},
		{"%1\r\n+a\r\n:1\r\n", "*2\r\n+a\r\n:1\r\n", false, differ.Differs},
		{":10000\r\n", ":10090\r\n", false, differ.Approximate},
		{":10000\r\n", ":11000\r\n", false, differ.Differs},
		{"$1\r\na\r\n", "$1\r\nb\r\n", true, differ.Shape},
		{"$1\r\na\r\n", "$1\r\nb\r\n", false, differ.Differs},
		{"$1\r\na\r\n", ":1\r\n", true, differ.Differs},
		{"-ERR a\r\n", "-ERR b\r\n", false, differ.Wording},
		{"-ERR a\r\n", "-WRONGTYPE b\r\n", false, differ.Differs},
		{"-ERR a\r\n", "+OK\r\n", false, differ.Differs},
		{"-ERR unknown command 'X'\r\n", "+OK\r\n", false, differ.Absent},
		{"+OK\r\n", "-ERR the fake has no X: use another\r\n", false, differ.Refused},
		{"*-1\r\n", "$-1\r\n", false, differ.Differs},
	}
	for _, tt := range tests {
		if got := differ.Compare(value(t, tt.server), value(t, tt.fake), differ.Step{Chance: tt.chance}); got != tt.want {
			t.Errorf("Compare(%q, %q, %v) = %s, want %s", tt.server, tt.fake, tt.chance, got, tt.want)
		}
	}
}

func TestReadSaysWhereTheCorpusIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"GET a\n":             `x.txt:1: step "GET a" before the first == line`,
		"== c\nGET \"a\n":     "x.txt:2: Protocol error: unbalanced quotes in request",
		"== c\n@advance now":  `x.txt:2: time: invalid duration "now"`,
		"== c\n2: \nGET a\n":  `x.txt:2: step "" without a request`,
		"== c\n# c\n\nGET a":  "",
		"== c\n& BLPOP a 0\n": "",
	} {
		_, err := differ.Read(fstest.MapFS{"x.txt": {Data: []byte(text)}})
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("Read(%q) error = %q, want %q", text, got, want)
		}
	}
}

func TestMergeKeepsWhatThisRunCannotSee(t *testing.T) {
	t.Parallel()
	old := differ.Record{
		{ID: "a:1", Command: "GET", Verdicts: map[string]differ.Verdict{"Redis 6.0": differ.Exact, "Redis 7.0": differ.Exact}},
		{ID: "gone:1", Command: "GET", Verdicts: map[string]differ.Verdict{"Redis 6.0": differ.Exact}},
	}
	found := differ.Record{
		{ID: "a:1", Command: "GET", Verdicts: map[string]differ.Verdict{"Redis 7.0": differ.Differs}},
		{ID: "new:1", Command: "SET", Verdicts: map[string]differ.Verdict{"Redis 7.0": differ.Exact}},
	}
	got := differ.Merge(old, found, []string{"Redis 7.0"})
	want := differ.Record{
		{ID: "a:1", Command: "GET", Verdicts: map[string]differ.Verdict{"Redis 6.0": differ.Exact, "Redis 7.0": differ.Differs}},
		{ID: "new:1", Command: "SET", Verdicts: map[string]differ.Verdict{"Redis 7.0": differ.Exact}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Merge (-want +got):\n%s", diff)
	}
	again, err := differ.ReadRecord(got.String())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("a record read back (-want +got):\n%s", diff)
	}
}
