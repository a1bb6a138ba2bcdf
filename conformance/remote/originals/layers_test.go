package originals_test

import (
	"errors"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/redistest"
)

// TestVerdictsOfLayers judges the channel layers the specification was taken
// from. What depends on who comes first is left out: no table can hold it.
func TestVerdictsOfLayers(t *testing.T) {
	t.Parallel()
	for _, o := range originals.Layers() {
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			if err := o.Probe(t.Context()); errors.Is(err, originals.ErrMissing) && !o.Required() {
				t.Skip(err)
			}
			redistest.Start(t, redistest.Real()) // skips where there is no server
			p, err := o.StartLayer(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := p.Close(); err != nil {
					t.Error(err)
				}
			})
			report := layertest.Suite().Check(t.Context(), o.Layer(p), conformance.Options{Only: originals.Settled})
			hold(t, o.Name, report)
		})
	}
}
