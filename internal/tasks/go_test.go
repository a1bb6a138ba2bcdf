package tasks_test

import (
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/tasks"
)

func TestRaceNeedsACompiler(t *testing.T) {
	t.Setenv("CGO_ENABLED", "1")
	t.Setenv("CC", "/nonexistent/cc")
	if got := tasks.Race(); got != nil {
		t.Errorf("Race() without a C compiler = %q, want no flag", got)
	}
	t.Setenv("CC", "go") // anything on PATH
	if got := tasks.Race(); len(got) != 1 || got[0] != "-race" {
		t.Errorf("Race() with a compiler = %q, want [-race]", got)
	}
	t.Setenv("CGO_ENABLED", "0")
	if got := tasks.Race(); got != nil {
		t.Errorf("Race() without cgo = %q, want no flag", got)
	}
}

func TestGoReportsTheCommandThatFailed(t *testing.T) {
	t.Parallel()
	err := tasks.Go(t.Context(), nil, "tool", "no-such-tool")
	if err == nil || !strings.HasPrefix(err.Error(), "go tool: ") {
		t.Errorf("Go(tool no-such-tool) = %v, want an error that begins with %q", err, "go tool: ")
	}
}
