package mutant

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// unit is the judge's measure of time on a clock that stands still.
const unit = 100 * time.Second

func retrying() []Mutant {
	return []Mutant{
		run("a-retry-does-not-count", func(r *Run) { r.Retries = 0 }),
		defined("one-retry-too-many", func(a *Act) {
			if a.MaxRetries > 0 {
				a.MaxRetries++
			}
		}),
		defined("the-cause-of-a-retry-is-lost", func(a *Act) { a.Cause = false }),
		ended("a-retry-too-many-fails-with-Retry", func(o *Outcome) {
			if o.Error != nil && o.Error.Type == "MaxRetriesExceededError" {
				f := *o.Error
				f.Type = "Retry"
				o.Error = &f
			}
		}),
		defined("retries-have-no-limit-unless-it-is-set", func(a *Act) {
			if a.MaxRetries == 0 {
				a.MaxRetries = -1
			}
		}),
		defined("a-retry-runs-at-once", func(a *Act) { a.Backoff = 0 }),
		defined("a-retry-waits-too-long", func(a *Act) { a.Backoff += a.Backoff / 2 }),
		ended("between-retries-a-task-is-PENDING", func(o *Outcome) {
			if o.Status == resulttest.Retry {
				*o = Outcome{TaskID: o.TaskID, Status: resulttest.Pending}
			}
		}),
		{Name: "a-retry-leaks-out-of-send", Inline: true, Break: func(a Full, h *Hooks) {
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				s, err := a.Send(ctx, c)
				if o, _ := a.Outcome(ctx, s.ID); err == nil && o.Status == resulttest.Retry {
					err = tasktest.ErrTask
				}
				return s, err
			}
		}},
		run("a-retry-goes-to-the-default-queue", func(r *Run) {
			if r.Retries > 0 {
				r.Queue = "celery"
			}
		}),
	}
}

func timing() []Mutant {
	return []Mutant{
		sent("a-countdown-is-ignored", func(c *Call) { c.Countdown = 0 }),
		sent("an-eta-is-ignored", func(c *Call) { c.ETA = 0 }),
		sent("an-eta-in-the-past-waits", func(c *Call) {
			if c.ETA < 0 {
				c.ETA = 2 * unit
			}
		}),
		sent("an-expiry-is-ignored", func(c *Call) { c.Expires = 0 }),
		sent("tasks-expire-too-early", func(c *Call) { c.Expires /= 4 }),
		sent("tasks-for-later-run-the-last-first", func(c *Call) {
			if c.Countdown > 0 {
				c.Countdown = 4*unit - c.Countdown
			}
		}),
		defined("soft-limits-are-ignored", func(a *Act) { a.Soft = 0 }),
		defined("hard-limits-are-ignored", func(a *Act) { a.Hard = 0 }),
		sent("limits-of-a-call-are-ignored", func(c *Call) { c.Soft, c.Hard = 0, 0 }),
	}
}

func delivering() []Mutant {
	return []Mutant{
		defined("late-acknowledgements-are-early", func(a *Act) { a.AcksLate = false }),
		defined("early-acknowledgements-are-late", func(a *Act) { a.AcksLate, a.IgnoreResult = true, a.IgnoreResult || a.Do == tasktest.Echo }),
		run("the-redelivered-flag-is-lost", func(r *Run) { r.Redelivered = false }),
		{Name: "a-redelivered-task-always-runs", Break: func(a Full, h *Hooks) {
			losing := false
			h.disturb = func(twice, loseAcks bool) {
				losing = loseAcks
				a.Disturb(twice, loseAcks)
			}
			h.runs = func(ctx context.Context) ([]Run, error) {
				runs, err := a.Runs(ctx)
				if losing && len(runs) == 1 && runs[0].Task == "late" {
					runs = append(runs, runs[0])
				}
				return runs, err
			}
		}},
		{Name: "a-doubled-chord-runs-a-second-body", Break: func(a Full, h *Hooks) {
			doubled := false
			h.disturb = func(twice, loseAcks bool) {
				doubled = twice
				a.Disturb(twice, loseAcks)
			}
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				if c.Kind == tasktest.Chord && doubled {
					early := *c.Body
					early.Args = []any{[]any{int64(1), int64(1), int64(2)}}
					if _, err := a.Send(ctx, early); err != nil {
						return Sent{}, err
					}
				}
				return a.Send(ctx, c)
			}
		}},
		{Name: "what-is-put-aside-is-lost", Break: func(a Full, h *Hooks) {
			h.dead = func(ctx context.Context) ([]string, error) { return nil, ctx.Err() }
		}},
		defined("a-message-that-is-given-back-is-lost", func(a *Act) {
			if a.Do == tasktest.Requeue {
				a.Do = tasktest.Reject
			}
		}),
		{Name: "what-is-no-task-stops-the-worker", Break: func(a Full, h *Hooks) {
			stopped := false
			h.put = func(ctx context.Context, queue, message string) error {
				stopped = stopped || message[0] != '{'
				return a.Put(ctx, queue, message)
			}
			h.work = func(ctx context.Context) error {
				if stopped {
					return nil
				}
				return a.Work(ctx)
			}
		}},
		{Name: "a-revocation-is-not-heard", Break: func(a Full, h *Hooks) {
			h.revoke = func(ctx context.Context, _ string) error { return ctx.Err() }
		}},
		ended("a-rejected-task-stays-PENDING", func(o *Outcome) {
			if o.Error != nil && o.Error.Type == "Reject" {
				*o = Outcome{TaskID: o.TaskID, Status: resulttest.Pending}
			}
		}),
		{Name: "a-revocation-replaces-the-result", Break: func(a Full, h *Hooks) {
			revoked := map[string]bool{}
			h.revoke = func(ctx context.Context, id string) error {
				revoked[id] = true
				return a.Revoke(ctx, id)
			}
			h.outcome = func(ctx context.Context, id string) (Outcome, error) {
				o, err := a.Outcome(ctx, id)
				if revoked[id] {
					o.Status, o.Error = resulttest.Revoked, &resulttest.Failure{Type: "TaskRevokedError"}
				}
				return o, err
			}
		}},
	}
}
