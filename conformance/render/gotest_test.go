package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/conformance/render"
)

// stream writes events as go test -json does.
func stream(t *testing.T, events ...map[string]string) string {
	t.Helper()
	var b strings.Builder
	for _, e := range events {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// one is the attribute that carries one result of the sample.
func one(t *testing.T, i int) string {
	t.Helper()
	report := sample().Reports[0]
	report.Results = report.Results[i : i+1]
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestFromTestCollectsResults(t *testing.T) {
	t.Parallel()
	in := "# a line of the build\n" + stream(t,
		map[string]string{"Action": "run", "Package": "x/box", "Test": "TestBox/TOY-BAS-001"},
		map[string]string{"Action": "attr", "Package": "x/box", "Test": "TestBox/TOY-BAS-001", "Key": "conformance", "Value": one(t, 0)},
		map[string]string{"Action": "run", "Package": "x/box", "Test": "TestBox/TOY-BAS-002"},
		map[string]string{"Action": "attr", "Package": "x/box", "Test": "TestBox/TOY-BAS-002", "Key": "other", "Value": "no matter"},
		map[string]string{"Action": "attr", "Package": "x/box", "Test": "TestBox/TOY-BAS-002", "Key": "conformance", "Value": one(t, 1)},
		map[string]string{"Action": "fail", "Package": "x/box"},
	)
	run, err := render.FromTest(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Problems) != 0 || len(run.Reports) != 1 || len(run.Reports[0].Results) != 2 {
		t.Fatalf("FromTest = %+v, want one report of two results and no problem", run)
	}
	if got, want := run.Reports[0].Headline(), "2 MUST: 1 pass, 1 fail"; got != want {
		t.Errorf("Headline() = %q, want %q", got, want)
	}
}

func TestFromTestNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"a requirement that never ended", stream(t,
			map[string]string{"Action": "run", "Package": "x/box", "Test": "TestBox/TOY-BAS-001"},
		), "x/box TestBox/TOY-BAS-001 began and has no result"},
		{"a package that did not build", stream(t,
			map[string]string{"Action": "build-output", "Output": "box.go:1: syntax error\n"},
			map[string]string{"Action": "output", "Package": "x/box", "Output": "FAIL x/box [build failed]\n"},
			map[string]string{"Action": "fail", "Package": "x/box"},
		), "x/box failed apart from its requirements"},
		{"nothing at all", "", "no requirement was judged"},
	}
	for _, tt := range tests {
		run, err := render.FromTest(strings.NewReader(tt.in))
		if err != nil {
			t.Fatalf("FromTest(%s) = %v", tt.name, err)
		}
		if err := run.Err(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("FromTest(%s).Err() = %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := render.FromTest(strings.NewReader(stream(t, map[string]string{"Action": "attr", "Key": "conformance", "Value": "{"}))); err == nil {
		t.Error("FromTest(a broken attribute) = nil, want an error")
	}
	if _, err := render.Read(strings.NewReader("{")); err == nil {
		t.Error("Read(half a report) = nil, want an error")
	}
}
