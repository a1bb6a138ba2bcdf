package tasktest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/matrix"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/conformance/tasktest/internal/mutant"
	"github.com/redkit-dev/redkit/redistest"
)

// TestEveryMutantIsCaught runs each bug of internal/mutant against the suite.
// The golden file says exactly which requirements catch it.
func TestEveryMutantIsCaught(t *testing.T) {
	t.Parallel()
	m := matrix.Matrix[tasktest.App]{Suite: tasktest.Suite(), Loose: func(conformance.ID) bool { return false }}
	for _, bug := range mutant.All() {
		subject, only := subjects.TasksDeferred(), func(conformance.ID) bool { return true }
		switch {
		case bug.Inline:
			subject = subjects.TasksInline()
		case bug.Faulty:
			subject, only = subjects.TasksOnRedis("fake", redistest.Fake()), func(id conformance.ID) bool { return id.Area() == "STP" }
		}
		m.Mutants = append(m.Mutants, matrix.Mutant[tasktest.App]{Name: bug.Name, Subject: bug.Into(subject), Only: only})
	}
	m.Golden(t, "testdata/kill.golden")
}
