package docs_test

import (
	"fmt"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// families are those whose package comments begin with a test to copy, and the
// port that its adapter is of.
var families = map[string]string{
	"cachetest": "Cache", "brokertest": "Broker", "resulttest": "Backend", "layertest": "Layer", "tasktest": "App", "servertest": "",
}

// TestSnippetsCompile builds the test that each family shows, with an adapter
// of the reader's.
func TestSnippetsCompile(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for family, port := range families {
		file, err := parser.ParseFile(token.NewFileSet(), "../../conformance/"+family+"/doc.go", nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		code := ""
		for _, block := range new(comment.Parser).Parse(file.Doc.Text()).Content {
			if c, is := block.(*comment.Code); is {
				code = c.Text
				break
			}
		}
		if !strings.HasPrefix(code, "func Test") {
			t.Errorf("the comment of %s shows %q first, want a test", family, code)
		}
		files["snippet"+family] = around(family, port, code)
	}
	build(t, files)
}

// around makes a file of what a comment shows.
func around(family, port, code string) string {
	imports, rest := fmt.Sprintf("%q\n\t%q", "testing", module+"conformance/"+family), ""
	for _, name := range []string{"conformance", "conformance/served", "redistest"} {
		if strings.Contains(code, name[strings.LastIndex(name, "/")+1:]+".") {
			imports += fmt.Sprintf("\n\t%q", module+name)
		}
	}
	if port != "" {
		rest = fmt.Sprintf("\nfunc newAdapter(...any) %s.%s { return nil }\n", family, port)
	}
	return fmt.Sprintf("package snippet_test\n\nimport (\n\t%s\n)\n%s\n%s", imports, rest, code)
}

const module = "github.com/redkit-dev/redkit/"
