package redistest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/tap"
)

// NoLeaks fails the test if it ends with connections open: clients that were
// not closed, subscriptions, commands that still block. The client of
// Server.Client is closed for it first. It sees the connections made by the
// Dialer of Options and through Faults().Addr.
func NoLeaks() Option {
	return func(set *settings) {
		set.guard(func() *guard {
			return &guard{
				rule: "redistest.NoLeaks: connections left open",
				mend: "close clients and subscriptions in the test (t.Cleanup), and end blocked commands before it",
			}
		}, func(_ context.Context, w *ward, g *guard) (func(context.Context) error, error) {
			return func(ctx context.Context) error { return w.leaks(ctx, g) }, nil
		})
	}
}

// leakGrace is how long a connection may take to go that a client in another
// process closed.
const leakGrace = 200 * time.Millisecond

func (w *ward) leaks(ctx context.Context, g *guard) error {
	busy := map[int]bool{}
	for _, c := range w.tap.Conns() {
		if state := c.State(); !state.Upkeep && (state.Subscribed > 0 || slices.ContainsFunc(state.Waiting, asked)) {
			g.breach("%s", leak(state))
			busy[state.ID] = true
		}
	}
	w.hangUp()
	ctx, cancel := context.WithTimeout(ctx, leakGrace)
	defer cancel()
	_ = eventually(ctx, "", func() error { // what is left after that is a leak
		if n := len(w.tap.Conns()); n > 0 {
			return fmt.Errorf("%d connections", n)
		}
		return nil
	})
	for _, c := range w.tap.Conns() {
		if state := c.State(); !busy[state.ID] {
			g.breach("%s", leak(state))
		}
	}
	return nil
}

// asked tells what users of a client wait for from what it does by itself.
func asked(c tap.Command) bool { return !c.Setup }

// leak says what is known of a connection that should be closed.
func leak(s tap.State) string {
	text := fmt.Sprintf("connection %d, opened %s ago", s.ID, brief(time.Since(s.Opened)))
	if s.Subscribed > 0 {
		text += ", subscribed to " + plural(s.Subscribed, "channel")
	}
	for _, c := range s.Waiting {
		text += ", still waits for " + words(&c)
	}
	if len(s.Last) > 0 {
		text += ", last answered " + strings.ToUpper(s.Last[0])
	}
	return text
}
