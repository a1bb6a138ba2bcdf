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
		{ID: "TASK-CAN-027", Says: "What is set on a chain MUST be set on its first task, but a link, which follows its last.",
			Why: "C52 C56: chain.run", Check: check(func(k *kit) {
				k.arithmetic()
				c := chain(call("sum", 1, 1), call("sum", 10))
				c.Queue, c.Countdown, c.Link = "x", k.Unit(), []Call{call("echo")}
				k.do(c)
				k.ran("", 0)
				k.later(2 * k.Unit())
				if runs := k.ran("sum", 2); runs[0].Queue != "x" || runs[1].Queue != "celery" {
					k.Errorf("the tasks ran from the queues %s and %s, want x and celery", runs[0].Queue, runs[1].Queue)
				}
				if runs := k.ran("echo", 1); !sameList(any(runs[0].Args), 12) {
					k.Errorf("the link got %v, want [12]", runs[0].Args)
				}
			})},
		{ID: "TASK-CAN-028", Says: "What is set on a group MUST be set on each of its tasks.",
			Why: "C52 C56: group.apply_async", Check: check(func(k *kit) {
				k.arithmetic()
				c := group(call("sum", 1, 1), call("sum", 2, 2))
				c.Queue, c.Countdown = "x", k.Unit()
				k.do(c)
				k.ran("", 0)
				k.later(2 * k.Unit())
				for i, run := range k.ran("sum", 2) {
					if run.Queue != "x" {
						k.Errorf("task %d of the group ran from the queue %s, want x", i, run.Queue)
					}
				}
			})},
		{ID: "TASK-CAN-029", Says: "What is set on a chord MUST be set on its header and its body, but links and errbacks, which are those of the body.",
			Why: "C52 C56: chord.run, chord.link, chord.link_error", Check: check(func(k *kit) {
				k.arithmetic()
				for _, part := range []string{"sum", "fail"} {
					c := chord([]Call{call("sum", 1), call(part, 2)}, call("sum"))
					c.Queue, c.Link, c.LinkError = "x", []Call{call("echo", "link")}, []Call{call("echo", "errback")}
					k.do(c)
				}
				for _, run := range append(k.ran("sum", 4), k.ran("fail", 1)...) {
					if run.Queue != "x" {
						k.Errorf("%s%v ran from the queue %s, want x", run.Task, run.Args, run.Queue)
					}
				}
				if runs := k.ran("echo", 2); runs[0].Args[0] != int64(3) || runs[0].Args[1] != "link" || runs[1].Args[1] != "errback" {
					k.Errorf("sent were echo%v and echo%v, want the link with 3 and the errback", runs[0].Args, runs[1].Args)
				}
			})},
		{ID: "TASK-CAN-030", Says: "A group that ends a chain MUST tell the ids of its tasks when the chain is sent.",
			Why: "C52 C56: freeze", Check: check(func(k *kit) {
				k.arithmetic()
				k.list(k.do(chain(call("sum", 1, 1), group(call("sum", 1), group(call("sum", 2))))), 3, 4)
				k.list(k.do(chord([]Call{call("sum", 1, 1)}, group(call("sum", 1), call("sum", 2)))), 3, 4)
			})},
		{ID: "TASK-CAN-031", Profile: "strict", Says: "A chain that stops before the group at its end MUST fail the tasks of the group.",
			Why: "Celery fails the group's id alone, and who waits for its results waits for good", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(chain(call("fail"), group(call("sum", 1), call("sum", 2))))
				if len(s.Members) != 2 {
					k.Fatalf("the call has the members %q, want two", s.Members)
				}
				for _, id := range s.Members {
					k.in(id, resulttest.Failed)
				}
			})},
	}
}

// list wants the members of a call to have succeeded with integers.
func (k *kit) list(s Sent, want ...int) {
	k.Helper()
	if len(s.Members) != len(want) {
		k.Fatalf("the call has the members %q, want %d", s.Members, len(want))
	}
	for i, id := range s.Members {
		k.gives(id, want[i])
	}
}
