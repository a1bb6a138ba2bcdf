package brokertest

import (
	"context"
	"slices"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
)

// A Subject is a broker to be judged; see [conformance.Subject].
type Subject = conformance.Subject[Broker]

type (
	row        = conformance.Requirement[Broker]
	feature    = conformance.Feature[Broker]
	capability = conformance.Capability
	needs      = []capability
)

// Test judges subject in a subtest per requirement.
func Test(t *testing.T, subject Subject) {
	t.Helper()
	Suite().Test(t, subject)
}

// Check judges subject without a *testing.T.
func Check(ctx context.Context, subject Subject) *conformance.Report {
	return Suite().Check(ctx, subject, conformance.Options{})
}

// Suite is the family of broker requirements.
func Suite() conformance.Suite[Broker] {
	return conformance.Suite[Broker]{
		Family: "BROKER",
		Title:  "The broker",
		Preface: `A message broker in the manner of kombu's Redis transport, Celery's usual one. The source kombu is
kombu/transport/redis.py and the virtual transport it is built on; versions 5.2.4 and 5.6.2 were run. Strict rows are losses
and duplicates of kombu that were seen live, turned round.`,
		Sources: []conformance.Source{
			{Mark: "K", Name: "kombu"},
			{Mark: "K52", Name: "kombu 5.2"},
			{Mark: "K56", Name: "kombu 5.6"},
		},
		Areas:    areas(),
		Features: features(),
		Requirements: slices.Concat(
			publishRows(), priorityRows(), consumeRows(), ackRows(), requeueRows(), visibilityRows(), parkRows(), deadRows(), exhumeRows(),
			exchangeRows(), fanoutRows(), adminRows(), cancelRows(), waitRows(), wireRows(), sweepRows(),
			faultRows(), stepRows(), concurrentRows(), modelRows(), linearRows(),
		),
	}
}

func areas() []conformance.Area {
	return []conformance.Area{
		{Code: "PUB", Title: "publishing"},
		{Code: "PRI", Title: "priorities"},
		{Code: "CNS", Title: "consuming"},
		{Code: "ACK", Title: "acknowledging"},
		{Code: "REQ", Title: "rejecting and requeueing"},
		{Code: "VIS", Title: "visibility timeout and restoring"},
		{Code: "PRK", Title: "parking until a time"},
		{Code: "DEA", Title: "poison and the dead"},
		{Code: "EXC", Title: "direct and topic exchanges"},
		{Code: "FAN", Title: "broadcasts"},
		{Code: "ADM", Title: "looking after queues"},
		{Code: "CTX", Title: "contexts"},
		{Code: "BLK", Title: "waiting for messages"},
		{Code: "WIR", Title: "the wire format"},
		{Code: "SWP", Title: "sweeping what others left"},
		{Code: "FLT", Title: "failures"},
		{Code: "STP", Title: "failures at every step of what takes several"},
		{Code: "CON", Title: "concurrency"},
		{Code: "MDL", Title: "the model"},
		{Code: "LIN", Title: "linearizability"},
	}
}
