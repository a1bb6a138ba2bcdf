package edition_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/edition"
)

// A recorder notes how a test ends, and ends nothing.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper()           {}
func (r *recorder) Fatal(args ...any) { r.said = append(r.said, "fatal: "+fmt.Sprint(args...)) }
func (r *recorder) Skip(args ...any)  { r.said = append(r.said, "skip: "+fmt.Sprint(args...)) }

func TestNeedSkipsOrFailsWithoutTheVersion(t *testing.T) {
	if _, err := os.Stat(edition.Python); err != nil && os.Getenv("REDISTEST_REQUIRE") != "1" {
		t.Skip("no " + edition.Python + ": apt-get install python3")
	}
	both := edition.Of("a package", "1.0.", "python3-package", "2.0.")
	for _, c := range []struct {
		require, print string
		e              edition.Edition
		want           []string
	}{
		{"1", "print('1.0.7')", both[0], nil},
		{"", "print('2.0.7')", both[1], nil},
		{"", "print('1.1.7')", both[0], []string{"skip: no a package 1.0.x: apt-get install python3-package\n1.1.7\n"}},
		{"1", "print('1.1.7')", both[1], []string{"fatal: no a package 2.0.x: set REDISTEST_ORIGINALS to what .ci/originals prints\n1.1.7\n", "skip: "}},
		{"1", "import no_such_module", both[0], []string{"fatal: no a package 1.0.x: ", "skip: "}},
	} {
		t.Setenv("REDISTEST_REQUIRE", c.require)
		r := &recorder{TB: t}
		c.e.Need(r, c.print)
		ok := len(r.said) == len(c.want)
		for i := range min(len(r.said), len(c.want)) {
			ok = ok && strings.HasPrefix(r.said[i], c.want[i])
		}
		if !ok {
			t.Errorf("Need(%s) with REDISTEST_REQUIRE=%q ended with %q, want %q", c.print, c.require, r.said, c.want)
		}
	}
}

func TestEnvironNamesTheNewerPackages(t *testing.T) {
	t.Setenv("REDISTEST_ORIGINALS", "/opt/newer")
	for i, want := range []string{"PYTHONPATH=", "PYTHONPATH=/opt/newer"} {
		var got string
		for _, v := range edition.Of("a package", "1.", "python3-package", "2.")[i].Environ() { // the last one counts
			if strings.HasPrefix(v, "PYTHONPATH=") {
				got = v
			}
		}
		if got != want {
			t.Errorf("Environ of edition %d has %q, want %q", i, got, want)
		}
	}
}
