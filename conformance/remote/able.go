package remote

import (
	"slices"

	"github.com/redkit-dev/redkit/conformance"
)

// able is what a child says of the capabilities of what it opens: those that it
// lacks, or, if it is not null, those that it has.
type able struct{ Lacks, Has []conformance.Capability }

// missing are the capabilities of a family, found by method, that the child
// does not have.
func missing[P any](can able, features []conformance.Feature[P]) []conformance.Capability {
	lacks := slices.Clone(can.Lacks)
	if can.Has == nil {
		return lacks
	}
	for _, f := range features {
		if f.Has != nil && !slices.Contains(can.Has, f.Name) {
			lacks = append(lacks, f.Name)
		}
	}
	return lacks
}
