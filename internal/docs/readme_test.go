package docs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")
	command = regexp.MustCompile(`(?m)^\s*(?:\$ )?go tool mage ([a-z][a-zA-Z:]*)`)
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestGoBlocksCompile builds each Go block of the README, a whole test file, in
// a package that exists only in an overlay.
func TestGoBlocksCompile(t *testing.T) {
	t.Parallel()
	blocks := goBlock.FindAllStringSubmatch(read(t, "../../README.md"), -1)
	if len(blocks) == 0 {
		t.Fatal("README.md holds no Go block")
	}
	dir := t.TempDir()
	replace := map[string]string{}
	var packages []string
	for i, block := range blocks {
		name := fmt.Sprintf("readme%d", i+1)
		real := filepath.Join(dir, name+"_test.go")
		if err := os.WriteFile(real, []byte(block[1]), 0o644); err != nil {
			t.Fatal(err)
		}
		here, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(here, name+"_test.go")] = real
		packages = append(packages, "./"+name)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", append([]string{"test", "-c", "-vet=off", "-o=" + dir, "-overlay=" + path}, packages...)...).CombinedOutput()
	if err != nil {
		t.Errorf("build the Go blocks of README.md: %v\n%s", err, out)
	}
}

// TestTargetsExist holds the commands that the documents show to the targets that mage lists.
func TestTargetsExist(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "tool", "mage", "-l")
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go tool mage -l: %v\n%s", err, out)
	}
	known := map[string]bool{}
	for _, line := range strings.Split(string(out), "\n") {
		if name, found := strings.CutPrefix(line, "  "); found {
			known[strings.ToLower(strings.TrimSuffix(strings.Fields(name)[0], "*"))] = true
		}
	}
	for _, doc := range []string{"README.md", "CONTRIBUTING.md", "docs/django.md"} {
		shown := command.FindAllStringSubmatch(read(t, "../../"+doc), -1)
		if len(shown) == 0 {
			t.Errorf("%s shows no mage command", doc)
		}
		for _, m := range shown {
			if !known[strings.ToLower(m[1])] {
				t.Errorf("%s shows go tool mage %s, which mage -l does not list", doc, m[1])
			}
		}
	}
}
