package mutant

import (
	"context"

	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// outage is what a bug knows of the calls that were sent, and of a worker that
// broke off. It breaks one app.
type outage struct {
	calls []Call // with the ids of the tasks that end them
	over  bool   // a worker broke off since the last time Work succeeded
	ever  bool
}

// spoiled is a bug that shows when a worker breaks off: broken puts it in,
// after calls are remembered and outages noted.
func spoiled(name string, broken func(a Full, h *Hooks, o *outage)) Mutant {
	return Mutant{Name: name, Faulty: true, Break: func(a Full, h *Hooks) {
		o := &outage{}
		h.send = func(ctx context.Context, c Call) (Sent, error) {
			s, err := a.Send(ctx, c)
			if c.ID = s.ID; err == nil {
				o.calls = append(o.calls, c)
			}
			return s, err
		}
		h.work = func(ctx context.Context) error {
			err := a.Work(ctx)
			o.over, o.ever = o.over || err != nil, o.ever || err != nil
			return err
		}
		broken(a, h, o)
	}}
}

// afterwards does something once when a worker works again after an outage.
func afterwards(a Full, h *Hooks, o *outage, again func(context.Context) error) {
	work := h.work
	h.work = func(ctx context.Context) error {
		if err := work(ctx); err != nil || !o.over {
			return err
		}
		o.over = false
		if err := again(ctx); err != nil {
			return err
		}
		return a.Work(ctx)
	}
}

// hasty is a bug in how tasks are defined that shows when a worker breaks off.
func hasty(name string, change func(*Act)) Mutant {
	m := defined(name, change)
	m.Faulty = true
	return m
}

func broken() []Mutant {
	return []Mutant{
		{Name: "a-send-that-fails-is-made-again", Faulty: true, Break: func(a Full, h *Hooks) {
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				s, err := a.Send(ctx, c)
				if err != nil {
					return a.Send(ctx, c)
				}
				return s, nil
			}
		}},
		hasty("a-worker-that-breaks-off-takes-its-task-along", func(a *Act) { a.AcksLate = false }),
		hasty("a-worker-that-breaks-off-takes-a-retry-along", func(a *Act) { a.AcksLate = a.AcksLate && a.Do != tasktest.Again }),
		spoiled("what-was-done-is-sent-again-after-an-outage", func(a Full, h *Hooks, o *outage) {
			afterwards(a, h, o, func(ctx context.Context) error {
				last := o.calls[len(o.calls)-1]
				if last.Kind != tasktest.Single {
					return nil
				}
				_, err := a.Send(ctx, last)
				return err
			})
		}),
		spoiled("an-outage-ends-chains", func(a Full, h *Hooks, o *outage) {
			h.outcome = func(ctx context.Context, id string) (Outcome, error) {
				for _, c := range o.calls {
					if o.ever && c.ID == id && c.Kind == tasktest.Chain {
						return Outcome{TaskID: id, Status: resulttest.Pending}, nil
					}
				}
				return a.Outcome(ctx, id)
			}
		}),
		spoiled("an-outage-sends-a-second-body", func(a Full, h *Hooks, o *outage) {
			afterwards(a, h, o, func(ctx context.Context) error {
				last := o.calls[len(o.calls)-1]
				if last.Kind != tasktest.Chord {
					return nil
				}
				_, err := a.Send(ctx, *last.Body)
				return err
			})
		}),
		spoiled("an-outage-puts-a-message-aside-twice", func(a Full, h *Hooks, o *outage) {
			h.dead = func(ctx context.Context) ([]string, error) {
				reasons, err := a.Dead(ctx)
				if o.ever && len(reasons) > 0 {
					reasons = append(reasons, reasons[0])
				}
				return reasons, err
			}
		}),
		spoiled("what-is-for-later-runs-when-its-worker-breaks-off", func(a Full, h *Hooks, o *outage) {
			h.runs = func(ctx context.Context) ([]Run, error) {
				runs, err := a.Runs(ctx)
				for _, c := range o.calls {
					if o.ever && c.Countdown > 0 {
						runs = append(runs, Run{Task: c.Task, ID: c.ID, Args: c.Args})
					}
				}
				return runs, err
			}
		}),
	}
}
