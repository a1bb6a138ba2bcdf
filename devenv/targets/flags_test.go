//go:build unix

package targets_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	for _, target := range declared(t) {
		for _, f := range target.flags {
			flag := strings.ReplaceAll(f.name, "-", "")
			given[flag] = true
			v, known := table[flag]
			if !known {
				t.Errorf("flag -%s of %s has no setting", f.name, target.name)
				continue
			}
			if f.variable != v.Name {
				t.Errorf("flag -%s of %s says %q (%s), want its variable (%s) at the end", f.name, target.name, f.means, f.variable, v.Name)
			}
			if strings.Contains(v.Group, "one command") && !slices.Contains(words.FindAllString(v.Doc, -1), target.name) {
				t.Errorf("%s says %q, which does not name %s, which takes -%s", v.Name, v.Doc, target.name, f.name)
			}
		}
	}
	for flag, v := range table {
		if !given[flag] {
			t.Errorf("%s has a flag -%s in .env.example, and no target takes it", v.Name, v.Flag())
		}
	}
}

var words = regexp.MustCompile(`[a-z]+`)

// A target is an exported function of this package, as mage shows it.
type target struct {
	name, doc string // the doc comment behind the function's name
	flags     []targetFlag
}

type targetFlag struct{ name, kind, means, variable string }

var camel = regexp.MustCompile(`[A-Z]`)

// declared returns the targets of this package in alphabetical order.
func declared(t *testing.T) (targets []target) {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
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
			doc := strings.Join(strings.Fields(strings.TrimPrefix(f.Doc.Text(), f.Name.Name)), " ")
			targets = append(targets, target{name: strings.ToLower(f.Name.Name), doc: doc, flags: flagsOf(f, file, text)})
		}
	}
	if len(targets) == 0 {
		t.Fatal("there is no target")
	}
	slices.SortFunc(targets, func(a, b target) int { return strings.Compare(a.name, b.name) })
	return targets
}

// flagsOf returns the pointer parameters of a target, from which mage makes
// flags, with their comments.
func flagsOf(f *ast.FuncDecl, file *ast.File, text []byte) (flags []targetFlag) {
	for _, p := range f.Type.Params.List {
		pointer, is := p.Type.(*ast.StarExpr)
		if !is {
			continue
		}
		// The comment stands behind the parameter on its line.
		line, _, _ := strings.Cut(string(text[p.Pos()-file.FileStart:]), "\n")
		_, comment, _ := strings.Cut(line, "// ")
		means, variable, _ := strings.Cut(strings.TrimSuffix(comment, ")"), " (REDKIT_")
		flags = append(flags, targetFlag{
			name:  camel.ReplaceAllStringFunc(p.Names[0].Name, func(c string) string { return "-" + strings.ToLower(c) }),
			kind:  string(text[pointer.X.Pos()-file.FileStart : pointer.X.End()-file.FileStart]),
			means: means, variable: "REDKIT_" + variable,
		})
	}
	return flags
}

// TestEveryFlagIsGivenToItsTargetOnEveryBackend: a flag that no script gives
// may do anything, and servers in containers are not those that are processes.
func TestEveryFlagIsGivenToItsTargetOnEveryBackend(t *testing.T) {
	t.Parallel()
	only := map[string]devenv.Backend{ // what has no meaning elsewhere
		"up -image":           devenv.BackendCompose,
		"up -pull":            devenv.BackendCompose,
		"up -prometheus-port": devenv.BackendCompose,
		"up -grafana-port":    devenv.BackendCompose,
		"seed -allow-remote":  devenv.BackendExternal,
		"reset -allow-remote": devenv.BackendExternal,
	}
	given := flagsGiven(t)
	for _, target := range declared(t) {
		for _, f := range target.flags {
			flag := target.name + " -" + f.name
			backends := []devenv.Backend{devenv.BackendNative, devenv.BackendCompose}
			if b, ok := only[flag]; ok {
				backends = []devenv.Backend{b}
				delete(only, flag)
			}
			for _, b := range backends {
				if !given[flag][b] {
					t.Errorf("no script has a line `exec rk %s` while REDKIT_BACKEND=%s", flag, b)
				}
			}
		}
	}
	for flag := range only {
		t.Errorf("there is no flag %s", flag)
	}
}

// flagsGiven tells which flags of which targets the scripts give, as
// "target -flag", by the backend that the line or their variables name.
func flagsGiven(t *testing.T) map[string]map[devenv.Backend]bool {
	t.Helper()
	flag := regexp.MustCompile(` --?([a-z][a-z-]*)(?:=(\w*))?`)
	given := map[string]map[devenv.Backend]bool{}
	eachRun(t, func(target, args string, succeeds bool, backend devenv.Backend) {
		flags := flag.FindAllStringSubmatch(args, -1)
		for _, m := range flags {
			if m[1] == "backend" {
				backend = devenv.Backend(m[2])
			}
		}
		for _, m := range flags {
			name := target + " -" + m[1]
			if given[name] == nil {
				given[name] = map[devenv.Backend]bool{}
			}
			given[name][backend] = true
		}
	})
	return given
}
