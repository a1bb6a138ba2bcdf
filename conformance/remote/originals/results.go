package originals

import (
	"context"
	"fmt"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
)

const isCelery = "__import__('celery').VERSION[:2] == "

// Results lists the result backends of Python whose verdicts are known:
// Celery's on Redis. Of an Original that is one use Probe, StartResults,
// Results and Verdicts.
func Results() []Original {
	claims := []conformance.Capability{resulttest.QuirkRecounts, resulttest.QuirkStrictErrors}
	return []Original{
		{Name: "celery-results-5.2", check: isCelery + "(5, 2)", claims: append([]conformance.Capability{resulttest.QuirkNaiveDates}, claims...)},
		{Name: "celery-results-5.6", check: isCelery + "(5, 6)", newer: true, claims: claims},
	}
}

// StartResults runs the adapter with the Python that has o. Close the process.
func (o Original) StartResults(ctx context.Context) (*remote.Process, error) {
	if err := o.Probe(ctx); err != nil {
		return nil, err
	}
	return remote.StartCeleryResults(ctx, python, o.env()...)
}

// Results is o in process p, on the real server that redistest finds.
func (o Original) Results(p *remote.Process) resulttest.Subject {
	return ResultsOf(p, o.Name, remote.Served{Claims: o.claims, Profiles: []conformance.Profile{conformance.Wire, conformance.Strict}})
}

// ResultsOf is the result backend that p serves, on the real server that
// redistest finds. No other test uses that server meanwhile, as publications
// pass between its databases.
func ResultsOf(p *remote.Process, name string, offer remote.Served) resulttest.Subject {
	return resulttest.Subject{
		Name: name, Claims: offer.Claims, Profiles: offer.Profiles, Waive: offer.Waive,
		New: func(tb conformance.TB) resulttest.Backend {
			srv := redistest.Start(tb, redistest.Real(), redistest.Exclusive())
			e := served.Equipment(srv)
			if offer.Clock {
				e.Clock = clocks{p, srv}
			}
			tb.Equip(e)
			r, err := p.OpenResults(tb.Context(), fmt.Sprintf("redis://%s/%d", srv.Faults().Addr(), srv.DB()), served.Results(srv), resulttest.Settings{})
			if err != nil {
				tb.Fatalf("%v", err)
			}
			tb.Cleanup(func() {
				if err := r.Drop(context.Background()); err != nil {
					tb.Errorf("%v", err)
				}
			})
			return r
		},
	}
}
