package tasktest

import "github.com/redkit-dev/redkit/conformance/resulttest"

func nestedRows() []row {
	return []row{
		{ID: "TASK-CAN-020", Says: "A group that is the body of a chord MUST run all its tasks, each with the results of the header.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				k.do(chord([]Call{call("sum", 1, 1), call("sum", 2, 2)}, group(call("echo", "a"), call("echo", "b"), call("echo", "c"))))
				for i, run := range k.ran("echo", 3) {
					if len(run.Args) != 2 || !sameList(run.Args[0], 2, 4) || run.Args[1] != []any{"a", "b", "c"}[i] {
						k.Errorf("task %d of the body got %v, want [2 4] and its own", i, run.Args)
					}
				}
			})},
		{ID: "TASK-CAN-021", Says: "A chord that is the body of a chord, as two groups in a chain make one, MUST run all its tasks and end.",
			Why: "C52 C56: group | group | task", Check: check(func(k *kit) {
				k.arithmetic()
				header := []Call{call("sum", 1, 1), call("sum", 2, 2)}
				next := []Call{call("sum", 10), call("sum", 20)}
				k.gives(k.do(chord(header, chord(next, call("echo")))).ID, list(ints(16, 26)))
				k.gives(k.do(chain(group(header...), group(next...), call("sum"))).ID, 42)
			})},
		{ID: "TASK-CAN-022", Profile: "strict", Says: "A chain that stops before a chord MUST fail its end: the body.",
			Why: "Celery leaves the body PENDING, and who waits for it waits for good", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(chain(call("fail"), group(call("sum", 1), call("sum", 2)), call("echo")))
				k.in(s.ID, resulttest.Failed)
				k.ran("echo", 0)
			})},
		{ID: "TASK-CAN-023", Profile: "strict", Says: "A chain in a header that stops before a chord MUST count as failed.",
			Why: "the chord around it would never end", Check: check(func(k *kit) {
				k.arithmetic()
				stops := chain(call("fail"), group(call("sum", 1), call("sum", 2)), call("sum"))
				k.failed(k.do(chord([]Call{stops, call("sum", 3)}, call("echo"))).ID, "ChordError", "Dependency ")
				k.ran("echo", 0)
			})},
		{ID: "TASK-CAN-024", Profile: "strict", Says: "A chord in a header of which a part fails MUST count as failed.",
			Why: "the chord around it would never end", Check: check(func(k *kit) {
				k.arithmetic()
				inner := chord([]Call{call("sum", 1), call("fail")}, call("sum"))
				k.failed(k.do(chord([]Call{inner, call("sum", 3)}, call("echo"))).ID, "ChordError", "Dependency ")
				k.ran("echo", 0)
			})},
		{ID: "TASK-CAN-025", Says: "A chord of which a part fails MUST send every errback of its body, those with one task too.",
			Why: "C52 C56: chord_error_from_stack", Check: check(func(k *kit) {
				k.arithmetic()
				body := call("sum")
				body.LinkError = []Call{call("echo", "a"), call("echo", "b")}
				k.do(chord([]Call{call("fail"), call("sum", 1)}, body))
				k.ran("echo", 2)
			})},
		{ID: "TASK-CAN-026", Profile: "strict", Says: "A chain of which a task is revoked or expires MUST end as REVOKED, and count so in a header.",
			Why: "Celery leaves the rest PENDING, and the chord around it waits for good", Check: check(func(k *kit) {
				k.arithmetic()
				old := call("sum", 1)
				old.Countdown, old.Expires = 2*k.Unit(), k.Unit()
				end := k.do(chain(old, call("sum", 1)))
				around := k.do(chord([]Call{chain(old, call("sum", 1)), call("sum", 3)}, call("echo")))
				k.later(3 * k.Unit())
				k.in(end.ID, resulttest.Revoked)
				k.failed(around.ID, "ChordError", "Dependency ")
				k.ran("echo", 0)
			})},
	}
}
