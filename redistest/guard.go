package redistest

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/internal/tap"
)

// A guard collects breaches of one rule and fails the test with them at its
// end, when every goroutine of it may still be heard.
type guard struct {
	rule string // as the test wrote it: "redistest.RequireTTL"
	mend string

	mu     sync.Mutex
	counts map[string]int
	order  []string
}

// breach notes what broke the rule.
func (g *guard) breach(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.counts == nil {
		g.counts = map[string]int{}
	}
	if g.counts[text]++; g.counts[text] == 1 {
		g.order = append(g.order, text)
	}
}

// maxBreaches is how many different breaches of a rule are listed.
const maxBreaches = 10

// report fails tb if the rule was broken.
func (g *guard) report(tb TB) {
	tb.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.order) == 0 {
		return
	}
	var b strings.Builder
	for i, text := range g.order {
		if i == maxBreaches {
			fmt.Fprintf(&b, "\n\t… and %d more", len(g.order)-i)
			break
		}
		fmt.Fprintf(&b, "\n\t%s", text)
		if n := g.counts[text]; n > 1 {
			fmt.Fprintf(&b, " (%d times)", n)
		}
	}
	tb.Errorf("%s:%s\n\t%s", g.rule, b.String(), g.mend)
}

// A ward is what guards watch over: the server of a test, or its topology.
type ward struct {
	tb  TB
	tap *tap.Tap
	// atEnd registers a check to run when the test ends, while clients, data
	// and servers are still there.
	atEnd func(check func(ctx context.Context))
	// eachKey calls f for every key of the test, in order.
	eachKey func(ctx context.Context, f func(key, kind string, ttl time.Duration)) error
	// hangUp closes the clients that were made for the test.
	hangUp func()
}

// guard has set watch over the test of a server: begin is called when it
// stands, the function that it returns (nil for none) when the test ends.
func (set *settings) guard(g func() *guard, begin func(ctx context.Context, w *ward, g *guard) (end func(context.Context) error, err error)) {
	set.guards = append(set.guards, func(ctx context.Context, w *ward) error {
		g := g()
		end, err := begin(ctx, w, g)
		if err != nil {
			return fmt.Errorf("%s: %w", g.rule, err)
		}
		w.atEnd(func(ctx context.Context) {
			if end != nil {
				if err := end(ctx); err != nil {
					w.tb.Errorf("%s: the server cannot be asked: %v", g.rule, err)
				}
			}
			g.report(w.tb)
		})
		return nil
	})
}

// globs notes patterns that path.Match cannot read.
func (set *settings) globs(rule string, patterns []string) {
	for _, p := range patterns {
		if _, err := path.Match(p, ""); err != nil {
			set.problems = append(set.problems, fmt.Errorf("%s(%q): %w", rule, p, err))
		}
	}
}

// excepted reports whether a pattern of path.Match matches key. A key is no
// path: a star matches slashes too.
func excepted(patterns []string, key string) bool {
	flat := strings.NewReplacer("/", "\x00")
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(flat.Replace(p), flat.Replace(key)) // globs has looked for errors
		return ok
	})
}
