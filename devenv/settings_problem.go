package devenv

import (
	"errors"
	"fmt"
	"strings"
)

// ErrSettings is wrapped by every error that Load returns for a bad setting.
var ErrSettings = errors.New("bad settings")

// A Problem is one thing wrong with one setting.
type Problem struct {
	Variable string // its name, as REDKIT_CACHE_PORT
	Origin   string // what set it: flag -cache-port, environment, .env:12
	Value    string // what was given, redacted when the variable is secret
	Want     string // the allowed form
	Fix      string // a line to run or to write

	err error // the cause, if there is one
}

// Unwrap returns the cause, as a file that is not there.
func (p Problem) Unwrap() error { return p.err }

// Error tells all of it in one paragraph.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Variable)
	if p.Value != "" {
		b.WriteString("=" + p.Value)
	}
	if p.Origin != "" {
		fmt.Fprintf(&b, " (%s)", p.Origin)
	}
	b.WriteString(": " + p.Want)
	if p.Fix != "" {
		b.WriteString("\n\tmend it: " + p.Fix)
	}
	return b.String()
}

// Problems are all that is wrong with the settings; errors.As finds it in
// what Load returns, and each Problem in it.
type Problems []Problem

// Error lists the problems, one paragraph each.
func (ps Problems) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d problem%s with the settings", len(ps), plural(len(ps)))
	for _, p := range ps {
		b.WriteString("\n  " + strings.ReplaceAll(p.Error(), "\n", "\n  "))
	}
	return b.String()
}

// Unwrap gives ErrSettings and each Problem to errors.Is and errors.As.
func (ps Problems) Unwrap() []error {
	all := []error{ErrSettings}
	for _, p := range ps {
		all = append(all, p)
	}
	return all
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// nearest returns the candidate with the fewest edits from name, if that is
// few enough to be a slip of the finger.
func nearest(name string, candidates []string) string {
	best, fewest := "", len(name)/3+1
	for _, c := range candidates {
		if d := edits(name, c); d < fewest {
			best, fewest = c, d
		}
	}
	return best
}

// edits counts the insertions, deletions, substitutions and swaps of
// neighbours that turn a into b (optimal string alignment).
func edits(a, b string) int {
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}
