package docs_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	toolkit  = regexp.MustCompile(`\bREDKIT_[A-Z0-9_]*[A-Z0-9]`)
	tests    = regexp.MustCompile(`\bREDISTEST_[A-Z]+\b`)
	link     = regexp.MustCompile(`(?:\]\(|src="|srcset=")([^)"]+)[)"]`)
	heading  = regexp.MustCompile(`(?m)^#+ (.*)$`)
	dropped  = regexp.MustCompile("[^a-z0-9 _-]")
	explains = regexp.MustCompile("(?m)^\\| `(REDISTEST_[A-Z]+)` \\|")
)

// TestVariablesOfTheDocumentsExist holds the toolkit's variables in the
// documents to .env.example, which is generated, and those of redistest to the
// table in docs/testing.md.
func TestVariablesOfTheDocumentsExist(t *testing.T) {
	t.Parallel()
	example := read(t, "../../.env.example")
	table := explained(t)
	for _, page := range pages(t) {
		text := read(t, page)
		for _, name := range toolkit.FindAllString(text, -1) {
			if !strings.Contains(example, "#"+name+"=") {
				t.Errorf("%s names %s, which is no setting", filepath.Base(page), name)
			}
		}
		for _, name := range tests.FindAllString(text, -1) {
			if !slices.Contains(table, name) {
				t.Errorf("%s names %s, which docs/testing.md does not explain", filepath.Base(page), name)
			}
		}
	}
}

func explained(t *testing.T) (names []string) {
	t.Helper()
	for _, m := range explains.FindAllStringSubmatch(read(t, "../../docs/testing.md"), -1) {
		names = append(names, m[1])
	}
	return names
}

// TestTestingPageHasEveryVariable holds the table in docs/testing.md to what
// the code reads. What a test hands to its own child process is not for users.
func TestTestingPageHasEveryVariable(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("git", "ls-files", "*.go")
	cmd.Dir = "../.."
	files, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	inCode := map[string]bool{}
	for path := range strings.FieldsSeq(string(files)) {
		if strings.HasPrefix(path, "internal/docs/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join("../..", path))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`"REDISTEST_[A-Z_]+"`).FindAllString(string(text), -1) {
			inCode[strings.Trim(name, `"`)] = true
		}
	}
	maps.DeleteFunc(inCode, func(name string, _ bool) bool {
		return strings.HasPrefix(name, "REDISTEST_TEST_") || name == "REDISTEST_CONF" || name == "REDISTEST_DRILL_WORKER"
	})
	if diff := cmp.Diff(slices.Sorted(maps.Keys(inCode)), slices.Sorted(slices.Values(explained(t)))); diff != "" {
		t.Errorf("the table in docs/testing.md differs (-code +table):\n%s", diff)
	}
}

// TestLinksLeadSomewhere follows links to files and headings of the repository.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	followed := 0
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			followed++
			file, anchor, _ := strings.Cut(m[1], "#")
			path := filepath.Join(filepath.Dir(page), file)
			if file == "" {
				path = page
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s links %s: %v", filepath.Base(page), m[1], err)
				continue
			}
			if anchor != "" && !slices.Contains(anchors(read(t, path)), anchor) {
				t.Errorf("%s links %s, which has no such heading", filepath.Base(page), m[1])
			}
		}
	}
	if followed < 30 {
		t.Errorf("%d links were followed, want many: does the search still work?", followed)
	}
}

// anchors are the headings of a page as GitHub names them.
func anchors(text string) (all []string) {
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return all
}
