package originals_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// TestVerdictsOfResults judges the result backends the specification was taken
// from. What depends on who comes first is left out: no table can hold it.
func TestVerdictsOfResults(t *testing.T) {
	t.Parallel()
	for _, o := range originals.Results() {
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			p := started(t, o, o.StartResults)
			hold(t, o.Name, resulttest.Suite().Check(t.Context(), o.Results(p), conformance.Options{Only: originals.Settled}))
		})
	}
}
