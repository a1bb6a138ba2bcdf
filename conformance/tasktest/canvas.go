package tasktest

import "github.com/redkit-dev/redkit/conformance/resulttest"

func canvasRows() []row {
	return []row{
		{ID: "TASK-CAN-001", Says: "A chain MUST run its tasks in order, each with the result of the one before as its first argument.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				k.gives(k.do(chain(call("sum", 1, 1), call("sum", 10), call("sum", 100))).ID, 112)
				for i, run := range k.ran("sum", 3) {
					if want := [][]int64{{1, 1}, {2, 10}, {12, 100}}[i]; !sameList(any(run.Args), want...) {
						k.Errorf("task %d of the chain got %v, want %v", i, run.Args, want)
					}
				}
			})},
		{ID: "TASK-CAN-002", Says: "An immutable call MUST NOT get the result of the task before it.",
			Why: "C52 C56: .si()", Check: check(func(k *kit) {
				k.arithmetic()
				k.gives(k.do(chain(call("sum", 1, 1), immutable("sum", 5, 5))).ID, 10)
			})},
		{ID: "TASK-CAN-003", Says: "A chain MUST stop at a task that fails, and its end fail too.",
			Why: "C52 C56: the rest never runs; S: mark_as_failure of the chain", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(chain(call("sum", 1, 1), call("fail"), call("echo")))
				k.ran("echo", 0)
				k.in(s.ID, resulttest.Failed)
			})},
		{ID: "TASK-CAN-004", Says: "Chains within chains MUST run as one.",
			Why: "C52 C56: unrolled", Check: check(func(k *kit) {
				k.arithmetic()
				k.gives(k.do(chain(chain(call("sum", 1, 1), call("sum", 1)), chain(call("sum", 1)))).ID, 4)
			})},
		{ID: "TASK-CAN-005", Says: "A group MUST run all its tasks, and tell their ids in order; one that fails keeps no other from running.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(group(call("sum", 1, 1), call("fail"), call("sum", 3, 3)))
				if len(s.Members) != 3 {
					k.Fatalf("the group has the members %q, want three", s.Members)
				}
				k.gives(s.Members[0], 2)
				k.in(s.Members[1], resulttest.Failed)
				k.gives(s.Members[2], 6)
			})},
		{ID: "TASK-CAN-006", Says: "A chord MUST run its body once, when all of its header is done, with their results in order.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(chord([]Call{call("sum", 1, 1), call("sum", 2, 2), call("sum", 3, 3)}, call("echo", "more")))
				k.gives(s.ID, list(ints(2, 4, 6), "more"))
				k.ran("echo", 1)
			})},
		{ID: "TASK-CAN-007", Says: "A chord MUST wait for the slowest of its header.",
			Why: "the counter: C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				slow := call("sum", 1, 1)
				slow.Countdown = k.Unit()
				s := k.do(chord([]Call{slow, call("sum", 2, 2)}, call("echo")))
				k.ran("echo", 0)
				k.later(2 * k.Unit())
				k.gives(s.ID, list(ints(2, 4)))
			})},
		{ID: "TASK-CAN-008", Says: "A chord of which a part fails MUST NOT run its body, which fails with ChordError.",
			Why: "C52 C56: Dependency … raised …", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(chord([]Call{call("sum", 1, 1), call("fail")}, call("echo")))
				k.ran("echo", 0)
				k.failed(s.ID, "ChordError", "Dependency ")
			})},
		{ID: "TASK-CAN-009", Says: "A chord without a header MUST run its body with an empty list.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				k.gives(k.do(chord(nil, call("echo"))).ID, list(list()))
			})},
		{ID: "TASK-CAN-010", Says: "A chain in a header MUST count once, with the result of its end.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(chord([]Call{chain(call("sum", 1, 1), call("sum", 10)), call("sum", 3, 3)}, call("echo")))
				k.gives(s.ID, list(ints(12, 6)))
			})},
		{ID: "TASK-CAN-011", Says: "Groups within groups MUST run as one group, and in a header their results come in its order.",
			Why: "C52 C56 unroll them, and give a header of [[2, 4], 6] as [4, 2, 6]", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(chord([]Call{group(call("sum", 1, 1), group(call("sum", 2, 2))), call("sum", 3, 3)}, call("echo")))
				k.gives(s.ID, list(ints(2, 4, 6)))
				if s := k.do(group(call("sum", 1, 1), group(call("sum", 2, 2), call("sum", 3, 3)))); len(s.Members) != 3 {
					k.Errorf("the group has the members %q, want three", s.Members)
				}
			})},
		{ID: "TASK-CAN-012", Says: "A group that ends a chain in a header MUST count once, with the list of its results.",
			Why: "C52: [[3, 4], 6]; C56 never ends", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(chord([]Call{chain(call("sum", 1, 1), group(call("sum", 1), call("sum", 2))), call("sum", 3, 3)}, call("echo")))
				k.gives(s.ID, list(list(ints(3, 4), int64(6))))
			})},
		{ID: "TASK-CAN-013", Says: "A chord in a header MUST count once, with the result of its body.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				inner := chord([]Call{call("sum", 1, 1), call("sum", 2, 2)}, call("sum"))
				k.gives(k.do(chord([]Call{inner, chain(call("sum", 1), inner2(inner)), call("sum", 3, 3)}, call("echo"))).ID, list(ints(6, 6, 6)))
			})},
		{ID: "TASK-CAN-014", Says: "A group that is followed by something in a chain MUST make a chord with it.",
			Why: "C52 C56: upgraded", Check: check(func(k *kit) {
				k.arithmetic()
				k.gives(k.do(chain(group(call("sum", 1, 1), call("sum", 2, 2)), call("sum"), call("sum", 1))).ID, 7)
				k.gives(k.do(chain(call("sum", 1, 1), group(call("sum", 1), call("sum", 2)), call("sum"))).ID, 7)
			})},
		{ID: "TASK-CAN-015", Says: "What follows a chord MUST run after its body, with its result.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				k.gives(k.do(chain(chord([]Call{call("sum", 1, 1), call("sum", 2, 2)}, call("sum")), call("sum", 1))).ID, 7)
			})},
		{ID: "TASK-CAN-016", Says: "A link MUST be sent when its task succeeds, with the result first, and not when it fails.",
			Why: "C52 C56: callbacks", Check: check(func(k *kit) {
				k.arithmetic()
				for _, task := range []string{"sum", "fail"} {
					c := call(task, 1, 2)
					c.Link = []Call{call("echo", "x"), immutable("echo", "y")}
					k.do(c)
				}
				runs := k.ran("echo", 2)
				if len(runs[0].Args) != 2 || runs[0].Args[0] != int64(3) || runs[0].Args[1] != "x" || len(runs[1].Args) != 1 || runs[1].Args[0] != "y" {
					k.Errorf("the links got %v and %v, want [3 x] and [y]", runs[0].Args, runs[1].Args)
				}
			})},
		{ID: "TASK-CAN-017", Says: "An errback MUST be sent when its task fails, with the task's id first, and not when it succeeds.",
			Why: "C52 C56: errbacks", Check: check(func(k *kit) {
				k.arithmetic()
				for _, task := range []string{"sum", "fail"} {
					c := call(task, 1)
					c.ID, c.LinkError = "the "+task, []Call{call("echo")}
					k.do(c)
				}
				if runs := k.ran("echo", 1); len(runs[0].Args) != 1 || runs[0].Args[0] != "the fail" {
					k.Errorf("the errback got %v, want the fail", runs[0].Args)
				}
			})},
		{ID: "TASK-CAN-018", Says: "A chord of which a part fails MUST send the errbacks of its body.",
			Why: "C52 C56: chord_error_from_stack", Check: check(func(k *kit) {
				k.arithmetic()
				body := call("sum")
				body.ID, body.LinkError = "body", []Call{call("echo")}
				k.do(chord([]Call{call("fail"), call("sum", 1)}, body))
				if runs := k.ran("echo", 1); len(runs[0].Args) != 1 || runs[0].Args[0] != "body" {
					k.Errorf("the errback got %v, want body", runs[0].Args)
				}
			})},
		{ID: "TASK-CAN-019", Says: "Parts whose results are ignored MUST count.",
			Why: "C52 C56: on_chord_part_return", Check: check(func(k *kit) {
				k.arithmetic()
				quiet := call("sum", 1, 1)
				quiet.IgnoreResult = true
				k.gives(k.do(chord([]Call{quiet, call("sum", 2, 2)}, call("echo"))).ID, list(ints(2, 4)))
			})},
	}
}

// inner2 is a chord once more that takes no result of a task before it.
func inner2(c Call) Call {
	tasks := make([]Call, len(c.Tasks))
	for i, t := range c.Tasks {
		t.Immutable = true
		tasks[i] = t
	}
	c.Tasks = tasks
	return c
}
