package redistest_test

import (
	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/redistest"
)

// A subject on a server of redistest hands its faults to the conformance
// families as they are.
var (
	_ conformance.Faults    = (*redistest.Faults)(nil)
	_ conformance.Restarter = (*redistest.Faults)(nil)
)
