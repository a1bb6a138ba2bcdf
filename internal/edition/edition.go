// Package edition finds the versions of a Python package that tests talk to:
// the system's own, and the newer one of REDISTEST_ORIGINALS.
package edition

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Python is the interpreter of the system, whose packages the older versions are.
const Python = "/usr/bin/python3"

const newer = "REDISTEST_ORIGINALS"

// An Edition is a version of a package that tests talk to.
type Edition struct {
	Package string
	Version string // how it begins
	path    string // PYTHONPATH; empty for the system's own
	get     string // how a machine gets it
}

// Of returns the two of Debian's bookworm, which apt-get installs from
// packages, and sid.
func Of(name, bookworm, packages, sid string) []Edition {
	return []Edition{
		{name, bookworm, "", "apt-get install " + packages},
		{name, sid, os.Getenv(newer), "set " + newer + " to what .ci/originals prints"},
	}
}

// Environ is what its Python runs in.
func (e Edition) Environ() []string {
	return append(os.Environ(), "PYTHONPATH="+e.path, "PYTHONDONTWRITEBYTECODE=1")
}

// Command runs its Python.
func (e Edition) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, Python, args...)
	cmd.Env = e.Environ()
	return cmd
}

// Need skips the test on a machine without e, or fails it under
// REDISTEST_REQUIRE=1. print is Python that imports what the test needs and
// prints the version.
func (e Edition) Need(tb testing.TB, print string) {
	tb.Helper()
	out, err := e.Command(tb.Context(), "-c", print).CombinedOutput()
	if err == nil && strings.HasPrefix(string(out), e.Version) {
		return
	}
	text := fmt.Sprintf("no %s %sx: %s\n%s", e.Package, e.Version, e.get, out)
	if os.Getenv("REDISTEST_REQUIRE") == "1" {
		tb.Fatal(text)
	}
	tb.Skip(text)
}
