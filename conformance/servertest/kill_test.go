package servertest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/matrix"
	"github.com/redkit-dev/redkit/conformance/servertest"
	"github.com/redkit-dev/redkit/conformance/servertest/internal/mutant"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// TestEveryMutantIsCaught runs each bug of internal/mutant against the area it
// belongs to. The golden file says exactly which requirements catch it.
func TestEveryMutantIsCaught(t *testing.T) {
	t.Parallel()
	m := matrix.Matrix[servertest.Server]{
		Suite: servertest.Suite(),
		Loose: func(conformance.ID) bool { return false },
	}
	missing := matrix.Lacks(t, func(t *testing.T) { redistest.Start(t, redistest.Native()) })
	for _, bug := range mutant.All() {
		subject := subjects.Server("fake", false, redistest.Fake())
		subject.Claims = []conformance.Capability{servertest.Disposable}
		if bug.Native {
			subject = subjects.Server("native", true, redistest.Native())
		}
		m.Mutants = append(m.Mutants, matrix.Mutant[servertest.Server]{
			Name: bug.Name, Subject: bug.Into(subject), Missing: bug.Native && missing,
			Only: func(id conformance.ID) bool { return id.Area() == bug.Area },
		})
	}
	m.Golden(t, "testdata/kill.golden")
}
