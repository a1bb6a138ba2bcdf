package tasks_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/internal/tasks"
)

func TestRunsTakeTheMatricesOutOfTheRaceDetector(t *testing.T) {
	t.Setenv("CGO_ENABLED", "1")
	t.Setenv("CC", "go") // anything on PATH
	got := tasks.Runs([]string{"-shuffle=on"}, "./...")
	want := [][]string{
		{"-shuffle=on", "-race", "-skip=^TestEveryMutantIsCaught$", "./..."},
		{"-shuffle=on", "-run=^TestEveryMutantIsCaught$", "./conformance/...test"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Runs with the race detector (-want +got):\n%s", diff)
	}
	t.Setenv("CGO_ENABLED", "0")
	if diff := cmp.Diff([][]string{{"-shuffle=on", "./..."}}, tasks.Runs([]string{"-shuffle=on"}, "./...")); diff != "" {
		t.Errorf("Runs without it (-want +got):\n%s", diff)
	}
}

// TestNoMatrixIsLeftOut finds the kill matrices by reading: what the first run
// of Runs skips, the packages of the second must hold.
func TestNoMatrixIsLeftOut(t *testing.T) {
	t.Parallel()
	matrix := regexp.MustCompile(`(?m)^func TestEveryMutantIsCaught\(`)
	var rooms []string
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if matrix.Match(text) {
			rooms = append(rooms, filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, "../../"))))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(rooms) < 5 {
		t.Errorf("kill matrices are in %q, want one for each family", rooms)
	}
	outside := slices.DeleteFunc(rooms, func(room string) bool {
		return strings.HasPrefix(room, "conformance/") && strings.HasSuffix(room, "test")
	})
	if len(outside) > 0 {
		t.Errorf("kill matrices in %q run nowhere: want them in conformance/*test", outside)
	}
}
