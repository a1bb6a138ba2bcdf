package devenv_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

// TestFailureCodesAreThoseOfTheCode holds the list to what the packages make.
func TestFailureCodesAreThoseOfTheCode(t *testing.T) {
	t.Parallel()
	listed := map[string]devenv.FailureCode{}
	for _, c := range devenv.FailureCodes() {
		if listed[c.Code].Code != "" {
			t.Errorf("code %s is listed twice", c.Code)
		}
		listed[c.Code] = c
	}
	made := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || d.Name() == "failure_codes.go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for code, exit := range codesIn(file) {
			made[code] = true
			switch c, known := listed[code]; {
			case !known:
				t.Errorf("%s makes a failure with the code %q, which FailureCodes does not list", path, code)
			case exit != "" && exitNames()[exit] != c.Exit:
				t.Errorf("%s makes a failure %q with %s, and FailureCodes lists exit code %d", path, code, exit, c.Exit)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(made) < 40 {
		t.Errorf("%d codes were found in the code, want all: does the search still work?", len(made))
	}
	for code := range listed {
		if !made[code] {
			t.Errorf("FailureCodes lists %q, which nothing makes", code)
		}
	}
}

func exitNames() map[string]int {
	return map[string]int{
		"ExitOther": devenv.ExitOther, "ExitUsage": devenv.ExitUsage, "ExitNotReady": devenv.ExitNotReady, "ExitPortTaken": devenv.ExitPortTaken,
		"ExitNoDocker": devenv.ExitNoDocker, "ExitNoCompose": devenv.ExitNoCompose, "ExitData": devenv.ExitData, "ExitAuth": devenv.ExitAuth,
		"ExitTimeout": devenv.ExitTimeout, "ExitRefused": devenv.ExitRefused, "ExitNoImage": devenv.ExitNoImage, "ExitUnsupported": devenv.ExitUnsupported,
	}
}

// codesIn finds Failure{Code: "x", Exit: ExitX}, f.Code, f.Exit = "x", ExitX and
// failX("x", …): codes with the name of their exit code, where that stands beside.
func codesIn(file *ast.File) map[string]string {
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if lastName(n.Type) != "Failure" {
				return true
			}
			code, exit := "", ""
			for _, element := range n.Elts {
				if pair, ok := element.(*ast.KeyValueExpr); ok {
					switch lastName(pair.Key) {
					case "Code":
						code = literal(pair.Value)
					case "Exit":
						exit = lastName(pair.Value)
					}
				}
			}
			if code != "" {
				found[code] = exit
			}
		case *ast.AssignStmt:
			for at, left := range n.Lhs {
				if _, field := left.(*ast.SelectorExpr); !field || lastName(left) != "Code" || at >= len(n.Rhs) || literal(n.Rhs[at]) == "" {
					continue
				}
				found[literal(n.Rhs[at])] = ""
				if len(n.Lhs) > at+1 && lastName(n.Lhs[at+1]) == "Exit" {
					found[literal(n.Rhs[at])] = lastName(n.Rhs[at+1])
				}
			}
		case *ast.CallExpr:
			if name := lastName(n.Fun); (name == "failAuth" || name == "failTLS") && literal(n.Args[0]) != "" {
				found[literal(n.Args[0])] = "ExitAuth"
			}
		}
		return true
	})
	return found
}

// lastName is c in a.b.c.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func literal(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		text, _ := strconv.Unquote(l.Value) // the parser has accepted it
		return text
	}
	return ""
}
