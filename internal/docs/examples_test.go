package docs

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// exemplary are the packages of which every public name has an example.
var exemplary = []string{"redistest", "redistest/container", "redistest/eager"}

// TestEveryPublicNameHasAnExample looks for the exported functions, types,
// methods, constants and variables of a package in its runnable examples: in
// their names, in their bodies, and in what their files declare for them.
func TestEveryPublicNameHasAnExample(t *testing.T) {
	t.Parallel()
	for _, dir := range exemplary {
		code, tests := parseDir(t, filepath.Join("..", "..", dir))
		shown := shownIn(tests)
		for _, name := range publicNames(code) {
			_, last, _ := strings.Cut(name, ".")
			if last == "" {
				last = name
			}
			if !shown[last] {
				t.Errorf("%s.%s is in no example: write one that uses it and prints something (// Output:)", filepath.Base(dir), name)
			}
		}
	}
}

// TestShownIn proves that the search above can fail.
func TestShownIn(t *testing.T) {
	t.Parallel()
	parse := func(name, text string) *ast.File {
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	code := parse("p.go", "package p\nfunc F() {}\nfunc G() {}\ntype T struct{ Field int }\nfunc (*T) M() {}\nfunc (*T) hidden() {}\nconst C = 1\ntype u int\nfunc (u) N() {}")
	tests := parse("example_test.go", "package p\nfunc ExampleT() {\n\tF()\n\t// Output:\n}\nfunc ExampleG() { G() }\nfunc TestC() { _ = C }")
	if got := strings.Join(publicNames([]*ast.File{code}), " "); got != "F G T T.M C" {
		t.Errorf("public names = %s, want F G T T.M C", got)
	}
	shown := shownIn([]*ast.File{tests})
	for name, want := range map[string]bool{"F": true, "T": true, "G": false, "M": false, "C": false} {
		if shown[name] != want {
			t.Errorf("%s is shown = %v, want %v", name, shown[name], want)
		}
	}
}

func parseDir(t *testing.T, dir string) (code, tests []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no Go files in %s: %v, %v", dir, err, fs.ErrNotExist)
	}
	set := token.NewFileSet()
	for _, name := range names {
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			tests = append(tests, file)
		} else {
			code = append(code, file)
		}
	}
	return code, tests
}

// publicNames returns F, T, T.Method and C in the order of declaration.
func publicNames(files []*ast.File) (names []string) {
	for _, file := range files {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if !d.Name.IsExported() {
					continue
				}
				if of := receiver(d); d.Recv == nil {
					names = append(names, d.Name.Name)
				} else if ast.IsExported(of) {
					names = append(names, of+"."+d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					names = append(names, exported(spec)...)
				}
			}
		}
	}
	return names
}

// receiver names the type of a method.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	of := d.Recv.List[0].Type
	if star, is := of.(*ast.StarExpr); is {
		of = star.X
	}
	if name, is := of.(*ast.Ident); is {
		return name.Name
	}
	return ""
}

// exported returns the public names of a declaration, with the methods of an
// interface.
func exported(spec ast.Spec) (names []string) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return nil
		}
		names = append(names, s.Name.Name)
		if i, is := s.Type.(*ast.InterfaceType); is {
			for _, m := range i.Methods.List {
				for _, name := range m.Names {
					names = append(names, s.Name.Name+"."+name.Name)
				}
			}
		}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() {
				names = append(names, name.Name)
			}
		}
	}
	return names
}

// shownIn returns the identifiers of runnable examples.
func shownIn(tests []*ast.File) map[string]bool {
	shown := map[string]bool{}
	use := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if name, is := n.(*ast.Ident); is {
				shown[name.Name] = true
			}
			return true
		})
	}
	for _, file := range tests {
		runnable := 0
		for _, e := range doc.Examples(file) {
			if e.Output == "" && !e.EmptyOutput {
				continue
			}
			runnable++
			use(e.Code)
			for part := range strings.SplitSeq(e.Name, "_") {
				shown[part] = true
			}
		}
		if runnable == 0 {
			continue
		}
		for _, decl := range file.Decls { // what the examples of this file are written with
			if f, is := decl.(*ast.FuncDecl); is && (strings.HasPrefix(f.Name.Name, "Example") || strings.HasPrefix(f.Name.Name, "Test")) {
				continue
			}
			use(decl)
		}
	}
	return shown
}
