package cachetest_test

import (
	"slices"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/cachetest/internal/mutant"
	"github.com/redkit-dev/redkit/conformance/internal/matrix"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// TestEveryMutantIsCaught runs each bug of internal/mutant against the suite.
// The golden file says exactly which requirements catch it. A bug that shows
// on a server only is judged by the requirements that ask for a server.
func TestEveryMutantIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("judges hundreds of broken caches: run without -short")
	}
	t.Parallel()
	loose := func(id conformance.ID) bool { return id.Area() == "CON" || id.Area() == "LIN" }
	m := matrix.Matrix[cachetest.Cache]{Suite: cachetest.Suite(), Loose: loose}
	missing := matrix.Lacks(t, func(t *testing.T) { redistest.Start(t, redistest.Native()) })
	for _, bug := range mutant.All() {
		subject := subjects.Memory()
		only := func(id conformance.ID) bool { return !loose(id) || slices.Contains(bug.Must, id) }
		switch {
		case bug.Alone:
			subject = subjects.RedisAlone("native", redistest.Native())
			only = func(id conformance.ID) bool { return string(id) == bug.Only || id.Area() == bug.Only }
		case bug.Replica:
			subject = subjects.RedisWithReplica("fake", redistest.Fake())
			only = subjects.ReplicaRules
		case bug.Sentinel && missing:
		case bug.Sentinel:
			subject = subjects.RedisOnFirstMaster(redistest.Sentinel(t, 1))
			only = func(id conformance.ID) bool { return id == promotes }
		case bug.Server:
			subject = subjects.Redis("fake", redistest.Fake())
			only = needsServer
		case bug.Bubble:
			subject = subjects.MemoryInBubble()
		}
		m.Mutants = append(m.Mutants, matrix.Mutant[cachetest.Cache]{Name: bug.Name, Missing: (bug.Alone || bug.Sentinel) && missing, Subject: bug.Into(subject), Only: only, Must: bug.Must})
	}
	m.Golden(t, "testdata/kill.golden")
}

// promotes is the requirement that needs a replica which becomes the master.
const promotes = "CACHE-TOP-011"

func needsServer(id conformance.ID) bool {
	switch id.Area() {
	case "WIR", "RTT", "FLT":
		return true
	}
	return id == "CACHE-CTX-007" || id == "CACHE-LIN-005"
}
