package docs

import (
	"go/ast"
	"go/doc"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/redkit-dev/redkit/"

// exemplary are the packages of which every public name has an example.
var exemplary = []string{"redistest", "redistest/container", "redistest/eager", "reference/celery"}

// TestEveryPublicNameHasAnExample looks for the exported functions, types,
// methods, constants and variables of a package in its runnable examples: in
// their names, in their bodies, and in what their files declare for them. Names
// are resolved, so that a method of one type is not shown by one of another.
func TestEveryPublicNameHasAnExample(t *testing.T) {
	t.Parallel()
	paths := make([]string, len(exemplary))
	for i, dir := range exemplary {
		paths[i] = module + dir
	}
	pkgs, err := packages.Load(&packages.Config{
		Tests: true,
		Mode:  packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo,
	}, paths...)
	if err != nil {
		t.Fatal(err)
	}
	public, shown := map[string][]string{}, map[string]bool{}
	for _, p := range pkgs {
		if len(p.Errors) > 0 {
			t.Fatalf("load %s: %v", p.ID, p.Errors)
		}
		for _, file := range p.Syntax {
			if name := p.Fset.File(file.FileStart).Name(); strings.HasSuffix(name, "_test.go") {
				maps.Copy(shown, shownIn(strings.TrimSuffix(p.PkgPath, "_test"), file, p.Types, p.TypesInfo))
			}
		}
		if slices.Contains(paths, p.ID) {
			public[p.PkgPath] = publicNames(p.Types)
		}
	}
	for _, path := range paths {
		if len(public[path]) == 0 {
			t.Errorf("%s has no public names", path)
		}
		for _, name := range public[path] {
			if !shown[name] {
				t.Errorf("%s is in no example: write one that uses it and prints something (// Output:)", strings.TrimPrefix(name, module))
			}
		}
	}
}

// TestShownIn proves that the search above can fail.
func TestShownIn(t *testing.T) {
	t.Parallel()
	set := token.NewFileSet()
	parse := func(name, text string) *ast.File {
		file, err := parser.ParseFile(set, name, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	code := parse("p.go", `package p
func F() {}
func G() {}
type T struct{ Field int }
func (*T) M() {}
func (*T) N() {}
func (*T) hidden() {}
type S struct{ base; E }
type E struct{}
func (E) Embedded() {}
func (S) M() {}
type base struct{}
func (base) Promoted() {}
type I interface{ Do() }
type J interface{ Undone() }
const C = 1
`)
	tests := parse("example_test.go", `package p
type doer struct{}
func (doer) Do() {}
func ExampleT() {
	F()
	new(T).M()
	S{}.Embedded()
	// Output:
}
func ExampleT_N() {
	// Output:
}
func ExampleG() { G() }
func TestC() { _ = C }
`)
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	pkg, err := (&types.Config{Importer: importer.Default()}).Check("p", set, []*ast.File{code, tests}, info)
	if err != nil {
		t.Fatal(err)
	}
	const all = "p.C p.E p.E.Embedded p.F p.G p.I p.I.Do p.J p.J.Undone p.S p.S.M p.S.Promoted p.T p.T.M p.T.N"
	var names []string
	for _, name := range publicNames(pkg) {
		if !strings.HasPrefix(name, "p.Example") && name != "p.TestC" { // they are of the same package here
			names = append(names, name)
		}
	}
	if got := strings.Join(names, " "); got != all {
		t.Errorf("public names = %s\nwant %s", got, all)
	}
	shown := shownIn("p", tests, pkg, info)
	for name := range strings.FieldsSeq(all) {
		want := slices.Contains([]string{"p.F", "p.E.Embedded", "p.S", "p.T", "p.T.M", "p.T.N", "p.I.Do"}, name)
		if shown[name] != want {
			t.Errorf("%s is shown = %v, want %v", name, shown[name], want)
		}
	}
}

// publicNames returns F, T, T.Method and C of a package, each after its path.
// Methods that a type has from an unexported one it embeds count as its own;
// those of an exported one are that one's.
func publicNames(pkg *types.Package) (names []string) {
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		names = append(names, pkg.Path()+"."+name)
		if t, is := obj.(*types.TypeName); is && !t.IsAlias() {
			for _, m := range methods(t.Type()) {
				names = append(names, pkg.Path()+"."+name+"."+m)
			}
		}
	}
	return names
}

// methods names the exported methods of a type and of a pointer to it.
func methods(t types.Type) (names []string) {
	if !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	for method := range types.NewMethodSet(t).Methods() {
		f := method.Obj().(*types.Func)
		if f.Exported() && (len(method.Index()) == 1 || !ast.IsExported(last(origin(f)))) {
			names = append(names, f.Name())
		}
	}
	return names
}

// shownIn returns the names of the package at path that the runnable examples
// of a file show.
func shownIn(path string, file *ast.File, pkg *types.Package, info *types.Info) map[string]bool {
	shown := map[string]bool{}
	use := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr: // of the type on its left, and of the one the method is written for
				shown[named(info.TypeOf(n.X))+"."+n.Sel.Name] = true
				if f, is := info.Uses[n.Sel].(*types.Func); is {
					shown[origin(f)+"."+n.Sel.Name] = true
				}
			case *ast.Ident:
				if obj := info.Uses[n]; obj != nil && obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
					shown[obj.Pkg().Path()+"."+obj.Name()] = true
				}
			}
			return true
		})
	}
	runnable := 0
	for _, e := range doc.Examples(file) {
		if e.Output == "" && !e.EmptyOutput {
			continue
		}
		runnable++
		use(e.Code)
		name, method, _ := strings.Cut(e.Name, "_")
		shown[path+"."+name] = true
		shown[path+"."+name+"."+method] = true
	}
	if runnable == 0 {
		return shown
	}
	for _, decl := range file.Decls { // what the examples of this file are written with
		f, is := decl.(*ast.FuncDecl)
		if is && (strings.HasPrefix(f.Name.Name, "Example") || strings.HasPrefix(f.Name.Name, "Test")) {
			continue
		}
		use(decl)
		if !is {
			continue
		}
		if of, is := info.Defs[f.Name].(*types.Func); is {
			maps.Copy(shown, fulfilled(path, of, pkg))
		}
	}
	return shown
}

// fulfilled returns the methods of interfaces of the package at path that a
// method of an example's own type is one of.
func fulfilled(path string, method *types.Func, pkg *types.Package) map[string]bool {
	shown := map[string]bool{}
	recv := method.Signature().Recv()
	if recv == nil {
		return shown
	}
	for _, p := range append(pkg.Imports(), pkg) {
		if p.Path() != path {
			continue
		}
		for _, name := range p.Scope().Names() {
			t, is := p.Scope().Lookup(name).(*types.TypeName)
			if !is {
				continue
			}
			face, is := t.Type().Underlying().(*types.Interface)
			if is && !t.IsAlias() && types.Implements(recv.Type(), face) {
				shown[path+"."+name+"."+method.Name()] = true
			}
		}
	}
	return shown
}

// origin is the type that a method is written for, "" for a function.
func origin(f *types.Func) string {
	if recv := f.Signature().Recv(); recv != nil {
		return named(recv.Type())
	}
	return ""
}

// last is the name behind the path.
func last(name string) string { return name[strings.LastIndex(name, ".")+1:] }

// named is the path and name of the type that t is or points to.
func named(t types.Type) string {
	if p, is := t.(*types.Pointer); is {
		t = p.Elem()
	}
	n, is := t.(*types.Named)
	if !is || n.Obj().Pkg() == nil {
		return ""
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name()
}
