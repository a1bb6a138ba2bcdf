package docs

import (
	"testing"

	"github.com/redkit-dev/redkit/internal/compat"
	"github.com/redkit-dev/redkit/internal/golden"
)

// TestCompatibility keeps COMPATIBILITY.md what the recorded verdicts say, of
// the requirements that there are:
//
//	go test ./internal/docs -run TestCompatibility -update
func TestCompatibility(t *testing.T) {
	t.Parallel()
	record, err := compat.Recorded()
	if err != nil {
		t.Fatal(err)
	}
	if err := record.Stale(); err != nil {
		t.Fatal(err)
	}
	run, err := record.Run()
	if err != nil {
		t.Fatal(err)
	}
	text, err := compat.Markdown(run)
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, text, "../../COMPATIBILITY.md")
}
