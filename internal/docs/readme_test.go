package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/tools/go/packages"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestGoBlocksCompile builds each Go block of the README, a whole test file.
func TestGoBlocksCompile(t *testing.T) {
	t.Parallel()
	blocks := goBlock.FindAllStringSubmatch(read(t, "../../README.md"), -1)
	if len(blocks) == 0 {
		t.Fatal("README.md holds no Go block")
	}
	files := map[string]string{}
	for i, block := range blocks {
		files[fmt.Sprintf("readme%d", i+1)] = block[1]
	}
	build(t, files)
}

// build type-checks test files, each in a package of its name that exists only
// in an overlay.
func build(t *testing.T, files map[string]string) {
	t.Helper()
	overlay, patterns := map[string][]byte{}, []string{}
	for name, text := range files {
		path, err := filepath.Abs(filepath.Join(name, name+"_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		overlay[path] = []byte(text)
		patterns = append(patterns, "./"+name)
	}
	pkgs, err := packages.Load(&packages.Config{
		Tests: true, Overlay: overlay,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedSyntax | packages.NeedTypes,
	}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	built := 0
	for _, p := range pkgs {
		for _, err := range p.Errors {
			t.Errorf("build the Go code of the documents: %v", err)
		}
		built += len(p.Syntax)
	}
	if built < len(files) {
		t.Errorf("%d of %d pieces of Go code were built", built, len(files))
	}
}
