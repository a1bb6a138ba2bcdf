// Package served makes a server of redistest the equipment of a run, whatever
// family judges what stands on it: clock, faults and trace in one line,
//
//	srv := redistest.Start(tb)
//	tb.Equip(served.Equipment(srv))
//
// and, for rules that look below an implementation, what is stored there:
// embed [Store], [Results], [Queues], [Under] or a [Shards] in the adapter.
//
// A client has to be made of the Options of srv, or to dial [URL], in whatever
// process and language it is: others neither meet the faults nor are traced.
// It should not repeat commands by itself, as a lost reply must not count twice.
package served

import (
	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/redistest"
)

// Equipment is all that srv offers to a run: its [Clock], its [Faults] and its
// [Trace]. A server of the instance's own offers more: see [Pressing].
func Equipment(srv *redistest.Server) conformance.Equipment {
	return conformance.Equipment{Clock: Clock(srv), Faults: Faults(srv), Trace: Trace(srv)}
}

// Clock is that of srv, and tells whether it stands still, too.
func Clock(srv *redistest.Server) conformance.Clock { return clock{srv} }

type clock struct{ *redistest.Server }

// Frozen is true of fakes, whose time stands still between two Advances.
func (c clock) Frozen() bool { return c.Engine() == "fake" }

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
