package resulttest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	resulttest.Test(t, subjects.ResultsInMemory())
}

func TestMemoryInABubble(t *testing.T) {
	t.Parallel()
	resulttest.Test(t, subjects.ResultsInBubble())
}

func TestRedisOnFake(t *testing.T) {
	t.Parallel()
	resulttest.Test(t, subjects.ResultsOnRedis("fake", redistest.Fake()))
}

func TestRedisOnNative(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	resulttest.Test(t, subjects.ResultsOnRedis("native", redistest.Native(), redistest.Exclusive()))
}

func TestRedisInABubble(t *testing.T) {
	t.Parallel()
	resulttest.Test(t, subjects.ResultsOnRedisInBubble())
}

func TestLaws(t *testing.T) {
	t.Parallel()
	if err := resulttest.Suite().Laws(); err != nil {
		t.Error(err)
	}
}
