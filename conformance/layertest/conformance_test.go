package layertest_test

import (
	"testing"

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
