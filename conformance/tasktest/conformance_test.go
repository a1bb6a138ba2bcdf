package tasktest_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/redistest"
)

func TestInline(t *testing.T) {
	t.Parallel()
	tasktest.Test(t, subjects.TasksInline())
}

func TestDeferred(t *testing.T) {
	t.Parallel()
	tasktest.Test(t, subjects.TasksDeferred())
}

func TestThreaded(t *testing.T) {
	t.Parallel()
	tasktest.Test(t, subjects.TasksThreaded())
}

func TestRedisOnFake(t *testing.T) {
	t.Parallel()
	tasktest.Test(t, subjects.TasksOnRedis("fake", redistest.Fake()))
}

func TestRedisOnNative(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	tasktest.Test(t, subjects.TasksOnRedis("native", redistest.Native()))
}

func TestWorkerOnFake(t *testing.T) {
	t.Parallel()
	tasktest.Test(t, subjects.TasksInWorker("fake", redistest.Fake()))
}

func TestWorkerOnNative(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	tasktest.Test(t, subjects.TasksInWorker("native", redistest.Native()))
}

func TestLaws(t *testing.T) {
	t.Parallel()
	if err := tasktest.Suite().Laws(); err != nil {
		t.Error(err)
	}
}
