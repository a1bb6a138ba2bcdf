package golden_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/golden"
)

// recorder is a testing.TB that remembers failures instead of failing.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper()      {}
func (r *recorder) Name() string { return "TestReport" }
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func TestEqualReportsTheDifferenceAndHowToRenew(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report.txt")
	if err := os.WriteFile(path, []byte("one\n"), 0o644); err != nil {
		t.Fatal(err)
	}

	same := &recorder{TB: t}
	golden.Equal(same, []byte("one\n"), path)
	if len(same.failures) != 0 {
		t.Errorf("Equal(same bytes) failed with %q, want no failure", same.failures)
	}

	changed := &recorder{TB: t}
	golden.Equal(changed, []byte("two\n"), path)
	if len(changed.failures) != 1 {
		t.Fatalf("Equal(changed bytes) reported %d failures, want 1", len(changed.failures))
	}
	for _, want := range []string{"report.txt is stale", "one", "two", "-run '^TestReport$' -update"} {
		if !strings.Contains(changed.failures[0], want) {
			t.Errorf("Equal(changed bytes) reported %q, want it to name %q", changed.failures[0], want)
		}
	}
}
