package originals_test

import (
	"testing"

	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// TestVerdictsOfTasks judges the apps and workers the specification was taken
// from.
func TestVerdictsOfTasks(t *testing.T) {
	t.Parallel()
	for _, o := range originals.Tasks() {
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			p := started(t, o, o.StartTasks)
			hold(t, o.Name, tasktest.Check(t.Context(), o.Tasks(p)))
		})
	}
}
