package servertest_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/conformance/servertest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFake(t *testing.T) {
	t.Parallel()
	servertest.Test(t, subjects.Server("fake", false, redistest.Fake()))
}

func TestNative(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	servertest.Test(t, subjects.Server("native", true, redistest.Native()))
}

func TestLeasedDatabase(t *testing.T) {
	t.Parallel()
	redistest.Start(t, redistest.Native()) // skips where there is no server
	servertest.Test(t, subjects.Server("native, one database of it", false, redistest.Native()))
}

func TestLaws(t *testing.T) {
	t.Parallel()
	if err := servertest.Suite().Laws(); err != nil {
		t.Error(err)
	}
}
