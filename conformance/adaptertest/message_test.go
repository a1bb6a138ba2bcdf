package adaptertest_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/adaptertest"
	"github.com/redkit-dev/redkit/conformance/adaptertest/internal/mutant"
	"github.com/redkit-dev/redkit/internal/golden"
)

// TestMessagesTellTheAuthorWhatToMend shows what a broken adapter is told.
func TestMessagesTellTheAuthorWhatToMend(t *testing.T) {
	t.Parallel()
	told := map[string]conformance.ID{
		"greets in another version":      "ADAPTER-GRT-001",
		"names no family":                "ADAPTER-GRT-003",
		"answers with another id":        "ADAPTER-ASK-001",
		"answers twice":                  "ADAPTER-ASK-002",
		"prints what it does":            "ADAPTER-ASK-001",
		"never answers":                  "ADAPTER-ASK-001",
		"has integers of 64 bits":        "ADAPTER-VAL-004",
		"has errors without a text":      "ADAPTER-ERR-001",
		"dies of a line that is no JSON": "ADAPTER-ERR-002",
		"ends with a status":             "ADAPTER-END-001",
	}
	var b strings.Builder
	for _, bug := range mutant.All() {
		id, shown := told[bug.Name]
		if !shown {
			continue
		}
		delete(told, bug.Name)
		synctest.Test(t, func(t *testing.T) {
			report := adaptertest.Suite().Check(t.Context(), bug.Subject(), conformance.Options{Only: func(got conformance.ID) bool { return got == id }})
			for _, res := range report.Results {
				fmt.Fprintf(&b, "## an adapter that %s\n\n%s\n\n", bug.Name, regexp.MustCompile(`\.go:\d+`).ReplaceAllString(res.Message(), ".go:N"))
			}
		})
	}
	for name := range told {
		t.Errorf("there is no mutant that %s", name)
	}
	golden.Equal(t, []byte(b.String()), "testdata/messages.txt")
}
