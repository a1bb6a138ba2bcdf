package tasktest

import (
	"time"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

func retryRows() []row {
	return []row{
		{ID: "TASK-RTY-001", Says: "A retry MUST run the task again with the same id and one retry more.",
			Why: "C52 C56: a new message with the same id", Check: check(func(k *kit) {
				k.define("again", Act{Do: Again, Times: 2})
				s := k.do(call("again"))
				k.later(k.Unit())
				k.later(k.Unit())
				for i, run := range k.ran("again", 3) {
					if run.ID != s.ID || run.Retries != i {
						k.Errorf("run %d has the id %q and %d retries, want %q and %d", i, run.ID, run.Retries, s.ID, i)
					}
				}
				k.gives(s.ID, 2)
			})},
		{ID: "TASK-RTY-002", Says: "When no retries are left the task MUST fail with the cause.",
			Why: "C52 C56: max_retries", Check: check(func(k *kit) {
				k.define("again", Act{Do: Again, Times: 99, MaxRetries: 2, Cause: true})
				s := k.do(call("again"))
				for range 5 {
					k.later(k.Unit())
				}
				k.ran("again", 3)
				k.failed(s.ID, "ValueError", "bad")
			})},
		{ID: "TASK-RTY-003", Says: "When no retries are left and there is no cause the task MUST fail with MaxRetriesExceededError.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.define("again", Act{Do: Again, Times: 99, MaxRetries: 1})
				s := k.do(call("again"))
				for range 3 {
					k.later(k.Unit())
				}
				k.ran("again", 2)
				k.failed(s.ID, "MaxRetriesExceededError", "again")
			})},
		{ID: "TASK-RTY-004", Says: "Without a limit of its own a task MUST be retried three times.",
			Why: "Task.max_retries = 3", Check: check(func(k *kit) {
				k.define("again", Act{Do: Again, Times: 99, Cause: true})
				k.do(call("again"))
				for range 6 {
					k.later(k.Unit())
				}
				k.ran("again", 4)
			})},
		{ID: "TASK-RTY-005", Says: "A retry MUST wait for its delay, and the delays grow.",
			Why: "always-eager retries at once; celery#5548", Check: check(func(k *kit) {
				d := k.Unit()
				k.define("again", Act{Do: Again, Times: 2, Backoff: d})
				k.do(call("again"))
				k.later(d * 8 / 10)
				k.ran("again", 1)
				k.later(d * 4 / 10)
				k.ran("again", 2)
				k.later(d * 16 / 10)
				k.ran("again", 2)
				k.later(d * 8 / 10)
				k.ran("again", 3)
			})},
		{ID: "TASK-RTY-006", Says: "Between two runs a task MUST be in the state RETRY, with the cause.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.define("again", Act{Do: Again, Times: 1, Backoff: k.Unit(), Cause: true})
				s := k.do(call("again"))
				if o := k.outcome(s.ID); o.Status != resulttest.Retry || o.Error == nil || o.Error.Type != "ValueError" || !o.Done.IsZero() {
					k.Errorf("the task came to %s, done at %v, want RETRY with ValueError and no time of an end", shown(o), o.Done)
				}
				k.later(2 * k.Unit())
				k.gives(s.ID, 1)
			})},
		{ID: "TASK-RTY-007", Says: "A retry MUST NOT leak out of the call that sent the task.",
			Why: "always-eager with propagates raises Retry from delay(): celery#4661", Check: check(func(k *kit) {
				if k.Has(settings) {
					k = k.open(Settings{Propagate: true})
				}
				k.define("again", Act{Do: Again, Times: 1, Cause: true})
				s := k.do(call("again"))
				k.later(k.Unit())
				k.gives(s.ID, 1)
			})},
		{ID: "TASK-RTY-008", Says: "A retry MUST keep the arguments, the queue and the callbacks of the task.",
			Why: "C52 C56: signature_from_request", Check: check(func(k *kit) {
				k.arithmetic()
				k.define("again", Act{Do: Again, Times: 1})
				c := call("again", "x")
				c.Queue = "slow"
				c.Link = []Call{call("echo")}
				k.do(c)
				k.later(k.Unit())
				for _, run := range k.ran("again", 2) {
					if len(run.Args) != 1 || run.Args[0] != "x" || run.Queue != "slow" {
						k.Errorf("retry %d has the arguments %v and the queue %q, want x and slow", run.Retries, run.Args, run.Queue)
					}
				}
				k.ran("echo", 1)
			})},
	}
}

