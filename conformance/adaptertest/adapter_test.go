package adaptertest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/adaptertest"
	"github.com/redkit-dev/redkit/conformance/adaptertest/internal/mutant"
	"github.com/redkit-dev/redkit/conformance/internal/matrix"
)

func TestLaws(t *testing.T) {
	t.Parallel()
	if err := adaptertest.Suite().Laws(); err != nil {
		t.Error(err)
	}
}

// TestRight judges the adapter that the mutants are made of.
func TestRight(t *testing.T) {
	t.Parallel()
	right := mutant.Right()
	right.Clock = conformance.Bubble{}
	adaptertest.Test(t, right)
}

// TestEveryMutantIsCaught runs each bug of internal/mutant against the suite.
// The golden file says exactly which requirements catch it.
func TestEveryMutantIsCaught(t *testing.T) {
	t.Parallel()
	m := matrix.Matrix[adaptertest.Adapter]{
		Suite: adaptertest.Suite(),
		Loose: func(conformance.ID) bool { return false },
	}
	for _, bug := range mutant.All() {
		m.Mutants = append(m.Mutants, matrix.Mutant[adaptertest.Adapter]{
			Name: bug.Name, Subject: bug.Subject(),
			Only: func(id conformance.ID) bool { return id != "ADAPTER-ASK-004" || bug.Long },
		})
	}
	m.Golden(t, "testdata/kill.golden")
}
