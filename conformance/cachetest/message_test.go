package cachetest_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/cachetest/internal/mutant"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/redistest"
)

// shown are bugs and the requirement whose message is shown, one of each kind:
// a value, an expiry, a batch, a count, round trips, a failure of the server, an
// eviction, a claim without need.
var shown = map[string]conformance.ID{
	"get-finds-nothing":                         "CACHE-BAS-001",
	"set-ignores-the-timeout":                   "CACHE-TMO-001",
	"get_many-fills-in-nil":                     "CACHE-MNY-002",
	"incr-returns-the-old-value":                "CACHE-CNT-001",
	"get_many-gets-one-by-one":                  "CACHE-RTT-004",
	"an-unreachable-server-is-a-miss":           "CACHE-FLT-001",
	"an-evicted-counter-begins-anew":            "CACHE-EVI-004",
	"counting-anything-is-claimed-without-need": "CACHE-CNT-013",
}

var position = regexp.MustCompile(`(?m)^(\w+\.go):\d+:`)

// TestMessagesOfFailures keeps what a reader of a failing test is told. Lines
// of the checks are left out, which move.
func TestMessagesOfFailures(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	left := len(shown)
	for _, bug := range mutant.All() {
		id, ok := shown[bug.Name]
		if !ok {
			continue
		}
		left--
		subject := subjects.Memory()
		if bug.Server {
			subject = subjects.Redis("fake", redistest.Fake())
		}
		report := cachetest.Suite().Check(t.Context(), bug.Into(subject), conformance.Options{
			Only:  func(asked conformance.ID) bool { return asked == id },
			Rerun: func(id conformance.ID) string { return fmt.Sprintf("go test -run '/^%s$'", id) },
		})
		fmt.Fprintf(&b, "-- %s --\n", bug.Name)
		for _, res := range report.Results {
			if res.Status != conformance.Fail {
				t.Errorf("%s on %s = %s, want fail", id, bug.Name, res.Status)
			}
			fmt.Fprintf(&b, "%s %s\n%s\n", res.ID, res.Status, position.ReplaceAllString(res.Message(), "$1:"))
		}
	}
	if left != 0 {
		t.Errorf("%d of the bugs to show are gone", left)
	}
	golden.Equal(t, []byte(b.String()), "testdata/messages.txtar")
}
