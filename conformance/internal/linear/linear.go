// Package linear checks that concurrent calls take effect one at a time: that
// some order of them, in which none comes before one that had ended when it
// began, explains what each of them gave.
package linear

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/value"
)

// Unknown is the outcome of a call that failed: it may have taken effect, now
// or at any time to come.
type Unknown struct{}

// Outcome is v, or Unknown for an error.
func Outcome(v any, err error) any {
	if err != nil {
		return Unknown{}
	}
	return v
}

// A check has this many clients, with this many calls each.
const (
	Clients = 4
	Calls   = 12
)

// Check lets several clients make calls at once and holds the history to the
// model. call prepares the n-th call of a client: its input, and what makes it
// and gives its output; an output that is an error is Unknown.
func Check(p *conformance.Probe, model porcupine.NondeterministicModel, call func(client, n int) (any, func() any)) {
	p.Helper()
	p.Call("%d clients, %d calls each, at once", Clients, Calls)
	history := record(call)
	result, info := porcupine.CheckOperationsVerbose(model.ToModel(), history, 5*time.Second)
	switch result {
	case porcupine.Illegal:
		longest := 0
		for _, partial := range info.PartialLinearizations()[0] {
			longest = max(longest, len(partial))
		}
		p.Errorf("the history of %d calls is not linearizable: no order of more than %d of them explains the results", len(history), longest)
	case porcupine.Unknown:
		p.Unproven("the history of %d calls takes too long to judge", len(history))
	}
}

func record(call func(client, n int) (any, func() any)) (history []porcupine.Operation) {
	var mu sync.Mutex
	var wait sync.WaitGroup
	var tick atomic.Int64 // no clock: the time of a bubble stands still while calls run
	begin := make(chan struct{})
	for client := range Clients {
		wait.Go(func() {
			<-begin
			for n := range Calls {
				runtime.Gosched() // an implementation in memory would let no other client in between
				input, run := call(client, n)
				op := porcupine.Operation{ClientId: client, Input: input, Call: tick.Add(1)}
				op.Output = run()
				op.Return = tick.Add(1)
				if err, failed := op.Output.(error); failed && err != nil {
					op.Output = Unknown{}
				}
				mu.Lock()
				history = append(history, op)
				mu.Unlock()
			}
		})
	}
	close(begin)
	wait.Wait()
	end := tick.Load()
	for i := range history {
		if history[i].Output == (Unknown{}) { // it returns at infinity, on a client of its own
			history[i].Return, history[i].ClientId = end+1, Clients+i
		}
	}
	return history
}

// Judged returns the states after a call that should have said so and led to
// after: none if it said something else, both if nobody heard it.
func Judged(before, after, says, output any) []any {
	if output == (Unknown{}) {
		return []any{before, after}
	}
	if !value.Same(says, output) {
		return nil
	}
	return []any{after}
}
