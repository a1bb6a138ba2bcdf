package originals_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
)

// TestVerdictsOfLayers judges the channel layers the specification was taken
// from. What depends on who comes first is left out: no table can hold it.
func TestVerdictsOfLayers(t *testing.T) {
	t.Parallel()
	for _, o := range originals.Layers() {
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			p := started(t, o, o.StartLayer)
			report := layertest.Suite().Check(t.Context(), o.Layer(p), conformance.Options{Only: originals.Settled})
			hold(t, o.Name, report)
		})
	}
}
