package originals_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
)

// TestVerdictsOfBrokers judges the brokers the specification was taken from.
// What depends on who comes first is left out: no table can hold it.
func TestVerdictsOfBrokers(t *testing.T) {
	t.Parallel()
	for _, o := range originals.Brokers() {
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			p := started(t, o, o.StartBroker)
			report := brokertest.Suite().Check(t.Context(), o.Broker(p), conformance.Options{
				Only: originals.Settled,
			})
			hold(t, o.Name, report)
		})
	}
}
