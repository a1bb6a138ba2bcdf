package conformance_test

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/internal/golden"
)

// childVar makes this test binary run one of the tests that are meant to fail.
const childVar = "CONFORMANCE_TEST_CHILD"

func TestConformance(t *testing.T) {
	subject := onPaper(nil)
	switch os.Getenv(childVar) {
	case "broken":
		subject = onPaper(func(_ conformance.TB, b *paper) box { return lossy{b} })
	case "bubble that leaks":
		subject = inBubble(func(b *paper) box { go linger(nil); return b }) // the leak under test
	}
	toySuite().Test(t, subject) // its subtests are parallel to nothing: one subject, one clock
}

func TestConformanceInABubble(t *testing.T) {
	t.Parallel()
	toySuite().Test(t, inBubble(func(b *paper) box { return b }))
}

// inBubble is a subject whose boxes live by the time of a bubble.
func inBubble(change func(*paper) box) conformance.Subject[box] {
	return conformance.Subject[box]{
		Name:      "paper in a bubble",
		New:       func(conformance.TB) box { return change(&paper{now: time.Now}) },
		Equipment: conformance.Equipment{Clock: conformance.Bubble{}},
	}
}

// lossy forgets at once.
type lossy struct{ *paper }

func (b lossy) Put(ctx context.Context, text string, _ time.Duration) error {
	return b.paper.Put(ctx, text, 0)
}

var untimed = regexp.MustCompile(`\([0-9.]+s\)|[0-9.]+s\n`)

func child(t *testing.T, mode string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestConformance$")
	cmd.Env = append(os.Environ(), childVar+"="+mode)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("the tests of %q passed, want them to fail:\n%s", mode, out)
	}
	return untimed.ReplaceAllString(string(out), "(time)")
}

func TestAFailureOfTestReadsWell(t *testing.T) {
	t.Parallel()
	golden.Equal(t, []byte(child(t, "broken")), "testdata/fail.golden")
}

func TestALeakInABubbleIsAnError(t *testing.T) {
	t.Parallel()
	if out := child(t, "bubble that leaks"); !strings.Contains(out, "goroutines outlive the instance") {
		t.Errorf("a bubble with a leak said:\n%s\nwant it to name the goroutines", out)
	}
}
