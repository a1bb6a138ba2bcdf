package mutant

import (
	"context"
	"slices"

	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// header is a bug in the headers of chords; change returns what becomes of one
// of its calls, and whether it stays.
func header(name string, change func(Call) (Call, bool)) Mutant {
	return sent(name, func(c *Call) {
		if c.Kind != tasktest.Chord {
			return
		}
		var kept []Call
		for _, t := range c.Tasks {
			if t, stays := change(t); stays {
				kept = append(kept, t)
			}
		}
		c.Tasks = kept
	})
}

func canvas() []Mutant {
	return []Mutant{
		sent("no-task-gets-the-result-before-it", func(c *Call) { c.Immutable = true }),
		sent("immutable-calls-get-the-result-before-them", func(c *Call) { c.Immutable = false }),
		waiting("the-end-of-a-broken-chain-stays-PENDING", resulttest.Failed, func(c Call) bool { return c.Kind == tasktest.Chain }),
		sent("a-chain-within-a-chain-is-cut-to-its-first", func(c *Call) {
			if c.Kind == tasktest.Chain {
				c.Tasks = slices.Clone(c.Tasks)
				for i, t := range c.Tasks {
					if t.Kind == tasktest.Chain {
						c.Tasks[i] = t.Tasks[0]
					}
				}
			}
		}),
		{Name: "the-members-of-a-group-come-backwards", Break: func(a Full, h *Hooks) {
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				s, err := a.Send(ctx, c)
				slices.Reverse(s.Members)
				return s, err
			}
		}},
		sent("a-header-is-counted-backwards", func(c *Call) {
			if c.Kind == tasktest.Chord {
				slices.Reverse(c.Tasks)
			}
		}),
		header("a-part-for-later-is-not-waited-for", func(c Call) (Call, bool) { return c, c.Countdown == 0 }),
		ended("a-failed-chord-has-the-error-of-its-part", func(o *Outcome) {
			if o.Error != nil && o.Error.Type == "ChordError" {
				o.Error = &resulttest.Failure{Type: "ValueError", Module: "builtins", Args: []any{"bad", int64(42)}}
			}
		}),
		{Name: "a-chord-without-a-header-does-nothing", Break: func(a Full, h *Hooks) {
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				if c.Kind == tasktest.Chord && len(c.Tasks) == 0 {
					return Sent{ID: "nothing"}, nil
				}
				return a.Send(ctx, c)
			}
		}},
		header("a-chain-in-a-header-counts-by-its-first", func(c Call) (Call, bool) {
			if c.Kind == tasktest.Chain && c.Tasks[len(c.Tasks)-1].Kind == tasktest.Single {
				return c.Tasks[0], true
			}
			return c, true
		}),
		sent("groups-in-a-header-come-last", func(c *Call) {
			if c.Kind == tasktest.Chord {
				slices.SortStableFunc(c.Tasks, func(x, y Call) int {
					return boolInt(x.Kind == tasktest.Group) - boolInt(y.Kind == tasktest.Group)
				})
			}
		}),
		header("a-group-at-the-end-of-a-chain-is-lost", func(c Call) (Call, bool) {
			if c.Kind == tasktest.Chain && c.Tasks[len(c.Tasks)-1].Kind == tasktest.Group {
				return c.Tasks[0], true
			}
			return c, true
		}),
		header("a-chord-in-a-header-is-taken-for-a-group", func(c Call) (Call, bool) {
			if c.Kind == tasktest.Chord {
				return Call{Kind: tasktest.Group, Tasks: c.Tasks}, true
			}
			return c, true
		}),
		sent("what-follows-a-group-is-dropped", cutAfter(tasktest.Group)),
		sent("what-follows-a-chord-is-dropped", cutAfter(tasktest.Chord)),
		sent("links-are-dropped", func(c *Call) { c.Link = nil }),
		sent("links-are-sent-on-failure-too", func(c *Call) { c.LinkError = append(c.LinkError, c.Link...) }),
		sent("errbacks-are-sent-on-success-too", func(c *Call) { c.Link = append(c.Link, c.LinkError...) }),
		sent("a-failed-chord-sends-no-errbacks", func(c *Call) {
			if c.Body != nil {
				c.Body.LinkError = nil
			}
		}),
		header("parts-without-results-do-not-count", func(c Call) (Call, bool) { return c, !c.IgnoreResult }),
	}
}

// cutAfter drops what follows a call of a kind in a chain.
func cutAfter(kind tasktest.Kind) func(*Call) {
	return func(c *Call) {
		if c.Kind != tasktest.Chain {
			return
		}
		if i := slices.IndexFunc(c.Tasks, func(t Call) bool { return t.Kind == kind }); i >= 0 {
			c.Tasks = c.Tasks[:i+1]
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
