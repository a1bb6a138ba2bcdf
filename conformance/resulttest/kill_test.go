package resulttest_test

import (
	"slices"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/matrix"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/resulttest/internal/mutant"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// TestEveryMutantIsCaught runs each bug of internal/mutant against the suite.
// The golden file says exactly which requirements catch it. A bug that shows
// on a server only is judged by the requirements that ask for a server.
func TestEveryMutantIsCaught(t *testing.T) {
	t.Parallel()
	loose := func(id conformance.ID) bool { return id.Area() == "CON" }
	m := matrix.Matrix[resulttest.Backend]{Suite: resulttest.Suite(), Loose: loose}
	for _, bug := range mutant.All() {
		only := func(id conformance.ID) bool { return !loose(id) || slices.Contains(bug.Must, id) }
		subject := subjects.ResultsInMemory()
		switch {
		case bug.Server && bug.Bubble:
			subject, only = subjects.ResultsOnRedisInBubble(), func(id conformance.ID) bool { return id.Area() == "WAI" }
		case bug.Server:
			subject, only = subjects.ResultsOnRedis("fake", redistest.Fake()), needsServer
		case bug.Bubble:
			subject = subjects.ResultsInBubble()
		}
		m.Mutants = append(m.Mutants, matrix.Mutant[resulttest.Backend]{Name: bug.Name, Subject: bug.Into(subject), Only: only, Must: bug.Must})
	}
	m.Golden(t, "testdata/kill.golden")
}

func needsServer(id conformance.ID) bool {
	switch id.Area() {
	case "EXP", "WIR", "RTT", "FLT", "STP", "QRK":
		return true
	}
	return id == "RESULT-ERR-006" || id == "RESULT-WAI-014"
}
