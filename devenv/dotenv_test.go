package devenv_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/internal/golden"
)

func TestParseDotEnv(t *testing.T) {
	t.Parallel()
	entries, problems := devenv.ParseDotEnv(".env", "\ufeff# comment\r\n\n  export A = one two  # three\r\nB=a#b\nC='$x \"#\\n' # c\nD=\"a\\\"b\\n\\$c\\\\ \\q\"\nE=\nF= # nothing\nG=\"\"\n_h1=é\n")
	if len(problems) > 0 {
		t.Error(problems)
	}
	want := []devenv.DotEnvEntry{
		{Name: "A", Value: "one two", Line: 3}, {Name: "B", Value: "a#b", Line: 4}, {Name: "C", Value: `$x "#\n`, Line: 5},
		{Name: "D", Value: "a\"b\n$c\\ \\q", Line: 6}, {Name: "E", Line: 7}, {Name: "F", Line: 8}, {Name: "G", Line: 9}, {Name: "_h1", Value: "é", Line: 10},
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("ParseDotEnv (-want +got):\n%s", diff)
	}
}

func TestParseDotEnvNamesEveryBadLine(t *testing.T) {
	t.Parallel()
	_, problems := devenv.ParseDotEnv(".env", "just words s3cret\nA='s3cret\nB=\"s3cret\" more\nC-D=s3cret\nE=fine")
	var got []string
	for _, p := range problems {
		got = append(got, p.Error())
	}
	text := strings.Join(got, "\n")
	for _, want := range []string{".env:1: no assignment", "A (.env:2): the closing ' is missing", "B (.env:3): text follows", ".env:4: no assignment"} {
		if !strings.Contains(text, want) {
			t.Errorf("the problems do not say %q:\n%s", want, text)
		}
	}
	if len(problems) != 4 || strings.Contains(text, "s3cret") {
		t.Errorf("got %d problems, want 4 without a value:\n%s", len(problems), text)
	}
}

// nasty are values that a shell or a dotenv reader could change.
var nasty = []string{"", "plain", "a b", "a#b", " # x", "'", `"`, `\`, `\n`, "$HOME", "`id`", "$(id)", "a'b\"c$d`e\\f", "é", "!x", "a;b&c|d>e", "~", "*", "a=b", "{\"a\": 1}", "tab\there", "-x"}

func TestFormatEnvIsReadBackBySettings(t *testing.T) {
	t.Parallel()
	for _, value := range nasty {
		entries, problems := devenv.ParseDotEnv("env", devenv.FormatEnv([]devenv.EnvVar{{Name: "X", Value: value}}))
		if len(problems) > 0 || len(entries) != 1 || entries[0].Value != value {
			t.Errorf("%q is read back as %v %v", value, entries, problems)
		}
	}
}

func TestFormatEnvIsReadBackByAShell(t *testing.T) {
	t.Parallel()
	for _, value := range nasty {
		file := filepath.Join(t.TempDir(), "env")
		if err := os.WriteFile(file, []byte(devenv.FormatEnv([]devenv.EnvVar{{Name: "X", Value: value}})), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "sh", "-c", `. "$1"; printf %s "$X"`, "sh", file).CombinedOutput()
		if err != nil || string(out) != value {
			t.Errorf("sh reads %q as %q, %v", value, out, err)
		}
	}
}

func TestExampleIsWrittenFromTheTable(t *testing.T) {
	t.Parallel()
	golden.Equal(t, []byte(devenv.ExampleDotEnv()), "../.env.example")
}

var assignment = regexp.MustCompile(`(?m)^#([A-Z0-9_]+)=(.*)$`)

// TestExampleChangesNothing uncomments every line that shows a default: the
// settings must be those of an empty environment.
func TestExampleChangesNothing(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	optional := regexp.MustCompile(`^(REDIS_TLS_|REDIS_SENTINEL|REDIS_CLUSTER|CELERY_BROKER_TRANSPORT|CELERY_BROKER_GLOBAL)`)
	var lines, all []string
	for _, m := range assignment.FindAllStringSubmatch(string(text), -1) {
		all = append(all, m[1]+"="+m[2])
		if !optional.MatchString(m[1]) {
			lines = append(lines, m[1]+"="+m[2])
		}
	}
	if got, want := mustLoad(t, strings.Join(lines, "\n")).Env(true), mustLoad(t, "").Env(true); !cmp.Equal(got, want) {
		t.Errorf("the example changes the settings (-empty +example):\n%s", cmp.Diff(want, got))
	}
	if _, err := load(t, strings.Join(all, "\n"), nil, nil); err != nil {
		t.Errorf("a value of the example is refused: %v", err)
	}
}

// TestExampleAndTableHoldEachOther: each variable of the table is in the
// example, and each of the example is understood.
func TestExampleAndTableHoldEachOther(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	inExample := map[string]bool{}
	for _, m := range assignment.FindAllStringSubmatch(string(text), -1) {
		inExample[m[1]] = true
	}
	known := map[string]bool{}
	for _, v := range devenv.Variables() {
		for _, alias := range []string{"DEFAULT", "PERMISSIONS", "API_RESPONSES", "SESSIONS"} {
			name := strings.ReplaceAll(v.Name, "<ALIAS>", alias)
			known[name] = true
			if !inExample[name] {
				t.Errorf("%s is a setting and not in .env.example", name)
			}
		}
		if v.Doc == "" || v.Form == "" || v.Group == "" || !strings.HasSuffix(v.Doc, ".") {
			t.Errorf("%s is not documented: doc %q, form %q, group %q", v.Name, v.Doc, v.Form, v.Group)
		}
	}
	for name := range inExample {
		if !known[name] {
			t.Errorf("%s is in .env.example and no setting", name)
		}
	}
}
