//go:build unix

package targets_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

// TestEveryFlagHasAVariableAndTheReverse holds the parameters of the targets,
// from which mage makes flags, and the table of settings to each other.
func TestEveryFlagHasAVariableAndTheReverse(t *testing.T) {
	t.Parallel()
	table := map[string]devenv.Variable{}
	for _, v := range devenv.Variables() {
		if f := v.Flag(); f != "" {
			table[strings.ReplaceAll(f, "-", "")] = v
		}
	}
	given := map[string]bool{}
	for name, comment := range parameters(t) {
		flag := strings.ToLower(name)
		given[flag] = true
		v, known := table[flag]
		if !known {
			t.Errorf("flag -%s of a target has no setting", name)
			continue
		}
		if !strings.HasSuffix(comment, "("+v.Name+")") {
			t.Errorf("flag -%s says %q, want its variable (%s) at the end", name, comment, v.Name)
		}
	}
	for flag, v := range table {
		if !given[flag] {
			t.Errorf("%s has a flag -%s in .env.example, and no target takes it", v.Name, v.Flag())
		}
	}
}

// parameters returns the pointer parameters of the exported functions of this
// package with their comments.
func parameters(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() || f.Recv != nil {
				continue
			}
			for _, p := range f.Type.Params.List {
				if _, pointer := p.Type.(*ast.StarExpr); !pointer {
					continue
				}
				// The comment stands after the parameter on its line.
				line, _, _ := strings.Cut(string(text[p.Pos()-file.FileStart:]), "\n")
				_, comment, _ := strings.Cut(line, "// ")
				found[p.Names[0].Name] = comment
			}
		}
	}
	if len(found) == 0 {
		t.Fatal("no target has a flag")
	}
	return found
}
