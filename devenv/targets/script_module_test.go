//go:build unix

package targets_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func repository(t *testing.T) string {
	t.Helper()
	repo, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// goEnvironment is what the go command needs in a script, whose home is empty.
func goEnvironment(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "env", "-json", "GOROOT", "GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB", "GOFLAGS").Output()
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]string
	if err := json.Unmarshal(out, &values); err != nil {
		t.Fatal(err)
	}
	var env []string
	for name, value := range values {
		env = append(env, name+"="+value)
	}
	return env
}

// compile has mage compile a magefile that imports the targets under a
// namespace to bin/name.
func compile(t *testing.T, repo, bin, name, namespace string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := writeModule(repo, dir, namespace); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "tool", "mage", "-compile", filepath.Join(bin, name))
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mage -compile: %v\n%s", err, out)
	}
}

func otherModule(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: othermodule DIR [NAMESPACE]")
	}
	ts.Check(writeModule(ts.Getenv("REPO"), ts.MkAbs(args[0]), strings.Join(args[1:], "")))
}

// magefile has a target Test of its own, and one that calls an imported one.
const magefile = `//go:build mage

package main

import (
	"context"

	// mage:import %s
	"github.com/redkit-dev/redkit/devenv/targets"
)

// Test is this module's own.
func Test() { println("own test") }

// Start calls a target of ours.
func Start(ctx context.Context) error {
	return targets.Up(ctx, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil)
}
`

// writeModule makes another Go module, which takes this one from its directory.
func writeModule(repo, dir, namespace string) error {
	mod, err := os.ReadFile(filepath.Join(repo, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	if err != nil {
		return err
	}
	_, requirements, _ := strings.Cut(string(mod), "\n")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"go.mod": "module example.com/shop\n" + requirements +
			"\nrequire github.com/redkit-dev/redkit v0.0.0\nreplace github.com/redkit-dev/redkit => " + repo + "\n",
		"go.sum":      string(sum),
		"magefile.go": fmt.Sprintf(magefile, namespace),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
