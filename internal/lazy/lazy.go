// Package lazy puts off what a program may never need: a command that only
// prints a list must not pay for every pattern its packages know.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp compiles expr when it is first asked for. The returned function
// panics when expr is no regular expression; it is safe for concurrent use.
func Regexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
