package originals

import (
	"context"
	"fmt"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/redistest"
)

// Tasks lists the apps of Python whose verdicts are known: Celery's, with a
// worker whose pool runs one task at a time. Of an Original that is one use
// Probe, StartTasks, Tasks and Verdicts.
func Tasks() []Original {
	claims := []conformance.Capability{tasktest.Waits, tasktest.QuirkDropsRejected}
	return []Original{
		{Name: "celery-5.2", check: isCelery + "(5, 2)", claims: claims},
		{Name: "celery-5.6", check: isCelery + "(5, 6)", newer: true, claims: claims},
	}
}

// StartTasks runs the adapter with the Python that has o. Close the process.
func (o Original) StartTasks(ctx context.Context) (*remote.Process, error) {
	if err := o.Probe(ctx); err != nil {
		return nil, err
	}
	return remote.StartCeleryTasks(ctx, python, o.env()...)
}

// Tasks is o in process p, on the real server that redistest finds.
func (o Original) Tasks(p *remote.Process) tasktest.Subject {
	return TasksOf(p, o.Name, remote.Served{Claims: o.claims, Profiles: []conformance.Profile{conformance.Wire, conformance.Strict}, Clock: true})
}

// TasksOf is the app that p serves, on the real server that redistest finds.
func TasksOf(p *remote.Process, name string, offer remote.Served) tasktest.Subject {
	return tasktest.Subject{
		Name: name, Claims: offer.Claims, Profiles: offer.Profiles, Waive: offer.Waive,
		New: func(tb conformance.TB) tasktest.App {
			srv := redistest.Start(tb, redistest.Real(), redistest.Exclusive())
			clock := conformance.Clock(srv)
			if offer.Clock {
				clock = clocks{p, srv}
			}
			tb.Equip(conformance.Equipment{Clock: clock})
			t, err := p.OpenTasks(tb.Context(), fmt.Sprintf("redis://%s/%d", srv.Faults().Addr(), srv.DB()), served.Queues(srv), tasktest.Settings{})
			if err != nil {
				tb.Fatalf("%v", err)
			}
			tb.Cleanup(func() {
				if err := t.Drop(context.Background()); err != nil {
					tb.Errorf("%v", err)
				}
			})
			return t
		},
	}
}
