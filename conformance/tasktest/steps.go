package tasktest

import (
	"slices"
	"time"

	"github.com/redkit-dev/redkit/conformance/internal/steps"
	"github.com/redkit-dev/redkit/conformance/internal/value"
	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// away is when the claims of a worker that died have run out: Celery's
// visibility timeout is an hour.
const away = 2 * time.Hour

// revive lets a worker that was broken off find its server again, and the
// claims that it lost run out, twice: what comes back then came back for good.
func (k *kit) revive() {
	k.Helper()
	for range 2 {
		k.Advance(away)
		k.Call("Work()")
		err := k.a.Work(k.Context())
		for n := 0; err != nil && n < 10; n++ { // connections broke
			err = k.a.Work(k.Context())
		}
		if err != nil {
			k.Fatalf("Work() fails after the faults are over: %v, want no error", err)
		}
	}
}

// known is what a task came to, asked until the server is found again.
func (k *kit) known(id string) Outcome {
	k.Helper()
	o, err := k.a.Outcome(k.Context(), id)
	for n := 0; err != nil && n < 10; n++ {
		o, err = k.a.Outcome(k.Context(), id)
	}
	if err != nil {
		k.Fatalf("Outcome(%q) fails after the faults are over: %v, want no error", id, err)
	}
	return o
}

// ranAs is how often the task of an id ran.
func (k *kit) ranAs(id string) (n int) {
	k.Helper()
	for _, r := range k.runs("") {
		if r.ID == id {
			n++
		}
	}
	return n
}

// ends wants a task to have come to a success in the end.
func (k *kit) ends(t steps.Trial, id string, want any) {
	k.Helper()
	if o := k.known(id); o.Status != resulttest.Success || !value.Same(want, o.Value) {
		k.Errorf("%v, and in the end the task came to %s, want SUCCESS with %s", t, shown(o), value.Show(value.Plain(want)))
	}
}

// broken sends a call, and spoils the work of whoever runs it at every step.
// Every trial has a call of its own, whose id, if it has one, ends in the
// trial's name; the id of the task that ends it is given to judge.
func (k *kit) broken(make func(trial string) Call, judge func(t steps.Trial, id string)) {
	k.Helper()
	sent := map[string]string{}
	steps.Each(k.Probe, func(name string) {
		sent[name] = k.send(make(name)).ID
	}, func(string) error { return k.a.Work(k.Context()) }, func(t steps.Trial) { judge(t, sent[t.Name]) })
}

// tough defines the tasks of these checks: a crash of their worker is not to
// lose them.
func (k *kit) tough() {
	k.Helper()
	k.define("echo", Act{Do: Echo, AcksLate: true})
	k.define("sum", Act{Do: Sum, AcksLate: true})
}

func stepRows() []row {
	return []row{
		{ID: "TASK-STP-001", Says: "A call whose sending is spoiled at any step MUST run at most once, and once if it was sent.",
			Why: "a lost reply is no lost message", Check: check(func(k *kit) {
				k.tough()
				steps.Each(k.Probe, func(string) {}, func(name string) error {
					c := call("echo", name)
					c.ID = name
					_, err := k.try(c)
					return err
				}, func(t steps.Trial) {
					k.revive()
					if n := k.ranAs(t.Name); n > 1 || n == 0 && t.Err == nil {
						k.Errorf("%v, and the task ran %d times", t, n)
					}
				})
			})},
		{ID: "TASK-STP-002", Profile: "strict", Says: "A task that is acknowledged late MUST succeed in the end, at whichever step of claim, run, store and acknowledgement its worker broke off.",
			Why: "C52 C56 lose what is between BRPOP and ZADD", Check: check(func(k *kit) {
				k.tough()
				k.broken(func(string) Call { return call("sum", 1, 2) }, func(t steps.Trial, id string) {
					k.revive()
					k.ends(t, id, int64(3))
				})
			})},
		{ID: "TASK-STP-003", Profile: "strict", Says: "A task that is acknowledged, or whose success is stored, MUST NOT run again, whatever its worker broke off at.",
			Why: "what was done is not done twice", Check: check(func(k *kit) {
				k.tough()
				k.broken(func(string) Call { return call("sum", 1, 2) }, func(t steps.Trial, id string) {
					done, before := t.Err == nil || k.known(id).Status == resulttest.Success, k.ranAs(id)
					k.revive()
					if after := k.ranAs(id); done && after != before {
						k.Errorf("%v, the task had succeeded after %d runs, and %d more came", t, before, after-before)
					}
				})
			})},
		{ID: "TASK-STP-004", Profile: "strict", Says: "A chain and the links of its tasks MUST go on to their end, at whichever step a worker broke off.",
			Why: "what follows a task is sent before its message goes", Check: check(func(k *kit) {
				k.tough()
				k.broken(func(name string) Call {
					c := chain(call("sum", 1, 2), call("sum", 3))
					link := call("echo")
					link.ID = "link-" + name
					c.Tasks[0].Link = []Call{link}
					return c
				}, func(t steps.Trial, id string) {
					k.revive()
					k.ends(t, id, int64(6))
					k.ends(t, "link-"+t.Name, list(int64(3)))
				})
			})},
		{ID: "TASK-STP-005", Profile: "strict", Says: "A chord MUST send its body once, with one result of each part, at whichever step a worker broke off.",
			Why: "C52 C56 count a part that runs again twice", Check: check(func(k *kit) {
				k.tough()
				var want []string // of all trials
				k.broken(func(string) Call {
					return chord([]Call{call("sum", 1), call("sum", 2)}, call("echo"))
				}, func(t steps.Trial, id string) {
					k.revive()
					k.ends(t, id, list(ints(1, 2)))
					want = append(want, id)
					if got := k.bodies(); !slices.Equal(got, want) {
						k.Errorf("%v, and the bodies that ran are %q, want %q", t, got, want)
					}
				})
			})},
		{ID: "TASK-STP-006", Profile: "strict", Says: "A task that retries itself MUST come to its end, and count each retry once, at whichever step a worker broke off.",
			Why: "a retry is a message too", Check: check(func(k *kit) {
				k.define("again", Act{Do: Again, Times: 2, MaxRetries: 2, AcksLate: true})
				k.broken(func(string) Call { return call("again") }, func(t steps.Trial, id string) {
					k.revive()
					k.revive() // a retry waits for its time
					k.ends(t, id, int64(2))
				})
			})},
		{ID: "TASK-STP-007", Profile: "strict", Needs: needs{queues, Buries}, Says: "A message that is put aside MUST be put aside once, at whichever step its worker broke off.",
			Why: "what nobody can handle is kept, not lost", Check: check(func(k *kit) {
				k.define("reject", Act{Do: Reject, AcksLate: true})
				n := 0
				k.broken(func(string) Call { return call("reject") }, func(t steps.Trial, _ string) {
					k.revive()
					n++
					if reasons, err := k.a.(Queues).Dead(k.Context()); err != nil || len(reasons) != n {
						k.Errorf("%v, and put aside are %q, %v, want %d messages", t, reasons, err, n)
					}
				})
			})},
		{ID: "TASK-STP-008", Profile: "strict", Needs: needs{Parks}, Says: "A task for later MUST run, and not before its time, at whichever step its worker broke off.",
			Why: "an eta outlives the worker that put the task aside", Check: check(func(k *kit) {
				k.tough()
				k.broken(func(name string) Call {
					c := call("echo", name)
					c.Countdown = k.Unit()
					return c
				}, func(t steps.Trial, id string) {
					if n := k.ranAs(id); n != 0 {
						k.Errorf("%v, and the task ran %d times before its time", t, n)
					}
					k.revive()
					k.ends(t, id, list(t.Name))
				})
			})},
	}
}

// bodies are the ids of the tasks that ran as echo, each once.
func (k *kit) bodies() (ids []string) {
	k.Helper()
	for _, r := range k.runs("echo") {
		if !slices.Contains(ids, r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
