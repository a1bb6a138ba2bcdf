// Package golden compares what a test produced with a file kept beside it.
//
// Run a test with -update to write the files anew, then read the difference
// before committing it: a golden file is a claim somebody has looked at.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

// Updating reports whether golden files are being written: for what is kept
// beside one and cannot be compared letter by letter.
func Updating() bool { return *update }

// Equal fails tb unless got equals the content of the file at path, which is
// relative to the directory of the test. With -update it writes the file.
func Equal(tb testing.TB, got []byte, path string) {
	tb.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatalf("make the directory of %s: %v", path, err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			tb.Fatalf("write %s: %v", path, err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("%v\n\twrite it with: go test -run '^%s$' -update", err, tb.Name())
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		tb.Errorf("%s is stale (-file +now):\n%s\trenew it with: go test -run '^%s$' -update", path, diff, tb.Name())
	}
}
