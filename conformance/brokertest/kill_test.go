package brokertest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/brokertest/internal/mutant"
	"github.com/redkit-dev/redkit/conformance/internal/matrix"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// TestEveryMutantIsCaught runs each bug of internal/mutant against the suite.
// The golden file says exactly which requirements catch it.
func TestEveryMutantIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("judges hundreds of broken brokers: run without -short")
	}
	t.Parallel()
	m := matrix.Matrix[brokertest.Broker]{Suite: brokertest.Suite(), Loose: loose}
	for _, bug := range mutant.All() {
		subject := subjects.MemoryBroker()
		only := func(id conformance.ID) bool { return !loose(id) || slices.Contains(bug.Must, id) }
		switch {
		case bug.By != nil:
			subject = subjects.TwistedBroker("kombu", subjects.Twist(bug.Twist), redistest.Fake())
			only = func(id conformance.ID) bool {
				judges := func(beginning string) bool { return strings.HasPrefix(string(id), "BROKER-"+beginning) }
				return slices.ContainsFunc(bug.By, judges) && (!loose(id) || slices.Contains(bug.Must, id))
			}
		case bug.Bubble:
			subject = subjects.MemoryBrokerInBubble()
		}
		m.Mutants = append(m.Mutants, matrix.Mutant[brokertest.Broker]{Name: bug.Name, Subject: bug.Into(subject), Only: only, Must: bug.Must})
	}
	m.Golden(t, "testdata/kill.golden")
}

// loose are the requirements whose verdict on a broken broker depends on timing.
func loose(id conformance.ID) bool {
	return id.Area() == "CON" || id.Area() == "LIN" || id == "BROKER-ACK-012"
}
