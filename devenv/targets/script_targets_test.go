//go:build unix

package targets_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

// TestEveryTargetSucceedsInAScriptOnEveryBackend: what a target does is shown
// where servers are processes and where they are containers.
func TestEveryTargetSucceedsInAScriptOnEveryBackend(t *testing.T) {
	t.Parallel()
	ran := targetsRun(t)
	for _, target := range slices.Sorted(maps.Keys(targetNames(t))) {
		backends := []devenv.Backend{devenv.BackendNative, devenv.BackendCompose}
		if target == "serve" {
			backends = []devenv.Backend{devenv.BackendEmbedded} // it is that backend
		}
		for _, b := range backends {
			if !ran[target][b] {
				t.Errorf("no script has a line `exec rk %s` while REDKIT_BACKEND=%s", target, b)
			}
		}
	}
}

// targetNames are the names of this package's exported functions, as mage has
// them.
func targetNames(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() && f.Recv == nil {
				names[strings.ToLower(f.Name.Name)] = true
			}
		}
	}
	if len(names) < 20 {
		t.Fatalf("the targets are %v: are these all?", names)
	}
	return names
}

// targetsRun tells which targets the scripts run with success, by the backend
// that their variables name at that line.
func targetsRun(t *testing.T) map[string]map[devenv.Backend]bool {
	t.Helper()
	ran := map[string]map[devenv.Backend]bool{}
	eachRun(t, func(target, _ string, succeeds bool, backend devenv.Backend) {
		if !succeeds {
			return
		}
		if ran[target] == nil {
			ran[target] = map[devenv.Backend]bool{}
		}
		ran[target][backend] = true
	})
	return ran
}

// eachRun calls f for each line of a script that runs a target, with what
// follows its name, whether it is to succeed, and the backend that the
// script's variables name there.
func eachRun(t *testing.T, f func(target, args string, succeeds bool, backend devenv.Backend)) {
	t.Helper()
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	set := regexp.MustCompile(`^env .*\bREDKIT_BACKEND=(\w*)`)
	run := regexp.MustCompile(`^(?:\[[^\]]*\] )*(exec|fails \w+) (?:timeout \d+ )?(?:sh -c '(?:exec )?)?(?:rk |rkns redis:)([a-z]+)\b(.*)`)
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		backend := devenv.BackendAuto
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "-- ") {
				break // the files behind the script
			}
			if m := set.FindStringSubmatch(line); m != nil {
				backend = devenv.Backend(m[1])
			}
			if m := run.FindStringSubmatch(line); m != nil {
				f(m[2], m[3], m[1] == "exec", backend)
			}
		}
	}
}