func timeRows() []row {
	return []row{
		{ID: "TASK-TIM-001", Says: "A task with a countdown MUST run once it has passed, and not before.",
			Why: "always-eager ignores it", Check: check(func(k *kit) {
				k.arithmetic()
				c := call("echo")
				c.Countdown = k.Unit()
				s := k.do(c)
				k.later(k.Unit() * 8 / 10)
				k.ran("echo", 0)
				k.in(s.ID, resulttest.Pending)
				k.later(k.Unit() * 4 / 10)
				k.ran("echo", 1)
				k.in(s.ID, resulttest.Success)
			})},
		{ID: "TASK-TIM-002", Says: "A task with an eta MUST run once it has come, and not before; one in the past at once.",
			Why: "always-eager ignores it", Check: check(func(k *kit) {
				k.arithmetic()
				c := call("echo", "later")
				c.ETA = k.Unit()
				k.do(c)
				c = call("echo", "past")
				c.ETA = -k.Unit()
				k.do(c)
				if runs := k.ran("echo", 1); runs[0].Args[0] != "past" {
					k.Errorf("first ran %v, want past", runs[0].Args)
				}
				k.later(k.Unit() * 12 / 10)
				k.ran("echo", 2)
			})},
		{ID: "TASK-TIM-003", Says: "A task that has expired MUST be REVOKED and not run.",
			Why: "C52 C56; always-eager runs it", Check: check(func(k *kit) {
				k.arithmetic()
				c := call("echo")
				c.Countdown, c.Expires = 2*k.Unit(), k.Unit()
				s := k.do(c)
				k.later(3 * k.Unit())
				k.ran("echo", 0)
				o := k.outcome(s.ID)
				if o.Status != resulttest.Revoked || o.Error == nil || o.Error.Type != "TaskRevokedError" || len(o.Error.Args) != 1 || o.Error.Args[0] != "expired" {
					k.Errorf("the task came to %s, want REVOKED with TaskRevokedError(expired)", shown(o))
				}
			})},
		{ID: "TASK-TIM-004", Says: "A task that has not expired MUST run.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				c := call("echo")
				c.Countdown, c.Expires = k.Unit(), 3*k.Unit()
				s := k.do(c)
				k.later(k.Unit() * 12 / 10)
				k.gives(s.ID, list())
			})},
		{ID: "TASK-TIM-005", Says: "Tasks for later MUST run in the order of their times, whatever the order they were sent in.",
			Why: "users send reminders in any order", Check: check(func(k *kit) {
				k.arithmetic()
				for _, n := range []int{3, 1, 2} {
					c := call("echo", n)
					c.Countdown = time.Duration(n) * k.Unit()
					k.do(c)
				}
				for range 4 {
					k.later(k.Unit())
				}
				for i, run := range k.ran("echo", 3) {
					if run.Args[0] != int64(i+1) {
						k.Errorf("run %d was that of %v, want %d", i, run.Args, i+1)
					}
				}
			})},
		{ID: "TASK-TIM-006", Needs: needs{Limits}, Says: "A run past its soft limit MUST be told, and fail with SoftTimeLimitExceeded if it gives in.",
			Why: "billiard; always-eager has no limits", Check: check(func(k *kit) {
				k.define("slow", Act{Do: Take, Takes: 2 * k.Unit(), Soft: k.Unit()})
				k.failed(k.do(call("slow")).ID, "SoftTimeLimitExceeded", "")
			})},
		{ID: "TASK-TIM-007", Needs: needs{Limits}, Says: "A run past its hard limit MUST fail with TimeLimitExceeded.",
			Why: "billiard; always-eager has no limits", Check: check(func(k *kit) {
				k.define("slow", Act{Do: Take, Takes: 2 * k.Unit(), Hard: k.Unit()})
				k.failed(k.do(call("slow")).ID, "TimeLimitExceeded", "")
			})},
		{ID: "TASK-TIM-008", Needs: needs{Limits}, Says: "The limits of a call MUST go before those of its task, and a run within them succeed.",
			Why: "C52 C56: timelimit of the message", Check: check(func(k *kit) {
				k.define("slow", Act{Do: Take, Takes: 2 * k.Unit(), Soft: k.Unit(), Hard: k.Unit()})
				c := call("slow")
				c.Soft, c.Hard = 3*k.Unit(), 4*k.Unit()
				k.gives(k.do(c).ID, "done")
			})},
	}
}
