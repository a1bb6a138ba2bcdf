package originals_test

import (
	"os"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/internal/golden"
)

// hold holds the verdicts on an original to those that are known. How a
// failure shows is kept beside them, and not compared: it may hold times and
// the order of a set.
//
//	go test ./conformance/remote/originals -update
func hold(t *testing.T, name string, report *conformance.Report) {
	t.Helper()
	golden.Equal(t, []byte(originals.Table(report)), "verdicts/"+name+".txt")
	if !golden.Updating() {
		return
	}
	path := "calls/" + name + ".txt"
	said := originals.Calls(report)
	if said == "" {
		_ = os.Remove(path) // which may not be there
		return
	}
	if err := os.WriteFile(path, []byte(said), 0o644); err != nil {
		t.Error(err)
	}
}

// TestEveryFailureIsShown wants of each requirement that an original breaks the
// call that shows it, and of no other.
func TestEveryFailureIsShown(t *testing.T) {
	t.Parallel()
	if golden.Updating() {
		t.Skip("the files are being written")
	}
	columns, err := originals.Columns()
	if err != nil || len(columns) == 0 {
		t.Fatalf("Columns() = %d columns, %v", len(columns), err)
	}
	for _, c := range columns {
		for id, v := range c.Verdicts {
			if shown := v.Call != ""; shown != (v.Status == conformance.Fail) {
				t.Errorf("%s: %s is %s, and its call is %q: renew it with go test ./conformance/remote/originals -update", c.Name, id, v.Status, v.Call)
			}
		}
	}
}
