package layertest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/matrix"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/layertest/internal/mutant"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// TestEveryMutantIsCaught runs each bug of internal/mutant against the suite.
// The golden file says exactly which requirements catch it. A bug that shows on
// a server only is judged by the requirements that ask for a server.
func TestEveryMutantIsCaught(t *testing.T) {
	t.Parallel()
	m := matrix.Matrix[layertest.Layer]{Suite: layertest.Suite(), Loose: loose}
	missing := matrix.Lacks(t, func(t *testing.T) { redistest.Start(t, redistest.Native()) })
	for _, bug := range mutant.All() {
		subject := subjects.LayerInMemory()
		twist := subjects.Twist{Script: bug.Twist.Script, Command: bug.Twist.Command}
		switch bug.On {
		case mutant.Redis:
			subject = subjects.TwistedLayer("channel layer on fake", twist, redistest.Fake())
		case mutant.PubSub:
			subject = subjects.TwistedPubSub("pub/sub layer on fake", twist, redistest.Fake())
		case mutant.Polling:
			subject = subjects.TwistedPolling("polling layer on fake", twist, redistest.Fake())
		case mutant.Alone:
			subject = subjects.TwistedLayer("channel layer on native", twist, redistest.Native(), redistest.Exclusive())
		}
		m.Mutants = append(m.Mutants, matrix.Mutant[layertest.Layer]{
			Name: bug.Name, Subject: bug.Into(subject), Must: bug.Must, Missing: bug.On == mutant.Alone && missing,
			Only: func(id conformance.ID) bool {
				judges := func(beginning string) bool { return strings.HasPrefix(string(id), "LAYER-"+beginning) }
				return (bug.By == nil || slices.ContainsFunc(bug.By, judges)) && (!loose(id) || slices.Contains(bug.Must, id))
			},
		})
	}
	m.Golden(t, "testdata/kill.golden")
}

// loose are the requirements whose verdict on a broken layer depends on timing:
// they are judged of the bugs that they are for.
func loose(id conformance.ID) bool {
	return id.Area() == "CON" || id.Area() == "LIN" || id == "LAYER-CTX-002" || id == "LAYER-SHD-004" || id == "LAYER-FLT-008"
}
