package brokertest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	brokertest.Test(t, subjects.MemoryBroker())
}

func TestMemoryInABubble(t *testing.T) {
	t.Parallel()
	brokertest.Test(t, subjects.MemoryBrokerInBubble())
}

func TestRedisOnFake(t *testing.T) {
	t.Parallel()
	brokertest.Test(t, subjects.RedisBroker("fake", redistest.Fake()))
}

func TestRedisOnNative(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	brokertest.Test(t, subjects.RedisBroker("native", redistest.Native()))
}

func TestLaws(t *testing.T) {
	t.Parallel()
	if err := brokertest.Suite().Laws(); err != nil {
		t.Error(err)
	}
}
