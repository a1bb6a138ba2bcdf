package layertest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/matrix"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/layertest/internal/mutant"
	"github.com/redkit-dev/redkit/conformance/subjects"
)

// TestEveryMutantIsCaught runs each bug of internal/mutant against the suite.
// The golden file says exactly which requirements catch it. Those on contexts
// race a receiver with its end: they are judged of the bugs that they are for.
func TestEveryMutantIsCaught(t *testing.T) {
	t.Parallel()
	m := matrix.Matrix[layertest.Layer]{
		Suite: layertest.Suite(),
		Loose: func(id conformance.ID) bool { return id == "LAYER-CTX-002" },
	}
	for _, bug := range mutant.All() {
		m.Mutants = append(m.Mutants, matrix.Mutant[layertest.Layer]{
			Name: bug.Name, Subject: bug.Into(subjects.LayerInMemory()), Must: bug.Must,
			Only: func(id conformance.ID) bool { return id != "LAYER-CTX-002" || bug.Must != nil },
		})
	}
	m.Golden(t, "testdata/kill.golden")
}
