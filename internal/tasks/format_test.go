package tasks_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/tasks"
)

func TestFormatted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, bad, broken := file("good.go", "package p\n\nvar x = 1\n"), file("bad.go", "package p\nvar  x=1\n"), file("broken.go", "package\n")
	if err := tasks.Formatted(t.Context(), good); err != nil {
		t.Errorf("Formatted(good) = %v, want no error", err)
	}
	for want, path := range map[string]string{"gofmt would change:\n" + bad + "\n(run gofmt -w on them)": bad, "run gofmt: exit status 2\n" + broken + ":": broken} {
		err := tasks.Formatted(t.Context(), good, path)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "%!") {
			t.Errorf("Formatted(%s) = %v, want an error that begins with %q", filepath.Base(path), err, want)
		}
	}
}
