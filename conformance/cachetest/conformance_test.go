package cachetest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	cachetest.Test(t, subjects.Memory())
}

func TestMemoryInABubble(t *testing.T) {
	t.Parallel()
	cachetest.Test(t, subjects.MemoryInBubble())
}

func TestRedisOnFake(t *testing.T) {
	t.Parallel()
	cachetest.Test(t, subjects.Redis("fake", redistest.Fake()))
}

func TestRedisOnNative(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	cachetest.Test(t, subjects.Redis("native", redistest.Native()))
}

// TestRedisOnAServerOfItsOwn asks what needs a server that nobody shares.
func TestRedisOnAServerOfItsOwn(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	only := func(id conformance.ID) bool { return id.Area() == "EVI" || id == "CACHE-FLT-016" }
	report := cachetest.Suite().Check(t.Context(), subjects.RedisAlone("native", redistest.Native()), conformance.Options{Only: only})
	if err := report.Err(); err != nil || report.Status() != conformance.Pass {
		t.Errorf("%s, %v, want every rule to pass", report.Headline(), err)
	}
}

func TestRedisWithAReplica(t *testing.T) {
	t.Parallel()
	report := cachetest.Suite().Check(t.Context(), subjects.RedisWithReplica("fake", redistest.Fake()), conformance.Options{Only: subjects.ReplicaRules})
	if err := report.Err(); err != nil || report.Status() != conformance.Pass {
		t.Errorf("%s, %v, want every rule on replicas to pass", report.Headline(), err)
	}
}

func TestRedisOnACluster(t *testing.T) {
	t.Parallel()
	cachetest.Test(t, subjects.RedisOnCluster(redistest.Cluster(t, 3, 1)))
}

func TestRedisOnSentinel(t *testing.T) {
	t.Parallel()
	cachetest.Test(t, subjects.RedisOnSentinel(redistest.Sentinel(t, 1)))
}

func TestLaws(t *testing.T) {
	t.Parallel()
	if err := cachetest.Suite().Laws(); err != nil {
		t.Error(err)
	}
}

// undeniable are the capabilities without a rule for those who lack them, and
// why.
var undeniable = map[conformance.Capability]string{
	"cache.patterns.quote": "QuotePattern has no error to answer with",
	cachetest.AtomicMany:   "a set_many that is seen whole may have been lucky",
	cachetest.SingleFlight: "one computation may have been faster than the second caller",
}

// TestEveryCapabilityIsDenied holds that a cache cannot do without a rule by
// saying that it lacks what it has.
func TestEveryCapabilityIsDenied(t *testing.T) {
	t.Parallel()
	denied := map[conformance.Capability]bool{}
	for _, r := range cachetest.Suite().Requirements {
		denied[r.Denies], denied[r.Declines] = true, true
	}
	for _, f := range cachetest.Suite().Features {
		if denied[f.Name] == (undeniable[f.Name] != "") {
			t.Errorf("%s: denied by a rule %t, and undeniable because %q: want one of them", f.Name, denied[f.Name], undeniable[f.Name])
		}
	}
}
