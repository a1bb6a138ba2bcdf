package mutant

import (
	"context"
	"slices"

	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// within is a bug in a call inside another: change returns what becomes of the
// body of a chord, or of what follows a group in a chain.
func within(name string, change func(Call) Call) Mutant {
	return sent(name, func(c *Call) {
		switch c.Kind {
		case tasktest.Chord:
			body := change(*c.Body)
			c.Body = &body
		case tasktest.Chain:
			for i := range c.Tasks {
				if i > 0 && c.Tasks[i-1].Kind == tasktest.Group {
					c.Tasks[i] = change(c.Tasks[i])
				}
			}
		}
	})
}

// waiting is a bug by which the ends of some calls stay PENDING when they
// should come to a state.
func waiting(name, state string, some func(Call) bool) Mutant {
	return Mutant{Name: name, Break: func(a Full, h *Hooks) {
		ends := map[string]bool{}
		h.send = func(ctx context.Context, c Call) (Sent, error) {
			s, err := a.Send(ctx, c)
			ends[s.ID] = some(c)
			return s, err
		}
		h.outcome = func(ctx context.Context, id string) (Outcome, error) {
			o, err := a.Outcome(ctx, id)
			if ends[id] && o.Status == state {
				o = Outcome{TaskID: id, Status: resulttest.Pending}
			}
			return o, err
		}
	}}
}

// holds reports whether a call has a task, or part, of a kind.
func holds(kind tasktest.Kind) func(Call) bool {
	return func(c Call) bool {
		return slices.ContainsFunc(c.Tasks, func(t Call) bool { return t.Kind == kind })
	}
}

func nested() []Mutant {
	return []Mutant{
		within("of-a-group-that-is-a-body-one-task-is-sent", func(c Call) Call {
			if c.Kind == tasktest.Group {
				c.Tasks = c.Tasks[:1]
			}
			return c
		}),
		within("of-a-chord-that-is-a-body-one-part-is-sent", func(c Call) Call {
			if c.Kind == tasktest.Chord {
				c.Tasks = c.Tasks[:1]
			}
			return c
		}),
		waiting("a-chain-that-stops-before-a-chord-stays-PENDING", resulttest.Failed, func(c Call) bool {
			return c.Kind == tasktest.Chain && holds(tasktest.Group)(c)
		}),
		waiting("a-chord-around-a-chain-that-stops-before-a-chord-never-ends", resulttest.Failed, func(c Call) bool {
			return c.Kind == tasktest.Chord && slices.ContainsFunc(c.Tasks, holds(tasktest.Group))
		}),
		waiting("a-chord-around-a-chord-that-fails-never-ends", resulttest.Failed, holds(tasktest.Chord)),
		sent("of-errbacks-with-one-task-the-first-is-sent", func(c *Call) {
			c.LinkError = slices.CompactFunc(c.LinkError, func(a, b Call) bool { return a.Task == b.Task })
		}),
		waiting("the-end-of-a-chain-that-expires-stays-PENDING", resulttest.Revoked, func(c Call) bool { return c.Kind == tasktest.Chain }),
		sent("what-is-set-on-a-canvas-is-dropped", func(c *Call) {
			if c.Kind != tasktest.Single {
				c.Queue, c.Countdown, c.Link, c.LinkError = "", 0, nil, nil
			}
		}),
		sent("what-is-set-on-a-canvas-is-set-on-its-first-task", func(c *Call) {
			if c.Kind != tasktest.Single && len(c.Tasks) > 0 {
				first := &c.Tasks[0]
				first.Queue, first.Countdown, first.Link = c.Queue, c.Countdown, append(first.Link, c.Link...)
				c.Queue, c.Countdown, c.Link = "", 0, nil
			}
		}),
		{Name: "a-group-that-ends-a-call-tells-no-ids", Break: func(a Full, h *Hooks) {
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				s, err := a.Send(ctx, c)
				if c.Kind != tasktest.Group {
					s.Members = nil
				}
				return s, err
			}
		}},
		{Name: "a-group-that-is-not-sent-stays-PENDING", Break: func(a Full, h *Hooks) {
			ends := map[string]bool{}
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				s, err := a.Send(ctx, c)
				for _, id := range s.Members {
					ends[id] = c.Kind == tasktest.Chain
				}
				return s, err
			}
			h.outcome = func(ctx context.Context, id string) (Outcome, error) {
				o, err := a.Outcome(ctx, id)
				if ends[id] && o.Status == resulttest.Failed {
					o = Outcome{TaskID: id, Status: resulttest.Pending}
				}
				return o, err
			}
		}},
	}
}
