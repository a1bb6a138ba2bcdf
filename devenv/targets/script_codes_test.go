//go:build unix

package targets_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

// TestEveryFailureIsProvokedByAScript: what the user may read was printed at
// least once, by the cause it names or by a stand-in that says the same.
func TestEveryFailureIsProvokedByAScript(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	provoked := map[string]bool{}
	line := regexp.MustCompile(`(?m)^(?:\[[^\]]*\] )*(?:fails|nodockergroup) ([a-z_]+) `)
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range line.FindAllSubmatch(text, -1) {
			provoked[string(m[1])] = true
		}
	}
	for _, c := range devenv.FailureCodes() {
		if !provoked[c.Code] {
			t.Errorf("no script has a line `fails %s …`: %s", c.Code, c.Means)
		}
	}
}
