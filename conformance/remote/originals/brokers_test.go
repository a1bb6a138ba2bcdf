package originals_test

import (
	"errors"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/redistest"
)

// TestVerdictsOfBrokers judges the brokers the specification was taken from.
// What depends on who comes first is left out: no table can hold it.
func TestVerdictsOfBrokers(t *testing.T) {
	t.Parallel()
	for _, o := range originals.Brokers() {
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			if err := o.Probe(t.Context()); errors.Is(err, originals.ErrMissing) && !o.Required() {
				t.Skip(err)
			}
			redistest.Start(t, redistest.Real()) // skips where there is no server
			p, err := o.StartBroker(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := p.Close(); err != nil {
					t.Error(err)
				}
			})
			report := brokertest.Suite().Check(t.Context(), o.Broker(p), conformance.Options{
				Only: originals.Settled,
			})
			hold(t, o.Name, report)
		})
	}
}
