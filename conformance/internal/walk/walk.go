// Package walk holds an implementation to a model by random walks: sequences
// of calls that nobody thought of, shrunk to what matters when one disagrees.
package walk

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/redkit-dev/redkit/conformance"
)

// A Walks describes random walks whose steps are plain data of type S.
type Walks[S any] struct {
	Count  int                                  // of walks
	Length int                                  // of each, in steps
	Step   func(*rapid.T) S                     // draws one
	Follow func(prefix string, walk []S) string // makes a walk on implementation and model, and tells the first difference or ""
	Text   func(S) string                       // shows a step to a reader
}

// Try follows the walks, each under a prefix of its own for the names of keys
// and queues, and records the first that implementation and model disagree on.
// The same walks are drawn each time, so verdicts repeat.
func (w Walks[S]) Try(p *conformance.Probe) {
	p.Helper()
	draw := rapid.SliceOfN(rapid.Custom(w.Step), w.Length, w.Length) // left to choose, rapid draws mostly five or so
	for seed := range w.Count {
		walk := draw.Example(seed)
		diff := w.Follow(fmt.Sprint("w", seed), walk)
		if diff == "" {
			continue
		}
		walk, diff = w.shrink(seed, walk, diff)
		var b strings.Builder
		for _, s := range walk {
			fmt.Fprintf(&b, "\n\t%s", w.Text(s))
		}
		p.Errorf("%s\n\tafter the walk of seed %d, shrunk to %d steps:%s", diff, seed, len(walk), b.String())
		return
	}
}

// shrink drops steps as long as the rest still disagrees.
func (w Walks[S]) shrink(seed int, walk []S, diff string) ([]S, string) {
	tries := 0
	for before := 0; before != len(walk); {
		before = len(walk)
		for i := 0; i < len(walk); {
			tries++
			shorter := slices.Delete(slices.Clone(walk), i, i+1)
			if d := w.Follow(fmt.Sprintf("s%d-%d", seed, tries), shorter); d != "" {
				walk, diff = shorter, d
				continue
			}
			i++
		}
	}
	return walk, diff
}
