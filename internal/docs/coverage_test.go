package docs_test

import (
	"os/exec"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestArchitectureNamesEveryPackage looks for each directory with Go files, to
// the second level, and for what is no package and yet a part of the work.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	t.Parallel()
	text := read(t, "../../ARCHITECTURE.md")
	cmd := exec.Command("git", "ls-files", "*.go")
	cmd.Dir = "../.."
	files, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	dirs := map[string]bool{"bench": true, ".ci": true, "docs": true}
	for file := range strings.FieldsSeq(string(files)) {
		if dir := path.Dir(file); dir != "." && strings.Count(dir, "/") < 2 && !strings.Contains(dir, "internal/conform") {
			dirs[dir] = true
		}
	}
	if len(dirs) < 40 {
		t.Errorf("%d directories were found, want all: does the search still work?", len(dirs))
	}
	for dir := range dirs {
		if base := path.Base(dir); !strings.Contains(text, "`"+base+"/`") && !strings.Contains(text, "/"+base+"/`") {
			t.Errorf("ARCHITECTURE.md does not say what %s/ holds", dir)
		}
	}
}

// TestContributingNamesWhatCIInstalls holds the table of what to install to
// the packages that .ci/run takes.
func TestContributingNamesWhatCIInstalls(t *testing.T) {
	t.Parallel()
	text := read(t, "../../CONTRIBUTING.md")
	script := strings.ReplaceAll(read(t, "../../.ci/run"), "\\\n", " ")
	installed := 0
	for _, m := range regexp.MustCompile(`apt-get -qq install (.*)`).FindAllStringSubmatch(script, -1) {
		for word := range strings.FieldsSeq(m[1]) {
			if strings.HasPrefix(word, "-") || strings.HasPrefix(word, ">") {
				continue
			}
			installed++
			if !regexp.MustCompile("[` ]" + regexp.QuoteMeta(word) + "[` ]").MatchString(text) {
				t.Errorf("CONTRIBUTING.md does not name %s, which .ci/run installs", word)
			}
		}
	}
	if installed < 10 {
		t.Errorf("%d packages were found in .ci/run, want all: does the search still work?", installed)
	}
}

// TestEveryTargetIsInADocument looks for each target that mage lists.
func TestEveryTargetIsInADocument(t *testing.T) {
	t.Parallel()
	list, err := magefile()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, page := range pages(t) {
		all.WriteString(read(t, page))
	}
	for _, m := range listed.FindAllStringSubmatch(list, -1) {
		if !regexp.MustCompile("(mage |`|## )" + m[1] + "[^a-z:]").MatchString(all.String()) {
			t.Errorf("no document names the target %s", m[1])
		}
	}
}
