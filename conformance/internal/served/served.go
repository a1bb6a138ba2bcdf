// Package served makes a server of redistest the equipment of a run: its
// clock, its faults, what is sent to it and what is stored there.
package served

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/redistest"
)

// Equipment is all that srv offers to a run.
func Equipment(srv *redistest.Server) conformance.Equipment {
	return conformance.Equipment{Clock: Clock(srv), Faults: srv.Faults(), Trace: Trace(srv)}
}

// Clock is that of srv, which also tells the time.
func Clock(srv *redistest.Server) conformance.Clock { return clock{srv} }

type clock struct{ *redistest.Server }

// Frozen is true of fakes, whose time stands still between two Advances.
func (c clock) Frozen() bool { return c.Engine() == "fake" }

// Now is the server's idea of the time: moments count from it.
func (c clock) Now() time.Time {
	now, err := c.Client().Time(context.Background()).Result()
	if err != nil {
		return time.Now()
	}
	return now
}

// Trace records what srv is sent.
func Trace(srv *redistest.Server) conformance.Tracer { return tracer{srv} }

type tracer struct{ srv *redistest.Server }

// Trace implements conformance.Tracer.
func (t tracer) Trace(run func()) []conformance.Exchange {
	var all []conformance.Exchange
	trip := 0
	for _, c := range t.srv.Trace(run).Commands {
		if c.RoundTrip == 0 {
			continue // part of opening a connection
		}
		if c.RoundTrip != trip {
			trip = c.RoundTrip
			all = append(all, conformance.Exchange{})
		}
		last := &all[len(all)-1]
		last.Commands = append(last.Commands, c.Args)
		last.Took = max(last.Took, c.Took)
	}
	return all
}
