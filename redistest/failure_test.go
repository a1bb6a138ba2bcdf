package redistest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/redistest"
)

// recordFailure runs a test body that must fail and returns what it reported.
func recordFailure(t *testing.T, body func(tb redistest.TB)) string {
	t.Helper()
	r := record(t, body)
	switch {
	case r.skipped:
		t.Skip(r.text()) // there is no server for it
	case !r.failed:
		t.Errorf("the test passed, want it to fail; it reported:\n%s", r.text())
	}
	return r.text()
}
