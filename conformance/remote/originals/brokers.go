package originals

import (
	"context"
	"errors"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
)

// Brokers lists the brokers of Python whose verdicts are known: kombu's Redis
// transport, which is Celery's. Of an Original that is a broker use Probe,
// StartBroker, Broker and Verdicts.
func Brokers() []Original {
	const isKombu = "__import__('kombu').VERSION[:2] == "
	claims := []conformance.Capability{brokertest.Configurable, brokertest.QuirkRequeueLast, brokertest.QuirkTopics}
	return []Original{
		{Name: "kombu-5.2", check: isKombu + "(5, 2)", claims: claims},
		{Name: "kombu-5.6", check: isKombu + "(5, 6)", newer: true, claims: claims},
	}
}

// StartBroker runs the adapter with the Python that has o. Close the process.
func (o Original) StartBroker(ctx context.Context) (*remote.Process, error) {
	if err := o.Probe(ctx); err != nil {
		return nil, err
	}
	return remote.StartKombu(ctx, python, o.env()...)
}

// Broker is o in process p, on the real server that redistest finds.
func (o Original) Broker(p *remote.Process) brokertest.Subject {
	return BrokerOf(p, o.Name, remote.Served{
		Claims: o.claims, Profiles: []conformance.Profile{conformance.Wire, conformance.Strict}, Clock: true,
	})
}

// BrokerOf is the broker that p serves, on the real server that redistest finds.
func BrokerOf(p *remote.Process, name string, offer remote.Served) brokertest.Subject {
	return brokertest.Subject{
		Name: name, Claims: offer.Claims, Profiles: offer.Profiles, Waive: offer.Waive,
		New: func(tb conformance.TB) brokertest.Broker {
			srv := redistest.Start(tb, redistest.Real())
			clock := conformance.Clock(srv)
			if offer.Clock {
				clock = clocks{p, srv}
			}
			e := served.Equipment(srv)
			e.Clock = clock
			tb.Equip(e)
			b, err := p.OpenBroker(tb.Context(), served.URL(srv), served.Under(srv), brokertest.Settings{})
			if err != nil {
				tb.Fatalf("%v", err)
			}
			tb.Cleanup(func() {
				if err := b.Drop(context.Background()); err != nil {
					tb.Errorf("%v", err)
				}
			})
			return b
		},
	}
}

// clocks are those of the child, which scores go by, and of the server.
type clocks struct {
	*remote.Process
	srv *redistest.Server
}

// Advance implements conformance.Clock.
func (c clocks) Advance(ctx context.Context, d time.Duration) error {
	return errors.Join(c.Process.Advance(ctx, d), c.srv.Advance(ctx, d))
}
