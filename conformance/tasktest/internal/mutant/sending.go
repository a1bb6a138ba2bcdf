package mutant

import (
	"context"
	"errors"

	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// rounded are integers that have been floats.
func rounded(v any) any {
	switch v := v.(type) {
	case int64:
		return int64(float64(v))
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = rounded(e)
		}
		return out
	}
	return v
}

func sending() []Mutant {
	return []Mutant{
		sent("keyword-arguments-are-dropped", func(c *Call) { c.Kwargs = nil }),
		sent("integers-are-rounded-to-floats", func(c *Call) { c.Args, _ = rounded(c.Args).([]any) }),
		{Name: "what-cannot-be-serialized-is-sent-as-nothing", Break: func(a Full, h *Hooks) {
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				s, err := a.Send(ctx, c)
				if errors.Is(err, tasktest.ErrSerialize) {
					return s, nil
				}
				return s, err
			}
		}},
		{Name: "half-of-a-group-is-sent", Break: func(a Full, h *Hooks) {
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				if c.Kind != tasktest.Group {
					return a.Send(ctx, c)
				}
				var all Sent
				for _, t := range c.Tasks {
					s, err := a.Send(ctx, t)
					if err != nil {
						return all, err
					}
					all.Members = append(all.Members, s.ID)
					if s.ID == "" || s.Members != nil {
						all.Members = append(all.Members[:len(all.Members)-1], s.Members...)
					}
				}
				return all, nil
			}
		}},
		{Name: "handlers-get-the-senders-own-arguments", Break: func(a Full, h *Hooks) {
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				s, err := a.Send(ctx, c)
				if c.Task == "change" {
					c.Args[0].([]any)[0].(map[string]any)["k"] = "changed"
				}
				return s, err
			}
		}},
		sent("the-id-of-the-sender-is-ignored", func(c *Call) { c.ID = "" }),
		run("every-task-is-its-own-root", func(r *Run) { r.Root = r.ID }),
		run("no-task-has-a-parent", func(r *Run) { r.Parent = "" }),
	}
}

func ending() []Mutant {
	return []Mutant{
		defined("a-result-that-cannot-be-serialized-is-a-success", func(a *Act) {
			if a.Do == tasktest.Odd {
				a.Do, a.Value = tasktest.Give, "<object>"
			}
		}),
		ended("errors-have-no-traceback", func(o *Outcome) { o.Traceback = "" }),
		ended("the-arguments-of-errors-are-lost", func(o *Outcome) {
			if o.Error != nil && o.Error.Type == "ValueError" {
				f := *o.Error
				f.Args = f.Args[:1]
				o.Error = &f
			}
		}),
		{Name: "a-panic-ends-the-worker", Break: func(a Full, h *Hooks) {
			ended := false
			h.define = func(task string, act Act) error {
				ended = ended || act.Do == tasktest.Panic
				return a.Define(task, act)
			}
			h.work = func(ctx context.Context) error {
				if ended {
					return nil
				}
				return a.Work(ctx)
			}
		}},
		defined("ignore_result-of-a-task-is-not-read", func(a *Act) { a.IgnoreResult = false }),
		sent("ignore_result-of-a-call-is-not-read", func(c *Call) { c.IgnoreResult = false }),
		ended("an-unknown-task-stays-PENDING", func(o *Outcome) {
			if o.Error != nil && o.Error.Type == "NotRegistered" {
				*o = Outcome{TaskID: o.TaskID, Status: resulttest.Pending}
			}
		}),
		defined("a-task-that-is-ignored-succeeds", func(a *Act) {
			if a.Do == tasktest.Ignore {
				a.Do = tasktest.Give
			}
		}),
		ended("results-name-no-children", func(o *Outcome) { o.Children = nil }),
		opened("result_extended-is-not-read", func(s *Settings) { s.Extended = false }),
	}
}
