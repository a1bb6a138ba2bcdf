package layertest_test

import (
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	layertest.Test(t, subjects.LayerInMemory())
}

func TestRedisOnFake(t *testing.T) {
	t.Parallel()
	layertest.Test(t, subjects.LayerOnRedis("fake", redistest.Fake()))
}

func TestRedisOnNative(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	layertest.Test(t, subjects.LayerOnRedis("native", redistest.Native()))
}

// TestRedisOnAServerOfItsOwn asks what needs a server that nobody shares.
func TestRedisOnAServerOfItsOwn(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	passes(t, subjects.LayerOnRedis("native", redistest.Native(), redistest.Exclusive()), "LAYER-FLT-010")
}

// passes wants these requirements to hold.
func passes(t *testing.T, subject layertest.Subject, beginning string) {
	t.Helper()
	only := func(id conformance.ID) bool { return strings.HasPrefix(string(id), beginning) }
	report := layertest.Suite().Check(t.Context(), subject, conformance.Options{Only: only})
	if err := report.Err(); err != nil || report.Status() != conformance.Pass {
		t.Errorf("%s, %v, want every rule to pass", report.Headline(), err)
	}
}

func TestRedisAsInPython(t *testing.T) {
	t.Parallel()
	layertest.Test(t, subjects.LayerAsInPython("fake", redistest.Fake()))
}

func TestPollingRedisOnFake(t *testing.T) {
	t.Parallel()
	layertest.Test(t, subjects.LayerThatPolls("fake", redistest.Fake()))
}

func TestPollingRedisOnNative(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	passes(t, subjects.LayerThatPolls("native", redistest.Native()), "LAYER-FLT-008")
}

func TestPubSubOnFake(t *testing.T) {
	t.Parallel()
	layertest.Test(t, subjects.LayerOnPubSub("fake", redistest.Fake()))
}

func TestPubSubOnNative(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, redistest.Native(), redistest.Exclusive()) // what is published passes between databases
	layertest.Test(t, subjects.LayerOnPubSub("native", redistest.External(srv.URL())))
}

func TestLaws(t *testing.T) {
	t.Parallel()
	if err := layertest.Suite().Laws(); err != nil {
		t.Error(err)
	}
}
