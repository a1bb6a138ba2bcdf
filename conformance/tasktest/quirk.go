package tasktest

import "github.com/redkit-dev/redkit/conformance/resulttest"

func quirkRows() []row {
	return []row{
		{ID: "TASK-QRK-001", Profile: "quirk", Needs: needs{queues, QuirkDropsRejected}, Says: "A rejected message MUST be gone, and its task PENDING.",
			Why: "C52 C56: Reject(requeue=False) has no dead-letter list", Check: check(func(k *kit) {
				k.define("reject", Act{Do: Reject, AcksLate: true})
				s := k.do(call("reject"))
				k.in(s.ID, resulttest.Pending)
				if reasons, err := k.a.(Queues).Dead(k.Context()); err != nil || len(reasons) > 0 {
					k.Errorf("put aside were %q, %v, want nothing", reasons, err)
				}
			})},
		{ID: "TASK-QRK-002", Profile: "quirk", Needs: needs{Inline, QuirkAlwaysEager}, Says: "A task with a countdown and a retry MUST run at once.",
			Why: "C52 C56: task_always_eager ignores time", Check: check(func(k *kit) {
				k.define("again", Act{Do: Again, Times: 1, Backoff: k.Unit()})
				c := call("again")
				c.Countdown = k.Unit()
				k.gives(k.send(c).ID, 1)
			})},
	}
}
