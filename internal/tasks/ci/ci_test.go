package ci_test

import (
	"context"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/internal/tasks/ci"
)

// testModule is a module whose tests pass, fail, skip and panic, and one
// package that does not build.
func testModule(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":             "module example.com/m\n\ngo 1.26\n",
		"good/a_test.go":     "package good\n\nimport \"testing\"\n\nfunc TestGood(t *testing.T) {}\n\nfunc TestLater(t *testing.T) { t.Skip(\"no server\") }\n",
		"bad/a_test.go":      "package bad\n\nimport \"testing\"\n\nfunc TestBad(t *testing.T) { t.Error(\"got 1 <want> 2 \\x01```\") }\n",
		"panic/a_test.go":    "package panic\n\nimport \"testing\"\n\nfunc TestPanic(t *testing.T) { var p *int; *p = 1 }\n",
		"nobuild/a_test.go":  "package nobuild\n\nvar x int = \"text\"\n",
		"nothing/nothing.go": "package nothing\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// Not parallel: the go command works in the directory of the process.
func TestReportsOfARunThatFails(t *testing.T) {
	testModule(t)
	var progress strings.Builder
	tests, err := ci.GoTest(t.Context(), nil, &progress, "./...")
	if err == nil || !strings.HasPrefix(err.Error(), "go test: ") {
		t.Errorf("GoTest = %v, want that of go test", err)
	}
	for status, want := range map[string]int{"pass": 1, "fail": 2, "skip": 1} {
		if got := tests.Count(status); got != want {
			t.Errorf("%d tests %s, want %d", got, status, want)
		}
	}
	for _, want := range []string{"ok  \texample.com/m/good", "got 1 <want> 2", "nil pointer dereference"} {
		if !strings.Contains(progress.String(), want) {
			t.Errorf("the progress does not say %q:\n%s", want, &progress)
		}
	}
	done := ci.Run(t.Context(),
		ci.Step{Name: "lint", Run: func(context.Context) error { return nil }},
		ci.Step{Name: "test", Run: func(context.Context) error { return err }})
	summary := filepath.Join(t.TempDir(), "summary")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	if err := ci.Write("report", done, tests); err != nil {
		t.Fatal(err)
	}
	for file, wants := range map[string][]string{
		"report/tests.xml":  {`<testcase classname="example.com/m/bad" name="TestBad"`, "got 1 <want> 2", "example.com/m/nobuild", "cannot use", `message="skipped"`},
		"report/tests.html": {"TestBad", "got 1 &lt;want&gt; 2", "1 tests passed, 2 failed, 1 were skipped"},
		"report/summary.md": {"| lint | passed |", "| test | **failed** |", "## example.com/m/bad: TestBad", "## example.com/m/nobuild", "1 tests passed, 2 failed, 1 were skipped"},
		summary:             {"| test | **failed** |"},
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s does not say %q:\n%s", file, want, text)
			}
		}
		if strings.HasSuffix(file, ".xml") {
			if err := xml.Unmarshal(text, new(any)); err != nil {
				t.Errorf("tests.xml cannot be read: %v", err)
			}
		}
	}
}

func TestRunGoesOnAfterAFailureAndEndsWithItsTime(t *testing.T) {
	t.Parallel()
	boom, late := errors.New("boom"), errors.New("the time is up")
	ctx, cancel := context.WithCancelCause(t.Context())
	done := ci.Run(ctx,
		ci.Step{Name: "first", Run: func(context.Context) error { return boom }},
		ci.Step{Name: "second", Run: func(context.Context) error { cancel(late); return nil }},
		ci.Step{Name: "third", Run: func(context.Context) error { t.Error("begun after its time"); return nil }})
	if !errors.Is(done[0].Err, boom) || done[1].Err != nil || !errors.Is(done[2].Err, late) {
		t.Errorf("outcomes %+v, want boom, none, the time is up", done)
	}
	if err := ci.Err(done); !errors.Is(err, boom) || !errors.Is(err, late) || !strings.Contains(err.Error(), "first: boom") {
		t.Errorf("Err = %v, want both, by step", err)
	}
	if err := ci.Err(ci.Run(t.Context())); err != nil {
		t.Errorf("Err of nothing = %v", err)
	}
}

func TestAddKeepsWhatFailed(t *testing.T) {
	t.Parallel()
	run := func(name, status string) *ci.Tests {
		return &ci.Tests{Packages: []*ci.Package{{
			Name: name, Status: status, Elapsed: time.Second, Output: status + "\n", Cases: []*ci.Case{{Name: status, Status: status}},
		}}}
	}
	for _, c := range []struct{ first, second, want string }{
		{"pass", "fail", "fail"}, {"fail", "pass", "fail"}, {"pass", "skip", "pass"}, {"skip", "pass", "pass"}, {"fail", "skip", "fail"},
	} {
		got := &ci.Tests{}
		got.Add(run("a", c.first))
		got.Add(run("a", c.second))
		want := []*ci.Package{{
			Name: "a", Status: c.want, Elapsed: 2 * time.Second, Output: c.first + "\n" + c.second + "\n",
			Cases: []*ci.Case{{Name: c.first, Status: c.first}, {Name: c.second, Status: c.second}},
		}}
		if diff := cmp.Diff(want, got.Packages); diff != "" {
			t.Errorf("%s, then %s (-want +got):\n%s", c.first, c.second, diff)
		}
	}
	got := run("a", "fail")
	got.Add(run("b", "pass"))
	if got.Count("fail") != 1 || got.Count("pass") != 1 || len(got.Packages) != 2 {
		t.Errorf("Add of another package = %d packages, %d failed, %d passed; want 2, 1, 1", len(got.Packages), got.Count("fail"), got.Count("pass"))
	}
}

func TestFlagsPassTheLimitOn(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string{"-shuffle=on", "-timeout=45m0s"}, ci.Flags(45*time.Minute)); diff != "" {
		t.Errorf("Flags(45m) (-want +got):\n%s", diff)
	}
}
